from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "depthwork.practice.disclosure"
    label = "disclosure"
