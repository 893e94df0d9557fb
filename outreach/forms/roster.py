"""Choosing a ward's list to import, and confirming it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from outreach.models import RosterImport
from outreach.roster.opening import MAX_FILE, MEGABYTE
from volunteers.models import Area


class ListUploadForm(forms.Form):
    """The file is only looked at as a whole; what is in it the view asks the importer."""

    ward = forms.ModelChoiceField(Area.objects.none(), label=_("Ward"), empty_label=None)
    file = forms.FileField(
        label=_("The ward's list"),
        help_text=_(
            "The ward's own spreadsheet as it is: .xlsx, or CSV in UTF-8, up to %(limit)d MB. "
            "Columns with citizen-ID numbers, ethnicity or religion are not taken in."
        )
        % {"limit": MAX_FILE // MEGABYTE},
        error_messages={
            "required": _("Please choose the file with the ward's list."),
            "empty": _("The file is empty. Please choose the ward's list again."),
        },
    )
    purpose = forms.ChoiceField(
        label=_("What the list is imported for"), choices=RosterImport.Purpose.choices
    )
    legal_basis = forms.CharField(
        label=_("Legal basis"),
        max_length=300,
        help_text=_(
            "The plan or decision on which the ward may use the list for this, with number and "
            "date. It is recorded with the import."
        ),
        error_messages={"required": _("Please write the plan or decision, with its number.")},
    )

    def __init__(self, *args, wards: list[Area], **kwargs):
        super().__init__(*args, **kwargs)
        self.wards = wards
        self.fields["ward"].queryset = Area.objects.filter(pk__in=[ward.pk for ward in wards])
        if len(wards) == 1:
            # There is nothing to choose.
            del self.fields["ward"]

    @property
    def chosen_ward(self) -> Area:
        return self.cleaned_data.get("ward") or self.wards[0]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE:
            raise forms.ValidationError(
                _(
                    "The file has %(size)d MB; at most %(limit)d MB can be read. Please split the "
                    "list, for example by neighbourhood."
                )
                % {"size": file.size // MEGABYTE, "limit": MAX_FILE // MEGABYTE},
                code="file_too_large",
            )
        return file

    @property
    def file_name(self) -> str:
        return self.cleaned_data["file"].name


class ConfirmForm(forms.Form):
    difference = forms.CharField(widget=forms.HiddenInput)
    skip_bad_rows = forms.BooleanField(
        required=False,
        label=_("Leave out the bad rows"),
        help_text=_("The cells and rows named above stay out; everything else is imported."),
    )
