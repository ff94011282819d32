from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "depthwork.practice.people"
    label = "people"

    def ready(self) -> None:
        from depthwork.practice.people import signals  # noqa: F401  (registers itself)
