"""The browser tests' own guard: a page that misbehaves fails its test."""

from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import override_settings, tag
from django.urls import path
from playwright.sync_api import expect
from wagtail.models import Page

import cms.urls
from courses.models import Skill
from tests.browser.base import BrowserTestCase
from volunteers.models import User

PAGES = {
    "quiet": "<p id=text>Chào bác</p>",
    "inline-script": "<script>document.title = 'inline'</script>",
    "inline-style": "<p style='color: red'>đỏ</p>",
    "elsewhere": "<img src='https://elsewhere.example/a.png'>",
    "missing-script": "<script src='/static/no-such-script.js'></script>",
}


def show(request, name):
    if name == "broken":
        return HttpResponse("broken", status=500)
    return HttpResponse(f"<!doctype html><link rel=icon href='data:,'>{PAGES[name]}")


# With the product's own addresses, which its not-found page needs.
urlpatterns = [path("trang/<name>", show), *cms.urls.urlpatterns]


@tag("appearance")
@override_settings(ROOT_URLCONF="tests.browser.test_base")
class AMisbehavingPage(BrowserTestCase):
    def assert_fails(self, name: str, problem: str) -> None:
        """The page is noted for `problem`, and the check at the test's end would fail."""
        page = self.new_page()
        page.goto(f"/trang/{name}", wait_until="networkidle")
        with self.assertRaisesMessage(AssertionError, problem):
            self.check_pages()
        self.problems.clear()

    def test_an_inline_script_fails_the_test(self):
        self.assert_fails("inline-script", "Content Security Policy")

    def test_an_inline_style_fails_the_test(self):
        self.assert_fails("inline-style", "Content Security Policy")

    def test_a_request_elsewhere_fails_the_test(self):
        self.assert_fails("elsewhere", "https://elsewhere.example/a.png")

    def test_a_missing_static_file_fails_the_test(self):
        self.assert_fails("missing-script", "404 from")

    def test_a_server_error_fails_the_test(self):
        self.assert_fails("broken", "500 from")

    def test_an_uncaught_script_error_fails_the_test(self):
        page = self.new_page()
        page.goto("/trang/quiet")
        with page.context.expect_event("weberror"):
            page.evaluate("void setTimeout(() => { throw new Error('oops') })")
        with self.assertRaisesMessage(AssertionError, "oops"):
            self.check_pages()
        self.problems.clear()


@tag("appearance")
@override_settings(ROOT_URLCONF="tests.browser.test_base")
class AQuietPage(BrowserTestCase):
    def test_passes(self):
        page = self.new_page()
        page.goto("/trang/quiet")
        expect(page.locator("#text")).to_have_text("Chào bác")
        self.check_pages()

    def test_reads_without_scripts(self):
        page = self.new_page(javascript=False)
        page.goto("/trang/quiet")
        expect(page.locator("#text")).to_have_text("Chào bác")

    def test_zoom_enlarges_the_text(self):
        page = self.new_page(zoom=2)
        page.goto("/trang/quiet")
        expect(page.locator("#text")).to_have_css("font-size", "32px")


class TwoTestsInARow(BrowserTestCase):
    """Whichever comes second starts after the first one's rows were flushed."""

    def assert_reference_data(self) -> None:
        self.assertTrue(Skill.objects.exists())
        self.assertTrue(Page.objects.filter(depth=1).exists())
        self.assertTrue(Permission.objects.filter(codename="access_admin").exists())
        self.assertFalse(User.objects.exists())
        User.objects.create_user("lan", "mat-khau-cua-lan", full_name="Nguyễn Thị Lan")
        page = self.new_page()
        self.log_in(page, "lan", "mat-khau-cua-lan")
        page.goto("/tai-khoan/doi-mat-khau/")
        expect(page).to_have_url(f"{self.live_server_url}/tai-khoan/doi-mat-khau/")

    def test_begin_with_what_migrating_fills_in(self):
        self.assert_reference_data()

    def test_begin_alike(self):
        self.assert_reference_data()
