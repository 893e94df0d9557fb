"""Forms about phones."""

from django import forms
from django.utils.translation import gettext_lazy as _

from volunteers.models import Device


class RevocationForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What happened to the phone?"), choices=Device.Reason, widget=forms.RadioSelect
    )
