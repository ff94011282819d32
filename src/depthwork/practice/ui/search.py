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
from typing import Any, cast
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
    for row in _rows_opened(one, rows):
        for kind, text in zip(one.kinds, row[3:], strict=True):
            if text is not None and text is not CLOSED:
                yield _cell(one, row, kind, text)


def _rows_opened(one: Searched, rows: QuerySet[SealedModel]) -> Iterator[tuple[Any, ...]]:
    return open_rows(rows, *one.names, also=[one.link or "pk"], item=one.item)


def _cell(one: Searched, row: tuple[Any, ...], kind: str, text: str) -> Cell:
    pk, client, hour, *_ = row
    return Cell(client, kind, pk, hour if one.link else None, text)


def scan(person: Person, words: str) -> list[Hit]:
    """Open and compare, cell by cell."""
    wanted, found = words.strip().lower(), []
    if not wanted:
        return []
    mine = _mine(person)
    for one in _searched():
        for row in _rows_opened(one, _rows_of(one.model, mine)):
            for kind, text in zip(one.kinds, row[3:], strict=True):
                if text is not None and text is not CLOSED:
                    at = text.lower().find(wanted)
                    if at >= 0:
                        found.append(hit(_cell(one, row, kind, text), at, len(wanted)))
                        if len(found) == AT_MOST:
                            return found
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


AT_THE_DOOR = frozenset({"signed_in", "signed_out", "locked", "unlocked", "unlock_failed", "refused"})


@cache
def _quiet() -> frozenset[str]:
    """What the audit says of mere readings, and of people who come and go."""
    rules = (rule_of(view, name) for _, name, view in routes())
    return AT_THE_DOOR.union(("searched",), (rule.reads for rule in rules if rule and rule.reads))


def _changes(practice: UUID) -> QuerySet[Event]:
    """Events that are no mere reading: an index made before the last of them is old."""
    return Event.objects.filter(practice=practice).exclude(verb__in=_quiet())


def _last_change(practice: UUID) -> int:
    return _changes(practice).order_by("-n").values_list("n", flat=True).first() or 0


def _touched(practice: UUID, after: int) -> set[UUID] | None:
    """Whose words changed after an event; None where that is not said, or of too many."""
    since = _changes(practice).filter(n__gt=after).order_by()
    found = set(since.values_list("client", flat=True).distinct()[: FEW + 1])
    return None if None in found or len(found) > FEW else cast("set[UUID]", found)


def _rights(person: Person) -> Any:
    """What this person may open now: their clients, their grants, and how many notes were burned."""
    mine = _mine(person)
    now = Q(ends_at=None) | Q(ends_at__gt=timezone.now())
    grants = Grant.objects.filter(now, reader=person).order_by("id").values_list("id", "data_key_id")
    return mine, list(grants), ItemKey.objects.filter(owner__in=mine, wrapped=None).count()


def _heads(one: Searched, of: list[UUID]) -> dict[str, dict[str, Any]]:
    """How each client's rows stand: a sealed value that was written again has another beginning."""
    begins = [Substr(name, 1, HEADER, output_field=BinaryField()) for name in one.names]
    found: dict[str, dict[str, Any]] = {client.hex: {} for client in of}
    for pk, client, *stands in plain_rows(
        _rows_of(one.model, of).values_list("pk", "client_id", one.link or "pk", *begins)
    ):
        found[digits(client)][digits(pk)] = stands
    return found


def _mended(index: Index, rights: Any, touched: set[UUID] | None) -> bool:
    """Bring an old index up to date: what is new or changed is opened, what is gone is dropped. False if it cannot be."""
    if index.rights != rights or index.dropped > len(index.cells) // 4:
        return False
    of = [client for client in rights[0] if touched is None or client in touched]
    for one in _searched():
        stood, now = index.heads[one.kinds[0]], _heads(one, of)
        before = {pk: stands for client in now for pk, stands in stood.get(client, {}).items()}
        after = {pk: stands for rows in now.values() for pk, stands in rows.items()}
        changed = [pk for pk, stands in after.items() if before.get(pk) != stands]
        if len(changed) > FEW:
            return False
        for row in (*changed, *(before.keys() - after.keys())):
            for kind in one.kinds:
                index.drop(kind, row)
        if changed:
            for cell in _opened(one, _rows_of(one.model, of).filter(pk__in=changed)):
                index.add(cell)
        stood.update(now)
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
            if _mended(index, _rights(person), _touched(person.practice_id, index.made_after)):
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
