from django.apps import AppConfig


class TreatmentsConfig(AppConfig):
    name = "depthwork.practice.treatments"
    label = "treatments"
