"""Hours with a rupture marked in them, and a check-in that falls: what a caseload has to say of the two people."""

from __future__ import annotations

from datetime import timedelta

from depthwork.practice.casework.actions import make_mark
from depthwork.practice.casework.actions.marks import transcript_for
from depthwork.practice.tracking import actions as tracking
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened
from tests.casework import hour_with_words
from tests.handing import today

CODES = {
    "rupture_withdrawal": "withdrawal_deferential",
    "rupture_confrontation": "confrontation_complaint_therapist",
    "rupture_resolution": "repair_clarify_misunderstanding",
}
PHRASE = {"rupture_resolution": "As with your father"}


def lately(cast):
    """The hours of the last weeks, a week apart."""
    for hour in Session.objects.filter(treatment=cast.treatment, number__isnull=False):
        Session.objects.filter(pk=hour.pk).update(day=today() - timedelta(weeks=5 - hour.number))


def marked(cast, number, construct):
    """One mark of a construct in an hour."""
    lately(cast)
    source = hour_with_words(cast.ana, cast.client, number=number)
    with opened(cast.ana.unlocked):
        phrase = PHRASE.get(construct, "It's fine. Honestly.")
        start = transcript_for(source).text.index(phrase)
        make_mark(
            source=source, by=cast.ana.person, start=start, end=start + len(phrase), construct=construct,
            code=CODES[construct], attributes={},
        )  # fmt: skip
    return Session.objects.get(treatment=cast.treatment, number=number)


def fallen(cast):
    """Three good check-ins and a poor one."""
    for week, value in enumerate((8, 8, 8, 3)):
        with opened(cast.ana.unlocked):
            made = tracking.ask(
                client=cast.client, by=cast.ana.person, measure_id="dw_session_checkin", mode="room",
                treatment=cast.treatment, on=today() - timedelta(weeks=4 - week),
            )  # fmt: skip
            given = {f"q{n}": value for n in (1, 2, 3, 4, 6)} | {"q5": 0}
            tracking.send(request_id=made.request.id, token=None, given=given, by=cast.ana.person)
