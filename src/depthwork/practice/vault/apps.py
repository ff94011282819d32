from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "depthwork.practice.vault"
    label = "vault"
    verbose_name = "Vault"
