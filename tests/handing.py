"""A course that Ana hands to Eve, for every test that looks at what changes hands."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from depthwork.practice.treatments import actions
from depthwork.practice.treatments.models import Handover, Session
from depthwork.practice.vault.unlocked import opened

DAY = timedelta(days=1)


def today() -> date:
    return datetime.now(ZoneInfo("Europe/London")).date()


def propose(cast, **more):
    """Ana proposes to Eve, from today unless told otherwise."""
    given = {
        "treatment": cast.treatment,
        "to": cast.eve.person,
        "from_day": today(),
        "agreed_on": today(),
        "by": cast.ana.person,
    }
    with opened(cast.ana.unlocked):
        return actions.propose_handover(**given | more)


def take(cast, row):
    with opened(cast.eve.unlocked):
        return actions.take_handover(handover=row, by=cast.eve.person)


def handed(cast, **more):
    """Proposed, taken and carried out today."""
    return take(cast, propose(cast, **more))


def plan(cast, day, *, clinician=None, treatment=None, at=time(17)):
    """An hour to come."""
    course = treatment or cast.treatment
    who = clinician or cast.ana
    zone = "Europe/London"
    with opened(who.unlocked):
        return Session.objects.create(
            client_id=course.client_id,
            treatment=course,
            clinician=who.person,
            day=day,
            wall_time=at,
            zone=zone,
            starts_at=datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC),
        )


def after(days: int) -> None:
    """The day comes, and nobody is signed in."""
    actions.carry_out_due(at=datetime.now(UTC) + days * DAY)


def came() -> None:
    """The day agreed is today, and nobody is signed in."""
    Handover.objects.filter(state="taken").update(from_day=today())
    actions.carry_out_due()
