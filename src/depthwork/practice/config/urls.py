"""All addresses, room by room. Each view carries its own rule (`policy.registry`)."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("", include("depthwork.practice.people.urls")),
    path("", include("depthwork.practice.treatments.urls")),
    path("", include("depthwork.practice.ui.urls")),
]

handler400 = "depthwork.practice.people.views.bad_request"
handler403 = "depthwork.practice.people.views.forbidden"
handler404 = "depthwork.practice.people.views.not_found"
handler500 = "depthwork.practice.people.views.server_error"
