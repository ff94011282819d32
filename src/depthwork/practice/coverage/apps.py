from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "depthwork.practice.coverage"
    label = "coverage"

    def ready(self) -> None:
        from depthwork.practice.coverage.queries import warnings_for
        from depthwork.practice.treatments.handover import says_before_an_hour

        def say(client: UUID, day: date) -> Iterable[str]:
            return warnings_for([client], today=day).get(client, ())

        says_before_an_hour(say)
