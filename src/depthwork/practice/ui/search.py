"""Search over sealed words: opened in memory, compared, forgotten. Nothing of it reaches disk, cache or log.

For solo use an index lives in this worker's memory, bound to one sign-in: it holds the texts that person may open and
which of them each word stands in, is asked only while that session row is unlocked, and goes at lock, sign-out, after
a change of grants, or a minute after the row was last seen unlocked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session as SignIn
from django.db import DatabaseError, connection
from django.utils import timezone

from depthwork.practice.audit.models import Event
from depthwork.practice.people.middleware import SEEN
from depthwork.practice.people.models import Person
from depthwork.practice.policy.registry import routes, rule_of
from depthwork.practice.treatments.many import CLOSED, item_column, open_rows
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.vault import sessions
from depthwork.practice.vault.fields import SealedModel, SealedText
from depthwork.practice.vault.rotation import sealed_fields, sealed_models

AROUND = 60  # characters shown on either side of a hit
AT_MOST = 200
INDEX_BYTES = 256 * 1024 * 1024
LOOK_EVERY_S = 30  # so that an index is gone within a minute of a lock in another worker


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where the words stand."""

    client: UUID
    kind: str
    row: UUID
    link: UUID | None
    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One opened text and where it stands; ids as the database gives them."""

    client: UUID | str
    kind: str
    row: UUID | str
    link: UUID | str | None
    text: str


def _column_of(model: type[SealedModel], asked: str) -> str | None:
    names = {one.attname for one in model._meta.concrete_fields}
    return asked if asked in names else None


@cache
def _searched() -> tuple[tuple[type[SealedModel], tuple[str, ...], str | None, str], ...]:
    """Every model with sealed texts of a client: its columns, what burns with a row, and the hour it leads to."""
    found = []
    for model in sealed_models():
        names = tuple(one.name for one in sealed_fields(model) if isinstance(one, SealedText))
        if names and _column_of(model, "client_id"):
            found.append((model, names, item_column(model), _column_of(model, "session_id") or ""))
    return tuple(found)


def cells(person: Person) -> Iterator[Cell]:
    """Every sealed text that this person may open and holds a key for. One query a model and no instances."""
    mine = list(clients_for(person).values_list("id", flat=True))
    for model, names, item, link in _searched():
        kinds = [f"{model._meta.label_lower}.{name}" for name in names]
        rows = model._default_manager.filter(client_id__in=mine)
        for pk, client, hour, *texts in open_rows(rows, *names, also=[link or "pk"], item=item):
            for kind, text in zip(kinds, texts, strict=True):
                if text is not None and text is not CLOSED:
                    yield Cell(client, kind, pk, hour if link else None, text)


def _id(held: UUID | str) -> UUID:
    return held if isinstance(held, UUID) else UUID(held)


def _hit(cell: Cell, at: int, length: int) -> Hit:
    text = cell.text
    return Hit(
        _id(cell.client),
        cell.kind,
        _id(cell.row),
        cell.link and _id(cell.link),
        text[max(0, at - AROUND) : at],
        text[at : at + length],
        text[at + length : at + length + AROUND],
    )


def scan(person: Person, words: str) -> list[Hit]:
    """Open and compare, cell by cell."""
    wanted, found = words.strip().lower(), []
    if not wanted:
        return []
    for cell in cells(person):
        at = cell.text.lower().find(wanted)
        if at >= 0:
            found.append(_hit(cell, at, len(wanted)))
            if len(found) == AT_MOST:
                break
    return found


@dataclass(slots=True)
class Index:
    """The texts of one sign-in, and for each word (what stands between two spaces) the texts it stands in.

    It narrows, and the text decides: a hit is where the words stand in the text, exactly as a scan finds it. Of the
    words asked for, the first may be the end of a word, the last its beginning, and those between are whole words.
    """

    person: UUID
    session: str
    made_after: int  # the audit's last event: any act since makes the index old
    cells: list[Cell] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)
    words: str = ""  # every word once, between line ends
    size: int = 0

    def add(self, cell: Cell) -> None:
        number, places = len(self.cells), self.places
        self.cells.append(cell)
        for word in set(cell.text.lower().split()):
            if word in places:
                places[word].append(number)
            else:
                places[word] = [number]
                self.size += 2 * len(word) + 200
        self.size += 9 * len(cell.text) // 4 + 300  # the text, and a number for about each fourth letter

    def close(self) -> Index:
        self.words = "\n" + "\n".join(self.places) + "\n"
        return self

    def find(self, asked: str) -> list[Hit]:
        wanted, found = asked.strip().lower(), []
        for number in self._among(wanted.split()):
            cell = self.cells[number]
            at = cell.text.lower().find(wanted)
            if at >= 0:
                found.append(_hit(cell, at, len(wanted)))
                if len(found) == AT_MOST:
                    break
        return found

    def _among(self, pieces: list[str]) -> Iterable[int]:
        """The texts that can hold the words, in their order."""
        left: set[int] | None = None
        for n, piece in enumerate(pieces):
            before, after = "\n" if n else "", "\n" if n < len(pieces) - 1 else ""
            lists = [self.places[word] for word in self._words_with(before + piece + after)]
            if sum(map(len, lists)) > 2 * len(self.cells):
                continue  # words that stand everywhere narrow nothing, and are soon found
            texts = set().union(*lists)
            left = texts if left is None else left & texts
        return range(len(self.cells)) if left is None else sorted(left)

    def _words_with(self, part: str) -> Iterator[str]:
        """Every word that holds a part; a line end in the part is the edge of a word."""
        at = self.words.find(part)
        while at >= 0:
            begin = self.words.rfind("\n", 0, at + 1) + 1
            end = self.words.find("\n", begin)
            yield self.words[begin:end]
            at = self.words.find(part, end)


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


def search(person: Person, words: str, *, session: str | None) -> list[Hit]:
    """The hits, from the index where it stands and is fresh, otherwise by scan (which builds it, within the cap)."""
    if session is None or len(words.strip()) < 2:
        return scan(person, words)
    last = _last_change(person.practice_id)
    index = _indexes.get(session)
    if index is not None and index.person == person.id and index.made_after == last and _is_unlocked(session):
        return index.find(words)
    built = Index(person.id, session, last)
    for cell in cells(person):
        built.add(cell)
        if built.size > INDEX_BYTES:
            return scan(person, words)
    with _door:
        _indexes[session] = built.close()
    watch()
    return built.find(words)
