"""The forms of the log-in pages, which allauth processes."""

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from volunteers.one_time_passwords import typed


class Login(LoginForm):
    """User name or phone number, and password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("User name or phone number")
        # Phones like to begin with a capital and to correct names.
        login.widget.attrs = {
            "autocomplete": "username",
            "autocapitalize": "none",
            "autocorrect": "off",
            "spellcheck": "false",
        }
        password.label = _("Password")
        password.help_text = ""
        password.widget.attrs = {"autocomplete": "current-password"}


class ChoosePassword(ChangePasswordForm):
    """A new password. Who just logged in with a one-time password need not type it again."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("Present password"),
            "password1": _("New password"),
            "password2": _("New password once more"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = _(
            "At least 8 signs: not digits alone, not your name or phone number, and nothing that "
            "many people choose."
        )
        if self.user.must_change_password:
            del self.fields["oldpassword"]

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        one_time = self.user.must_change_password and self.user.check_password(typed(password))
        if one_time or self.user.check_password(password):
            raise forms.ValidationError(
                gettext("This is the password you have now. Choose another one.")
            )
        return password


class ConfirmPassword(ReauthenticateForm):
    """The password again, before something delicate."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        password = self.fields["password"]
        password.label = _("Password")
        password.help_text = ""
        password.widget.attrs = {"autocomplete": "current-password"}
