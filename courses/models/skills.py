"""The skills catalogue: what a person can have or do, and how we know."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    """The ladder. A person has reached a ladder skill when they do it alone."""

    NOT_YET = 0, _("Does not know yet")
    WITH_HELP = 1, _("Can do it with help")
    ALONE = 2, _("Can do it alone")
    TEACHES = 3, _("Can teach others")


class Fact(models.IntegerChoices):
    """The two values of a yes/no skill, stored where a ladder skill stores its level."""

    NO = 0, _("Not yet")
    YES = 1, _("Yes")


class SkillQuerySet(models.QuerySet):
    def current(self):
        """Skills of the newest catalogue; retired ones stay for old assessments."""
        return self.filter(retired_in_version=None)

    def ladder(self):
        return self.filter(scale=Skill.Scale.LADDER)

    def facts(self):
        """Yes/no skills."""
        return self.filter(scale=Skill.Scale.YES_NO)


class Skill(models.Model):
    """One line of the catalogue. Rows come from `courses/data`, loaded by `courses.catalogue`.

    A code is given once and means the same for ever; a wording may improve with a new version.
    """

    class Element(models.TextChoices):
        """The four elements of Plan 31/KH-UBND of Ho Chi Minh City, 27/1/2026."""

        IDENTITY = "identity", _("Digital identity")
        DEVICE = "device", _("Digital device")
        ACCOUNT = "account", _("Digital account")
        SKILL = "skill", _("Digital skill")

    class Subject(models.TextChoices):
        RESIDENT = "resident", _("Resident")
        HOUSEHOLD = "household", _("Household")

    class Scale(models.TextChoices):
        YES_NO = "yes_no", _("Yes or not yet")
        LADDER = "ladder", _("Ladder from 0 to 3")

    code = models.CharField(_("code"), primary_key=True, max_length=40)
    name = models.CharField(_("name"), max_length=120)
    explanation = models.TextField(_("explanation"))
    show_me = models.TextField(
        _("watch them do it"), help_text=_("What the volunteer asks to see.")
    )
    framework_reference = models.CharField(_("framework reference"), max_length=300)
    element = models.CharField(_("element"), max_length=8, choices=Element)
    subject = models.CharField(_("subject"), max_length=9, choices=Subject)
    scale = models.CharField(_("scale"), max_length=6, choices=Scale)
    minimum_age = models.PositiveSmallIntegerField(
        _("minimum age"), help_text=_("In years; younger residents are not in the denominator.")
    )
    minimum_age_source = models.CharField(_("source of the minimum age"), max_length=300)
    position = models.PositiveSmallIntegerField(_("order"))
    catalogue_version = models.PositiveSmallIntegerField(
        _("catalogue version"), help_text=_("The newest version that lists this skill.")
    )
    retired_in_version = models.PositiveSmallIntegerField(
        _("retired in version"), null=True, blank=True
    )

    objects = SkillQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        constraints = [
            models.CheckConstraint(
                condition=Q(scale__in=["yes_no", "ladder"]), name="skill_scale_is_known"
            ),
            models.CheckConstraint(
                condition=Q(subject__in=["resident", "household"]), name="skill_subject_is_known"
            ),
            models.CheckConstraint(
                condition=Q(element__in=["identity", "device", "account", "skill"]),
                name="skill_element_is_known",
            ),
            models.CheckConstraint(
                condition=Q(retired_in_version=None)
                | Q(retired_in_version__gt=F("catalogue_version")),
                name="skill_retires_after_its_version",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def levels(self) -> type[models.IntegerChoices]:
        """The values an assessment of this skill may have: `Level` or `Fact`."""
        return Level if self.scale == self.Scale.LADDER else Fact

    @property
    def reached_from(self) -> int:
        """The lowest level that counts in the coverage: alone on the ladder, yes for a fact."""
        return Level.ALONE if self.scale == self.Scale.LADDER else Fact.YES
