"""What is counted, what is aimed at, and what was counted: numbers about areas, never persons."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models import Skill
from outreach.models.households import Household
from volunteers.models import Area


class Rule(models.TextChoices):
    """How an indicator is counted; the counting is `outreach.coverage`'s."""

    HOUSEHOLDS_REACHED = "households_reached", _("Households visited in the period")
    HOUSEHOLDS_MET = "households_met", _("Households where a visit met someone")
    HOUSEHOLDS_ASSESSED = "households_assessed", _("Households where someone was assessed")
    RESIDENTS_CONSENTED = "residents_consented", _("Residents who agreed to the skills record")
    RESIDENTS_ASSESSED = "residents_assessed", _("Residents assessed in the period")
    RESIDENTS_TAUGHT = "residents_taught", _("Residents taught in the period")
    RESIDENTS_PROGRESSED = "residents_progressed", _("Residents of whom a level rose")
    RESIDENTS_ABLE = "residents_able", _("Residents who reach skills")
    SESSIONS_HELD = "sessions_held", _("Classes held in the period")
    CLASS_ATTENDANCE = "class_attendance", _("People who came to classes")
    REFERRALS_ANSWERED = "referrals_answered", _("Referrals answered, of those made")
    PERSON_DAYS = "person_days", _("Person-days of the teams")


OF_HOUSEHOLDS = {Rule.HOUSEHOLDS_REACHED, Rule.HOUSEHOLDS_MET, Rule.HOUSEHOLDS_ASSESSED}
OF_RESIDENTS = {
    Rule.RESIDENTS_CONSENTED,
    Rule.RESIDENTS_ASSESSED,
    Rule.RESIDENTS_TAUGHT,
    Rule.RESIDENTS_PROGRESSED,
    Rule.RESIDENTS_ABLE,
}
# These have no denominator.
AMOUNTS = {Rule.SESSIONS_HELD, Rule.CLASS_ATTENDANCE, Rule.PERSON_DAYS}


class IndicatorQuerySet(models.QuerySet):
    def shown(self):
        return self.filter(hidden=False)


class Indicator(models.Model):
    """One indicator: its rule with parameters, and its words. Empty words are the standard ones,
    in the reader's language. Standard indicators keep their codes, a contract with other programs.
    """

    code = models.SlugField(
        _("code"), primary_key=True, max_length=60, allow_unicode=False, db_index=False
    )
    position = models.PositiveSmallIntegerField(_("order"), default=1000)
    rule = models.CharField(_("what is counted"), max_length=20, choices=Rule)
    standard = models.BooleanField(default=False, editable=False)
    hidden = models.BooleanField(_("do not show"), default=False)
    name = models.CharField(_("name"), max_length=200, blank=True)
    explanation = models.TextField(_("explanation"), max_length=1000, blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    among = models.CharField(_("denominator in words"), max_length=120, blank=True)
    # Parameters.
    skills = models.ManyToManyField(Skill, verbose_name=_("skills"), blank=True)
    at_least = models.PositiveSmallIntegerField(
        _("how many of the skills"), default=1, help_text=_("So many of the chosen skills.")
    )
    threshold = models.PositiveSmallIntegerField(
        _("from which level"),
        null=True,
        blank=True,
        help_text=_("On the ladder; empty: does it alone. Facts count with yes."),
    )
    minimum_age = models.PositiveSmallIntegerField(
        _("from which age"),
        null=True,
        blank=True,
        help_text=_("In years; empty: the highest of the skills', or everybody."),
    )
    maximum_age = models.PositiveSmallIntegerField(_("up to which age"), null=True, blank=True)
    kind = models.CharField(
        _("kind of household"), max_length=5, choices=Household.Kind, blank=True
    )

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        constraints = [
            models.CheckConstraint(condition=Q(rule__in=Rule.values), name="rule_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["", *Household.Kind.values]), name="indicator_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(at_least__gte=1), name="at_least_one_skill"),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class Target(models.Model):
    """What an area aims at for an indicator and a period: so many percent, or so many."""

    class Measure(models.TextChoices):
        PERCENT = "percent", _("percent")
        COUNT = "count", _("so many")

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="targets", verbose_name=_("indicator")
    )
    area = models.ForeignKey(Area, models.CASCADE, related_name="+", verbose_name=_("area"))
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    measure = models.CharField(_("measured in"), max_length=7, choices=Measure)
    value = models.DecimalField(_("value"), max_digits=9, decimal_places=1)
    # Which plan or decision set it.
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        ordering = ["area", "indicator__position", "-last"]
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "area", "first", "last"], name="one_target_a_period"
            ),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="target_days_in_order"),
            models.CheckConstraint(
                condition=Q(measure__in=["percent", "count"]), name="target_measure_is_known"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0) & (Q(measure="count") | Q(value__lte=100)),
                name="target_value_is_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} · {self.indicator_id} · {self.value}"


class Tally(models.Model):
    """The numbers of a ward or neighbourhood for a period, as counted when the ward's feed stood at
    `through`: true until a later change touches them."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="+")
    # EARLIEST of outreach.periods: from the beginning.
    first = models.DateField()
    last = models.DateField()
    # Which indicators with which rules were counted.
    rules = models.CharField(max_length=16)
    through = models.PositiveBigIntegerField()
    counted_at = models.DateTimeField()
    # Code of the indicator → numerator and denominator.
    figures = models.JSONField()
    # How many homes were first reached, and met, in which week: outreach.coverage.weeks.
    weeks = models.JSONField(default=dict)
    # How many homes where nobody was met have which reason: outreach.coverage.unmet.
    unmet = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "first", "last", "rules"], name="one_tally_a_period"
            ),
        ]
        indexes = [models.Index(fields=["counted_at"], name="tally_by_age")]

    def __str__(self) -> str:
        return f"{self.area_id} · {self.first}–{self.last}"
