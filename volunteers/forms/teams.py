"""Forms about teams and who belongs to them."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from volunteers.forms.areas import squeezed
from volunteers.login import account_name
from volunteers.models import Area, Membership, Team, User


class AreasOfTeamField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, area: Area) -> str:
        return f"{area.parent.name} · {area.name}" if area.level == Area.Level.LANE else area.name


class TeamForm(forms.ModelForm):
    """A team of one ward; only that ward and its areas in use can be chosen."""

    areas = AreasOfTeamField(
        Area.objects.none(),
        label=_("Areas it visits"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Team members see the homes of these areas. Tick the ward itself for all."),
    )

    class Meta:
        model = Team
        fields = ["name", "areas"]

    def __init__(self, *args, ward: Area, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.ward = ward
        self.fields["areas"].queryset = Area.objects.within(ward).in_use().as_tree()

    def clean_name(self) -> str:
        name = squeezed(self.cleaned_data["name"])
        twins = Team.objects.filter(ward=self.instance.ward, name=name)
        if twins.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                gettext("The ward has a team “%(name)s” already. Choose another name."),
                params={"name": name},
            )
        return name


class MembershipRoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role)


class KnownMemberForm(MembershipRoleForm):
    """Somebody who has an account joins one more team."""

    username = forms.CharField(
        label=_("User name or phone number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=_("Of somebody who is or was in a team of this ward."),
    )

    field_order = ["username", "role"]

    def __init__(self, *args, candidates: QuerySet[User], team: Team, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        self.team = team

    def clean_username(self) -> User:
        text = self.cleaned_data["username"]
        person = self.candidates.filter(username=account_name(text), is_active=True).first()
        if person is None:
            raise forms.ValidationError(
                gettext(
                    "“%(text)s” is not known in this ward. Check the user name in the list of "
                    "people, or open a new account."
                ),
                params={"text": text},
            )
        if Membership.objects.current().filter(team=self.team, user=person).exists():
            raise forms.ValidationError(
                gettext("%(name)s is in this team already."), params={"name": person.full_name}
            )
        return person
