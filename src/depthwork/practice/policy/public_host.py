"""What exists on the public host: the inquiry, forms by link, the client's own place, and the door to it.

Everything else is served on this machine alone. A clinician who signs in there finds no page of a client, and is
told where the pages of the practice are.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

PUBLIC: Final = frozenset(
    [
        "intake:ask",
        "intake:ask_at",
        "intake:asked",
        "intake:people",
        "intake:formats",
        "tracking:link",
        "tracking:form",
        "tracking:form_save",
        "tracking:form_send",
        "tracking:form_decline",
        "tracking:form_clear",
        "portal:place",
        "portal:confirm_code",
        "portal:thought",
        "portal:agree",
        "portal:rate",
        "portal:hope",
        "portal:form",
        "portal:form_save",
        "portal:form_send",
        "portal:form_decline",
        "portal:link",
        "portal:join",
        "portal:safety_plan",
        "portal:take_back",
        "ui:home",
        "ui:not_protected",
        "ui:evidence_for_clients",
        "ui:tour_start",
        "ui:tour_onward",
        "ui:tour_leave",
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "people:unlock",
        "people:lock",
        "people:sign_out",
        "people:recover",
        "people:factor_lost",
        "people:recovery",
        "people:language",
    ]
)


def is_public(request: HttpRequest) -> bool:
    """Whether a request came in by the public address."""
    if not settings.PUBLIC_ORIGIN:
        return False
    public = urlsplit(settings.PUBLIC_ORIGIN).hostname
    return urlsplit(f"//{request.get_host()}").hostname == public


def is_there(request: HttpRequest, route: str | None) -> bool:
    """Whether a route exists on the host that was asked."""
    return route in PUBLIC or not is_public(request)
