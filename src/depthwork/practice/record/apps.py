from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "depthwork.practice.record"
    label = "record"
