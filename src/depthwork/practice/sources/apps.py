from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "depthwork.practice.sources"
    label = "sources"

    def ready(self) -> None:
        from depthwork.practice.sources.actions import burn_what_was_to_end, what_goes_with_the_ending
        from depthwork.practice.treatments.handover import (
            does_at_ending,
            says_what_goes_with_an_ending,
            says_what_is_open,
        )

        does_at_ending(burn_what_was_to_end)
        from depthwork.practice.sources.queries import begun_in

        says_what_is_open(begun_in)
        says_what_goes_with_an_ending(what_goes_with_the_ending)
        from depthwork.practice.sources import signals  # noqa: F401  (registers itself)
