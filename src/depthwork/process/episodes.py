"""Relationship episodes and their parts: wish, response of the other, response of the self (CCRT).

When not to use it: Not on cues, which nobody confirmed, nor as a rate where episodes were picked by hand:
shares speak only of hours read whole. Not to say that told things happened so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Literal, NamedTuple

from depthwork.coding.marks import Mark, Span
from depthwork.coding.shelf import codes_for

Part = Literal["wish", "response_of_other", "response_of_self"]
Polarity = Literal["positive", "negative", "mixed"]
PARTS: tuple[Part, ...] = ("wish", "response_of_other", "response_of_self")
_POLARITIES: Mapping[object, Polarity] = {
    "positive": "positive",
    "negative": "negative",
    "mixed": "mixed",
}
SPHERES = ("past", "current", "therapist", "self")
LEAST_FOR_REPORT = 3
LEAST_FOR_PERVASIVENESS = 10
LEAST_COMPLETENESS = 2.5


class Component(NamedTuple):
    """One part of an episode; every mark of the same code in it, since it counts once.

    `key` is construct and code, by which components are compared. A tuple, since a long
    treatment makes thousands on each view.
    """

    part: Part
    code: str
    polarity: Polarity | None
    intensity: float | None
    expected: bool
    marks: tuple[Mark, ...]
    key: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Episode:
    """A told interaction with one main other, and the parts inside its span (`keys`: which ones)."""

    mark: Mark
    figure: str
    sphere: str | None
    completeness: float | None
    components: tuple[Component, ...]
    keys: frozenset[tuple[str, str]]

    @property
    def complete_enough(self) -> bool:
        """Whether it is told fully enough to count; where nobody rated that, it counts."""
        return self.completeness is None or self.completeness >= LEAST_COMPLETENESS


@dataclass(frozen=True, slots=True)
class Told:
    """The episodes of an hour, and parts that stand in none."""

    episodes: tuple[Episode, ...]
    unplaced: tuple[Mark, ...]


@lru_cache(maxsize=1)
def _default_polarity() -> dict[tuple[str, str], Polarity]:
    found: dict[tuple[str, str], Polarity] = {}
    for part in PARTS:
        for code in codes_for(part).values():
            polarity = code.facts.get("polarity")
            if polarity in ("positive", "negative"):
                found[part, code.code] = polarity
    return found


def polarity_of(mark: Mark) -> Polarity | None:
    """The polarity of a component: its own, else the default of its code; a wish carries none."""
    if mark.construct == "wish":
        return None
    own = _POLARITIES.get(mark.attributes.get("polarity", ""))
    if own is not None:
        return own
    return _default_polarity().get((mark.construct, mark.code))


def figure_of(mark: Mark) -> str:
    """The person of an episode or mention: the label given, else the kind of figure."""
    label = mark.attributes.get("figure") or mark.attributes.get("label")
    return str(label).strip() if label else mark.code.replace("_", " ")


def sphere_of(mark: Mark) -> str | None:
    """past, current, therapist or self; from the mark, else from a kind that has only one."""
    sphere = mark.attributes.get("sphere")
    if sphere in SPHERES:
        return str(sphere)
    return {"this_therapist": "therapist", "own_self": "self"}.get(mark.code)


def episodes_of(marks: Iterable[Mark]) -> Told:
    """Episodes with their components, in the order of the text.

    A component belongs to the smallest episode whose span contains it (of two equal ones to
    the first by id). Several marks of one code in one episode are one component.

    Parameters
    ----------
    marks
        Codes of one hour; other constructs are passed over.
    """
    frames: list[Mark] = []
    parts: list[Mark] = []
    for mark in marks:
        if mark.construct == "episode":
            frames.append(mark)
        elif mark.construct in PARTS:
            parts.append(mark)
    frames.sort(key=lambda m: (m.span.start, -m.span.end, m.id))
    homes: dict[int, dict[tuple[str, str], list[Mark]]] = {at: {} for at in range(len(frames))}
    spans = [(frame.span.start, frame.span.end) for frame in frames]
    unplaced: list[Mark] = []
    for mark in sorted(parts, key=_IN_TEXT):
        home = _smallest(spans, mark.span)
        if home is None:
            unplaced.append(mark)
        else:
            homes[home].setdefault((mark.construct, mark.code), []).append(mark)
    episodes = [
        Episode(
            mark=frame,
            figure=figure_of(frame),
            sphere=sphere_of(frame),
            completeness=_completeness(frame),
            components=tuple([_component(key, marks) for key, marks in homes[at].items()]),
            keys=frozenset(homes[at]),
        )
        for at, frame in enumerate(frames)
    ]
    return Told(tuple(episodes), tuple(unplaced))


_IN_TEXT = attrgetter("span.start", "span.end", "id")


def _smallest(frames: Sequence[tuple[int, int]], span: Span) -> int | None:
    best, least, start, end = None, 0, span.start, span.end
    for at, (begin, until) in enumerate(frames):
        if begin > start:
            break
        if until >= end and (best is None or until - begin < least):
            best, least = at, until - begin
    return best


def _completeness(mark: Mark) -> float | None:
    value = mark.attributes.get("completeness")
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _component(key: tuple[str, str], marks: Sequence[Mark]) -> Component:
    part: Part = key[0]  # type: ignore[assignment]
    if len(marks) == 1:  # nearly always
        only = marks[0]
        polarity, expected = None, False
        if only.attributes:
            polarity, expected = polarity_of(only), only.attributes.get("expected") is True
        elif part != "wish":
            polarity = _default_polarity().get(key)
        return Component(part, key[1], polarity, only.intensity, expected, (only,), key)
    polarities = {p for m in marks if (p := polarity_of(m)) is not None}
    intensities = [m.intensity for m in marks if m.intensity is not None]
    return Component(
        part=part,
        code=key[1],
        polarity=polarities.pop() if len(polarities) == 1 else "mixed" if polarities else None,
        intensity=sum(intensities) / len(intensities) if intensities else None,
        expected=all(m.attributes.get("expected") is True for m in marks),
        marks=tuple(marks),
        key=key,
    )


def pervasiveness(holds: Sequence[Collection[str]]) -> dict[str, float]:
    """Share of episodes that hold each component.

    Parameters
    ----------
    holds
        One collection of component ids an episode; a repeated id counts once.

    Returns
    -------
    dict
        Fraction 0..1 by component, in order of first appearance. Empty without episodes.

    Notes
    -----
    1. Episodes are a fair sample of what the client tells.
    2. A component is coded wherever it is there.

    ``p(x) = episodes with x / episodes``. Ten episodes are the customary least.

    References
    ----------
    Luborsky & Crits-Christoph (1998), Understanding Transference, 2nd ed.
    """
    counts: dict[str, int] = {}
    for episode in holds:
        for x in dict.fromkeys(episode):
            counts[x] = counts.get(x, 0) + 1
    return {x: n / len(holds) for x, n in counts.items()}


@dataclass(frozen=True, slots=True)
class Polarities:
    """How the components of one part went over all episodes."""

    positive: int
    negative: int
    mixed: int
    episodes_with_negative: int

    @property
    def negative_share(self) -> float | None:
        """``negative / (negative + positive)``; None where there is neither. Mixed ones stand apart."""
        both = self.positive + self.negative
        return self.negative / both if both else None


def polarities(episodes: Sequence[Mapping[str, Polarity | None]]) -> Polarities:
    """Polarities of one part, each component once an episode.

    Parameters
    ----------
    episodes
        For each episode the polarity of each of its components of that part.
    """
    given = [p for episode in episodes for p in episode.values()]
    return Polarities(
        positive=given.count("positive"),
        negative=given.count("negative"),
        mixed=given.count("mixed"),
        episodes_with_negative=sum("negative" in episode.values() for episode in episodes),
    )


def most_pervasive(
    holds: Sequence[Collection[str]], *, intensity: Mapping[str, float] | None = None
) -> str | None:
    """The component in most episodes; ties go to the higher mean intensity, then to the earlier."""
    shares = pervasiveness(holds)
    strength = intensity or {}
    return max(shares, key=lambda x: (shares[x], strength.get(x, 0.0)), default=None)
