"""Malan's two triangles: which corners an interpretation names, and which it joins.

When not to use it: Not as a rating of technique, nor to say that an interpretation was right or was taken up.
Not for what the client joined alone, which is listed and never counted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from depthwork.coding.marks import Mark
from depthwork.coding.shelf import codes_for
from depthwork.transcripts.model import Transcript, Turn

PERSON = ("therapist", "current", "past")
CONFLICT = ("defense", "anxiety", "feeling")
RESPONSE_TURNS = 3
Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A marked interpretation with the corners that it names."""

    mark: Mark
    person: tuple[str, ...]
    conflict: tuple[str, ...]
    linked: bool

    @property
    def person_type(self) -> str | None:
        """One of the seven types of the triangle of person, or None."""
        return link_type(self.person, PERSON)

    @property
    def conflict_type(self) -> str | None:
        """One of the seven types of the triangle of conflict, or None."""
        return link_type(self.conflict, CONFLICT)

    @property
    def person_edges(self) -> tuple[Edge, ...]:
        """Sides of the triangle of person that it joins."""
        return edges(self.person) if self.linked else ()

    @property
    def conflict_edges(self) -> tuple[Edge, ...]:
        """Sides of the triangle of conflict that it joins."""
        return edges(self.conflict)


@dataclass(frozen=True, slots=True)
class TriangleCounts:
    """How often each corner and side was named, of `n` interpretations."""

    n: int
    person: dict[str, int]
    conflict: dict[str, int]
    person_edges: dict[Edge, int]
    conflict_edges: dict[Edge, int]
    person_types: dict[str, int]
    conflict_types: dict[str, int]
    transference_share: float | None
    link_share: float | None
    therapist_past_rate: float | None
    evenness: float | None
    per_1000_words: float | None


def corners(value: object, allowed: Sequence[str]) -> tuple[str, ...]:
    """The known corners in an attribute, each once, in the order of the triangle."""
    given = (value,) if isinstance(value, str) else value if isinstance(value, (list, tuple)) else ()
    return tuple(corner for corner in allowed if corner in given)


def link_type(named: Iterable[str], triangle: Sequence[str]) -> str | None:
    """The name of a subset of corners: ``therapist_past``, ``defense_anxiety_feeling`` ...

    `self` takes no part in a type. None where no corner of the triangle is named.
    """
    found = set(named)
    kept = [corner for corner in triangle if corner in found]
    # The order of the published names: current stands before past, therapist first of all.
    return "_".join(kept) or None


def edges(named: Sequence[str]) -> tuple[Edge, ...]:
    """The sides between named corners; `self` is a corner without sides."""
    return tuple(combinations([corner for corner in named if corner != "self"], 2))


def interpretation_of(mark: Mark) -> Interpretation | None:
    """The interpretation in a mark; None for any other act or construct.

    Several persons are joined unless the mark says `link: false`.
    """
    if mark.construct != "intervention" or not mark.code.startswith("interpretation_"):
        return None
    return Interpretation(
        mark=mark,
        person=corners(mark.attributes.get("person"), PERSON),
        conflict=corners(mark.attributes.get("conflict"), CONFLICT),
        linked=mark.attributes.get("link") is not False,
    )


def count(interpretations: Sequence[Interpretation], *, therapist_words: int | None = None) -> TriangleCounts:
    """Counts over interpretations.

    Parameters
    ----------
    interpretations
        Of one hour or many.
    therapist_words
        Words the therapist said in the same hours, for the rate; None where not known.

    Notes
    -----
    1. Corners stand in the same intervention; a person link is a stated likeness.
    2. `evenness` is Shannon's entropy over the seven person types divided by log 7: 0 where all
       are of one type, 1 where all types are equally frequent.

    A count of what was said, no rating of technique.

    References
    ----------
    Malan (1979), Individual Psychotherapy and the Science of Psychodynamics
    """
    n = len(interpretations)
    person_types = Counter(t for i in interpretations if (t := i.person_type))
    conflict_types = Counter(t for i in interpretations if (t := i.conflict_type))
    person_edges = Counter(e for i in interpretations for e in i.person_edges)
    conflict_edges = Counter(e for i in interpretations for e in i.conflict_edges)
    person = Counter(c for i in interpretations for c in i.person)
    conflict = Counter(c for i in interpretations for c in i.conflict)
    typed = sum(person_types.values())
    entropy = -sum(m / typed * math.log(m / typed) for m in person_types.values()) if typed else 0.0
    return TriangleCounts(
        n=n,
        person={c: person[c] for c in PERSON},
        conflict={c: conflict[c] for c in CONFLICT},
        person_edges={e: person_edges[e] for e in edges(PERSON)},
        conflict_edges={e: conflict_edges[e] for e in edges(CONFLICT)},
        person_types={t: person_types[t] for t in _types(PERSON)},
        conflict_types={t: conflict_types[t] for t in _types(CONFLICT)},
        transference_share=person["therapist"] / n if n else None,
        link_share=sum(bool(i.person_edges) for i in interpretations) / n if n else None,
        therapist_past_rate=person_edges[("therapist", "past")] / n if n else None,
        evenness=abs(entropy) / math.log(7) if typed else None,
        per_1000_words=1000 * n / therapist_words if therapist_words else None,
    )


def _types(triangle: Sequence[str]) -> list[str]:
    return ["_".join(subset) for size in (1, 2, 3) for subset in combinations(triangle, size)]


def interpretive_acts(marks: Iterable[Mark]) -> tuple[int, int]:
    """How many acts are interpretive, and how many are interpretive or supportive; others are neither."""
    kind = {c.code: c.facts.get("class") for c in codes_for("intervention").values()}
    classes = Counter(kind.get(m.code) for m in marks if m.construct == "intervention")
    return classes["interpretive"], classes["interpretive"] + classes["supportive"]


def interpretive_share(marks: Iterable[Mark]) -> float | None:
    """Interpretive acts among interpretive and supportive ones; None where there is neither."""
    interpretive, both = interpretive_acts(marks)
    return interpretive / both if both else None


def turns_after(transcript: Transcript, mark: Mark, *, n: int = RESPONSE_TURNS) -> tuple[Turn, ...]:
    """The turns that follow an intervention, to be read beside it; for a notebook, no page shows them."""
    last = transcript.turn_at(max(mark.span.start, mark.span.end - 1))
    return transcript.turns[last + 1 : last + 1 + n]


def response_to(mark: Mark, marks: Iterable[Mark], *, within: int = RESPONSE_TURNS) -> Mark | None:
    """The marked response of the client to an intervention, sought in the next turns.

    A response that names the intervention in its attribute `to` is taken; else the first
    one within `within` turns that names none.
    """
    later = [m for m in marks if m.construct == "client_response"]
    for response in later:
        if mark.id and response.attributes.get("to") == mark.id:
            return response
    near = [
        m
        for m in later
        if not m.attributes.get("to") and 0 <= m.turn - mark.turn <= within and m.span.start >= mark.span.end
    ]
    return min(near, key=lambda m: m.span, default=None)
