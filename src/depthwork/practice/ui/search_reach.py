"""How far a search goes: everything of those one treats, and of a course one was invited into what was agreed.

A hit says that words stand somewhere, so no row is compared whose page would not open: hours outside the agreed days,
a clinician's own notes, what others wrote beside a text, and the whole of a client whom one codes blind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.supervision.blind import coded_blind
from depthwork.practice.supervision.models import AgendaItem, Comment, Supervision
from depthwork.practice.supervision.queries import open_for
from depthwork.practice.treatments.many import item_column
from depthwork.practice.treatments.models import Session
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.vault.fields import SealedModel, SealedText
from depthwork.practice.vault.rotation import sealed_fields, sealed_models

Within = Callable[[Supervision], Q]


def column_of(model: type[SealedModel], asked: str) -> str | None:
    names = {one.attname for one in model._meta.concrete_fields}
    return asked if asked in names else None


@dataclass(frozen=True, slots=True)
class Searched:
    """A model with sealed texts of a client: its columns, what burns with a row, and the row it leads to.

    `within` narrows it to what one invitation shows; without it the whole of a client is meant.
    """

    model: type[SealedModel]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    item: str | None
    link: str | None
    within: Within | None = None

    @property
    def key(self) -> str:
        return f"{self.kinds[0]} {'shared' if self.within else 'own'}"


def _days(shared: Supervision, day: str) -> Q:
    """Inside the days agreed; what has no day, only where no days were named."""
    found = Q()
    if shared.from_day is not None:
        found &= Q(**{f"{day}__gte": shared.from_day})
    if shared.to_day is not None:
        found &= Q(**{f"{day}__lte": shared.to_day})
    return found


def _hours(shared: Supervision) -> Q:
    return Q(treatment_id=shared.treatment_id) & _days(shared, "day")


def _texts(shared: Supervision) -> Q:
    course = Q(source__treatment_id=shared.treatment_id, source__burned_at=None)
    return course & ~Q(source__kind=Source.Kind.COUNTERTRANSFERENCE) & _days(shared, "source__session__day")


def _own_comments(shared: Supervision) -> Q:
    """One's own: those of others are kept from who reads the hour blind."""
    return _texts(shared) & Q(author_id=shared.supervisor_id)


def _agenda(shared: Supervision) -> Q:
    return Q(supervision_id=shared.id) & _days(shared, "session__day")


# What a course's pages show to who was invited. A model that is not named here is not looked at.
_SHOWN: tuple[tuple[type[SealedModel], str, Within, str | None], ...] = (
    (Session, "kept_line", _hours, "id"),
    (SourceVersion, "text", _texts, "source_id"),
    (Comment, "words", _own_comments, "source_id"),
    (AgendaItem, "words", _agenda, "session_id"),
)


def _kind(model: type[SealedModel], name: str) -> str:
    return f"{model._meta.label_lower}.{name}"


@cache
def _own() -> tuple[Searched, ...]:
    found = []
    for model in sealed_models():
        names = tuple(one.name for one in sealed_fields(model) if isinstance(one, SealedText))
        if names and column_of(model, "client_id"):
            kinds = tuple(_kind(model, name) for name in names)
            found.append(Searched(model, names, kinds, item_column(model), column_of(model, "session_id")))
    return tuple(found)


@cache
def _shared() -> tuple[Searched, ...]:
    return tuple(
        Searched(model, (name,), (_kind(model, name),), item_column(model), link, within)
        for model, name, within, link in _SHOWN
    )


@dataclass(frozen=True)
class Reach:
    """Whose words one person may look for now."""

    own: tuple[UUID, ...]
    shared: tuple[Supervision, ...] = field(default=())

    @property
    def searched(self) -> tuple[Searched, ...]:
        return (*_own(), *(_shared() if self.shared else ()))

    @cached_property
    def clients(self) -> tuple[UUID, ...]:
        return (*self.own, *dict.fromkeys(one.client_id for one in self.shared))

    @cached_property
    def rights(self) -> tuple[Any, ...]:
        """What two reaches are compared by."""
        return self.own, tuple((one.id, one.from_day, one.to_day) for one in self.shared)

    def rows(self, one: Searched, of: set[UUID] | None = None) -> QuerySet[SealedModel]:
        """The rows of a model that are within it, of all clients or of some."""
        rows = one.model._default_manager.all()
        if one.within is None:
            return rows.filter(client_id__in=[pk for pk in self.own if of is None or pk in of])
        within = Q(pk__in=[])
        for shared in self.shared:
            if of is None or shared.client_id in of:
                within |= Q(client_id=shared.client_id) & one.within(shared)
        return rows.filter(within)


def reach_of(person: Person) -> Reach:
    """Whose words a person may look for: a client into whose treatment they were invited only as it was agreed."""
    mine = list(clients_for(person).order_by("id").values_list("id", flat=True))
    now = Q(ends_at=None) | Q(ends_at__gt=timezone.now())
    invited = set(
        Involvement.objects.filter(now, person=person, part=Part.SUPERVISOR).values_list("client", flat=True)
    )
    if not invited:
        return Reach(tuple(mine))
    shared = [
        one
        for one in open_for(person)
        if one.client_id in invited and one.purpose != Supervision.Purpose.TRAINING
    ]
    closed = coded_blind(person, {one.client_id for one in shared})
    within_reach = set(mine)
    return Reach(
        tuple(pk for pk in mine if pk not in invited),
        tuple(one for one in shared if one.client_id in within_reach and one.client_id not in closed),
    )
