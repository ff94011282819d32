"""What is hard to say: marked moments, the frame, and turns away from a subject. Each apart, never a sum.

When not to use it: Not as a sum, and never as a reproach: lateness, silence and a change of subject have many
reasons, and most lie outside the hour.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from depthwork.coding.marks import Mark
from depthwork.coding.shelf import codes_for
from depthwork.wording import gettext as _

Attendance = Literal["held", "cancelled_early", "cancelled_late", "no_show"]
LEAST_POINTS = 6


@dataclass(frozen=True, slots=True)
class Moment:
    """A marked moment with the name of its code; it is listed, never added to others."""

    mark: Mark
    name: str


@dataclass(frozen=True, slots=True)
class Lateness:
    """Minutes late, smoothed over the hours; `above` marks hours over the client's own limit."""

    minutes: tuple[float, ...]
    smoothed: tuple[float, ...]
    limit: tuple[float, ...]
    above: tuple[int, ...]
    withheld: str | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """Hours missed among the last ones, by notice given."""

    of: int
    missed: int
    by_notice: Mapping[str, int]
    worth_a_look: bool


@dataclass(frozen=True, slots=True)
class Shift:
    """A place where the words turn to something else; `gap` is the sentence that begins the new run."""

    gap: int
    similarity: float
    depth: float


def moments(marks: Iterable[Mark]) -> tuple[Moment, ...]:
    """The moments a clinician marked as hard to say, in the order of the text."""
    names = codes_for("resistance")
    found = sorted((m for m in marks if m.construct == "resistance"), key=lambda m: (m.span, m.id))
    return tuple(
        Moment(m, names[m.code].name if m.code in names else m.code.replace("_", " ")) for m in found
    )


def lateness(minutes: Sequence[float], *, weight: float = 0.3, width: float = 2.0) -> Lateness:
    """Lateness as an exponentially weighted mean with its limit.

    Parameters
    ----------
    minutes
        Minutes after the agreed beginning, hour by hour; coming early counts as 0.
    weight
        Weight of the newest hour, above 0 and at most 1.
    width
        Limit in standard errors of the weighted mean.

    Notes
    -----
    1. The client is the own yardstick: mean and SD are taken over the hours given.
    2. Hours are independent.

    ``z_t = w x_t + (1 - w) z_(t-1)``; limit ``mean + width * sd * sqrt(w / (2 - w) * (1 - (1 - w)^(2t)))``

    An hour above the limit is something to be curious about, and nothing more. Withheld below
    six hours, or where lateness never varied.

    References
    ----------
    Roberts (1959), doi:10.1080/00401706.1959.10489860
    """
    if not 0 < weight <= 1:
        raise ValueError("the weight should be above 0 and at most 1")
    if any(not math.isfinite(x) for x in minutes):
        raise ValueError("minutes should be numbers; leave missed hours out")
    late = tuple(max(0.0, float(x)) for x in minutes)
    if len(late) < LEAST_POINTS:
        return Lateness(late, (), (), (), _("fewer than %(least)s hours") % {"least": LEAST_POINTS})
    mean = sum(late) / len(late)
    sd = math.sqrt(sum((x - mean) ** 2 for x in late) / (len(late) - 1))
    if sd == 0:
        return Lateness(late, (), (), (), _("the time of arrival never varied"))
    smoothed: list[float] = []
    limit: list[float] = []
    z = mean
    for t, x in enumerate(late, start=1):
        z = weight * x + (1 - weight) * z
        smoothed.append(z)
        limit.append(mean + width * sd * math.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * t))))
    above = tuple(i for i, (a, b) in enumerate(zip(smoothed, limit, strict=True)) if a > b)
    return Lateness(late, tuple(smoothed), tuple(limit), above)


def missed(hours: Sequence[Attendance], *, window: int = 8, from_: int = 2) -> Missed:
    """Missed hours among the last `window`, with the notice given (more than a day, less, none)."""
    last = list(hours)[-window:]
    notice: Counter[str] = Counter(hour for hour in last if hour != "held")
    total = sum(notice.values())
    return Missed(len(last), total, dict(notice), total >= from_)


def topic_shifts(sentences: Sequence[Sequence[str]], *, k: int = 10) -> tuple[Shift, ...]:
    """Places where the vocabulary turns, by TextTiling.

    For a notebook, and for long telling; no page shows it. In talk, whose sentences are short, about one gap in
    six passes the threshold, and so many places are none.

    Parameters
    ----------
    sentences
        Tokens of each sentence, in order; function words are best left out beforehand.
    k
        Sentences compared on each side of a gap.

    Returns
    -------
    tuple of Shift
        Gaps whose depth exceeds ``mean - sd / 2`` and that are a local low; empty below 2 k sentences.

    Notes
    -----
    1. A subject has its own words. Where one is told in many ways, nothing is found.
    2. Depth is ``(left peak - s) + (right peak - s)`` with s the cosine of the two sides.

    References
    ----------
    Hearst (1997), Computational Linguistics 23:33
    """
    if k < 1:
        raise ValueError("k should be 1 or more")
    if len(sentences) < 2 * k:
        return ()
    windows = _Windows(sentences[:k], sentences[k : 2 * k])
    gaps = range(k, len(sentences) - k + 1)
    similarity = [windows.cosine()]
    for gap in gaps[1:]:
        windows.slide(out=sentences[gap - 1 - k], across=sentences[gap - 1], into=sentences[gap + k - 1])
        similarity.append(windows.cosine())
    left, right = _peaks(similarity), _peaks(similarity[::-1])[::-1]
    depth = [(a - s) + (b - s) for a, b, s in zip(left, right, similarity, strict=True)]
    mean = sum(depth) / len(depth)
    sd = math.sqrt(sum((d - mean) ** 2 for d in depth) / len(depth))
    return tuple(
        Shift(gap, similarity[at], depth[at])
        for at, gap in enumerate(gaps)
        if depth[at] > 0 and depth[at] > mean - sd / 2 and _is_low(similarity, at)
    )


class _Windows:
    """Word counts left and right of a gap, with their product and lengths kept up as the gap moves."""

    def __init__(self, left: Iterable[Sequence[str]], right: Iterable[Sequence[str]]) -> None:
        self.counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self.squares = [0, 0]
        self.product = 0
        for side, sentences in enumerate((left, right)):
            for sentence in sentences:
                self._add(side, sentence, 1)

    def _add(self, side: int, sentence: Sequence[str], by: int) -> None:
        own, other = self.counts[side], self.counts[1 - side]
        for word in sentence:
            n = own[word]
            self.squares[side] += (n + by) ** 2 - n**2
            self.product += by * other[word]
            own[word] = n + by

    def slide(self, *, out: Sequence[str], across: Sequence[str], into: Sequence[str]) -> None:
        self._add(0, out, -1)
        self._add(1, across, -1)
        self._add(0, across, 1)
        self._add(1, into, 1)

    def cosine(self) -> float:
        norm = math.sqrt(self.squares[0] * self.squares[1])
        return self.product / norm if norm else 0.0


def _peaks(similarity: Sequence[float]) -> list[float]:
    """For each gap the height reached by climbing back from it as long as the way does not fall."""
    peaks: list[float] = []
    for at, here in enumerate(similarity):
        peaks.append(peaks[-1] if at and similarity[at - 1] >= here else here)
    return peaks


def _is_low(similarity: Sequence[float], at: int) -> bool:
    before = similarity[at - 1] if at else math.inf
    after = similarity[at + 1] if at + 1 < len(similarity) else math.inf
    return similarity[at] < before and similarity[at] <= after


def shifts_after(
    shifts: Iterable[tuple[int, str]], interpretations: Iterable[int], *, within: int = 2
) -> tuple[int, ...]:
    """Turns in which the client turns to something else soon after an interpretation.

    For a notebook, as `topic_shifts`: where most turns begin a subject, following one says nothing.

    Parameters
    ----------
    shifts
        Turn and speaker that begin each new subject.
    interpretations
        Turns that hold an interpretation.
    """
    spoken = set(interpretations)
    return tuple(
        turn
        for turn, speaker in shifts
        if speaker == "C" and any(turn - back in spoken for back in range(1, within + 1))
    )
