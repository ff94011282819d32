from django.apps import AppConfig


class TreatmentsConfig(AppConfig):
    name = "depthwork.practice.treatments"
    label = "treatments"

    def ready(self) -> None:
        from depthwork.practice.policy.registry import keeps_closed
        from depthwork.practice.treatments.actions import close_handovers_to
        from depthwork.practice.treatments.handing import hours_without_a_word, is_somebody_elses
        from depthwork.practice.treatments.handover import does_when_sharing_ends, says_what_is_open

        does_when_sharing_ends(close_handovers_to)
        keeps_closed(is_somebody_elses)
        says_what_is_open(hours_without_a_word)
        from depthwork.practice.treatments import signals  # noqa: F401  (registers itself)
