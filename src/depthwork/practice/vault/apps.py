from django.apps import AppConfig
from django.db.models.signals import post_migrate


class VaultConfig(AppConfig):
    name = "depthwork.practice.vault"
    label = "vault"

    def ready(self) -> None:
        from depthwork.practice.config.walls import after_migrate

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="depthwork.walls")
