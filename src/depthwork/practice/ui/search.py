"""Search over sealed words: opened in memory, compared, forgotten. Nothing of it reaches disk, cache or log.

For solo use an index lives in this worker's memory, bound to one sign-in: it holds the texts that person may open and
which of them each word stands in, is asked only while that session row is unlocked, and goes at lock, sign-out, after
a change of grants, or a minute after the row was last seen unlocked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
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
from depthwork.practice.treatments.many import CLOSED, digits, open_rows, plain_rows
from depthwork.practice.ui.search_index import AT_MOST, Cell, Hit, Index, hit
from depthwork.practice.ui.search_reach import Reach, Searched, reach_of
from depthwork.practice.vault import sessions
from depthwork.practice.vault.fields import SealedModel
from depthwork.practice.vault.models import Grant, ItemKey
from depthwork.practice.vault.primitives import HEADER

INDEX_BYTES = 256 * 1024 * 1024
LOOK_EVERY_S = 30  # so that an index is gone within a minute of a lock in another worker
FEW = 200  # changed rows up to which an old index is mended rather than built anew


def cells(person: Person, reach: Reach | None = None) -> Iterator[Cell]:
    """Every sealed text that this person may open and holds a key for. One query a model and no instances."""
    reach = reach or reach_of(person)
    for one in reach.searched:
        yield from _opened(one, reach.rows(one))


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
    reach = reach_of(person)
    for one in reach.searched:
        for row in _rows_opened(one, reach.rows(one)):
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


def _rights(person: Person, reach: Reach) -> Any:
    """What this person may open now: how far they reach, their grants, and how many notes were burned."""
    now = Q(ends_at=None) | Q(ends_at__gt=timezone.now())
    grants = Grant.objects.filter(now, reader=person).order_by("id").values_list("id", "data_key_id")
    return reach.rights, list(grants), ItemKey.objects.filter(owner__in=reach.clients, wrapped=None).count()


def _heads(one: Searched, reach: Reach, of: list[UUID]) -> dict[str, dict[str, Any]]:
    """How each client's rows stand: a sealed value that was written again has another beginning."""
    begins = [Substr(name, 1, HEADER, output_field=BinaryField()) for name in one.names]
    found: dict[str, dict[str, Any]] = {client.hex: {} for client in of}
    for pk, client, *stands in plain_rows(
        reach.rows(one, set(of)).values_list("pk", "client_id", one.link or "pk", *begins)
    ):
        found[digits(client)][digits(pk)] = stands
    return found


def _mended(index: Index, reach: Reach, rights: Any, touched: set[UUID] | None) -> bool:
    """Bring an old index up to date: what is new or changed is opened, what is gone is dropped. False if it cannot be."""
    if index.rights != rights or index.dropped > len(index.cells) // 4:
        return False
    of = [client for client in reach.clients if touched is None or client in touched]
    for one in reach.searched:
        stood, now = index.heads[one.key], _heads(one, reach, of)
        before = {pk: stands for client in now for pk, stands in stood.get(client, {}).items()}
        after = {pk: stands for rows in now.values() for pk, stands in rows.items()}
        changed = [pk for pk, stands in after.items() if before.get(pk) != stands]
        if len(changed) > FEW:
            return False
        for row in (*changed, *(before.keys() - after.keys())):
            for kind in one.kinds:
                index.drop(kind, row)
        if changed:
            for cell in _opened(one, reach.rows(one, set(of)).filter(pk__in=changed)):
                index.add(cell)
        stood.update(now)
    index.close()
    return index.size <= INDEX_BYTES


def search(person: Person, words: str, *, session: str | None) -> list[Hit]:
    """The hits, from the index where it stands, otherwise by scan (which builds it, within the cap)."""
    if session is None or len(words.strip()) < 2:
        return scan(person, words)
    last, reach = _last_change(person.practice_id), reach_of(person)
    index = _indexes.get(session)
    # What was agreed can run out with no event: how far one reaches is asked at every search.
    if (
        index is not None
        and index.person == person.id
        and index.reach == reach.rights
        and _is_unlocked(session)
    ):
        if index.made_after == last:
            return index.find(words)
        with _door:
            if _mended(index, reach, _rights(person, reach), _touched(person.practice_id, index.made_after)):
                index.made_after = last
                return index.find(words)
    built = Index(person.id, session, last, _rights(person, reach), reach.rights)
    built.heads = {one.key: _heads(one, reach, list(reach.clients)) for one in reach.searched}
    for cell in cells(person, reach):
        built.add(cell)
        if built.size > INDEX_BYTES:
            purge(session=session)
            return scan(person, words)
    with _door:
        _indexes[session] = built.close()
    watch()
    return built.find(words)
