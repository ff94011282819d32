"""A course of planned hours, and a note of one of them, for the tests of both."""

from datetime import UTC, datetime, time, timedelta

from depthwork.practice.record import actions as record
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.models import Session, Treatment

TODAY = datetime.now(UTC).date()
TUESDAYS, THURSDAYS = [(1, time(17))], [(3, time(18))]


def series(cast, weeks=6):
    """Tuesdays to come, from next week on."""
    Treatment.objects.update(format="open_ended", hours_agreed=None)
    cast.treatment.refresh_from_db()
    made, _ = actions.plan_series(
        treatment=cast.treatment,
        by=cast.ana.person,
        first=TODAY + timedelta(days=1),
        until=TODAY + timedelta(weeks=weeks),
    )
    return made


def note_of(cast):
    hour = Session.objects.select_related("client", "treatment__client").filter(client=cast.client).first()
    return record.begin_progress_note(
        treatment=hour.treatment,
        session=hour,
        by=cast.ana.person,
        on=hour.day,
        state="Slept.",
        plan="Weekly.",
    )
