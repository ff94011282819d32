"""Search over sealed words: opened in memory, compared, forgotten. Nothing of it reaches disk, cache or log.

For solo use an index lives in this worker's memory, bound to one sign-in: it holds the texts that person may open and
which of them each word stands in, is asked only while that session row is unlocked, and goes at lock, sign-out, after
a change of grants, or a minute after the row was last seen unlocked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session as SignIn
from django.db import DatabaseError, connection
from django.db.models import BinaryField, Q, QuerySet
from django.db.models.functions import Substr
from django.utils import timezone

from depthwork.practice.audit.models import Event
from depthwork.practice.people.middleware import SEEN
from depthwork.practice.people.models import Person
from depthwork.practice.policy.registry import routes, rule_of
from depthwork.practice.treatments.many import CLOSED, digits, item_column, open_rows, plain_rows
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.ui.search_index import AT_MOST, Cell, Hit, Index, hit
from depthwork.practice.vault import sessions
from depthwork.practice.vault.fields import SealedModel, SealedText
from depthwork.practice.vault.models import Grant, ItemKey
from depthwork.practice.vault.primitives import HEADER
from depthwork.practice.vault.rotation import sealed_fields, sealed_models

INDEX_BYTES = 256 * 1024 * 1024
LOOK_EVERY_S = 30  # so that an index is gone within a minute of a lock in another worker
FEW = 200  # changed rows up to which an old index is mended rather than built anew


def _column_of(model: type[SealedModel], asked: str) -> str | None:
    names = {one.attname for one in model._meta.concrete_fields}
    return asked if asked in names else None


@dataclass(frozen=True, slots=True)
class Searched:
    """A model with sealed texts of a client: its columns, what burns with a row, and the hour it leads to."""

    model: type[SealedModel]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    item: str | None
    link: str | None


@cache
def _searched() -> tuple[Searched, ...]:
    found = []
    for model in sealed_models():
        names = tuple(one.name for one in sealed_fields(model) if isinstance(one, SealedText))
        if names and _column_of(model, "client_id"):
            kinds = tuple(f"{model._meta.label_lower}.{name}" for name in names)
            found.append(Searched(model, names, kinds, item_column(model), _column_of(model, "session_id")))
    return tuple(found)


def _rows_of(model: type[SealedModel], mine: list[UUID]) -> QuerySet[SealedModel]:
    return model._default_manager.filter(client_id__in=mine)


def _mine(person: Person) -> list[UUID]:
    return list(clients_for(person).order_by("id").values_list("id", flat=True))


def cells(person: Person) -> Iterator[Cell]:
    """Every sealed text that this person may open and holds a key for. One query a model and no instances."""
    mine = _mine(person)
    for one in _searched():
        yield from _opened(one, _rows_of(one.model, mine))


def _opened(one: Searched, rows: QuerySet[SealedModel]) -> Iterator[Cell]:
    for pk, client, hour, *texts in open_rows(rows, *one.names, also=[one.link or "pk"], item=one.item):
        for kind, text in zip(one.kinds, texts, strict=True):
            if text is not None and text is not CLOSED:
                yield Cell(client, kind, pk, hour if one.link else None, text)


def scan(person: Person, words: str) -> list[Hit]:
    """Open and compare, cell by cell."""
    wanted, found = words.strip().lower(), []
    if not wanted:
        return []
    for cell in cells(person):
        at = cell.text.lower().find(wanted)
        if at >= 0:
            found.append(hit(cell, at, len(wanted)))
            if len(found) == AT_MOST:
                break
    return found


_indexes: dict[str, Index] = {}
_door = threading.Lock()
_watching = threading.Lock()


def _is_unlocked(session: str) -> bool:
    """Whether the row still holds its half of the keys, and its person was there within the time of the idle lock."""
    row = SignIn.objects.filter(session_key=session, expire_date__gt=timezone.now()).first()
    told = row.get_decoded() if row is not None else {}
    return sessions.SLOT in told and time.time() - int(told.get(SEEN, 0)) <= settings.IDLE_LOCK_SECONDS


def purge(*, session: str | None = None) -> int:
    """Forget what this worker keeps for one sign-in, or for every sign-in that is no longer unlocked.

    That is its index and the keys of single notes that it opened. Gives how many indexes went.
    """
    here = {*_indexes, *sessions.warm}
    keys = [session] if session is not None else [key for key in here if not _is_unlocked(key)]
    for key in keys:
        sessions.warm.pop(key, {}).clear()
    with _door:
        gone = [index for key in keys if (index := _indexes.pop(key, None)) is not None]
    for index in gone:
        index.cells.clear()
        index.numbers.clear()
        index.places.clear()
        index.words = ""
    return len(gone)


def _watch() -> None:
    with _watching:
        while _indexes or sessions.warm:
            time.sleep(LOOK_EVERY_S)
            try:
                purge()
            except DatabaseError:  # a row that cannot be asked for is a row that is not unlocked
                _indexes.clear()
                sessions.warm.clear()
            finally:
                connection.close()


def watch() -> None:
    """See to it that what is kept here goes within a minute of a lock in another worker."""
    if settings.WATCHES_MEMORY and (_indexes or sessions.warm) and not _watching.locked():
        threading.Thread(target=_watch, daemon=True).start()


def _last_change(practice: UUID) -> int:
    """The last event that is no mere reading: an index made before it is old."""
    quiet = {"searched", "unlocked", "refused"} | {
        rule.reads for _, name, view in routes() if (rule := rule_of(view, name)) and rule.reads
    }
    events = Event.objects.filter(practice=practice).exclude(verb__in=quiet)
    return events.order_by("-n").values_list("n", flat=True).first() or 0


def _rights(person: Person) -> Any:
    """What this person may open now: their clients, their grants, and how many notes were burned."""
    mine = _mine(person)
    now = Q(ends_at=None) | Q(ends_at__gt=timezone.now())
    grants = Grant.objects.filter(now, reader=person).order_by("id").values_list("id", "data_key_id")
    return mine, list(grants), ItemKey.objects.filter(owner__in=mine, wrapped=None).count()


def _heads(one: Searched, mine: list[UUID]) -> dict[str, Any]:
    """How each row stands: a sealed value that was written again has another beginning."""
    begins = [Substr(name, 1, HEADER, output_field=BinaryField()) for name in one.names]
    rows = _rows_of(one.model, mine).values_list("pk", one.link or "pk", *begins)
    return {
        digits(pk): (link, *(None if head is None else bytes(head) for head in heads))
        for pk, link, *heads in plain_rows(rows)
    }


def _mended(index: Index, rights: Any) -> bool:
    """Bring an old index up to date: what is new or changed is opened, what is gone is dropped. False if it cannot be."""
    if index.rights != rights or index.dropped > len(index.cells) // 4:
        return False
    for one in _searched():
        before, now = index.heads[one.kinds[0]], _heads(one, rights[0])
        changed = [pk for pk, head in now.items() if before.get(pk) != head]
        if len(changed) > FEW:
            return False
        for row in (*changed, *(before.keys() - now.keys())):
            for kind in one.kinds:
                index.drop(kind, row)
        if changed:
            for cell in _opened(one, _rows_of(one.model, rights[0]).filter(pk__in=changed)):
                index.add(cell)
        index.heads[one.kinds[0]] = now
    index.close()
    return index.size <= INDEX_BYTES


def search(person: Person, words: str, *, session: str | None) -> list[Hit]:
    """The hits, from the index where it stands, otherwise by scan (which builds it, within the cap)."""
    if session is None or len(words.strip()) < 2:
        return scan(person, words)
    last = _last_change(person.practice_id)
    index = _indexes.get(session)
    if index is not None and index.person == person.id and _is_unlocked(session):
        if index.made_after == last:
            return index.find(words)
        with _door:
            if _mended(index, _rights(person)):
                index.made_after = last
                return index.find(words)
    built = Index(person.id, session, last, _rights(person))
    built.heads = {one.kinds[0]: _heads(one, built.rights[0]) for one in _searched()}
    for cell in cells(person):
        built.add(cell)
        if built.size > INDEX_BYTES:
            purge(session=session)
            return scan(person, words)
    with _door:
        _indexes[session] = built.close()
    watch()
    return built.find(words)
