"""Addresses of the pages that join rooms."""

from django.urls import path

from depthwork.practice.ui import pages

app_name = "ui"
urlpatterns = [path("", pages.today, name="today")]
