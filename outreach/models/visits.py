"""Visits and what they leave to do. Built from the ledger by `outreach.apply`."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outreach.models.households import Household, Resident
from volunteers.models import Area


class OnDaysQuerySet(models.QuerySet):
    """Of what happened on a local `day`."""

    def between(self, first, last):
        """On local days from `first` to `last`, both included; None leaves that end open."""
        found = self
        if first is not None:
            found = found.filter(day__gte=first)
        if last is not None:
            found = found.filter(day__lte=last)
        return found


class VisitQuerySet(OnDaysQuerySet):
    def counted(self):
        """Visits that have not been voided."""
        return self.filter(voided_at=None)


class Visit(models.Model):
    """A knock on a door. Its id is that of the event that recorded it."""

    class Outcome(models.TextChoices):
        MET = "met", _("Met someone")
        ABSENT = "absent", _("Nobody home")
        DECLINED = "declined", _("Declined")
        COME_BACK = "come_back", _("Come back")
        MOVED = "moved", _("Moved away")
        VACANT = "vacant", _("Vacant")
        NO_ACCESS = "no_access", _("No access")

    id = models.UUIDField(primary_key=True, editable=False)
    event_number = models.BigIntegerField(unique=True)
    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.CASCADE, related_name="visits")
    # Where the home stood on that day.
    area = models.ForeignKey(Area, models.PROTECT, related_name="visits")
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="visits", null=True
    )
    companions = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="accompanied_visits", blank=True
    )
    visited_at = models.DateTimeField()
    # The local day (Asia/Ho_Chi_Minh) of visited_at.
    day = models.DateField()
    outcome = models.CharField(max_length=9, choices=Outcome)
    met = models.ManyToManyField(Resident, related_name="visits", blank=True)
    # People asked for their consent who said no.
    refused_consent = models.ManyToManyField(Resident, related_name="+", blank=True)
    # Numbers of the lessons taught on the spot.
    lessons_taught = models.JSONField(default=list)
    # Numbers of the lessons that the home has finished since, read from its progress card.
    lessons_finished = models.JSONField(default=list)
    note = models.TextField(blank=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=200, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-visited_at", "-event_number"]
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    outcome__in=[
                        "met",
                        "absent",
                        "declined",
                        "come_back",
                        "moved",
                        "vacant",
                        "no_access",
                    ]
                ),
                name="visit_outcome_is_known",
            ),
        ]
        indexes = [
            # Down to the event, so that the newest of a period are read without sorting.
            models.Index(
                fields=["ward", "day", "visited_at", "event_number"], name="visit_by_time"
            ),
            models.Index(fields=["household", "day"], name="visit_by_household"),
        ]

    def __str__(self) -> str:
        return f"{self.day} · {self.get_outcome_display()}"


class FollowUpQuerySet(models.QuerySet):
    def open(self):
        """Follow-ups still to be done, of visits that count."""
        return self.filter(done_at=None, visit__voided_at=None)


class FollowUp(models.Model):
    """Something promised at the door."""

    class What(models.TextChoices):
        TEACH = "teach", _("Come back to teach more")
        PHONE = "phone", _("Help with the phone or an app")
        ACCOMPANY = "accompany", _("Go along to the ward office or the police counter")
        OTHER = "other", _("Something else (see the note)")

    id = models.UUIDField(primary_key=True, editable=False)
    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.CASCADE, related_name="follow_ups")
    # The visit at which it was promised, if it was at one.
    visit = models.ForeignKey(Visit, models.CASCADE, null=True, related_name="follow_ups")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    what = models.CharField(max_length=9, choices=What)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=["teach", "phone", "accompany", "other"]),
                name="follow_up_is_known",
            ),
        ]
        indexes = [models.Index(fields=["ward", "due_on"], name="follow_up_due")]

    def __str__(self) -> str:
        return f"{self.due_on} · {self.get_what_display()}"
