"""The profile of an hour on one axis of words: emotion tone and abstraction, patterns, silence, who speaks."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby

from depthwork.language.withheld import Withheld
from depthwork.patterns.profile import Profile
from depthwork.process.cycles import Block, Cycles
from depthwork.process.silence import Silence
from depthwork.transcripts import THERAPIST

# Height and shade both say which pattern, so the strip survives greyscale.
_HEIGHT = {"relaxing": 3, "reflecting": 9, "experiencing": 13, "connecting": 17}
_SHADE = {"relaxing": "share-1", "reflecting": "share-2", "experiencing": "share-3", "connecting": "share-4"}
_NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


@dataclass(frozen=True, slots=True)
class HourDrawing:
    """The profile drawn: SVG without inline style for wide and narrow pages, its sentence and its table."""

    wide: str
    narrow: str
    title: str
    sentence: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class _Svg:
    """Collects SVG elements; classes and presentation attributes only, all text escaped."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def add(self, name: str, content: str | None = None, **attributes: str | float) -> None:
        """One element; ``class_`` becomes class, numbers are written with one decimal."""
        written = "".join(f' {key.rstrip("_")}="{_written(value)}"' for key, value in attributes.items())
        inner = "/" if content is None else f">{escape(content)}</{name}"
        self._parts.append(f"<{name}{written}{inner}>")

    def text(self, x: float, y: float, content: str, class_: str = "") -> None:
        """A line of text."""
        self.add("text", content, **({"class_": class_} if class_ else {}), x=x, y=y)

    def svg(self, width: float, height: float, *, id: str, title: str, desc: str) -> str:
        """The whole drawing, named and described for those who do not see it."""
        return (
            f'<svg viewBox="0 0 {_written(width)} {_written(height)}" role="img" aria-labelledby="{id}-t {id}-d">'
            f'<title id="{id}-t">{escape(title)}</title><desc id="{id}-d">{escape(desc)}</desc>'
            + "".join(self._parts)
            + "</svg>"
        )


def _written(value: str | float) -> str:
    if isinstance(value, str):
        return escape(value)
    return f"{value:.1f}".rstrip("0").rstrip(".")


def in_words(number: int) -> str:
    """Small numbers as words."""
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def plural(number: int, noun: str) -> str:
    """A count with its noun: "one block", "five blocks"."""
    return f"{in_words(number)} {noun}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class _Page:
    """Where things stand in one of the two drawings."""

    width: float
    left: float
    right: float
    is_wide: bool

    def x(self, share: float) -> float:
        return self.left + share * (self.right - self.left)


_WIDE = _Page(880, 112, 772, is_wide=True)
_NARROW = _Page(350, 0, 350, is_wide=False)


def sentence_of(found: Cycles) -> str:
    """What the two lines show, in one sentence."""
    connecting = sum(block.pattern == "connecting" for block in found.blocks)
    n = len(found.blocks)
    highest = max(found.blocks, key=lambda block: block.emotion_z).index
    where = "first" if highest < n / 3 else "middle" if highest < 2 * n / 3 else "last"
    together = (
        f"emotion tone and abstraction are high together in {in_words(connecting)} of {n} blocks"
        if connecting
        else f"emotion tone and abstraction are high together in none of {n} blocks"
    )
    return f"Emotion tone is highest in the {where} third of the hour; {together}."


def _runs(blocks: tuple[Block, ...]) -> list[list[Block]]:
    return [list(run) for _, run in groupby(blocks, key=lambda block: block.pattern)]


def _ticks(profile: Profile, total: int, *, most: int) -> list[tuple[float, str]]:
    """Minutes where every turn has a start, else words; at most so many."""
    hour, before = profile.hour, 0
    starts = [turn.start_s for turn in hour]
    if starts and None not in starts:
        first, last = min(s for s in starts if s is not None), max(s for s in starts if s is not None)
        minutes = (last - first) / 60
        step = next((step for step in (1, 2, 5, 10, 20, 30) if minutes / step <= most), 60)
        ticks, due = [], 0
        for turn in hour:
            while turn.start_s is not None and turn.start_s - first >= 60 * due:
                ticks.append((before / total, f"{due} min" if due == 0 else str(due)))
                due += step
            before += len(turn.words)
        return ticks
    step = next((step for step in (100, 200, 500, 1000, 2000, 5000, 10000) if total / step <= most), 50000)
    return [(at / total, f"{at:,} words" if at == 0 else f"{at:,}") for at in range(0, total, step)]


def _lines(drawing: _Svg, page: _Page, found: Cycles, total: int, top: float) -> None:
    middle, height = top + 60, 26.0
    reach = max(2.0, *(abs(z) for b in found.blocks for z in (b.emotion_z, b.abstraction_z)))
    drawing.add("path", class_="hair", d=f"M{page.left} {middle} H{page.right}")
    for class_, score in (("one", "emotion_z"), ("two", "abstraction_z")):
        points = [
            (page.x(_centre(found, block, total)), middle - getattr(block, score) * 2 * height / reach)
            for block in found.blocks
        ]
        drawing.add("path", class_=class_, d="M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points))
        if class_ == "one":
            for x, y in points:
                drawing.add("circle", class_="dot", cx=x, cy=y, r=2.4)
        last = points[-1][1]
        if class_ == "one":
            emotion_end = last
        elif page.is_wide:
            # The two names keep a line's height between them.
            push = max(0.0, 15 - abs(last - emotion_end)) / 2 * (1 if last >= emotion_end else -1)
            drawing.text(page.right + 10, emotion_end + 4 - push, "emotion tone", "strong")
            drawing.text(page.right + 10, last + 4 + push, "abstraction", "strong")
    if page.is_wide:
        drawing.text(0, middle - 9, "Words", "name")
        drawing.text(0, middle + 8, "above and below")
        drawing.text(0, middle + 23, "this hour\u2019s mean")


def _centre(found: Cycles, block: Block, total: int) -> float:
    return (block.index * found.block_words + block.words / 2) / total


def _strip(drawing: _Svg, page: _Page, found: Cycles, total: int, base: float) -> None:
    low = False
    for run in _runs(found.blocks):
        pattern = run[0].pattern
        first, last = run[0].index * found.block_words, run[-1].index * found.block_words + run[-1].words
        x, width = page.x(first / total), page.x(last / total) - page.x(first / total) - 1.5
        height = _HEIGHT[pattern]
        drawing.add(
            "rect", class_=_SHADE[pattern], x=x, y=base - height, width=max(width, 1.0), height=height
        )
        if page.is_wide and width > 6.1 * len(pattern):
            drawing.text(x + width / 2, base + (31 if low else 17), pattern, "mid")
            low = False
    if page.is_wide:
        drawing.text(0, base - 2, "Patterns", "name")
    else:
        drawing.text(0, base + 17, "from tall to low: connecting, experiencing,")
        drawing.text(0, base + 32, "reflecting, relaxing")


def _silences(drawing: _Svg, page: _Page, found: Silence, profile: Profile, total: int, base: float) -> None:
    after = {-1: 0}
    count = 0
    for turn in profile.hour:
        count += len(turn.words)
        after[turn.index] = count
    drawing.add("path", class_="hair", d=f"M{page.left} {base} H{page.right}")
    for pause in found.pauses:
        x = page.x(after.get(pause.turn, 0) / total)
        drawing.add("path", class_="one w2", d=f"M{x:.1f} {base} v-{min(30.0, 0.7 * pause.seconds):.1f}")
    longest = f"longest, {found.longest_s:.0f} s"
    if page.is_wide:
        drawing.text(0, base + 4, "Silence", "name")
        drawing.text(page.right + 10, base + 4, longest, "strong")
    else:
        drawing.text(0, base - 34, f"silence, {longest}")


def _speakers(drawing: _Svg, page: _Page, profile: Profile, total: int, top: float) -> None:
    stream = [turn.speaker == THERAPIST for turn in profile.hour for _ in turn.words]
    size = max(50, -(-total // 40)) if page.is_wide else max(50, -(-total // 24))
    height = 24.0
    for at in range(0, total, size):
        piece = stream[at : at + size]
        share = sum(piece) / len(piece)
        x, width = page.x(at / total), page.x((at + len(piece)) / total) - page.x(at / total) - 1.5
        if width < 1:
            continue
        split = share * (height - 1)
        if share:
            drawing.add("rect", class_="share-4", x=x, y=top, width=width, height=split)
        if share < 1:
            drawing.add(
                "rect", class_="share-0", x=x, y=top + split + 1, width=width, height=height - 1 - split
            )
    if page.is_wide:
        drawing.text(0, top + 17, "Who speaks", "name")
        drawing.text(page.right + 10, top + 8, "therapist above", "strong")
        drawing.text(page.right + 10, top + 24, "client below", "strong")
    else:
        drawing.text(0, top + 40, "who speaks: therapist above, client below")


def _draw(profile: Profile, page: _Page, *, title: str, desc: str, id: str) -> str:
    drawing, total = _Svg(), max(1, sum(profile.words.values()))
    y = 8.0
    if isinstance(profile.cycles, Cycles):
        if not page.is_wide:
            drawing.text(0, 12, "solid, with dots: emotion tone", "strong")
            drawing.text(0, 27, "dashed: abstraction", "strong")
            y = 34.0
        _lines(drawing, page, profile.cycles, total, y)
        y += 150
        _strip(drawing, page, profile.cycles, total, y + 17)
        y += 50 if page.is_wide else 66
    if isinstance(profile.silence, Silence):
        _silences(drawing, page, profile.silence, profile, total, y + 40)
        y += 68
    if not isinstance(profile.talk_share, Withheld):
        _speakers(drawing, page, profile, total, y)
        y += 34 if page.is_wide else 54
    ticks = _ticks(profile, total, most=6 if page.is_wide else 4)
    for at, label in ticks:
        drawing.text(page.x(at), y + 14, label, "mid" if at else "")
    return drawing.svg(page.width, y + 22, id=id, title=title, desc=desc)


def draw_hour(profile: Profile, *, id: str = "hour", name: str = "the hour") -> HourDrawing | None:
    """The profile of one hour drawn on one axis; None where no part of it can be drawn.

    Parameters
    ----------
    profile : Profile
    id : str
        Begins the ids of the drawing's elements; another for each chart of a page.
    name : str
        What is profiled, for the title: "the hour", "hour 7".

    Returns
    -------
    HourDrawing or None
        Rows are the runs of one pattern; without cycles, the turns' speakers and words.
    """
    found = profile.cycles
    parts = (found, profile.silence, profile.talk_share)
    if all(isinstance(part, Withheld) for part in parts):
        return None
    title = f"Profile of {name}"
    if isinstance(found, Cycles):
        sentence = sentence_of(found)
        columns: tuple[str, ...] = ("Turns", "Words", "Pattern", "Emotion tone", "Abstraction")
        rows: tuple[tuple[str, ...], ...] = tuple(
            (
                f"{run[0].turns[0] + 1} to {run[-1].turns[1] + 1}",
                f"{sum(b.words for b in run):,}",
                run[0].pattern,
                _signed(sum(b.emotion_z for b in run) / len(run)),
                _signed(sum(b.abstraction_z for b in run) / len(run)),
            )
            for run in _runs(found.blocks)
        )
    else:
        said = profile.words
        sentence = f"The client has {said.get('C', 0):,} words and the therapist {said.get('T', 0):,}."
        columns, rows = ("Speaker", "Words"), tuple((who, f"{n:,}") for who, n in said.items())
    return HourDrawing(
        wide=_draw(profile, _WIDE, title=title, desc=sentence, id=f"{id}-w"),
        narrow=_draw(profile, _NARROW, title=title, desc=sentence, id=f"{id}-n"),
        title=title,
        sentence=sentence,
        columns=columns,
        rows=rows,
    )


def _signed(value: float) -> str:
    return f"{value:.1f}".replace("-", "\u2212")
