"""Open trial databases in the Metapsy format, read with their traps in mind.

Three traps. The sign of `.g` differs between databases, and within one between outcomes: it is read from each
file's own means and counts, never assumed. A study has several rows, which share people. Short names of
instruments are not those of the measures here ("WAI" can be an adjustment inventory): they are kept as written and
never matched.

When not to use it: Not for files whose direction the rows themselves do not show, nor by the short names of
instruments, which are matched to nothing here. It says nothing of how well a trial was done.

Source: the published data format of the Metapsy project, docs.metapsy.org.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from depthwork.evidence.errors import EvidenceError
from depthwork.evidence.trials import Direction
from depthwork.wording import gettext as _
from depthwork.wording import ngettext

Toward = Literal["positive", "negative"]

NEEDED: Final = ("study", "condition_arm1", "condition_arm2", ".g", ".g_se")

# What a code of arm 1 means. "other psy" and the like stay as they are written.
THERAPIES: Final[Mapping[str, str]] = {
    "dyn": "psychodynamic",
    "pdp": "psychodynamic",
    "pdt": "psychodynamic",
    "mbt": "mentalization-based",
    "tfp": "transference-focused",
    "cbt": "CBT",
    "bat": "behavioral activation",
    "ipt": "interpersonal",
    "sup": "supportive",
    "pst": "problem-solving",
    "lrt": "life review",
    "3rd": "third-wave",
    "dbt": "DBT",
    "st": "schema therapy",
    "ar": "applied relaxation",
    "bt": "behavior therapy",
}
PSYCHODYNAMIC: Final = frozenset({"psychodynamic", "mentalization-based", "transference-focused"})

COMPARATORS: Final[Mapping[str, str]] = {
    "wl": "waiting list",
    "waitlist": "waiting list",
    "cau": "usual care",
    "tau": "usual care",
    "gt": "general treatment",
    "ctbe": "treatment by experts",
    "pl": "pill placebo",
    "other ctr": "other control",
    "other": "other control",
}

# Words of an outcome that say whether its event is good to have. Where none stands, counts do not vote.
_GOOD_EVENTS: Final = (
    "remission", "response", "recover", "reduc", "improved", "not meeting", "no longer", "sign. change", "reliable",
)  # fmt: skip
_BAD_EVENTS: Final = ("suicid", "attempt", "self-harm", "relapse", "hospital", "dropout")
# Words of an instrument on which higher is usually better. Not a match with a measure: only a reason to hold back.
_WELL: Final = ("qol", "quality of life", "well-being", "wellbeing", "gaf", "functioning", "satisfaction")


class Columns(Protocol):
    """A table that gives its columns; `interchange.tables.Table` is one."""

    name: str
    header: tuple[str, ...]
    lines: tuple[int, ...]

    def text(self, column: str) -> list[str | None]:
        """Cells as text."""

    def numbers(self, column: str) -> list[float | None]:
        """Cells as numbers."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One row of a database. `toward` is in favour of the therapy when positive; None where no side is sure.

    `instrument` is as written. `number` is the row of the file, the header being 1.
    """

    number: int
    study: str
    therapy: str
    comparator: str
    outcome: str
    instrument: str
    effect: float
    se: float
    toward: float | None
    people: int | None
    withheld: str | None = None

    @property
    def is_psychodynamic(self) -> bool:
        """Psychodynamic therapy, or one of its manualized kin."""
        return self.therapy in PSYCHODYNAMIC


@dataclass(frozen=True, slots=True)
class Convention:
    """Which way is good for one kind of outcome, and the rows that show it."""

    outcome: str
    toward: Toward | None
    agree: int
    told: int


@dataclass(frozen=True, slots=True)
class Database:
    """A file read: trials, what its signs turned out to mean, rows without an effect, and what to know."""

    trials: tuple[Trial, ...]
    conventions: tuple[Convention, ...]
    missing: tuple[tuple[int, str], ...]
    notes: tuple[str, ...]


def read_metapsy(table: Columns) -> Database:
    """Read trial rows and turn them in favour of the therapy, as far as the file itself tells how.

    Parameters
    ----------
    table : Columns
        With `study`, `condition_arm1`, `condition_arm2`, `.g`, `.g_se`; means, counts and outcomes are
        used where they are there.

    Returns
    -------
    Database

    Raises
    ------
    EvidenceError
        If a needed column is missing, a standard error is not above 0, or no row has an effect.

    Notes
    -----
    1. For each kind of outcome (domain, and means or counts apart), rows that give both arms' means vote: `.g` has
       the sign of ``mean2 - mean1`` where positive is good, of ``mean1 - mean2`` where negative is. Lower scores are
       taken as better. Nine votes in ten decide; otherwise the rows are withheld.
    2. Rows from counts vote by their events, where words of the outcome say whether the event is good to have
       (remission, no longer meeting criteria) or not (an attempt); otherwise they do not vote.
    3. Change scores and given effects take the side of the means of their domain.
    4. A row against its kind's votes is withheld, and so is one whose instrument sounds like quality of life or
       functioning, where higher is better and the votes would mislead.
    """
    for column in NEEDED:
        if column not in table.header:
            raise EvidenceError(f"{table.name}: there is no column {column!r}; is this a Metapsy file?")
    text = {name: table.text(name) for name in _present(table, ("study", "condition_arm1", "condition_arm2"))}
    effects, ses = table.numbers(".g"), table.numbers(".g_se")
    domains = _optional_text(table, "outcome_domain")
    types = _optional_text(table, "outcome_type")
    instruments = _optional_text(table, "instrument")
    events = [
        " ".join(part for part in parts if part).casefold()
        for parts in zip(types, _optional_text(table, "dich_type"), domains, strict=True)
    ]
    votes = _votes(table, effects, types, events)
    conventions = _conventions(votes, domains, types)
    people = _people(table)
    trials: list[Trial] = []
    missing: list[tuple[int, str]] = []
    against = 0
    for at, (number, effect, se) in enumerate(zip(table.lines, effects, ses, strict=True)):
        study = text["study"][at]
        if study is None:
            raise EvidenceError(f"{table.name}: row {number} has no study; name it or leave the row out")
        if effect is None or se is None:
            missing.append((number, study))
            continue
        if se <= 0:
            raise EvidenceError(f"{table.name}: row {number}: a standard error must be above 0")
        kind = _kind(domains[at], types[at])
        side = conventions[kind].toward
        withheld = None if side else "the file does not show which way is good for this outcome"
        if side and votes[at] and votes[at] != side:
            against += 1
            withheld = (
                "its means point the other way than its effect; perhaps a scale on which higher is better"
            )
        if any(word in (instruments[at] or "").casefold() for word in _WELL):
            withheld = "its instrument sounds like one on which higher is better; check its sign"
        sign = 1.0 if side == "positive" else -1.0
        trials.append(
            Trial(
                number=number,
                study=study,
                therapy=_label(text["condition_arm1"][at], THERAPIES),
                comparator=_label(text["condition_arm2"][at], COMPARATORS),
                outcome=kind,
                instrument=instruments[at] or "",
                effect=effect,
                se=se,
                toward=None if withheld else sign * effect,
                people=people[at],
                withheld=withheld,
            )
        )
    if not trials:
        raise EvidenceError(f"{table.name}: no row has an effect with its standard error")
    told = tuple(conventions[kind] for kind in sorted(conventions))
    return Database(tuple(trials), told, tuple(missing), _notes(trials, told, missing, against))


def _present(table: Columns, names: Sequence[str]) -> list[str]:
    return [name for name in names if name in table.header]


def _optional_text(table: Columns, column: str) -> list[str | None]:
    return table.text(column) if column in table.header else [None] * len(table.text("study"))


def _optional_numbers(table: Columns, column: str) -> list[float | None]:
    if column not in table.header:
        return [None] * len(table.text("study"))
    made: list[float | None] = []
    for cell in table.text(column):
        try:
            made.append(None if cell is None else float(cell.replace(",", ".")))
        except ValueError:
            made.append(None)  # some cells hold words or ranges; they only lose their vote
    return made


def _label(code: str | None, known: Mapping[str, str]) -> str:
    written = (code or "not stated").strip()
    return known.get(written.casefold(), written)


def _is_count(kind: str | None) -> bool:
    word = (kind or "msd").casefold()
    return not word.startswith(("msd", "change", "other stat", "precalc"))


def _kind(domain: str | None, kind: str | None) -> str:
    place = domain or "main outcome"
    return f"{place}, from counts" if _is_count(kind) else place


def _votes(
    table: Columns, effects: Sequence[float | None], types: Sequence[str | None], events: Sequence[str]
) -> list[Toward | None]:
    mean1, mean2 = _optional_numbers(table, "mean_arm1"), _optional_numbers(table, "mean_arm2")
    event1, event2 = _optional_numbers(table, ".event_arm1"), _optional_numbers(table, ".event_arm2")
    total1, total2 = _optional_numbers(table, ".totaln_arm1"), _optional_numbers(table, ".totaln_arm2")
    votes: list[Toward | None] = []
    for at, effect in enumerate(effects):
        better: float | None = None
        a, b = mean1[at], mean2[at]
        c, d, m, n = event1[at], event2[at], total1[at], total2[at]
        if _is_count(types[at]):
            if c is not None and d is not None and m and n:
                if any(word in events[at] for word in _BAD_EVENTS):
                    better = d / n - c / m
                elif any(word in events[at] for word in _GOOD_EVENTS):
                    better = c / m - d / n
        elif (types[at] or "msd").casefold() == "msd" and a is not None and b is not None:
            better = b - a
        if not effect or not better:
            votes.append(None)
        else:
            votes.append("positive" if (effect > 0) == (better > 0) else "negative")
    return votes


def _conventions(
    votes: Sequence[Toward | None], domains: Sequence[str | None], types: Sequence[str | None]
) -> dict[str, Convention]:
    counted: dict[str, list[Toward]] = {}
    for vote, domain, kind in zip(votes, domains, types, strict=True):
        cast = counted.setdefault(_kind(domain, kind), [])
        if vote:
            cast.append(vote)
    made = {}
    for kind, cast in counted.items():
        up = cast.count("positive")
        most, agree = ("positive", up) if up * 2 >= len(cast) else ("negative", len(cast) - up)
        side: Toward | None = None
        if cast and agree >= 0.9 * len(cast):
            side = "positive" if most == "positive" else "negative"
        made[kind] = Convention(kind, side, agree, len(cast))
    return made


def _people(table: Columns) -> list[int | None]:
    pairs = [
        (_optional_numbers(table, f"{name}1"), _optional_numbers(table, f"{name}2"))
        for name in ("n_arm", "totaln_arm", ".totaln_arm")
    ]
    made: list[int | None] = []
    for at in range(len(pairs[0][0])):
        made.append(
            next((int(a[at] + b[at]) for a, b in pairs if a[at] is not None and b[at] is not None), None)  # type: ignore[operator]
        )
    return made


def _notes(
    trials: Sequence[Trial],
    conventions: Sequence[Convention],
    missing: Sequence[tuple[int, str]],
    against: int,
) -> tuple[str, ...]:
    notes = []
    sides = {one.toward for one in conventions if one.toward}
    if len(sides) == 2:
        notes.append(
            _(
                "The sign means different things for different outcomes in this file; each was turned by its own rows."
            )
        )
    elif sides == {"negative"}:
        notes.append(
            _("In this file negative favours the therapy; effects were turned so that positive does.")
        )
    unsure = [one.outcome for one in conventions if one.toward is None]
    if unsure:
        notes.append(
            _("Withheld, because the file does not show which way is good: %(unsure)s.")
            % {"unsure": "; ".join(unsure)}
        )
    if against:
        notes.append(
            _("Withheld, because their means point against their effect: %(against)s.")
            % {"against": _rows(against)}
        )
    studies = len({trial.study for trial in trials})
    if studies < len(trials):
        notes.append(
            _("%(n)s rows come from %(studies)s studies; rows of a study are made one effect first.")
            % {"n": len(trials), "studies": studies}
        )
    if missing:
        named = "; ".join(dict.fromkeys(study for _, study in missing))
        notes.append(
            _("Without an effect, left out: %(rows)s of %(named)s.")
            % {"rows": _rows(len(missing)), "named": named}
        )
    notes.append(_("Instruments are named as in the file and matched to no questionnaire here."))
    return tuple(notes)


def _rows(n: int) -> str:
    return ngettext("%(n)s row", "%(n)s rows", n) % {"n": n}


def direction(database: Database) -> Direction | None:
    """The one direction of a file, or None where it mixes or is not known."""
    sides = {one.toward for one in database.conventions}
    if sides == {"positive"}:
        return "higher"
    return "lower" if sides == {"negative"} else None
