from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "depthwork.practice.sources"
    label = "sources"
