"""The arithmetic of the chain: each event carries the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from depthwork.practice.audit.models import Event

GENESIS = "0" * 64


def after_the_number(event: Event) -> str:
    """The canonical row from behind its number: a JSON list without its first member."""
    row = [
        event.utc,
        str(event.practice or ""),
        str(event.actor or ""),
        event.verb,
        event.object_type,
        event.object_id,
        str(event.client or ""),
        event.reason,
    ]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))[1:]


def digest(event: Event) -> str:
    """SHA-256 over the previous hash and the canonical row."""
    return hashlib.sha256(f"{event.previous}[{event.n},{after_the_number(event)}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the chain found."""

    events: int
    head: str
    fault: str | None

    @property
    def is_whole(self) -> bool:
        return self.fault is None


def verify(events: Iterable[Event], *, expected_head: tuple[int, str] | None = None) -> Verdict:
    """Walk the chain from its first event; a changed, missing or moved row is named by its number.

    `expected_head` (number and hash kept with a backup) shows that the end was not cut off.
    """
    previous, count, head_seen = GENESIS, 0, expected_head is None
    for event in events:
        count += 1
        if event.n != count:
            return Verdict(count, previous, f"event {count} is missing")
        if event.previous != previous:
            return Verdict(count, previous, f"event {event.n} does not follow the one before it")
        if digest(event) != event.own:
            return Verdict(count, previous, f"event {event.n} was altered")
        previous = event.own
        if expected_head == (event.n, event.own):
            head_seen = True
    if not head_seen:
        return Verdict(
            count,
            previous,
            f"event {expected_head[0] if expected_head else 0} of the last backup is not in the chain",
        )
    return Verdict(count, previous, None)


def head() -> tuple[int, str]:
    """Number and hash of the last event, kept with each backup."""
    last = Event.objects.order_by("-n").values_list("n", "own").first()
    return (last[0], last[1]) if last else (0, GENESIS)
