"""All addresses, room by room. Each view carries its own rule (`policy.registry`)."""

from allauth.account import views as account
from django.urls import include, path
from django.views.generic import RedirectView

# In the order of the house; an address belongs to the first room that has it.
ROOMS = (
    "people", "treatments", "intake", "sources", "record", "tracking", "casework", "formulation", "supervision", "coverage", "portal", "disclosure", "api", "ui",
)  # fmt: skip

# Accounts come by invitation, without e-mail: of the login package's pages these are in use. The names it asks for
# elsewhere lead to the page of this house that answers the same need.
ACCOUNT = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path(
        "password/reset/", RedirectView.as_view(pattern_name="people:recover"), name="account_reset_password"
    ),
    path("signup/", RedirectView.as_view(pattern_name="account_login"), name="account_signup"),
    path("email/", RedirectView.as_view(pattern_name="ui:home"), name="account_email"),
]

urlpatterns = [
    *(path("", include(f"depthwork.practice.{room}.urls")) for room in ROOMS),
    path("account/", include(ACCOUNT)),
    path("account/2fa/", include("allauth.mfa.urls")),
]

handler400 = "depthwork.practice.ui.errors.bad_request"
handler403 = "depthwork.practice.ui.errors.forbidden"
handler404 = "depthwork.practice.ui.errors.not_found"
handler429 = "depthwork.practice.ui.errors.too_often"  # the login package asks for it
handler500 = "depthwork.practice.ui.errors.server_error"
