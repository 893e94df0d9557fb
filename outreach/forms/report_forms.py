"""Uploading a form for reports, and choosing what to fill it for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from outreach.forms.period import PeriodForm
from outreach.models import ReportForm
from outreach.own_form.checking import check
from outreach.own_form.package import LARGEST
from outreach.own_form.problems import NoForm, Problem
from outreach.own_form.template import Form
from outreach.periods import Period, presets
from volunteers.models import Area
from volunteers.models.areas import AreaQuerySet


class UploadForm(forms.Form):
    """A form of `area`; `replaced` the one that takes the new file, or only a new name. What is
    wrong with the file's cells gathers in `problems`; then it is not valid."""

    name = forms.CharField(
        label=_("Name of the form"),
        max_length=120,
        help_text=_("As people call it, like “Monthly report, form 01”."),
    )
    file = forms.FileField(
        label=_("The file of the form"),
        help_text=_("An Excel Workbook (.xlsx) of at most 1 MB with placeholders in its cells."),
        widget=forms.FileInput({"accept": ".xlsx"}),
        error_messages={
            "required": _("Please choose the file of the form."),
            "empty": _("The file is empty. Please choose the form again."),
        },
    )

    def __init__(self, *args, area: Area, replaced: ReportForm | None = None, **kwargs) -> None:
        if replaced:
            kwargs["initial"] = {"name": replaced.name}
        super().__init__(*args, **kwargs)
        self.area, self.replaced = area, replaced
        self.problems: list[Problem] = []
        self.content = b""
        self.fields["file"].required = replaced is None

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        twins = ReportForm.objects.filter(area=self.area, name=name)
        if twins.exclude(pk=self.replaced and self.replaced.pk).exists():
            raise ValidationError(
                _("%(area)s has a form of this name already. Replace that one, or take another."),
                params={"area": self.area},
            )
        return name

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file:
            return None
        try:
            if file.size > LARGEST:
                raise NoForm("file_too_large")
            self.content = file.read()
            self.problems = check(Form(self.content), self.area)
        except NoForm as refused:
            raise ValidationError(refused.message) from refused
        if self.problems:
            raise ValidationError(
                _("Nothing was saved. Put these cells right, save the file and choose it again.")
            )
        return file


class FillForm(PeriodForm):
    """What a form is filled for: an area of `areas`, and a period, at first this month."""

    def __init__(self, data: Any, today, areas: AreaQuerySet) -> None:
        self.areas = list(areas)
        if not (data.get("tu") or data.get("den")):
            month = presets(today)[0].period
            data = {
                "tu": month.first,
                "den": month.last,
                "dia_ban": data.get("dia_ban") or "",
            }
        super().__init__(data, today)
        if len(self.areas) > 1:
            self.fields["dia_ban"] = forms.ChoiceField(
                label=_("Area"),
                choices=[(area.pk, area.name) for area in self.areas],
                required=False,
                error_messages={
                    "invalid_choice": _("This area cannot be chosen. Please take one of the list.")
                },
            )

    @property
    def area(self) -> Area | None:
        """The chosen one, else the first; None when there is none."""
        code = self.cleaned_data.get("dia_ban") if self.is_valid() else ""
        chosen = [area for area in self.areas if area.pk == code]
        return next(iter(chosen or self.areas), None)

    @property
    def period(self) -> Period:
        """The chosen one; this month where the choice cannot be read."""
        return super().period if self.is_valid() else presets(self.today)[0].period
