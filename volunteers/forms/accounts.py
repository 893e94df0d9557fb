"""Forms about people and their accounts."""

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from volunteers import accounts
from volunteers.models import Area, Membership, RoleGrant, User
from volunteers.names import fold, normalise_name
from volunteers.phones import normalise_phone

Role = RoleGrant.Role


class PersonForm(forms.ModelForm):
    """Name and phone number of an account."""

    class Meta:
        model = User
        fields = ["full_name", "phone"]
        widgets = {
            "full_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        }
        help_texts = {
            "full_name": _("In full, e.g. Nguyễn Thị Lan."),
            "phone": _("May be used to log in, e.g. 0912345678. May stay empty."),
        }

    def clean_full_name(self) -> str:
        name = normalise_name(self.cleaned_data["full_name"])
        if not any(character.isalpha() for character in name):
            raise forms.ValidationError(
                gettext("“%(name)s” is no name. Write the full name in letters."),
                params={"name": name},
            )
        return name

    def clean_phone(self) -> str | None:
        text = self.cleaned_data["phone"]
        try:
            return normalise_phone(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(
                gettext(
                    "“%(phone)s” is no phone number of Vietnam. Write 10 digits that begin with 0, "
                    "or leave it empty."
                ),
                params={"phone": text},
            ) from error


class NewPersonForm(PersonForm):
    """A person for whom an account is opened.

    The same name twice in one place is refused once, because a form sent twice or a person added
    twice looks just like that; `namesake` says that it is another person.
    """

    namesake = forms.BooleanField(
        label=_("This is another person with the same name"), required=False
    )

    class Meta(PersonForm.Meta):
        fields = ["full_name", "phone", "username"]
        widgets = PersonForm.Meta.widgets | {
            "username": forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"})
        }
        help_texts = PersonForm.Meta.help_texts | {
            "username": _("Leave empty to have it made of the name, e.g. nguyen.thi.lan.")
        }

    def __init__(self, *args, neighbours: QuerySet[User], **kwargs):
        """`neighbours`: the people among whom a second of the same name would be surprising."""
        super().__init__(*args, **kwargs)
        self.neighbours = neighbours
        self.fields["username"].required = False
        if not self.data.get("namesake"):
            self.fields["namesake"].widget = forms.HiddenInput()

    def clean_username(self) -> str:
        return User.normalize_username(self.cleaned_data["username"])

    def clean(self):
        cleaned = super().clean()
        folded = fold(cleaned.get("full_name", ""))
        same = self.neighbours.filter(folded_name=folded).first() if folded else None
        if same and not cleaned.get("namesake"):
            self.fields["namesake"].widget = forms.CheckboxInput()
            self.add_error(
                "full_name",
                forms.ValidationError(
                    gettext(
                        "%(name)s already has an account here, with the user name %(username)s. "
                        "If the password was lost, reset it there. If this is another person, tick "
                        "the box below."
                    ),
                    params={"name": same.full_name, "username": same.username},
                ),
            )
        return cleaned

    def open_account(self) -> tuple[User, str]:
        """The account and its one-time password."""
        return accounts.open_account(
            self.cleaned_data["full_name"],
            self.cleaned_data["phone"],
            self.cleaned_data["username"],
        )


class AreaOfRoleField(forms.ModelChoiceField):
    """A province or an open ward."""

    def __init__(self, **kwargs):
        places = Area.objects.filter(Q(level=Area.Level.PROVINCE) | Q(opened_on__isnull=False))
        super().__init__(
            places.select_related("parent").order_by("-level", "folded_name", "code"),
            required=False,
            label=_("Area"),
            help_text=_(
                "For ward officers and city viewers only. A ward that is missing here must be "
                "opened first."
            ),
            **kwargs,
        )

    def label_from_instance(self, area: Area) -> str:
        place = f"{area.name}, {area.parent.name}" if area.parent_id else area.name
        return f"{place} ({area.code})"


def check_area_of_role(form: forms.Form) -> None:
    """Add the error of a role that lacks its area or has one it cannot have."""
    role, area = form.cleaned_data.get("role"), form.cleaned_data.get("area")
    if "area" in form.errors:
        return
    if role == Role.OFFICER and (not area or area.level != Area.Level.COMMUNE):
        form.add_error("area", gettext("A ward officer needs a ward. Choose the ward."))
    elif role == Role.VIEWER and not area:
        form.add_error("area", gettext("A viewer needs an area. Choose the city or the ward."))
    elif role in (Role.EDITOR, Role.ADMINISTRATOR) and area:
        form.add_error("area", gettext("This role has no area. Leave the area empty."))


class NewStaffForm(NewPersonForm):
    """A new account with a role."""

    role = forms.ChoiceField(label=_("Role"), choices=Role)
    area = AreaOfRoleField()

    field_order = ["full_name", "phone", "username", "role", "area", "namesake"]

    def clean(self):
        cleaned = super().clean()
        check_area_of_role(self)
        return cleaned


class RoleForm(forms.Form):
    """One more role for a person who has an account."""

    role = forms.ChoiceField(label=_("Role"), choices=Role)
    area = AreaOfRoleField()

    def clean(self):
        cleaned = super().clean()
        check_area_of_role(self)
        return cleaned


class NewMemberForm(NewPersonForm):
    """A new account with a place in a team."""

    role = forms.ChoiceField(
        label=_("Role"), choices=Membership.Role, initial=Membership.Role.MEMBER
    )

    field_order = ["full_name", "phone", "username", "role", "namesake"]


class PeopleSearchForm(forms.Form):
    """Posted, so that no name stands in an address or a log."""

    words = forms.CharField(
        label=_("Name, user name or phone number"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def matching(self, people: QuerySet[User]) -> QuerySet[User]:
        """The people in whom every word is found, without regard to case and diacritics."""
        for word in fold(self.cleaned_data["words"]).split():
            people = people.filter(
                Q(folded_name__contains=word) | Q(username__contains=word) | Q(phone__contains=word)
            )
        return people
