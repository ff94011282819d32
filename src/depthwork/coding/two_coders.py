"""Two coders over the same hours: first whether they marked the same places, then the same codes.

When not to use it: Not for two files of different texts, nor for cues that one of the two accepted: those are
never pooled with codes made unaided. Few places give no kappa.

Source: F1 over matched places is a rule of this project; the coefficients are those of agreement.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from depthwork.coding.agreement import Agreement, Floats, alpha, kappa, percent
from depthwork.coding.marks import Mark, Span
from depthwork.coding.marks_file import MarksFile
from depthwork.coding.ratings import Ratings, ratings
from depthwork.coding.shelf import codes_for
from depthwork.wording import gettext as _

Basis = Literal["unaided", "accepted"]
SAME_PLACE = 0.5  # intersection over union from which two spans are one place
DRAWS = 2000


class PairError(ValueError):
    """Two files that cannot be compared. The message says what, where, and the mend."""


@dataclass(frozen=True, slots=True)
class HourPair:
    """One hour as two coders marked it, named for messages."""

    name: str
    a: MarksFile
    b: MarksFile

    @property
    def blind(self) -> bool:
        """Both read the whole hour and neither knew the case."""
        readings = (self.a.reading, self.b.reading)
        return all(r is not None and r.is_whole and r.blind for r in readings)


@dataclass(frozen=True, slots=True)
class ConstructAgreement:
    """Agreement on one construct over all hours compared; None has its reason in `reasons`."""

    units: int
    marks: tuple[int, int]
    percent: float | None
    kappa: float | None
    kappa_ci: tuple[float, float] | None
    alpha: float | None
    span_f1: float | None
    span_f1_ci: tuple[float, float] | None
    coarser: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    ratings: Mapping[str, Ratings] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All constructs of two coders, and what was left out so that unlike codes are not pooled."""

    constructs: Mapping[str, ConstructAgreement]
    hours: int
    blind: bool
    notes: tuple[str, ...]


def match(a: Sequence[Span], b: Sequence[Span], *, least: float = SAME_PLACE) -> list[tuple[int, int]]:
    """Pairs of spans that are one place, as many as possible, each span in one pair at most.

    Parameters
    ----------
    a, b
        Spans of two coders, in any order; nested and overlapping ones are allowed.
    least
        Intersection over union from which two spans are one place.

    Returns
    -------
    list of (index in a, index in b)
        A largest set of pairs; closer ones are tried first.
    """
    order = sorted(range(len(b)), key=lambda j: (b[j].start, b[j].end))
    starts = [b[j].start for j in order]
    longest = max((span.end - span.start for span in b), default=0)
    near: list[list[int]] = []
    for span in a:
        first = int(np.searchsorted(starts, span.start - longest))
        last = int(np.searchsorted(starts, span.end))
        found = [(span.iou(b[j]), j) for j in order[first:last]]
        near.append([j for iou, j in sorted(found, key=lambda f: (-f[0], f[1])) if iou >= least and iou > 0])
    held: dict[int, int] = {}  # place in a -> place in b
    holder: dict[int, int] = {}  # place in b -> place in a
    for i in range(len(a)):
        _augment(i, near, held, holder)
    return sorted(held.items())


def _augment(first: int, near: list[list[int]], held: dict[int, int], holder: dict[int, int]) -> None:
    """Give `first` a partner, moving others along where that frees one (a breadth-first search)."""
    came_from: dict[int, int] = {}
    waiting = deque([first])
    while waiting:
        i = waiting.popleft()
        for j in near[i]:
            if j in came_from:
                continue
            came_from[j] = i
            if j in holder:
                waiting.append(holder[j])
                continue
            while True:
                i = came_from[j]
                freed = held.get(i)
                held[i], holder[j] = j, i
                if i == first or freed is None:
                    return
                j = freed


def span_f1(a: Sequence[Span], b: Sequence[Span], *, least: float = SAME_PLACE) -> Agreement:
    """Harmonic mean of precision and recall of places, the same whichever coder comes first.

    ``2 m / (n_a + n_b)`` with m matched pairs. None where neither marked anything.
    """
    if not a and not b:
        return Agreement(None, 0, _("neither coder marked anything"))
    matched = len(match(a, b, least=least))
    return Agreement(2 * matched / (len(a) + len(b)), matched)


def compare(
    hours: Sequence[HourPair], *, basis: Basis = "unaided", seed: int = 0, draws: int = DRAWS
) -> Comparison:
    """Agreement of two coders, construct by construct.

    Parameters
    ----------
    hours
        The same hours in both codings.
    basis
        ``unaided``: codes that a person made without a cue. ``accepted``: cues that a person
        accepted or edited. The two are never pooled, nor are cues ever counted.
    seed
        Of the bootstrap over hours; the same seed gives the same interval.
    draws
        Bootstrap samples.

    Raises
    ------
    PairError
        If two files of one hour were made on different texts.

    Notes
    -----
    1. Hours are the units of sampling; marks within an hour depend on one another.
    2. Where some hours were read whole and blind by both, only these count.
    3. Kappa speaks of the places that both marked; read it beside the span F1.
    """
    for pair in hours:
        if pair.a.text_sha256 and pair.b.text_sha256 and pair.a.text_sha256 != pair.b.text_sha256:
            raise PairError(
                _("%(name)s: the two files were made on different texts; code the same text")
                % {"name": pair.name}
            )
    notes: list[str] = []
    clean = [pair for pair in hours if pair.blind]
    used = list(hours)
    if clean and len(clean) < len(hours):
        notes.append(
            _("%(n)s hour(s) not read whole and blind by both are left out") % {"n": len(hours) - len(clean)}
        )
        used = clean
    elif hours and not clean:
        notes.append(_("no hour is marked as read whole and blind by both"))
    wanted: Callable[[Mark], bool] = (
        (lambda m: m.is_unaided) if basis == "unaided" else (lambda m: m.is_code and not m.is_unaided)
    )
    codes = [([m for m in p.a.marks if wanted(m)], [m for m in p.b.marks if wanted(m)]) for p in used]
    left = sum(m.is_code and not wanted(m) for p in used for f in (p.a, p.b) for m in f.marks)
    if left:
        other = _("accepted from cues") if basis == "unaided" else _("made unaided")
        notes.append(
            _("%(n)s code(s) %(other)s are left out; the two kinds are never pooled")
            % {"n": left, "other": other}
        )
    constructs = sorted({m.construct for pair in codes for side in pair for m in side})
    rng = np.random.default_rng(seed)
    return Comparison(
        {c: _construct(c, codes, rng, draws) for c in constructs}, len(used), bool(clean), tuple(notes)
    )


_Pairs = list[tuple[Mark, Mark]]


def _construct(
    construct: str,
    hours: Sequence[tuple[Sequence[Mark], Sequence[Mark]]],
    rng: np.random.Generator,
    draws: int,
) -> ConstructAgreement:
    matched: list[_Pairs] = []
    sizes: list[tuple[int, int]] = []
    for of_a, of_b in hours:
        a = [m for m in of_a if m.construct == construct]
        b = [m for m in of_b if m.construct == construct]
        matched.append([(a[i], b[j]) for i, j in match([m.span for m in a], [m.span for m in b])])
        sizes.append((len(a), len(b)))
    pairs = [pair for hour in matched for pair in hour]
    first, second = [m.code for m, _ in pairs], [m.code for _, m in pairs]
    in_a, in_b = sum(a for a, _ in sizes), sum(b for _, b in sizes)
    reasons: dict[str, str] = {}

    def kept(name: str, result: Agreement) -> float | None:
        if result.value is None and result.reason:
            reasons[name] = result.reason
        return result.value

    values = {
        "percent": kept("percent", percent(first, second)),
        "kappa": kept("kappa", kappa(first, second)),
        "alpha": kept("alpha", alpha([first, second])),
    }
    kappa_ci = f1_ci = None
    if len(hours) < 2:
        reasons["kappa_ci"] = _("one hour only; the interval is drawn over hours")
    else:
        # How often each hour is drawn, draw by draw: tables then add up in one product.
        times = rng.multinomial(len(hours), np.full(len(hours), 1 / len(hours)), size=draws).astype(float)
        kappa_ci = _interval(_kappas(times, matched), draws)
        marked = times @ np.array([a + b for a, b in sizes], dtype=float)
        shared = times @ np.array([2 * len(hour) for hour in matched], dtype=float)
        f1_ci = _interval(shared[marked > 0] / marked[marked > 0], draws)
        if kappa_ci is None:
            reasons["kappa_ci"] = _("too many samples of hours gave no kappa")
    return ConstructAgreement(
        units=len(pairs),
        marks=(in_a, in_b),
        percent=values["percent"],
        kappa=values["kappa"],
        kappa_ci=kappa_ci,
        alpha=values["alpha"],
        span_f1=2 * len(pairs) / (in_a + in_b) if in_a + in_b else None,
        span_f1_ci=f1_ci,
        coarser=_coarser(construct, pairs),
        reasons=reasons,
        ratings=ratings(construct, matched),
    )


def _kappas(times: Floats, matched: Sequence[_Pairs]) -> Floats:
    """Kappa of every bootstrap sample that has one; `times` is (draws, hours)."""
    codes = sorted({m.code for hour in matched for pair in hour for m in pair})
    at = {code: i for i, code in enumerate(codes)}
    tables = np.zeros((len(matched), len(codes), len(codes)))
    for hour, pairs in enumerate(matched):
        for m, n in pairs:
            tables[hour, at[m.code], at[n.code]] += 1
    drawn = (times @ tables.reshape(len(matched), -1)).reshape(len(times), len(codes), len(codes))
    total = drawn.sum(axis=(1, 2))
    drawn, total = drawn[total > 0], total[total > 0]
    observed = np.trace(drawn, axis1=1, axis2=2) / total
    expected = (drawn.sum(axis=2) * drawn.sum(axis=1)).sum(axis=1) / total**2
    usable = expected < 1 - 1e-12
    return np.asarray((observed[usable] - expected[usable]) / (1 - expected[usable]), dtype=float)


def _interval(values: Floats, draws: int) -> tuple[float, float] | None:
    if len(values) < 0.9 * draws:
        return None
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _coarser(construct: str, pairs: _Pairs) -> dict[str, dict[str, float | None]]:
    """The same pairs by the wider unit: a defense by its level, a response by its polarity."""
    if construct == "defense":
        level = {c.code: int(c.facts["level"]) for c in codes_for("defense").values() if c.counted}
        both = [(level[m.code], level[n.code]) for m, n in pairs if m.code in level and n.code in level]
        x, y = [a for a, _ in both], [b for _, b in both]
        return {
            "level": {
                "percent": percent(x, y).value,
                "kappa": kappa(x, y).value,
                "weighted_kappa": kappa(x, y, weights="linear", order=range(1, 8)).value,
                "alpha_ordinal": alpha([x, y], level="ordinal").value,
            }
        }
    if construct in ("response_of_other", "response_of_self"):
        default = {c.code: c.facts.get("polarity") for c in codes_for(construct).values()}

        def polarity(mark: Mark) -> str:
            return str(mark.attributes.get("polarity") or default.get(mark.code))

        p, q = [polarity(m) for m, _ in pairs], [polarity(n) for _, n in pairs]
        return {"polarity": {"percent": percent(p, q).value, "kappa": kappa(p, q).value}}
    return {}
