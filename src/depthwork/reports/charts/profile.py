"""The profile of an hour on one axis: two word measures, the patterns of the cycle, silences, who speaks.

Counted from word lists, not from meaning: described, never judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop, ngettext

from . import svg
from .chart import Chart
from .scales import Scale, nice_ticks, say
from .words import count, opened

CyclePattern = Literal["relaxing", "reflecting", "experiencing", "connecting"]
# Height and shade both say which.
_PATTERNS: dict[str, tuple[float, str]] = {
    gettext_noop("relaxing"): (4.0, "share-1"),
    gettext_noop("reflecting"): (9.0, "share-2"),
    gettext_noop("experiencing"): (13.0, "share-3"),
    gettext_noop("connecting"): (17.0, "share-4"),
}


@dataclass(frozen=True, slots=True)
class ProfileBlock:
    """A stretch of the hour on the profile's axis. Measures are against this hour's mean, in its standard
    deviations; None with nothing to count. `therapist_share` is the part of the words that is the
    therapist's (0..1)."""

    start: float
    end: float
    emotion: float | None = None
    abstraction: float | None = None
    pattern: CyclePattern | None = None
    therapist_share: float | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class HourProfile:
    """One hour; minutes where the source has times, else turns. `shown` is the part printed on the page.
    `therapist_words` is the therapist's part of all words (0..1): blocks are of unequal length, and the
    mean of their shares is another number."""

    key: str
    title: str
    blocks: tuple[ProfileBlock, ...]
    axis: Literal["min", "turn"] = "min"
    silences: tuple[Silence, ...] = ()
    shown: tuple[float, float] | None = None
    sentence: str = ""
    note: str = ""
    therapist_words: float | None = None


def profile_chart(profile: HourProfile) -> Chart:
    """Draw the profile of an hour.

    Raises
    ------
    ValueError
        If there is no block, or a block ends before it begins.

    Notes
    -----
    1. Blocks follow one another; the two measures share one scale because both are in standard deviations
       of this hour.
    2. Emotion tone is the solid line with points, abstraction the broken one.

    References
    ----------
    Mergenthaler (1996), doi:10.1037/0022-006X.64.6.1306
    """
    if not profile.blocks or any(b.end < b.start for b in profile.blocks):
        raise ValueError("a profile needs blocks, each ending after it begins")
    sentence = profile.sentence or _sentence(profile)
    drawn = []
    for suffix, width, left, right in (("w", 880.0, 112.0, 772.0), ("n", 350.0, 4.0, 346.0)):
        body, height = _draw(profile, width, left, right)
        drawn.append(
            svg.drawing(
                key=f"{profile.key}-{suffix}",
                width=width,
                height=height,
                title=profile.title,
                desc=sentence,
                body=body,
            )
        )
    unit = _("Minutes") if profile.axis == "min" else _("Turns")
    values = tuple(
        (
            _("%(low)s to %(high)s") % {"low": say(b.start), "high": say(b.end)},
            say(b.emotion, 2),
            say(b.abstraction, 2),
            _(b.pattern) if b.pattern else None,
            f"{say(100 * b.therapist_share)} %" if b.therapist_share is not None else None,
            _quiet(profile, b),
        )
        for b in profile.blocks
    )
    names = (unit, _("Emotion tone"), _("Abstraction"), _("Pattern"), _("Therapist’s words"), _("Silence"))
    # What this hour is too short for, or has no times for, has no column: "none" would read as a finding.
    kept = [n for n in range(len(names)) if n == 0 or any(row[n] for row in values)]
    columns = tuple(names[n] for n in kept)
    rows = tuple(tuple(row[n] for n in kept) for row in values)
    return Chart(drawn[0], drawn[1], profile.title, sentence, columns, rows, profile.note)


def _quiet(profile: HourProfile, block: ProfileBlock) -> str:
    seconds = sum(s.seconds for s in profile.silences if block.start <= s.at < block.end)
    return f"{say(seconds)} s" if seconds else ""


def _draw(profile: HourProfile, width: float, left: float, right: float) -> tuple[list[str], float]:
    narrow = width < 500
    first, last = profile.blocks[0].start, profile.blocks[-1].end
    x = Scale(first, last, left, right)
    lead = 20.0 if narrow else 0.0
    top, bottom = 26.0 + lead, 160.0 + lead
    body: list[str] = []
    values = [v for b in profile.blocks for v in (b.emotion, b.abstraction) if v is not None]
    foot = _words(profile, x, values, (left, right, top, bottom), body, narrow=narrow) if values else 4.0
    foot = _patterns(profile, x, foot + (16 if narrow else 0), left, body, narrow=narrow)
    foot = _silences(profile, x, foot + (18 if narrow else 0), left, right, body, narrow=narrow)
    foot = _speakers(profile, x, foot + (18 if narrow else 0), right, body, narrow=narrow)
    end = (_("%(n)s min") if profile.axis == "min" else _("%(n)s turns")) % {"n": say(last)}
    free = right - svg.width_of(end) - 12  # a number beside the end's own would read as one with it
    ticks = [t for t in nice_ticks(first, last, about=4 if narrow else 6) if x(t) < free]
    for tick in ticks:
        body.append(svg.text(x(tick), foot + 18, say(tick) or "", "" if tick == first else "mid"))
    body.append(svg.text(right, foot + 18, end, "end"))
    return body, foot + 26


def _words(
    profile: HourProfile,
    x: Scale,
    values: list[float],
    edges: tuple[float, float, float, float],
    body: list[str],
    *,
    narrow: bool,
) -> float:
    """Emotion tone and abstraction; where the lane ends."""
    left, right, top, bottom = edges
    first, last = profile.blocks[0].start, profile.blocks[-1].end
    reach = max(abs(v) for v in values) or 1.0
    y = Scale(-reach, reach, bottom - 6, top + 4)
    if profile.shown:
        a, b = (min(max(v, first), last) for v in profile.shown)
        body.append(svg.rect(x(a), top - 4, x(b) - x(a), bottom - top + 4, "band"))
        body.append(svg.text(x(a) + 4, top - 10, _("printed above")))
    body.append(svg.text(0, 14 if narrow else 56, _("Words"), "name"))
    if narrow:
        body.append(svg.text(52, 14, _("above and below this hour’s mean")))
    else:
        body += [svg.text(0, 74, _("above and below")), svg.text(0, 89, _("this hour’s mean"))]
    body.append(svg.line(left, y(0), right, y(0), "hair"))
    ends = [
        _series(profile, "abstraction", "two", x, y, body),
        _series(profile, "emotion", "one", x, y, body),
    ]
    labels = [
        (end, words)
        for end, words in zip(ends, (_("abstraction"), _("emotion tone")), strict=True)
        if end is not None
    ]
    if narrow:
        body.append(svg.text(left, bottom + 12, _("solid: emotion tone; broken: abstraction")))
    else:
        free = -1e9
        for at, words in sorted(labels):
            free = max(at + 4, free + 16)
            body.append(svg.text(right + 10, free, words, "strong"))
    return bottom + (30 if narrow else 18)


def _series(
    profile: HourProfile, which: str, names: str, x: Scale, y: Scale, body: list[str]
) -> float | None:
    run: list[svg.Point] = []
    end = None
    for block in profile.blocks:
        value = getattr(block, which)
        if value is None:
            body.append(svg.polyline(run, names))
            run = []
            continue
        run.append((x((block.start + block.end) / 2), y(value)))
        end = run[-1][1]
        if names == "one":
            body.append(svg.circle(*run[-1], 2.4, "dot"))
    body.append(svg.polyline(run, names))
    return end


def _patterns(
    profile: HourProfile, x: Scale, top: float, left: float, body: list[str], *, narrow: bool
) -> float:
    if not any(b.pattern for b in profile.blocks):
        return top
    base = top + 17
    body.append(svg.text(0, top - 4 if narrow else top + 14, _("Patterns"), "name"))
    if narrow:
        top, base = top + 6, base + 6
    runs: list[tuple[str, float, float]] = []
    for block in profile.blocks:
        if block.pattern is None:
            continue
        height, names = _PATTERNS[block.pattern]
        body.append(
            svg.rect(x(block.start), base - height, x(block.end) - x(block.start) - 0.6, height, names)
        )
        if runs and runs[-1][0] == block.pattern and runs[-1][2] == block.start:
            runs[-1] = (block.pattern, runs[-1][1], block.end)
        else:
            runs.append((block.pattern, block.start, block.end))
    free = [-1e9, -1e9]
    # The longest stretches are named first; what finds no room is told apart by height and shade,
    # and in the table.
    for pattern, a, b in sorted(runs, key=lambda r: (r[1] - r[2], r[1]))[: 4 if narrow else 8]:
        name = _(pattern)
        runs_at = (x(a) + x(b)) / 2
        half = svg.width_of(name) / 2
        runs_at = max(runs_at, left + half)
        body_level = next(
            (i for i in (0, 1) if all(abs(runs_at - o) > half + 40 for o in _named(free, i))), None
        )
        if body_level is None:
            continue
        free.append(runs_at + body_level * 1e6)
        body.append(svg.text(runs_at, base + 17 + 15 * body_level, name, "mid"))
    return base + 46


def _named(free: list[float], level: int) -> list[float]:
    return [v - level * 1e6 for v in free if v > 0 and int(v // 1e6) == level]


def _silences(
    profile: HourProfile, x: Scale, top: float, left: float, right: float, body: list[str], *, narrow: bool
) -> float:
    if not profile.silences:
        return top
    base = top + 26
    longest = max(s.seconds for s in profile.silences)
    body.append(svg.text(0, top - 2 if narrow else base + 4, _("Silence"), "name"))
    body.append(svg.line(left, base, right, base, "hair"))
    for silence in profile.silences:
        height = 4 + 20 * silence.seconds / longest
        body.append(svg.line(x(silence.at), base - height, x(silence.at), base, "tick"))
    words = _("longest, %(n)s s") % {"n": say(longest)}
    body.append(
        svg.text(right, top - 2, words, "end") if narrow else svg.text(right + 10, base + 4, words, "strong")
    )
    return base + 22


def _speakers(
    profile: HourProfile, x: Scale, top: float, right: float, body: list[str], *, narrow: bool
) -> float:
    shares = [(b, b.therapist_share) for b in profile.blocks if b.therapist_share is not None]
    if not shares:
        return top
    body.append(svg.text(0, top - 4 if narrow else top + 17, _("Who speaks"), "name"))
    if narrow:
        top += 4
    for block, share in shares:
        a, width = x(block.start), x(block.end) - x(block.start) - 0.6
        body.append(svg.rect(a, top, width, 24 * share, "dot"))
        body.append(svg.rect(a, top + 24 * share, width, 24 * (1 - share), "share-0"))
    mean = sum(s * (b.end - b.start) for b, s in shares) / (sum(b.end - b.start for b, _ in shares) or 1)
    if profile.therapist_words is not None:
        mean = profile.therapist_words
    words = _("dark: therapist, %(n)s %%") % {"n": say(100 * mean)}
    if narrow:
        body.append(svg.text(right, top - 8, words, "end"))
    else:
        body += [
            svg.text(right + 10, top + 9, _("therapist, %(n)s %%") % {"n": say(100 * mean)}, "strong"),
            svg.text(right + 10, top + 24, _("client, the rest")),
        ]
    return top + 24


def _sentence(profile: HourProfile) -> str:
    cycles = [b for b in profile.blocks if b.pattern == "connecting"]
    n, together = len(profile.blocks), len(cycles)
    words = _("%(blocks)s of this hour.") % {
        "blocks": opened(count(n, ngettext("one block", "%(n)s blocks", n)))
    }
    if any(b.pattern for b in profile.blocks):
        words += " " + _("Emotion tone and abstraction are high together in %(blocks)s.") % {
            "blocks": count(together, ngettext("one block", "%(n)s blocks", together))
        }
    if profile.silences:
        quiet = len(profile.silences)
        words += " " + _("%(silences)s, the longest %(seconds)s seconds.") % {
            "silences": opened(count(quiet, ngettext("one silence", "%(n)s silences", quiet))),
            "seconds": say(max(s.seconds for s in profile.silences)),
        }
    return words
