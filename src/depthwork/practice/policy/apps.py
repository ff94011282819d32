from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "depthwork.practice.policy"
    label = "policy"

    def ready(self) -> None:
        from depthwork.practice.policy import checks, mounted  # noqa: F401  (register themselves)
