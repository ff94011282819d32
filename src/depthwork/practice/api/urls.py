"""Addresses of the API and of its page."""

from django.urls import path

from depthwork.practice.api import fhir, reading, views  # noqa: F401  (the first two declare their addresses)
from depthwork.practice.api.routes import urlpatterns as declared

app_name = "api"
urlpatterns = [
    path("practice/tokens/", views.tokens, name="tokens"),
    path("practice/tokens/<uuid:token_id>/take-back/", views.revoke, name="revoke"),
    *declared(),
]
