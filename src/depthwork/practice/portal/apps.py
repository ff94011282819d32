from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "depthwork.practice.portal"
    label = "portal"

    def ready(self) -> None:
        from depthwork.practice.portal.actions import ask_the_next_one
        from depthwork.practice.portal.reading import hoped_lately, taken_back_lately, waits_for_the_hour
        from depthwork.practice.treatments.handover import does_when_handed_on, says_before_an_hour

        does_when_handed_on(ask_the_next_one)
        says_before_an_hour(waits_for_the_hour, route="portal:for_clinician")
        says_before_an_hour(hoped_lately, route="treatments:alongside")
        says_before_an_hour(taken_back_lately)
