"""What lesson editors may do in the admin: write and publish lessons, use images, nothing else."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.images import get_image_model
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from volunteers.roles import EDITORS_GROUP

PAGE_RIGHTS = ("add", "change", "publish")
IMAGE_RIGHTS = ("add", "change", "choose")


@transaction.atomic
def permit_editors(lesson_index: Page) -> Group:
    """Give the editors' group its rights below `lesson_index`; doing it again changes nothing."""
    group = Group.objects.get_or_create(name=EDITORS_GROUP)[0]
    # Exactly this: an upgrade of Wagtail may have given its old groups more.
    group.permissions.set([_permission("wagtailadmin", "access_admin")])
    for right in PAGE_RIGHTS:
        GroupPagePermission.objects.get_or_create(
            group=group, page=lesson_index, permission=_permission("wagtailcore", f"{right}_page")
        )
    collection = Collection.get_first_root_node() or Collection.add_root(name="Root")
    image_app = get_image_model()._meta.app_label
    for right in IMAGE_RIGHTS:
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection, permission=_permission(image_app, f"{right}_image")
        )
    return group


def _permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)
