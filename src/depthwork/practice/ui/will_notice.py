"""The author of a clinical will is told on Today that it was opened: it is meant for a day when they cannot work."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, Final

from django.http import HttpRequest

from depthwork.practice.people.models import Person
from depthwork.practice.policy.registry import person_of
from depthwork.practice.ui.verbs import sentence
from depthwork.practice.ui.will import opened_by_others

SLOT: Final = "will_told"
EVERY: Final = 15 * 60  # seconds: the audit is long, and is not looked through for every page


def told(request: HttpRequest) -> list[dict[str, Any]]:
    """Who opened it, and when; kept with the sign-in for a quarter of an hour."""
    kept, now = request.session.get(SLOT), int(time.time())
    if kept is None or not 0 <= now - kept["at"] < EVERY:
        person = person_of(request)
        events = opened_by_others(person, now=datetime.now(UTC))
        people = (
            {one.id: str(one) for one in Person.objects.filter(practice_id=person.practice_id)}
            if events
            else {}
        )
        lines = [sentence(event, people, {}) for event in events]
        kept = {"at": now, "lines": [[one.who, one.what, one.when.isoformat()] for one in lines]}
        request.session[SLOT] = kept
    return [
        {"who": who, "what": what, "when": datetime.fromisoformat(when)} for who, what, when in kept["lines"]
    ]
