"""Trial data that the practice brought itself: open numbers in files of its own folder, never in the database.

One JSON file a set, under HOME/evidence/<practice>. Nothing here is about a client.
"""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.evidence.errors import EvidenceError
from depthwork.evidence.metapsy import COMPARATORS, NEEDED, THERAPIES, Trial, read_metapsy
from depthwork.evidence.trials import direction_of, keep, turned
from depthwork.interchange.tables import Table, TableError, table_of
from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person, Practice

MOST_BYTES: Final = 5_000_000
MOST_ROWS: Final = 20_000
MOST_SETS: Final = 20


@dataclass(frozen=True, slots=True)
class TrialSet:
    """One file that was brought: its problem, what to know of it, its trials."""

    id: uuid.UUID
    problem: str
    name: str
    notes: tuple[str, ...]
    trials: tuple[Trial, ...]


def sets_of(practice: Practice) -> list[TrialSet]:
    """The sets of a practice, by name. A file that cannot be read is left out."""
    found = []
    for path in sorted(_folder(practice).glob("*.json")):
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            trials = tuple(Trial(**one) for one in raw["trials"])
            found.append(
                TrialSet(uuid.UUID(path.stem), raw["problem"], raw["name"], tuple(raw["notes"]), trials)
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return sorted(found, key=lambda one: (one.problem, one.name.casefold()))


def bring(*, raw: bytes, name: str, problem: str, positive: str, by: Person) -> TrialSet:
    """Read a file of trials and keep its numbers.

    `positive` is what a positive effect favours ("higher" or "lower" is good) where the file is not a Metapsy
    database, which shows its own signs.

    Raises
    ------
    EvidenceError
        If the file is too large or cannot be read as trials; nothing is kept then.
    """
    if len(raw) > MOST_BYTES:
        raise EvidenceError(
            _("the file is larger than %(n)s MB; send the trials you need") % {"n": MOST_BYTES // 1000000}
        )
    folder = _folder(by.practice)
    if len(list(folder.glob("*.json"))) >= MOST_SETS:
        raise EvidenceError(
            _("there are %(most_sets)s sets already; remove one first") % {"most_sets": MOST_SETS}
        )
    try:
        trials, notes = _read(raw, _("the file"), positive)
    except TableError as error:
        raise EvidenceError(str(error)) from None
    made = TrialSet(uuid.uuid4(), problem, name, notes, trials)
    folder.mkdir(parents=True, exist_ok=True)
    body = {"problem": problem, "name": name, "notes": notes, "trials": [asdict(one) for one in trials]}
    path = folder / f"{made.id}.json"
    with transaction.atomic():
        record(
            verb="trials brought",
            by=by.id,
            practice=by.practice_id,
            object_type="evidence",
            object_id=made.id,
        )
        partial = path.with_suffix(".part")
        partial.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        os.replace(partial, path)
    return made


def remove(*, id: uuid.UUID, by: Person) -> None:
    """Remove a set of the person's own practice; one that is gone already is no error."""
    with transaction.atomic():
        record(verb="trials removed", by=by.id, practice=by.practice_id, object_type="evidence", object_id=id)
        (_folder(by.practice) / f"{id}.json").unlink(missing_ok=True)


def _folder(practice: Practice) -> Path:
    return Path(settings.HOME) / "evidence" / str(practice.id)


def _read(raw: bytes, name: str, positive: str) -> tuple[tuple[Trial, ...], tuple[str, ...]]:
    first = raw[:4000].decode("latin-1")
    is_metapsy = ".g_se" in first and "condition_arm1" in first
    table = table_of(raw, name, NEEDED if is_metapsy else ("study", "effect", "se"))
    if len(table.rows) > MOST_ROWS:
        raise EvidenceError(_("the file has more than %(most_rows)s rows") % {"most_rows": MOST_ROWS})
    if is_metapsy:
        read = read_metapsy(table)
        return read.trials, read.notes
    return _plain(table, positive)


def _plain(table: Table, positive: str) -> tuple[tuple[Trial, ...], tuple[str, ...]]:
    direction = direction_of([positive], column="positive")
    kept = keep(table.text("study"), table.numbers("effect"), table.numbers("se"), numbers=table.lines)
    place = {number: at for at, number in enumerate(table.lines)}
    given = {
        column: table.text(column) if column in table.header else None
        for column in ("therapy", "comparator", "outcome", "instrument")
    }
    people = table.numbers("n") if "n" in table.header else None
    trials = []
    for row, toward in zip(kept.rows, turned(kept.rows, direction), strict=True):
        at = place[row.number]
        told = {column: (cells[at] if cells else None) or "" for column, cells in given.items()}
        count = people[at] if people else None
        trials.append(
            Trial(
                number=row.number,
                study=row.study,
                therapy=THERAPIES.get(told["therapy"].casefold(), told["therapy"] or "not stated"),
                comparator=COMPARATORS.get(told["comparator"].casefold(), told["comparator"] or "not stated"),
                outcome=told["outcome"] or _("main outcome"),
                instrument=told["instrument"],
                effect=row.effect,
                se=row.se,
                toward=toward.effect,
                people=int(count) if count is not None else None,
            )
        )
    notes = []
    if kept.missing:
        named = "; ".join(dict.fromkeys(study for _, study in kept.missing))
        n = len(kept.missing)
        notes.append(
            ngettext(
                "Without an effect, left out: %(n)s row of %(named)s.",
                "Without an effect, left out: %(n)s rows of %(named)s.",
                n,
            )
            % {"n": n, "named": named}
        )
    if direction == "lower":
        notes.append(
            _("Negative favours the therapy in this file; effects were turned so that positive does.")
        )
    return tuple(trials), tuple(notes)
