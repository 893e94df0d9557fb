"""Forms about wards, neighbourhoods and lanes."""

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from volunteers.models import Area
from volunteers.names import fold

MAX_LINES = 300


def squeezed(text: str) -> str:
    return " ".join(text.split())


class WardSearchForm(forms.Form):
    """Which of the country's wards to open. Names of wards are no secret, so this is a GET."""

    province = forms.ModelChoiceField(
        Area.objects.provinces().order_by("folded_name"),
        label=Area.Level.PROVINCE.label,
        required=False,
        empty_label=_("All provinces and cities"),
    )
    words = forms.CharField(
        label=_("Name or code of the ward"),
        max_length=120,
        required=False,
        help_text=_("Without diacritics is fine, e.g. xuan hoa or 27139."),
    )

    def found(self) -> QuerySet[Area]:
        """Wards of the province in whose name or code every word is found; none without a wish."""
        province, words = self.cleaned_data["province"], fold(self.cleaned_data["words"]).split()
        if not province and not words:
            return Area.objects.none()
        wards = Area.objects.wards().select_related("parent").order_by("folded_name", "code")
        if province:
            wards = wards.filter(parent=province)
        for word in words:
            wards = wards.filter(Q(folded_name__contains=word) | Q(code=word))
        return wards


class AreasForm(forms.Form):
    """Neighbourhoods or lanes, one on each line, as they stand in the ward's own list."""

    names = forms.CharField(
        label=_("Names"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("One on each line, e.g. Khu phố 1. A list can be pasted from a spreadsheet."),
    )

    def __init__(self, *args, parent: Area, **kwargs):
        super().__init__(*args, **kwargs)
        self.parent = parent

    def clean_names(self) -> list[str]:
        lines = [squeezed(line) for line in self.cleaned_data["names"].splitlines()]
        taken = dict(
            self.parent.children.filter(valid_until=None).values_list("folded_name", "name")
        )
        problems, names = [], []
        for number, name in enumerate(lines, 1):
            if not name:
                continue
            if len(name) > 120:
                problems.append(
                    gettext("Line %(number)s is %(length)s letters long; at most 120 are kept.")
                    % {"number": number, "length": len(name)}
                )
            elif fold(name) in taken:
                problems.append(
                    gettext("Line %(number)s: “%(name)s” is there already (as “%(other)s”).")
                    % {"number": number, "name": name, "other": taken[fold(name)]}
                )
            taken.setdefault(fold(name), name)
            names.append(name)
        if len(names) > MAX_LINES:
            problems = [
                gettext("There are %(count)s names; add at most %(most)s at a time.")
                % {"count": len(names), "most": MAX_LINES}
            ]
        if problems:
            raise forms.ValidationError(problems)
        return names


class AreaForm(forms.ModelForm):
    """The name of a neighbourhood or lane, and its place in lists."""

    class Meta:
        model = Area
        fields = ["name", "position"]
        help_texts = {
            "name": _("Mend a slip here. What the state renames or merges is a new area."),
            "position": _("Small numbers come first."),
        }

    def clean_name(self) -> str:
        name = squeezed(self.cleaned_data["name"])
        twins = Area.objects.filter(parent=self.instance.parent, folded_name=fold(name))
        if (
            self.instance.valid_until is None
            and twins.filter(valid_until=None).exclude(pk=self.instance.pk).exists()
        ):
            raise forms.ValidationError(
                gettext("“%(name)s” is there already. Choose another name."), params={"name": name}
            )
        return name
