from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "depthwork.practice.supervision"
    label = "supervision"
