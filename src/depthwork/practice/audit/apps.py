from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "depthwork.practice.audit"
    label = "audit"
