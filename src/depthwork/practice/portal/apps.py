from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "depthwork.practice.portal"
    label = "portal"

    def ready(self) -> None:
        from depthwork.practice.portal.reading import hoped_lately, taken_back_lately, waits_for_the_hour
        from depthwork.practice.treatments.handover import says_before_an_hour

        says_before_an_hour(waits_for_the_hour, route="portal:for_clinician")
        says_before_an_hour(hoped_lately, route="treatments:alongside")
        says_before_an_hour(taken_back_lately)
