"""What a ward or city pays for a day of work."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.allowances import days_in_words, dong
from outreach.forms.period import DayField
from outreach.models import AllowanceRule
from outreach.notes import mask_numbers
from volunteers.models import Area

HIGHEST = 1_000_000_000
# 50.000, 50 000 and 50,000 are fifty thousand.
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[., ]\d{3})+", re.ASCII)
_PLAIN = re.compile(r"\d{1,10}", re.ASCII)
_UNIT = re.compile(r"\s*(?:đồng|đ|vnđ|vnd)\.?\s*$", re.IGNORECASE)
# The optional caps in đồng.
CAPS = ("most_for_person", "most_for_team")


class AmountField(forms.CharField):
    """Whole đồng as people write them: 50000, 50.000, 50.000 đ. None when left empty."""

    def __init__(self, **kwargs) -> None:
        widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(max_length=30, widget=widget, **kwargs)

    def clean(self, value: Any) -> int | None:
        text = " ".join(super().clean(value).split())
        if not text:
            return None
        bare = _UNIT.sub("", text)
        if not (_GROUPED.fullmatch(bare) or _PLAIN.fullmatch(bare)):
            raise ValidationError(
                _("“%(value)s” is not an amount. Write whole đồng, like 50000 or 50.000."),
                params={"value": text},
            )
        amount = int(re.sub(r"\D", "", bare))
        if not 1 <= amount <= HIGHEST:
            raise ValidationError(
                _("%(value)s đ cannot be paid. Write from 1 to %(most)s đ."),
                params={"value": dong(amount), "most": dong(HIGHEST)},
            )
        return amount


class AllowanceForm(forms.Form):
    first = DayField(gettext_lazy("First day"))
    last = DayField(gettext_lazy("Last day"))
    amount = AmountField(
        label=gettext_lazy("For a person and day, in đồng"),
        help_text=gettext_lazy("As your resolution says, like 50000."),
    )
    most_days = forms.CharField(
        label=gettext_lazy("At most so many days for a person and month"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("Leave empty what your resolution does not limit."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    most_for_person = AmountField(
        label=gettext_lazy("At most for a person and month, in đồng"), required=False
    )
    most_for_team = AmountField(
        label=gettext_lazy("At most for a team and month, in đồng"), required=False
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=200,
        help_text=gettext_lazy("The resolution or decision that set it, with number and date."),
    )

    def __init__(self, *args, area: Area, rule: AllowanceRule | None = None, **kwargs) -> None:
        self.rule = rule or AllowanceRule(area=area)
        if rule:
            amounts = {
                name: getattr(rule, name) and dong(getattr(rule, name))
                for name in ("amount", *CAPS)
            }
            kwargs["initial"] = {
                "first": rule.first,
                "last": rule.last,
                "most_days": rule.most_days,
                "source": rule.source,
            } | amounts
        super().__init__(*args, **kwargs)
        self.fields["first"].required = True
        self.fields["last"].help_text = _("Empty: until further notice.")

    def clean_most_days(self) -> int | None:
        written = self.cleaned_data["most_days"].strip()
        if not written:
            return None
        if not (_PLAIN.fullmatch(written) and 1 <= int(written) <= 31):
            raise ValidationError(
                _("“%(value)s” is not a number of days. Write from 1 to 31, or leave it empty."),
                params={"value": written},
            )
        return int(written)

    def clean_source(self) -> str:
        return mask_numbers(self.cleaned_data["source"])

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        for name in CAPS:
            if said.get(name) and said.get("amount") and said[name] < said["amount"]:
                self.add_error(
                    name,
                    _(
                        "%(most)s đ is less than a single day (%(amount)s đ), so nobody would ever "
                        "be paid. Check both amounts."
                    )
                    % {"most": dong(said[name]), "amount": dong(said["amount"])},
                )
        first, last = said.get("first"), said.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day is before the first. Swap them."))
        elif first and "last" in said:
            self.rule.first, self.rule.last = first, last
            self.refuse_overlap()
        return said

    def refuse_overlap(self) -> bool:
        """Say so when another rule of the area holds on one of these days; whether one does."""
        other = self.rule.overlapping().order_by("first").first()
        if other is None:
            return False
        words = {"amount": dong(other.amount), "days": days_in_words(other)}
        self.add_error(
            "first",
            _(
                "%(amount)s đ is set %(days)s, and a day has only one allowance. Put a last day on "
                "that one first, or choose other days."
            )
            % words,
        )
        return True

    def save(self) -> AllowanceRule:
        """The rule as it was said; of a form that was found valid."""
        for name in self.fields:
            setattr(self.rule, name, self.cleaned_data[name])
        self.rule.save()
        return self.rule
