from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "depthwork.practice.supervision"
    label = "supervision"

    def ready(self) -> None:
        from depthwork.practice.casework.beside import said_by
        from depthwork.practice.policy.registry import keeps_closed
        from depthwork.practice.supervision.actions import end_what_hung_on_it
        from depthwork.practice.supervision.beside import beside_hour
        from depthwork.practice.supervision.blind import is_closed
        from depthwork.practice.treatments.handover import does_when_sharing_ends

        does_when_sharing_ends(end_what_hung_on_it)
        keeps_closed(is_closed)
        said_by(beside_hour)
