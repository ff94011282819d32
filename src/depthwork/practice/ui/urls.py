"""Addresses of the pages that join rooms."""

app_name = "ui"
urlpatterns: list[object] = []
