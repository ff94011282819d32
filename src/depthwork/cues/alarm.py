"""Danger by the company its words keep: what a turn says, what the therapist answers, what was asked before.

The patterns of `danger.py` know wordings; this learned score knows how such moments sound and are answered. It only ever
adds a passage to those the patterns show.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from depthwork.cues.danger import Hit, hits, says, standing
from depthwork.cues.model import Array, Model
from depthwork.cues.turns import View

_OWN = frozenset("wLSKTY")
# How much the turns around weigh against the turn itself.
_BEFORE, _AFTER = 0.7, 0.8
_FAR = ((3, "later", 0.5), (5, "later", 0.35), (-3, "earlier", 0.4))
_REPLIES = ((-1, "before"), (1, "after"), (3, "later"), (5, "later"), (7, "later"))


def heard(view: View) -> tuple[str, ...]:
    """What a turn of the therapist asks or answers of danger; nothing for the client's."""
    return tuple(what for what in ("asked", "answered", "alarmed") if says(view, what))


def alarm_features(
    views: Sequence[View],
    i: int,
    found: Sequence[Hit] | None = None,
    replies: Sequence[tuple[str, ...]] | None = None,
) -> dict[str, float]:
    """Sparse features of turn `i` for danger.

    `found` are the patterns in it and `replies` what each turn was `heard` to say, where they are at hand.
    """
    out = {f"0{name}": 1.0 for name in views[i].own if name[0] in _OWN and not name.startswith("S:place")}
    for j, mark, weight in ((i - 1, "p", _BEFORE), (i + 1, "n", _AFTER)):
        if 0 <= j < len(views):
            words = views[j].reading.words
            out.update({f"{mark}w:{word}": weight for word in words})
            out.update({f"{mark}b:{a} {b}": weight for a, b in pairwise(words)})
            out.update({f"{mark}{name}": weight for name in views[j].shown if name[:2] in ("L:", "S:")})
    for step, mark, weight in _FAR:
        j = i + step
        if 0 <= j < len(views) and views[j].speaker != "C":
            for word in views[j].reading.words:
                name = f"{mark}w:{word}"
                out[name] = max(weight, out.get(name, 0.0))
    for step, mark in _REPLIES:
        j = i + step
        if 0 <= j < len(views):
            for what in heard(views[j]) if replies is None else replies[j]:
                out[f"R{mark}:{what}"] = 1.5
    out.update(_patterns_in(views[i], hits(views[i]) if found is None else found))
    return out


def _patterns_in(view: View, found: Sequence[Hit]) -> dict[str, float]:
    out: dict[str, float] = {}
    stand = standing(view, found)
    sure = len({hit.number for hit in stand if hit.sort == "sure"})
    weak = len({hit.number for hit in stand if hit.sort == "weak"})
    if sure:
        out["H:sure"] = 1.5
        out[f"H:sure={min(3, sure)}"] = 1.0
    out.update({f"H:weak>={k}": 1.0 for k in range(1, min(4, weak) + 1)})
    out.update({f"H:{hit.sort}:{hit.kind}": 1.0 for hit in stand})
    if any(hit.sort not in ("sure", "weak") for hit in found):
        out["H:undone"] = 1.0
    return out


def alarms(model: Model, views: Sequence[View], signs: Sequence[Sequence[Hit]]) -> Array:
    """Log odds of danger and raw scores of each kind, shape (n_turns, 1 + n_kinds); the therapist's turns are not read."""
    replies = [heard(view) for view in views]
    return model.danger.scores(
        [
            {} if view.speaker == "T" else alarm_features(views, i, signs[i], replies)
            for i, view in enumerate(views)
        ]
    )
