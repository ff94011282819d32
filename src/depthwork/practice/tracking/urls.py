"""Addresses of this room."""

app_name = "tracking"
urlpatterns: list[object] = []
