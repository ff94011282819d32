from django.apps import AppConfig


class TreatmentsConfig(AppConfig):
    name = "depthwork.practice.treatments"
    label = "treatments"

    def ready(self) -> None:
        from depthwork.practice.treatments import signals  # noqa: F401  (registers itself)
