from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "depthwork.practice.portal"
    label = "portal"
