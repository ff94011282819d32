"""An hour as a payer counts it: its code by the minutes, its place, its modifiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from depthwork.interchange.session_codes import (
    Coded,
    CodeError,
    code_for,
    may_add_complexity,
    minutes_between,
    rules,
)

OFFICE = "11"
KINDS = tuple(rules()["kinds"])
MODIFIERS = tuple(rules()["telehealth"]["modifiers"])
TELEHEALTH = tuple(rules()["telehealth"]["places"].values())
ROUTINE_OF = 10  # the last so many coded hours, of which half or more make a routine
ROUTINE_LEAST = 3


@dataclass(frozen=True, slots=True)
class Billed:
    """What stands in the service line of one hour. Without start and stop there is no code, only the reason."""

    codes: tuple[tuple[str, int], ...]
    place: str
    modifiers: tuple[str, ...]
    minutes: int | None
    said: tuple[str, ...]


def code_of(
    started_at: datetime | None,
    stopped_at: datetime | None,
    *,
    service: dict[str, Any] | None = None,
    claims: dict[str, Any] | None = None,
    frame_minutes: int | None = None,
) -> Coded:
    """The code of an hour by its start and stop; raises CodeError where one of them is missing."""
    return code_for(
        minutes_between(started_at, stopped_at),
        kind=(service or {}).get("kind") or "individual",
        frame_minutes=frame_minutes,
        further_crisis=(claims or {}).get("further_crisis") or "beyond_74",
    )


def place_of(
    place: str, *, service: dict[str, Any] | None = None, claims: dict[str, Any] | None = None
) -> str:
    """The place of service: 11 in the room; by video or telephone 10 (the client is at home) or 02, never 11."""
    if place == "office":
        return OFFICE
    said = (service or {}).get("place") or (claims or {}).get("telehealth_place")
    return said if said in TELEHEALTH else TELEHEALTH[0]


def modifiers_of(
    place: str, *, service: dict[str, Any] | None = None, claims: dict[str, Any] | None = None
) -> tuple[str, ...]:
    """The modifier of an hour at a distance, as the payer of this plan wants it."""
    if place == "office":
        return ()
    said = (service or {}).get("modifier") or (claims or {}).get(f"modifier_{place}")
    return (said,) if said in MODIFIERS else ()


def billed(
    session: Any, *, service: dict[str, Any] | None = None, claims: dict[str, Any] | None = None
) -> Billed:
    """The service line of an hour, and what a person should look at in it."""
    place = place_of(session.place, service=service, claims=claims)
    modifiers = modifiers_of(session.place, service=service, claims=claims)
    try:
        coded = code_of(
            session.started_at,
            session.stopped_at,
            service=service,
            claims=claims,
            frame_minutes=session.length_minutes,
        )
    except CodeError as error:
        said = str(error)
        if session.started_at is None or session.stopped_at is None:
            said = _("no code without start and stop; write them into the hour")
        return Billed((), place, modifiers, None, (said,))
    codes, looked = list(coded.codes), list(coded.warnings)
    if (service or {}).get("complexity") and codes:
        if may_add_complexity(codes[0][0]):
            codes.append((rules()["interactive_complexity"]["code"], 1))
        else:
            looked.append(
                _("the add-on for interactive complexity does not go with this code and is left out")
            )
    if session.place != "office" and not modifiers:
        looked.append(
            _("by video or telephone, and no modifier is written down; ask the payer which it wants")
        )
    return Billed(tuple(codes), place, modifiers, coded.minutes, tuple(looked))


def routine_of(hours: Sequence[tuple[int, tuple[str, ...]]]) -> str | None:
    """A word about the longest code as a routine. `hours`: (agreed length, codes), in the order of their days."""
    limit = rules()["longer_than_frame"]
    low, high = limit["frame_minutes"]
    coded = [(length, codes) for length, codes in hours if codes][-ROUTINE_OF:]
    longer = sum(1 for length, codes in coded if low <= length <= high and limit["code"] in codes)
    if len(coded) < ROUTINE_LEAST or longer * 2 < len(coded):
        return None
    return _(
        "%(longer)s of the last %(n)s hours have the code %(limit)s in a frame of %(low)s to "
        "%(high)s minutes. As a routine a payer will ask about it; look at start and stop."
    ) % {"longer": longer, "n": len(coded), "limit": limit["code"], "low": low, "high": high}
