from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "depthwork.practice.api"
    label = "api"
