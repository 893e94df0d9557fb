"""Roles that are not a place in a team: for a ward, a city, or the whole installation."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from volunteers.models.areas import Area
from volunteers.models.users import User


class RoleGrantQuerySet(models.QuerySet):
    def current(self):
        """Grants that have not ended."""
        return self.filter(ended_at=None)


class RoleGrant(models.Model):
    """That a person holds a role, where, since when and by whom. Ended, never deleted.

    Create and end grants with `volunteers.roles`, which keeps the rights in the admin in step.
    """

    class Role(models.TextChoices):
        OFFICER = "officer", _("Ward officer")
        VIEWER = "viewer", _("City viewer")
        EDITOR = "editor", _("Lesson editor")
        ADMINISTRATOR = "administrator", _("Administrator")

    user = models.ForeignKey(User, models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=13, choices=Role)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="role_grants"
    )
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ["role", "area"]
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["officer", "viewer"], area__isnull=False)
                | Q(role__in=["editor", "administrator"], area__isnull=True),
                name="officers_and_viewers_have_an_area",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "area"],
                condition=Q(ended_at=None),
                name="one_current_grant_per_area",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(ended_at=None, area=None),
                name="one_current_grant_without_area",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.area or '–'}"
