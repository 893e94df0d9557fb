"""Consent and skill levels. Built from the ledger by `outreach.apply`."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Skill
from outreach.models.households import Resident
from outreach.models.visits import Visit
from volunteers.models import Area


class ConsentQuerySet(models.QuerySet):
    def in_force(self):
        """Consents that were not withdrawn."""
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    """That a resident agreed to a purpose, to which wording, how, and who heard it.

    Source: Law 91/2025/QH15, Art. 9: voluntary, specific, verifiable; nothing by default.
    """

    class Purpose(models.TextChoices):
        SKILLS_RECORD = "skills_record", _("Keeping a record of digital skills")

    class Method(models.TextChoices):
        SAID = "said", _("Said aloud")
        PAPER = "paper", _("Signed on paper")

    event_number = models.BigIntegerField(unique=True)
    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=13, choices=Purpose)
    wording_version = models.PositiveSmallIntegerField()
    wording_sha256 = models.CharField(max_length=64)
    method = models.CharField(max_length=5, choices=Method)
    paper_number = models.CharField(max_length=40, blank=True)
    heard_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-event_number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["skills_record"]), name="consent_purpose_is_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=["said", "paper"]), name="consent_method_is_known"
            ),
        ]
        indexes = [models.Index(fields=["ward", "resident"], name="consent_by_resident")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.given_at:%Y-%m-%d}"

    def taken_back_after(self, moment: datetime) -> bool:
        """Whether this consent was withdrawn later than `moment`; times of visits are to the
        minute, so one and the same minute is not later."""
        return self.withdrawn_at is not None and self.withdrawn_at >= moment + timedelta(minutes=1)


class Assessment(models.Model):
    """The level that a visit saw in one resident for one skill."""

    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="assessments")
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="assessments")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["visit", "resident", "skill"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "resident", "skill"], name="one_level_per_visit_and_skill"
            ),
            models.CheckConstraint(
                condition=Q(level__range=(0, 3)), name="assessment_level_is_on_the_ladder"
            ),
        ]
        indexes = [models.Index(fields=["resident", "skill"], name="assessment_by_resident")]

    def __str__(self) -> str:
        return f"{self.skill_id} {self.level}"

    @property
    def level_name(self) -> str:
        return self.skill.levels(self.level).label


class ResidentSkill(models.Model):
    """A resident's newest level of a skill, and the one before it (None: assessed once)."""

    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()
    previous_level = models.PositiveSmallIntegerField(null=True)
    assessed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident", "skill"], name="one_newest_level"),
            models.CheckConstraint(
                condition=Q(level__range=(0, 3))
                & (Q(previous_level=None) | Q(previous_level__range=(0, 3))),
                name="newest_levels_are_on_the_ladder",
            ),
        ]
        indexes = [models.Index(fields=["ward", "skill", "level"], name="newest_levels")]

    def __str__(self) -> str:
        return f"{self.skill_id} {self.level}"
