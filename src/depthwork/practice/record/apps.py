from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "depthwork.practice.record"
    label = "record"

    def ready(self) -> None:
        from depthwork.practice.record.actions import take_into_record
        from depthwork.practice.record.queries import not_signed_in
        from depthwork.practice.treatments.handover import keeps_the_record, says_what_is_open

        keeps_the_record(take_into_record)
        says_what_is_open(not_signed_in)
