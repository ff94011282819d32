from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "depthwork.practice.intake"
    label = "intake"
