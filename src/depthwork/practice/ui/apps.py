from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "depthwork.practice.ui"
    label = "ui"
