"""A course shared with a supervisor, for every test that reads, marks or codes with others."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse

from depthwork.coding.shelf import codes_for
from depthwork.practice.sources.actions import write_note
from depthwork.practice.supervision import actions
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.treatments.consents import open_answers
from depthwork.practice.vault.unlocked import opened

TOMORROW = date.today() + timedelta(days=1)
NOTE = "She swept round the chair.\n\nShe would like to be asked, though nobody asks."


def agree(cast, purpose="supervision", **more):
    """The client says yes; written down by the clinician."""
    given = {"is_yes": True, "given_on": date.today(), "words": {"said": "yes, and not the dreams"}}
    return answer_consent(client=cast.client, by=cast.ana.person, purpose=purpose, **given | more)


def share(cast, **more):
    with opened(cast.ana.unlocked):
        for purpose in ("supervision", "training"):
            if not open_answers(cast.client, purpose):
                agree(cast, purpose)
    given = {
        "treatment": cast.treatment,
        "supervisor": cast.ben.person,
        "purpose": "supervision",
        "words": "weekly supervision",
        "ends_on": TOMORROW + timedelta(days=30),
        "by": cast.ana.person,
    }
    with opened(cast.ana.unlocked):
        return actions.invite(**given | more)


def supervised(cast):
    """Two notes in the first hour: one for supervision, one the clinician's own."""
    with opened(cast.ana.unlocked):
        cast.hours = list(cast.treatment.sessions.order_by("starts_at"))
        cast.source = write_note(session=cast.hours[0], text=NOTE, by=cast.ana.person)
        cast.own = write_note(
            session=cast.hours[0], text="Mine alone.", by=cast.ana.person, kind="countertransference"
        )
    return cast


def text_url(row, source):
    return reverse("supervision:text", args=[row.id, source.id])


def hour_url(room, n=0):
    return reverse("casework:hour", args=[room.hours[n].id])


def wishes():
    """Two codes of a wish."""
    return list(codes_for("wish"))[:2]
