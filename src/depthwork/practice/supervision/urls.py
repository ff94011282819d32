"""Addresses of this room."""

app_name = "supervision"
urlpatterns: list[object] = []
