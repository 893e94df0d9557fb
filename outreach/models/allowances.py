"""What volunteers are paid for a day of work: what a ward's or city's own resolution says."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from volunteers.models import Area


class AllowanceRule(models.Model):
    """So many đồng for a person and day, from `first` to `last`, with the caps of a month. A
    province's serves the days for which a ward has none of its own.

    Nothing is known unless somebody writes it down: there is no rule by default.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("area"))
    first = models.DateField(_("first day"))
    # Empty: until further notice.
    last = models.DateField(_("last day"), null=True, blank=True)
    # In đồng, like all amounts.
    amount = models.PositiveIntegerField(_("for a person and day"))
    most_days = models.PositiveSmallIntegerField(
        _("at most so many days for a person and month"), null=True, blank=True
    )
    most_for_person = models.PositiveIntegerField(
        _("at most for a person and month"), null=True, blank=True
    )
    most_for_team = models.PositiveIntegerField(
        _("at most for a team and month"), null=True, blank=True
    )
    # Which resolution or decision set it, in the office's own words.
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        ordering = ["area", "-first"]
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")
        constraints = [
            models.CheckConstraint(
                condition=Q(last=None) | Q(last__gte=F("first")), name="allowance_days_in_order"
            ),
            # Of rules that overlap otherwise the screens know, see `overlapping`.
            models.UniqueConstraint(fields=["area", "first"], name="one_allowance_begins_on_a_day"),
            models.UniqueConstraint(
                fields=["area"], condition=Q(last=None), name="one_allowance_without_end"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="allowance_is_an_amount"),
            models.CheckConstraint(
                condition=Q(most_days=None) | Q(most_days__range=(1, 31)),
                name="allowance_days_fit_a_month",
            ),
            # Less would never pay a single day.
            models.CheckConstraint(
                condition=Q(most_for_person=None) | Q(most_for_person__gte=F("amount")),
                name="allowance_of_a_person_is_a_day",
            ),
            models.CheckConstraint(
                condition=Q(most_for_team=None) | Q(most_for_team__gte=F("amount")),
                name="allowance_of_a_team_is_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} · {self.first} · {self.amount}"

    def overlapping(self) -> "models.QuerySet[AllowanceRule]":
        """Other rules of the area that hold on one of its days."""
        others = AllowanceRule.objects.filter(area=self.area_id).exclude(pk=self.pk)
        if self.last is not None:
            others = others.filter(first__lte=self.last)
        return others.filter(Q(last=None) | Q(last__gte=self.first))
