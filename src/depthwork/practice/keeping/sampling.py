"""A sample of what is sealed, drawn each hour and looked at each minute: is it still there, and as it was written?

What a program without keys does to a database it does to all of it: rows vanish, cells are emptied or hold something
that no key of ours sealed. The sample is drawn by ids and digests of ciphertext; nothing is opened, and nobody has to
be signed in. Random ids make the rows after a random one a fair sample, found by the primary key alone.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.db.models import Q

from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.fields import Sealed, SealedBytes
from depthwork.practice.vault.models import Compartment, DataKey, Grant, ItemKey, Keyring, Tombstone
from depthwork.practice.vault.rotation import sealed_fields, sealed_models

EACH: Final = 40  # rows of a table
# Tables and cells that come and go by the dozen in ordinary work: drafts, what a machine proposed, marks set by columns.
FLEETING: Final = {"sources.Draft", "casework.CuesKept", "casework.MarkRow", "tracking.Request.kept_draft"}
KEYS: Final[tuple[tuple[type[models.Model], tuple[str, ...]], ...]] = (
    (DataKey, ("inbox_private",)),
    (ItemKey, ("wrapped",)),
    (Keyring, ("private_by_passphrase", "private_by_recovery")),
)
BROKEN_AT: Final = 3
LOST_OF_A_TABLE: Final = (8, 0.25)  # at least so many rows, and so large a share of those drawn
LOST_OF_ALL: Final = (20, 0.1)
CHANGED_OF_ALL: Final = (30, 0.5)  # of the rows that are no keys
_OVERHEAD: Final = p.HEADER + 16  # and a padded text, in steps


@dataclass(frozen=True, slots=True)
class Drawn:
    """One row of the sample. `cells`: column -> key id and digest of what stood there, as hexadecimal."""

    table: str
    row: str
    owner: str
    item: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a sample, by table; rows that somebody burned or erased are not among it."""

    drawn: Counter[str]
    lost: Counter[str]
    broken: int
    changed: int

    @property
    def of(self) -> int:
        return self.drawn.total()

    @property
    def words(self) -> int:
        """Rows that are no keys: what can be written anew by the thousand without a key being touched."""
        return sum(n for table, n in self.drawn.items() if not table.startswith("vault."))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that no ordinary hour does: its kind, and how many of how many."""

    kind: str
    n: int
    of: int


def is_sealed(blob: bytes) -> bool:
    """Whether bytes have the shape of a sealed value: version, key id, nonce, text in steps, tag."""
    length = len(blob) - _OVERHEAD
    return blob[:1] == p.VERSION and length >= p.STEP and length % p.STEP == 0


def draw() -> list[Drawn]:
    """Up to forty rows of each table that hold something sealed, and of each table of keys."""
    found: list[Drawn] = []
    for model, names in _tables():
        filled = Q()
        for name in names:
            filled |= Q(**{f"{name}__isnull": False})
        files = [one.name for one in model._meta.concrete_fields if isinstance(one, SealedBytes)]
        rows = model._default_manager.filter(filled).order_by("pk").defer(*files)
        if model is DataKey:
            rows = rows.filter(retired_at=None)
        here = uuid.uuid4()
        some = list(rows.filter(pk__gte=here)[:EACH])
        some += rows.filter(pk__lt=here)[: EACH - len(some)]
        found += [_drawn(row, names) for row in some]
    return found


def compare(sample: Sequence[Drawn], *, since: datetime) -> Seen:
    """What became of a sample that was drawn at `since`."""
    gone = _destroyed(since)

    @cache
    def known() -> frozenset[str]:
        return frozenset(bytes(one).hex() for one in DataKey.objects.values_list("key_id", flat=True))

    lost: Counter[str] = Counter()
    broken = changed = 0
    by_table: dict[str, list[Drawn]] = {}
    for one in sample:
        by_table.setdefault(one.table, []).append(one)
    for table, drawn in by_table.items():
        model = apps.get_model(table)
        names = {name for one in drawn for name in one.cells}
        rows = model._default_manager.filter(pk__in=[one.row for one in drawn]).only("pk", *names)
        there = {str(row.pk): row for row in rows}
        held = _held(there.values()) if model is DataKey else set()
        for one in drawn:
            if gone & {one.owner, one.item}:
                continue
            row = there.get(one.row)
            became = _became(one, row, known)
            if model is DataKey and became != "broken":
                # A renewed key is followed by another; one that nobody holds any more is as good as gone.
                became = "" if (one.row in held if row is not None else _has_follower(one)) else "lost"
            if became == "lost":
                lost[table] += 1
            broken += became == "broken"
            changed += became == "changed" and not table.startswith("vault.")
    return Seen(Counter(one.table for one in sample), lost, broken, changed)


def faults(seen: Seen) -> Iterator[Fault]:
    """What of it no ordinary hour does. The bounds are reasoned in the decision on mass changes."""
    if seen.broken >= BROKEN_AT:
        yield Fault("broken", seen.broken, seen.of)
    tables = [one for one, n in seen.lost.items() if _reaches(n, seen.drawn[one], LOST_OF_A_TABLE)]
    if tables or _reaches(seen.lost.total(), seen.of, LOST_OF_ALL):
        yield Fault("lost", seen.lost.total(), seen.of)
    if _reaches(seen.changed, seen.words, CHANGED_OF_ALL):
        yield Fault("changed", seen.changed, seen.words)


def _reaches(n: int, of: int, bound: tuple[int, float]) -> bool:
    return n >= bound[0] and n >= bound[1] * of


def _tables() -> Iterator[tuple[type[models.Model], tuple[str, ...]]]:
    yield from KEYS
    for model in sealed_models():
        label = model._meta.label
        # Files are left out: each minute's look would read them whole.
        names = [one.attname for one in sealed_fields(model) if not isinstance(one, SealedBytes)]
        names = [one for one in names if not {label, f"{label}.{one}"} & FLEETING]
        if names:
            yield model, tuple(names)


def _drawn(row: Any, names: Iterable[str]) -> Drawn:
    cells = {name: _digest(blob) for name in names if (blob := _blob(row, name)) is not None}
    if isinstance(row, DataKey | ItemKey):
        owner, item = f"{row.owner}/{row.compartment}", ""
        if isinstance(row, ItemKey):
            item = str(row.item)
    elif isinstance(row, Keyring):
        owner, item = str(row.person_id), ""
    else:
        owner, item = str(row.vault_owner()), str(row.vault_item() or "")
    return Drawn(row._meta.label, str(row.pk), owner, item, cells)


def _blob(row: Any, name: str) -> bytes | None:
    """The cell as it stands in the database, unopened."""
    value = row.__dict__[name]
    if value is None:
        return None
    return value.blob if isinstance(value, Sealed) else bytes(value)


def _digest(blob: bytes) -> str:
    return blob[1:17].hex() + hashlib.sha256(blob).hexdigest()[:16]


def _became(one: Drawn, row: Any, known: Callable[[], frozenset[str]]) -> str:
    """lost, broken, changed, or nothing: the worst that happened to any of its cells."""
    if row is None:
        return "lost"
    found = set()
    for name, digest in one.cells.items():
        blob = _blob(row, name)
        if blob is None:
            found.add("lost")
        elif not is_sealed(blob):
            found.add("broken")
        elif (now := _digest(blob)) != digest:
            same_key = now[:32] == digest[:32]
            if isinstance(row, Keyring) or same_key:
                found.add("changed")
            elif now[:32] not in known():  # a renewed key is one that we know
                found.add("broken")
    return next((what for what in ("broken", "lost", "changed") if what in found), "")


def _destroyed(since: datetime) -> set[str]:
    """Owners, compartments and items that somebody destroyed on purpose."""
    found: set[str] = set()
    stones = Tombstone.objects.filter(destroyed_at__gte=since)
    for owner, item, compartment in stones.values_list("owner", "item", "compartment"):
        if item is not None:
            found.add(str(item))
        elif compartment:
            found.add(f"{owner}/{compartment}")
        else:
            found |= {str(owner), *(f"{owner}/{one}" for one in Compartment.values)}
    return found


def _held(keys: Iterable[Any]) -> set[str]:
    """Those of some data keys that at least one reader holds."""
    rows = Grant.objects.filter(data_key__in=[one.pk for one in keys]).values_list("data_key", flat=True)
    return {str(one) for one in rows.distinct()}


def _has_follower(one: Drawn) -> bool:
    owner, _, compartment = one.owner.partition("/")
    return DataKey.objects.filter(owner=owner, compartment=compartment, retired_at=None).exists()
