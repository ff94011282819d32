"""Addresses of treatments."""

app_name = "treatments"
urlpatterns: list[object] = []
