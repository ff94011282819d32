from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "depthwork.practice.audit"
    label = "audit"

    def ready(self) -> None:
        from depthwork.practice.config.durable import install

        install()
