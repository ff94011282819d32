"""The application that carries the templates, the sheet and the small scripts."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "depthwork.practice.ui"
    label = "ui"
    verbose_name = "The book"
