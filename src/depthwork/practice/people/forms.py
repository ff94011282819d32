"""The sign-in form, and the form that opens a locked sign-in again."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _


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
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}
        self.fields.pop("remember", None)

    def user_credentials(self) -> dict[str, Any]:
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}


class UnlockForm(forms.Form):
    """The passphrase again, after a lock."""

    passphrase = forms.CharField(
        label=_("Passphrase"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False)
