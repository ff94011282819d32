from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "depthwork.practice.tracking"
    label = "tracking"
