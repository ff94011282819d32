from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "depthwork.practice.coverage"
    label = "coverage"
