"""The sign-in form, and the form that opens a locked sign-in again."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from depthwork.practice.people.logins import is_taken
from depthwork.practice.people.models import Role


class SignInForm(LoginForm):
    """Address and passphrase; paste and password managers work."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address or sign-in name")
        self.fields["login"].widget.attrs = {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        self.fields["password"].label = _("Passphrase")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}

    def user_credentials(self) -> dict[str, Any]:
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}


class PassphraseAgainForm(ReauthenticateForm):
    """The passphrase once more, before a change of how one signs in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Passphrase")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}


class AnotherPassphraseForm(ChangePasswordForm):
    """Another passphrase. Nobody can send one by mail, so nothing here leads to a page that would."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("The passphrase until now")
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].label = _("New passphrase")
        self.fields["password1"].help_text = _(
            "At least 15 characters. Four or five unrelated words make a good one."
        )
        self.fields["password2"].label = _("New passphrase, once more")
        for name, kind in (("oldpassword", "current"), ("password1", "new"), ("password2", "new")):
            self.fields[name].widget.attrs = {"autocomplete": f"{kind}-password"}


class UnlockForm(forms.Form):
    """The passphrase again, after a lock."""

    passphrase = forms.CharField(
        label=_("Passphrase"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False)


class RecoverForm(forms.Form):
    """The recovery code and a new passphrase."""

    login = forms.CharField(
        label=_("E-mail address or sign-in name"), widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    code = forms.CharField(
        label=_("Recovery code"),
        help_text=_("Eight groups of four letters and digits; case and dashes do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    passphrase = forms.CharField(
        label=_("New passphrase"),
        strip=False,
        help_text=_("At least 15 characters. Four or five unrelated words make a good one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_passphrase(self) -> str:
        passphrase: str = self.cleaned_data["passphrase"]
        validate_password(passphrase)
        return passphrase


class FactorLostForm(forms.Form):
    """Passphrase and recovery code, where the second factor is lost."""

    login = forms.CharField(
        label=_("E-mail address or sign-in name"), widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    passphrase = forms.CharField(
        label=_("Passphrase"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Recovery code"),
        help_text=_("Eight groups of four letters and digits; case and dashes do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class InviteForm(forms.Form):
    """Whom to invite, and what for."""

    display_name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As colleagues see it."))
    roles = forms.MultipleChoiceField(
        label=_("What they do"),
        choices=[(role.value, role.label) for role in Role if role is not Role.CLIENT],
        widget=forms.CheckboxSelectMultiple,
    )


class RolesForm(forms.Form):
    """What a person does in the practice."""

    roles = forms.MultipleChoiceField(
        label=_("What they do"),
        choices=[(role.value, role.label) for role in Role if role is not Role.CLIENT],
        widget=forms.CheckboxSelectMultiple,
    )


class JoinForm(forms.Form):
    """A sign-in of one's own."""

    login = forms.CharField(
        label=_("E-mail address or sign-in name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    passphrase = forms.CharField(
        label=_("Passphrase"),
        strip=False,
        help_text=_("At least 15 characters. Four or five unrelated words make a good one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_login(self) -> str:
        login: str = self.cleaned_data["login"]
        if is_taken(login):
            raise forms.ValidationError(_("This sign-in name is taken; choose another."))
        return login

    def clean_passphrase(self) -> str:
        passphrase: str = self.cleaned_data["passphrase"]
        validate_password(passphrase)
        return passphrase


class TypedBackForm(forms.Form):
    """The recovery code, from paper."""

    code = forms.CharField(
        label=_("Recovery code"),
        help_text=_("Eight groups of four letters and digits; case and dashes do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
