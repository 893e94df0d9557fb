"""Classes held in the neighbourhood, and people sent on to somebody else. Built from the ledger."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outreach.models.households import Household, Resident
from outreach.models.visits import OnDaysQuerySet
from volunteers.models import Area


class Session(models.Model):
    """A class. Its id is that of the event that told of it."""

    id = models.UUIDField(primary_key=True, editable=False)
    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="sessions")
    place = models.CharField(max_length=200)
    held_at = models.DateTimeField()
    # The local day (Asia/Ho_Chi_Minh) of held_at.
    day = models.DateField()
    lessons = models.JSONField(default=list)
    leaders = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    # How many people came, named or not.
    head_count = models.PositiveSmallIntegerField()
    attendees = models.ManyToManyField(Resident, related_name="sessions", blank=True)

    objects = OnDaysQuerySet.as_manager()

    class Meta:
        ordering = ["-held_at", "id"]
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes = [models.Index(fields=["ward", "day"], name="session_by_day")]

    def __str__(self) -> str:
        return f"{self.day} · {self.place}"


class Referral(models.Model):
    """Somebody was sent on, because the team could not do it at the door."""

    class To(models.TextChoices):
        POLICE = "police", _("Police counter (e-ID, VNeID)")
        WARD = "ward", _("One-stop counter of the ward")
        BANK = "bank", _("Bank")
        TELECOM = "telecom", _("Telephone shop (SIM)")
        TAX = "tax", _("Tax office")
        OTHER = "other", _("Somebody else")

    class Answer(models.TextChoices):
        DONE = "done", _("Done")
        REFUSED = "refused", _("Could not be done")
        NOT_GONE = "not_gone", _("Has not gone there")

    id = models.UUIDField(primary_key=True, editable=False)
    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.CASCADE, related_name="referrals")
    resident = models.ForeignKey(Resident, models.CASCADE, null=True, related_name="referrals")
    to = models.CharField(max_length=7, choices=To)
    made_at = models.DateTimeField()
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "id"]
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        constraints = [
            models.CheckConstraint(
                condition=Q(to__in=["police", "ward", "bank", "telecom", "tax", "other"]),
                name="referral_goes_to_somebody_known",
            ),
            models.CheckConstraint(
                condition=Q(answer__in=["done", "refused", "not_gone", ""]),
                name="referral_answer_is_known",
            ),
        ]
        indexes = [models.Index(fields=["ward", "made_at"], name="referral_by_time")]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d} · {self.get_to_display()}"
