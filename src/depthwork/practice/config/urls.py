"""All addresses, room by room. Each view carries its own rule (`policy.registry`)."""

from django.urls import include, path

# In the order of the house; an address belongs to the first room that has it.
ROOMS = (
    "people", "treatments", "intake", "sources", "record", "tracking", "casework", "formulation", "supervision", "coverage", "portal", "disclosure", "api", "ui",
)  # fmt: skip

urlpatterns = [
    *(path("", include(f"depthwork.practice.{room}.urls")) for room in ROOMS),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
]

handler400 = "depthwork.practice.ui.errors.bad_request"
handler403 = "depthwork.practice.ui.errors.forbidden"
handler404 = "depthwork.practice.ui.errors.not_found"
handler429 = "depthwork.practice.ui.errors.too_often"  # the login package asks for it
handler500 = "depthwork.practice.ui.errors.server_error"
