"""The box that finds a home."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _


class FinderForm(forms.Form):
    words = forms.CharField(
        label=_("Name, address, phone number or card code"),
        help_text=_("Accents are not needed: “dang thi bich” finds Đặng Thị Bích."),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
