"""How the login package meets our people: no open sign-up, no e-mail, names as hashes."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from depthwork.practice.config.gate import Crowded
from depthwork.practice.people.actions import set_passphrase
from depthwork.practice.people.hashers import take_root
from depthwork.practice.people.models import Person
from depthwork.practice.people.signals import keep_waiting
from depthwork.practice.vault.small import open_small, seal_small
from depthwork.practice.vault.unlocked import current


def display(user: Person) -> str:
    """What the login package may print of a person."""
    return user.display_name or "you"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an invitation of the practice, never by a sign-up page."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_password": _("This is not the passphrase of this account. Nothing is lost; try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        """Before a second factor is asked for, the keys that the passphrase opened are put where they can wait."""
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if answer is None and is_mfa_enabled(user):
            keep_waiting(request, user)
        return answer

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """A try that found the gate crowded was none, and is not counted."""
        try:
            return super().authenticate(request, **credentials)
        except Crowded:
            self._rollback_login_failed_rl_usage()
            raise

    def reauthenticate(self, user: Person, password: str) -> bool:
        """The passphrase again. Tries count as at the door; the login package would look for the name by its hash."""
        self.pre_authenticate(context.request, username=user.login)
        is_right = bool(user.check_password(password))
        take_root()  # the keys are open already, or stay shut
        if is_right:
            self._rollback_login_failed_rl_usage()
        return is_right

    def set_password(self, user: Person, password: str) -> None:
        """The login package's own pages change a passphrase: the keys are sealed to the new one in the same act."""
        set_passphrase(person=user, passphrase=password, unlocked=current())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """No account mail leaves the house."""


class MfaAdapter(DefaultMFAAdapter):
    """Second-factor secrets are needed before anyone is unlocked, so the site's own key seals them."""

    def encrypt(self, text: str) -> str:
        return seal_small(settings.SECRET_KEY, "mfa", text)

    def decrypt(self, encrypted_text: str) -> str:
        return open_small(settings.SECRET_KEY, "mfa", encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = settings.PUBLIC_ORIGIN.split("://", 1)[-1].split(":")[0] if settings.IS_PUBLIC else "localhost"
        return {"id": host, "name": "Depthwork"}

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        """What the key shows of an account: the name that colleagues see, not the hash that we keep of the login."""
        name = display(user)
        return {**super().get_public_key_credential_user_entity(user), "display_name": name, "name": name}
