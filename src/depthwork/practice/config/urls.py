"""All addresses, room by room. Each view carries its own rule (`policy.registry`)."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("", include("depthwork.practice.people.urls")),
    path("", include("depthwork.practice.treatments.urls")),
    path("", include("depthwork.practice.formulation.urls")),
    path("", include("depthwork.practice.supervision.urls")),
    path("", include("depthwork.practice.ui.urls")),
]

handler400 = "depthwork.practice.ui.errors.bad_request"
handler403 = "depthwork.practice.ui.errors.forbidden"
handler404 = "depthwork.practice.ui.errors.not_found"
handler500 = "depthwork.practice.ui.errors.server_error"
