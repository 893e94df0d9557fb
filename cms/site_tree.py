"""The pages that every installation has: the home page and the list of courses."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from cms.models import HomePage
from courses.models import LessonIndexPage


@transaction.atomic
def plant_site_tree() -> LessonIndexPage:
    """Make what is missing of root, home page, site and list of courses; give the last.

    Doing it again changes nothing. Wagtail's welcome page goes.
    """
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    root = Page.objects.filter(depth=1).first() or Page.add_root(title="Root", slug="root")
    home = HomePage.objects.first()
    if home is None:
        for welcome in Page.objects.filter(depth=2, slug="home"):
            welcome.delete()
        home = root.add_child(
            instance=HomePage(
                title="Ngõ Số",
                slug="trang-dau",
                welcome="Học dùng điện thoại, từng bước một. Làm sai cũng không sao.",
            )
        )
    address = urlsplit(settings.BASE_URL)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname,
            "port": address.port or {"http": 80, "https": 443}[address.scheme],
            "root_page": home,
            "site_name": settings.WAGTAIL_SITE_NAME,
        },
    )
    return LessonIndexPage.objects.first() or home.add_child(
        instance=LessonIndexPage(
            title="Bài học",
            slug="bai-hoc",
            introduction="Bác chọn một khóa. Mỗi bài chỉ vài phút.",
        )
    )
