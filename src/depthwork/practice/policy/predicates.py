"""Questions about a person and a client that have a yes or a no."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from depthwork.practice.people.models import Person, Role
from depthwork.practice.policy.models import Involvement, Part


class HasClient(Protocol):
    """A row that belongs to a client of a practice."""

    @property
    def policy_client(self) -> uuid.UUID: ...

    @property
    def policy_practice(self) -> uuid.UUID: ...


@dataclass(frozen=True, slots=True)
class Case:
    """What a predicate looks at: the person, the practice and client in question, and the parts taken in it."""

    person: Person
    practice: uuid.UUID | None
    client: uuid.UUID | None
    parts: frozenset[str]


Predicate = Callable[[Case], bool]


_asked: ContextVar[dict[tuple[uuid.UUID, uuid.UUID], frozenset[str]] | None] = ContextVar(
    "asked", default=None
)


@contextmanager
def asked_once() -> Iterator[None]:
    """Ask for the same parts once inside the block. For a request that only reads: an act may change them."""
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


def parts_of(person: Person, client: uuid.UUID) -> frozenset[str]:
    """The parts a person takes in a client's treatment now."""
    kept = _asked.get()
    if kept is not None and (person.id, client) in kept:
        return kept[person.id, client]
    now = datetime.now(UTC)
    rows = Involvement.objects.filter(person_id=person.id, client=client).values_list("part", "ends_at")
    found = frozenset(part for part, ends_at in rows if ends_at is None or ends_at > now)
    if kept is not None:
        kept[person.id, client] = found
    return found


def anyone(case: Case) -> bool:
    return True


def in_practice(case: Case) -> bool:
    """An active person whose practice this is."""
    return case.person.is_active and (case.practice is None or case.person.practice_id == case.practice)


def is_staff(case: Case) -> bool:
    return in_practice(case) and case.person.has_role(Role.CLINICIAN, Role.SUPERVISOR, Role.MANAGER)


def is_clinician(case: Case) -> bool:
    return in_practice(case) and case.person.has_role(Role.CLINICIAN)


def is_clinician_or_supervisor(case: Case) -> bool:
    return in_practice(case) and case.person.has_role(Role.CLINICIAN, Role.SUPERVISOR)


def is_manager(case: Case) -> bool:
    return in_practice(case) and case.person.has_role(Role.MANAGER)


def is_researcher(case: Case) -> bool:
    return in_practice(case) and case.person.has_role(Role.RESEARCHER)


def treats(case: Case) -> bool:
    """The clinician of this client."""
    return is_clinician(case) and Part.CLINICIAN in case.parts


def supervises(case: Case) -> bool:
    """A supervisor with an open part in this treatment."""
    return in_practice(case) and Part.SUPERVISOR in case.parts


def covers(case: Case) -> bool:
    """The colleague who covers a break."""
    return is_clinician(case) and Part.COVER in case.parts


def treated_before(case: Case) -> bool:
    """Whoever handed the treatment over and may open its record until a day."""
    return is_clinician(case) and Part.FORMER in case.parts


def keeps_office(case: Case) -> bool:
    """A manager of the client's practice."""
    return is_manager(case) and case.practice is not None


def is_this_client(case: Case) -> bool:
    """The client, in their own account."""
    return (
        in_practice(case)
        and case.client is not None
        and case.person.has_role(Role.CLIENT)
        and case.person.client == case.client
    )


def is_some_client(case: Case) -> bool:
    """Any client, on a page that is of no client in particular."""
    return (
        in_practice(case)
        and case.client is None
        and case.person.has_role(Role.CLIENT)
        and case.person.client is not None
    )


def is_kept_out(case: Case) -> bool:
    """Explicitly denied: wins over everything."""
    return Part.DENIED in case.parts or not case.person.is_active
