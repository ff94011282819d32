"""What patterns are drawn from: hours with their codes, the lines that show them, and who coded them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from depthwork.coding.marks import Mark
from depthwork.coding.marks_file import Reading
from depthwork.process.episodes import figure_of, polarity_of, sphere_of
from depthwork.transcripts.model import Provenance
from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop, ngettext

Basis = Literal["together", "unaided", "accepted"]
BASES: tuple[Basis, ...] = ("together", "unaided", "accepted")
NEVER_COUNTED = frozenset({"client_link", "risk"})


@dataclass(frozen=True, slots=True)
class Hour:
    """One coded source of a session as patterns see it (sources of one session share `id` and number).

    `text` (canonical) is optional; with it, marks whose words moved
    away are found detached. `reading` None means that nobody said the hour was read whole."""

    id: str
    number: int
    date: date | None
    reading: Reading | None
    provenance: Provenance
    marks: tuple[Mark, ...]
    text: str | None = None
    therapist_words: int | None = None

    @property
    def counts(self) -> bool:
        """Whether this hour gives counts: it was read whole."""
        return self.reading is not None and self.reading.how == "whole"


class Line(NamedTuple):
    """A quoted line, ready to be shown and linked. `turn` counts from 0; `shown_turn` from 1.

    A tuple and no dataclass: lines are made by the thousand on each view, in a third of the time.
    """

    hour_id: str
    hour: int
    date: date | None
    turn: int
    speaker: str
    quote: str
    mark_id: str
    construct: str
    code: str
    figure: str | None = None
    sphere: str | None = None
    polarity: str | None = None
    expected: bool = False
    unaided: bool = True
    counted: bool = True
    displaced: bool = False

    @property
    def shown_turn(self) -> int:
        """The number a reader sees."""
        return self.turn + 1


@dataclass(frozen=True, slots=True)
class Caption:
    """Who coded, knowing what, in which hours; it stands under every pattern."""

    hours_whole: int
    hours_dipped: int
    blind: int
    knowing: int
    coders: tuple[str, ...]
    engines: tuple[str, ...]
    unaided: int
    accepted: int
    detached: int
    provenance: tuple[tuple[str, int], ...]
    codebooks: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The caption in words, coders by the id in their marks."""
        return self.in_words()

    def in_words(self, names: Mapping[str, str] | None = None) -> str:
        """The caption in words.

        Parameters
        ----------
        names
            How coders are called, by the id in their marks; an id that is missing stands as it is.
        """
        coders = sorted((names or {}).get(coder, coder) for coder in self.coders)
        if not self.hours_whole:
            first = _("No hour was read whole, so nothing is counted")
        else:
            how = _some(self.blind, _("blind"), self.knowing, _("knowing the case"))
            first = _("Counted from %(hours)s read whole (%(how)s)") % {
                "hours": _hours(self.hours_whole),
                "how": how,
            }
        parts = [first]
        if self.hours_dipped:
            parts.append(_("%(hours)s dipped into give lines only") % {"hours": _hours(self.hours_dipped)})
        codes = _some(self.unaided, _("made unaided"), self.accepted, _("accepted from cues"))
        by = _(", by %(coders)s") % {"coders": _join(coders)} if coders else ""
        parts.append(_("codes: %(codes)s%(by)s") % {"codes": codes or _("none"), "by": by})
        if self.provenance:
            parts.append(
                _("sources:")
                + " "
                + ", ".join(f"{n} {_(_KINDS.get(kind, kind))}" for kind, n in self.provenance)
            )
        if self.detached:
            parts.append(_("%(n)s detached and not counted") % {"n": self.detached})
        return "; ".join(parts) + "."


_KINDS = {
    "verbatim": gettext_noop("verbatim"),
    "reconstructed": gettext_noop("from memory"),
    "notes": gettext_noop("notes"),
}


class Treatment:
    """The codes of a treatment, sorted once so that every pattern reads them in one pass.

    Parameters
    ----------
    hours
        In any order; they are put in order by number.
    basis
        ``unaided``: codes made without a cue; ``accepted``: accepted cues; ``together``: both.
    coder
        Where an hour was coded by several people: whose unaided codes to take (and those agreed
        in consensus). None takes all, which counts a story twice that two coders bounded
        differently.

    Notes
    -----
    Left out everywhere: proposals, rejected and detached marks. Displaced marks are kept apart.
    Two marks that say the same of the same words are one code (an unaided one before an
    accepted one), so that two coders of one hour do not count double.
    """

    def __init__(self, hours: Iterable[Hour], *, basis: Basis = "together", coder: str | None = None) -> None:
        self.basis = basis
        self._coder = f"coder:{coder}" if coder is not None else None
        self.hours: tuple[Hour, ...] = tuple(sorted(hours, key=lambda h: (h.number, h.id)))
        self.detached = 0
        self._codes: dict[int, tuple[Mark, ...]] = {}
        self._displaced: dict[int, tuple[Mark, ...]] = {}
        for at, hour in enumerate(self.hours):
            self._codes[at], self._displaced[at] = self._sort(hour)

    def _sort(self, hour: Hour) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
        codes: dict[tuple[Any, ...], Mark] = {}
        displaced: list[Mark] = []
        basis, coder, text = self.basis, self._coder, hour.text
        for mark in hour.marks:
            if mark.status != "confirmed" and mark.status != "edited":
                continue
            if text is not None and text[mark.span.start : mark.span.end] != mark.quote:
                self.detached += 1
                continue
            if coder is not None and mark.origin != coder and mark.origin.startswith("coder:"):
                continue
            if basis != "together" and mark.is_unaided != (basis == "unaided"):
                continue
            about = mark.attributes
            if about and about.get("displaced") is True:
                displaced.append(mark)
                continue
            span = mark.span
            who = (about.get("figure"), about.get("label"), about.get("sphere")) if about else ()
            key = (span.start, span.end, mark.construct, mark.code, who)
            held = codes.get(key)
            if held is None or (mark.is_unaided and not held.is_unaided):
                codes[key] = mark
        return tuple(codes.values()), tuple(displaced)

    def each(self) -> Iterator[tuple[Hour, tuple[Mark, ...]]]:
        """Every hour with its codes; the hour's `counts` says whether they may be counted."""
        for at, hour in enumerate(self.hours):
            yield hour, self._codes[at]

    def displaced(self) -> Iterator[tuple[Hour, Mark]]:
        """Marks set "perhaps also here": drawn dashed, never counted."""
        for at, hour in enumerate(self.hours):
            for mark in self._displaced[at]:
                yield hour, mark

    @cached_property
    def counted_hours(self) -> tuple[Hour, ...]:
        """Hours read whole; of an hour with several sources each one that was."""
        return tuple(hour for hour in self.hours if hour.counts)

    @cached_property
    def n_counted(self) -> int:
        """How many hours were read whole, several sources of one hour being one."""
        return len({hour.id for hour in self.counted_hours})

    def split(self, late_from: int | None = None) -> int | None:
        """The hour number from which an hour is late: as given, else the later half of those counted."""
        if late_from is not None:
            return late_from
        numbers = sorted({hour.number for hour in self.counted_hours})
        return numbers[(len(numbers) + 1) // 2] if len(numbers) >= 2 else None

    @cached_property
    def caption(self) -> Caption:
        """Who coded, knowing what."""
        whole = self.counted_hours
        codes = [
            mark for marks in self._codes.values() for mark in marks if mark.construct not in NEVER_COUNTED
        ]
        origins = Counter(mark.origin for mark in codes)
        unaided = sum(n for origin, n in origins.items() if origin.startswith(_BY_A_PERSON))
        marked = [hour for hour in self.hours if hour.marks]
        knowing = {hour.id for hour in whole if hour.reading is not None and not hour.reading.blind}
        kinds = [hour.provenance for hour in (whole or marked)]
        return Caption(
            hours_whole=self.n_counted,
            hours_dipped=len({hour.id for hour in marked} - {hour.id for hour in whole}),
            blind=self.n_counted - len(knowing),
            knowing=len(knowing),
            coders=tuple(sorted(_coder(o) for o in origins if not o.startswith("cue:"))),
            engines=tuple(sorted(o.removeprefix("cue:") for o in origins if o.startswith("cue:"))),
            unaided=unaided,
            accepted=len(codes) - unaided,
            detached=self.detached,
            provenance=tuple((kind, kinds.count(kind)) for kind in sorted(set(kinds))),
            codebooks=tuple(sorted({m.codebook_version for m in codes if m.codebook_version})),
        )


def line_of(
    hour: Hour,
    mark: Mark,
    *,
    figure: str | None = None,
    sphere: str | None = None,
    displaced: bool = False,
    counted: bool = True,
) -> Line:
    """The line of a mark; figure and sphere of its episode where it has one.

    It counts where `counted` holds, the hour was read whole and the mark is not displaced.
    """
    about, construct = mark.attributes, mark.construct
    if figure is None and (construct == "episode" or construct == "figure"):
        figure, sphere = figure_of(mark), sphere_of(mark)
    response = construct == "response_of_other" or construct == "response_of_self"
    # In the order of the fields: by position is twice as quick as by name.
    return Line(
        hour.id,
        hour.number,
        hour.date,
        mark.turn,
        mark.speaker,
        mark.quote,
        mark.id,
        construct,
        mark.code,
        figure,
        sphere,
        polarity_of(mark) if response else None,
        about.get("expected") is True,
        mark.origin.startswith(_BY_A_PERSON),
        counted and not displaced and hour.counts,
        displaced,
    )


_BY_A_PERSON = ("coder:", "consensus")
_ORDER = attrgetter("hour", "turn", "mark_id")


def in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines as the treatment went."""
    return tuple(sorted(lines, key=_ORDER))


def _coder(origin: str) -> str:
    return origin.removeprefix("coder:")


def _some(a: int, name_a: str, b: int, name_b: str) -> str:
    return ", ".join(f"{n} {name}" for n, name in ((a, name_a), (b, name_b)) if n)


def _hours(n: int) -> str:
    return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}


def _join(names: Sequence[str]) -> str:
    return (
        names[0]
        if len(names) == 1
        else _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
    )
