"""What a ward has decided about its lists: what headings mean, and how long an import can be
undone."""

from django import forms
from django.utils.translation import gettext_lazy as _

from outreach.forms.roster import choosable_meanings
from outreach.models import HeadingMeaning, ImportRules
from outreach.roster.grid import clean_text
from outreach.roster.meanings import heading_key
from volunteers.models import Area


def _choices() -> list[tuple[str, str]]:
    return [("", _("please choose")), *choosable_meanings()]


class HeadingForm(forms.ModelForm):
    """One heading of the ward's lists and what it means."""

    meaning = forms.ChoiceField(label=_("Taken for"), choices=_choices)

    class Meta:
        model = HeadingMeaning
        fields = ["heading", "meaning"]

    def clean_heading(self):
        heading = clean_text(self.cleaned_data["heading"])
        if not heading_key([heading]):
            raise forms.ValidationError(
                _("Please write the heading as it stands in the list, e.g. “Bà con”.")
            )
        return heading


class _HeadingForms(forms.BaseModelFormSet):
    def clean(self):
        seen: set[str] = set()
        for form in self.forms:
            said = getattr(form, "cleaned_data", {})
            if not said.get("heading") or said.get("DELETE"):
                continue
            key = heading_key([said["heading"]])
            if key in seen:
                form.add_error("heading", _("This heading stands here twice; please keep one."))
            seen.add(key)


_Forms = forms.modelformset_factory(
    HeadingMeaning, form=HeadingForm, formset=_HeadingForms, can_delete=True, extra=1
)


def heading_forms(ward: Area, data=None) -> forms.BaseModelFormSet:
    return _Forms(data, queryset=HeadingMeaning.objects.filter(ward=ward), prefix="headings")


class UndoPeriodForm(forms.ModelForm):
    undo_days = forms.IntegerField(
        label=_("Days in which an import can be undone"),
        min_value=0,
        max_value=ImportRules.LONGEST_UNDO_DAYS,
        help_text=_(
            "So many days after an import the officer can take it back with one button, as long "
            "as nothing has happened at its homes since."
        ),
    )

    class Meta:
        model = ImportRules
        fields = ["undo_days"]
