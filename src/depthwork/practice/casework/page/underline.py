"""The words of a turn with what is marked in them, as nested elements. Text stays letter for letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_STAGE = re.compile(r"\([^()\n]{1,80}\)|\[[^\[\]\n]{1,80}\]")
_PAUSE = re.compile(r"[\[(](?:pause |silence )?(\d{1,3}) ?s(?:econds)?[\])]", re.IGNORECASE)
PIXELS_A_SECOND = 7
LONGEST_RULE = 300
HOOK = '<i class="hook"></i>'  # a long mark stands between two of them


@dataclass(frozen=True, slots=True)
class Layer:
    """A stretch of the whole text that is drawn: `number` None for what has no entry in the margin."""

    start: int
    end: int
    css: str
    key: str = ""
    number: int | None = None
    says: str = ""


def stage_of(text: str, offset: int) -> list[Layer]:
    """Comments of the transcriber inside a turn."""
    found = []
    for comment in _STAGE.finditer(text):
        pause = _PAUSE.fullmatch(comment.group())
        seconds = pause.group(1) if pause else ""
        found.append(Layer(offset + comment.start(), offset + comment.end(), "stage", seconds))
    return found


def drawn(text: str, offset: int, layers: Sequence[Layer]) -> str:
    """One turn as HTML.

    Parameters
    ----------
    text, offset
        The turn's words and where they begin in the canonical text.
    layers
        Marks, passages of a note and comments that touch this turn, in any order; they may overlap.

    Notes
    -----
    Stretches that cross are cut and reopened, so that elements nest. A mark's number stands where
    the mark ends; its first piece carries the id.
    """
    stop = offset + len(text)
    mine = sorted(
        (layer for layer in layers if layer.start < stop and layer.end > offset),
        key=lambda layer: (layer.start, -layer.end),
    )
    if not mine or not text:
        return escape(text, quote=False)
    cuts = sorted(
        {offset, stop, *(max(la.start, offset) for la in mine), *(min(la.end, stop) for la in mine)}
    )
    out: list[str] = []
    opened: list[Layer] = []
    at = 0
    for here, there in zip(cuts, [*cuts[1:], None], strict=True):
        # Close what ends here, and what stands inside it; the latter opens again.
        ending = next((i for i, layer in enumerate(opened) if min(layer.end, stop) <= here), None)
        if ending is not None:
            again: list[Layer] = []
            while len(opened) > ending:
                layer = opened.pop()
                done = min(layer.end, stop) <= here
                out.append(_close(layer, done and layer.end <= stop + 1))
                if not done:
                    again.append(layer)
            for layer in reversed(again):
                out.append(_open(layer, first=False))
                opened.append(layer)
        while at < len(mine) and max(mine[at].start, offset) <= here:
            out.append(_open(mine[at], first=mine[at].start >= offset))
            opened.append(mine[at])
            at += 1
        if there is not None:
            out.append(escape(text[here - offset : there - offset], quote=False))
    return "".join(out)


def _open(layer: Layer, *, first: bool) -> str:
    if layer.css == "stage":
        return '<span class="stage">' + (silence_rule(float(layer.key)) if layer.key and first else "")
    if layer.number is None:
        return f'<span class="{layer.css}"' + (f' title="{escape(layer.says)}">' if layer.says else ">")
    id_ = f' id="s{layer.number}"' if first else ""
    kind = f' class="{layer.css}"' if layer.css else ""
    hook = HOOK if first and "long" in layer.css else ""
    return f'<mark{id_}{kind} aria-details="e-{layer.key}">{hook}'


def _close(layer: Layer, last: bool) -> str:
    if layer.number is None:
        return "</span>"
    if not last:
        return "</mark>"
    return f"{HOOK if 'long' in layer.css else ''}<sup>{layer.number}</sup></mark>"


def silence_rule(seconds: float) -> str:
    """A rule as long as the silence."""
    width = min(LONGEST_RULE, round(PIXELS_A_SECOND * seconds))
    return (
        f'<svg width="{width}" height="2" aria-hidden="true"><line x1="0" y1="1" x2="{width}" y2="1"/></svg>'
    )
