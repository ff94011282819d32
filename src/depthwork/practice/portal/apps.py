from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "depthwork.practice.portal"
    label = "portal"

    def ready(self) -> None:
        from depthwork.practice.portal.reading import hoped_lately, taken_back_lately, waits_for_the_hour
        from depthwork.practice.treatments.handover import says_before_an_hour

        for say in (waits_for_the_hour, hoped_lately, taken_back_lately):
            says_before_an_hour(say)
