"""Which doors are whose for a while."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outreach.models.households import Household
from volunteers.models import Area


class AssignmentQuerySet(models.QuerySet):
    def current(self):
        """Not ended by anybody; the last day of some may be over."""
        return self.filter(ended_at=None)


class Assignment(models.Model):
    """That a leader gave a door to one volunteer, until when. A door is with one person at a time;
    rows are kept, so who had it when can be seen."""

    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.CASCADE, related_name="assignments")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments")
    # The last day; None: until it is ended.
    until = models.DateField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(ended_at=None), name="a_door_is_with_one"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_by__isnull=False),
                name="assignment_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} · {self.to_id}"
