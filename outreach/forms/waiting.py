"""Deciding about what waits."""

from django import forms
from django.utils.translation import gettext_lazy as _

from outreach.waiting import LONGEST_REASON


class AssignForm(forms.Form):
    """The home that is meant; empty: the one that the event names."""

    household = forms.UUIDField(required=False)


class RejectForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it not accepted?"),
        help_text=_(
            "The volunteer reads this on the phone. Say what to do; write no names of residents."
        ),
        max_length=LONGEST_REASON,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
