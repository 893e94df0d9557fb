"""How a reader narrows, searches and sorts a list behind a figure."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.coverage.members import Of
from outreach.coverage.unmet import REASONS, reason_name
from outreach.member_list import MemberList, Order, Wish
from outreach.member_rows import area_name
from volunteers.models import Area


class WishForm(forms.Form):
    """Bound to the address and, where words are looked for, to what was posted: `khu`, `ly_do`,
    `xep`, `words`. What cannot be read is explained and left out."""

    words = forms.CharField(
        label=gettext_lazy("Name or address"),
        help_text=gettext_lazy("Accents are not needed."),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "type": "search"}),
    )
    khu = forms.ChoiceField(label=gettext_lazy("Area"), required=False)
    ly_do = forms.ChoiceField(label=gettext_lazy("Why nobody was met"), required=False)
    xep = forms.ChoiceField(label=gettext_lazy("Sort by"), required=False)

    def __init__(self, data: Any, listed: MemberList) -> None:
        super().__init__(data)
        self.listed = listed
        of = listed.of
        self.areas = {area.pk: area for area in _areas_below(listed)}
        everything = [("", _("Everything"))]
        choices = {
            "khu": everything + [(code, area_name(area)) for code, area in self.areas.items()],
            "ly_do": [("", _("Whatever it was")), *((one, reason_name(one)) for one in REASONS)],
            "xep": [(order.value, name) for order, name in _order_names(of).items()],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        if not self.areas:
            del self.fields["khu"]
        if of is not Of.HOMES:
            del self.fields["ly_do"]
        if of not in (Of.HOMES, Of.PEOPLE):
            del self.fields["xep"]
        if of in (Of.SESSIONS, Of.DAYS):
            del self.fields["words"]

    @property
    def wish(self) -> Wish:
        self.is_valid()
        said = self.cleaned_data
        return Wish(
            order=Order(said.get("xep") or self.listed.wish.order),
            within=self.areas.get(said.get("khu", "")),
            reason=said.get("ly_do", ""),
            words=said.get("words", ""),
        )

    @property
    def in_address(self) -> dict[str, str]:
        """What of it may stand in an address: all but the words."""
        self.is_valid()
        return {name: said for name, said in self.cleaned_data.items() if name != "words" and said}


def _areas_below(listed: MemberList) -> list[Area]:
    """A ward's neighbourhoods and lanes, a neighbourhood's lanes."""
    if listed.alone or listed.area.level == Area.Level.LANE:
        return []
    below = Area.objects.filter(path__startswith=listed.area.path).exclude(pk=listed.area.pk)
    return sorted(
        below.select_related("parent"),
        key=lambda area: (
            (area.parent.position, area.parent_id, area.position)
            if area.level == Area.Level.LANE
            else (area.position, area.pk, -1)
        ),
    )


def _order_names(of: Of) -> dict[Order, str]:
    if of is Of.HOMES:
        return {
            Order.ADDRESS: _("Address"),
            Order.NAME: _("Given name of the head of household"),
            Order.LAST: _("Last visit, newest first"),
        }
    # Not by their last assessment: to find that of each of 100,000 takes seconds.
    return {Order.NAME: _("Given name"), Order.ADDRESS: _("Address")}
