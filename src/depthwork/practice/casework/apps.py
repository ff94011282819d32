from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "depthwork.practice.casework"
    label = "casework"
