from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "depthwork.practice.portal"
    label = "portal"

    def ready(self) -> None:
        from depthwork.practice.portal.reading import taken_back_lately
        from depthwork.practice.treatments.handover import says_before_an_hour

        says_before_an_hour(taken_back_lately)
