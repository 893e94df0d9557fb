"""One target of an area, and a sheet of many."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.forms.period import DayField
from outreach.indicators import Measure, current_indicators, measure_of
from outreach.models import Target
from outreach.notes import mask_numbers
from outreach.roster.opening import MEGABYTE
from outreach.targets import Impossible, aim, check_value, read_value
from volunteers.models import Area

LARGEST_SHEET = 2 * MEGABYTE


class TargetForm(forms.Form):
    indicator = forms.ChoiceField(label=gettext_lazy("Indicator"))
    first = DayField(gettext_lazy("First day"))
    last = DayField(gettext_lazy("Last day"))
    measure = forms.ChoiceField(
        label=gettext_lazy("Measured in"), choices=Target.Measure, widget=forms.RadioSelect
    )
    value = forms.CharField(
        label=gettext_lazy("Target"),
        max_length=20,
        help_text=gettext_lazy("Like 80 for 80%, or 1200 for so many."),
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The plan or decision that set it, with number and date."),
    )

    def __init__(self, *args, area: Area, target: Target | None = None, **kwargs) -> None:
        self.target = target or Target(area=area)
        if target:
            kwargs["initial"] = {
                "indicator": target.indicator_id,
                "first": target.first,
                "last": target.last,
                "measure": target.measure,
                "value": aim(target).removesuffix("%"),
                "source": target.source,
            }
        super().__init__(*args, **kwargs)
        self.measures: dict[str, Measure] = {one.code: one for one in current_indicators()}
        if target and target.indicator_id not in self.measures:
            self.measures[target.indicator_id] = measure_of(target.indicator)
        choices = [(one.code, f"{one.name} ({one.unit})") for one in self.measures.values()]
        self.fields["indicator"].choices = [("", "–"), *choices]
        for name in ("first", "last"):
            self.fields[name].required = True

    def clean_source(self) -> str:
        return mask_numbers(self.cleaned_data["source"])

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        first, last, code = said.get("first"), said.get("last"), said.get("indicator")
        if first and last and first > last:
            self.add_error("last", _("The last day is before the first. Swap them."))
        elif first and last and code and self._is_taken(said):
            raise ValidationError(
                _(
                    "%(area)s has a target for this indicator and these days already. Change that "
                    "one instead."
                ),
                params={"area": self.target.area},
            )
        if code and said.get("measure") and "value" in said:
            try:
                value = read_value(said["value"], said["measure"])
                check_value(value, said["measure"], self.measures[code])
            except Impossible as impossible:
                self.add_error("value", str(impossible))
            else:
                said["value"] = value
        return said

    def _is_taken(self, said: dict[str, Any]) -> bool:
        twins = Target.objects.filter(
            area=self.target.area,
            indicator=said["indicator"],
            first=said["first"],
            last=said["last"],
        )
        return twins.exclude(pk=self.target.pk).exists()

    def save(self) -> Target:
        """The target as it was said; of a form that was found valid."""
        said = self.cleaned_data
        self.target.indicator_id = said["indicator"]
        for name in ("first", "last", "measure", "value", "source"):
            setattr(self.target, name, said[name])
        self.target.save()
        return self.target


class TargetSheetForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The sheet of targets"),
        help_text=gettext_lazy("The sheet as you exported it (.xlsx), with the targets filled in."),
        error_messages={
            "required": gettext_lazy("Please choose the file with the targets."),
            "empty": gettext_lazy("The file is empty. Please choose the sheet of targets again."),
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_SHEET:
            raise ValidationError(
                _(
                    "The file has %(size)s MB; a sheet of targets has at most %(limit)s MB. Please "
                    "choose the sheet that you exported here."
                ),
                params={
                    "size": -(-file.size // MEGABYTE),
                    "limit": LARGEST_SHEET // MEGABYTE,
                },
            )
        return file
