from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "depthwork.practice.tracking"
    label = "tracking"

    def ready(self) -> None:
        from depthwork.practice.tracking.actions.intake import take_in_what_waits
        from depthwork.practice.tracking.nudges import nudge_soon
        from depthwork.practice.tracking.queries.alerts import waits_in
        from depthwork.practice.tracking.queries.today import said_before
        from depthwork.practice.treatments.handover import (
            does_before_an_hour,
            says_before_an_hour,
            says_what_is_open,
            tells_who_is_asked,
        )

        says_what_is_open(waits_in)
        tells_who_is_asked(lambda person, path: nudge_soon("handover", to=[person.id], path=path))
        does_before_an_hour(take_in_what_waits)
        says_before_an_hour(said_before, route="tracking:measures")
