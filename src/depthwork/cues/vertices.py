"""What an interpretation names: whom it speaks of and what is kept away, read from it and from the talk it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from depthwork.cues.model import Model, features_of
from depthwork.cues.turns import View

PERSONS = ("therapist", "current", "past")
CONFLICTS = ("defense", "anxiety", "feeling")
# The talk that an interpretation answers: so many turns before it, at half weight.
_BACK = 6
_ABOUT = ("F:", "T:", "X:", "Y:", "S:child")
_ROOM = ("me", "here", "us", "room", "with me", "my")


def vertex_features(views: Sequence[View], i: int) -> dict[str, float]:
    """Sparse features of the interpretation at turn `i`: its words, and people and times of the turns it answers."""
    out = dict(features_of(views, i))
    for j in range(max(0, i - _BACK), i + 1):
        weight = 1.0 if j == i else 0.5
        for name in views[j].shown:
            if name.startswith(_ABOUT):
                out[f"back|{name}"] = max(weight, out.get(f"back|{name}", 0.0))
    said = f" {' '.join(views[i].reading.words)} "
    out.update({f"room|{word}": 1.0 for word in _ROOM if f" {word} " in said})
    out["people"] = 0.5 * len({m.person.label for m in views[i].mentions})
    out.update({f"kind|{m.person.kind}:{m.sphere}": 1.0 for m in views[i].mentions})
    return out


def vertices(model: Model, views: Sequence[View], i: int) -> Mapping[str, float]:
    """Log odds of each person and conflict in the interpretation at turn `i`, by ``person:therapist`` and so on."""
    raw = model.vertex.scores([vertex_features(views, i)])[0]
    return {head: float(raw[k]) for k, head in enumerate(model.vertex.heads)}
