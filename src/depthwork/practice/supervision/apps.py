from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "depthwork.practice.supervision"
    label = "supervision"

    def ready(self) -> None:
        from depthwork.practice.casework.beside import said_by
        from depthwork.practice.policy.registry import keeps_closed
        from depthwork.practice.supervision.beside import beside_hour
        from depthwork.practice.supervision.blind import is_closed

        keeps_closed(is_closed)
        said_by(beside_hour)
