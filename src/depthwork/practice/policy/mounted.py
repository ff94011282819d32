"""Rules of routes whose views lie below this room or in a package."""

from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import mount

for _name in (
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "mfa_authenticate",
    "people:demo_sign_in",
    "people:recover",
    "people:factor_lost",
    "people:join",
    "people:link",
    "people:language",
):
    mount(_name, P.OPEN_PUBLIC_PAGE)

for _name in (
    "account_logout",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_email",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "mfa_login_webauthn",
    "mfa_signup_webauthn",
    "mfa_trust",
    "people:unlock",
    "people:lock",
    "people:sign_out",
):
    mount(_name, P.USE_OWN_ACCOUNT)

mount("people:recovery", P.USE_OWN_ACCOUNT, needs_keys=True, fresh=("new",))
mount("account_change_password", P.USE_OWN_ACCOUNT, needs_keys=True)
mount("account_set_password", P.USE_OWN_ACCOUNT, needs_keys=True)
