"""The choice of a reporting period."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from outreach.periods import EARLIEST, LATEST, Period


class DayField(forms.DateField):
    """A day that may be left open. Its errors say what was written."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        )

    def to_python(self, value: Any) -> date | None:
        written = {"value": str(value)[:30]}
        try:
            day = super().to_python(value)
        except ValidationError as error:
            raise ValidationError(
                _("“%(value)s” is not a day. Please write it like 30/11/2026."), params=written
            ) from error
        if day and not EARLIEST <= day <= LATEST:
            raise ValidationError(
                _("“%(value)s” is too far away. Please choose a day from 2000 to 2100."),
                params=written,
            )
        return day


class PeriodForm(forms.Form):
    """First and last day as the page's address carries them: `tu`, `den`."""

    tu = DayField(_("From"))
    den = DayField(_("To"))

    def __init__(self, data: Any, today: date) -> None:
        super().__init__(data)
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("tu"), cleaned.get("den") or self.today
        if first and first > last and not self.errors:
            raise ValidationError(
                _(
                    "The period begins on %(first)s, after it ends on %(last)s. Please put the "
                    "earlier day first."
                ),
                params={"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"},
            )
        return cleaned

    @property
    def period(self) -> Period:
        """The chosen one; from the beginning until today where the choice cannot be read."""
        if not self.is_valid():
            return Period(None, self.today)
        return Period(self.cleaned_data["tu"], self.cleaned_data["den"] or self.today)
