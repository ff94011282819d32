"""Addresses of this room."""

app_name = "formulation"
urlpatterns: list[object] = []
