"""Exemplars of our own writing: short invented passages with codes, that the models also learn from.

A passage is a heading line ``# note or theme``, then turns with their codes after ``<<``::

    C: It didn't touch me, not one bit. (voice shakes) << d:denial
    T: You wonder what I make of that. << t

Codes: ``c`` ``p`` ``t`` a figure of that sphere; ``d:code`` a defense; ``i:tcp/daf`` an interpretation;
``w:marker`` and ``k:marker`` a turn of a withdrawal or a confrontation; ``m`` a turn of a told dream;
``e:c/closeness/distant-/withdrawn-`` an episode told in one turn, with its polarities.
A heading that ends in ``[defenses]`` or another list limits what the passage is coded for.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from depthwork.cues.gold import CONSTRUCTS, Coded
from depthwork.cues.words import data_text
from depthwork.transcripts.model import transcript_of

_SPHERE = {"c": "current", "p": "past", "t": "therapist"}
_PERSON = {"t": "therapist", "c": "current", "p": "past"}
_CONFLICT = {"d": "defense", "a": "anxiety", "f": "feeling"}
_FULL = CONSTRUCTS - {"episodes", "risk"}


@cache
def _levels() -> dict[str, int]:
    from depthwork.cues.reader import LEVELS

    return LEVELS


def _runs(turns: list[int]) -> list[list[int]]:
    """Neighbouring turns (one turn of the other speaker between them allowed) as [first, last]."""
    out: list[list[int]] = []
    for t in turns:
        if out and t - out[-1][1] <= 2:
            out[-1][1] = t
        else:
            out.append([t, t])
    return out


def _episode(turn: int, value: str) -> dict[str, Any]:
    """``c/closeness/distant-/withdrawn-``: sphere, wish, response of other and of self with polarity."""
    sphere, wish, other, own = value.split("/")
    sign = {"+": "positive", "-": "negative", "~": "mixed"}
    return {
        "figure": "",
        "sphere": _SPHERE[sphere],
        "turns": [turn, turn],
        "wish": [f"w_{wish}"],
        "ro": [f"ro_{other[:-1]}"],
        "ro_polarity": sign[other[-1]],
        "rs": [f"rs_{own[:-1]}"],
        "rs_polarity": sign[own[-1]],
    }


def _coded(name: str, lines: list[tuple[str, str, list[str]]], covers: frozenset[str]) -> Coded:
    figures: dict[str, list[int]] = {}
    codes: dict[str, Any] = {key: [] for key in CONSTRUCTS}
    strains: dict[tuple[str, str], list[int]] = {}
    dream: list[int] = []
    for i, (_, _, marks) in enumerate(lines):
        for mark in marks:
            kind, _, value = mark.partition(":")
            if mark in _SPHERE:
                figures.setdefault(_SPHERE[mark], []).append(i)
            elif kind == "d":
                codes["defenses"].append({"turn": i, "defense": value, "level": _levels()[value]})
            elif kind == "i":
                person, _, conflict = value.partition("/")
                codes["interpretations"].append(
                    {
                        "turn": i,
                        "person": [_PERSON[x] for x in person],
                        "conflict": [_CONFLICT[x] for x in conflict],
                    }
                )
            elif kind in ("w", "k"):
                strains.setdefault((kind, value), []).append(i)
            elif kind == "m":
                dream.append(i)
            elif kind == "e":
                codes["episodes"].append(_episode(i, value))
            else:
                raise ValueError(f"exemplar {name}: no such code {mark!r}")
    codes["figures"] = [{"label": s, "sphere": s, "turns": t} for s, t in figures.items()]
    codes["dreams"] = [{"turns": run} for run in _runs(dream)]
    for (kind, marker), at in strains.items():
        family = {"w": "withdrawal", "k": "confrontation"}[kind]
        for run in _runs(at):
            codes["ruptures"].append(
                {"turns": run, "type": family, "marker": f"{family}_{marker}", "repaired": True}
            )
    transcript = transcript_of([(speaker, text) for speaker, text, _ in lines], source=name)
    return Coded(name, transcript, codes, covers)


def parse(text: str) -> list[Coded]:
    """Read passages from the exemplar format."""
    found: list[Coded] = []
    lines: list[tuple[str, str, list[str]]] = []
    covers = _FULL
    name = ""
    for row in [*text.splitlines(), "# end"]:
        if row.startswith("#"):
            if lines:
                found.append(_coded(f"x{len(found):03d} {name}", lines, covers))
            lines = []
            name, _, listed = row[1:].strip().partition("[")
            only = listed.rstrip("]").split()
            covers = CONSTRUCTS if only == ["all"] else frozenset(only) if only else _FULL
        elif row.strip():
            said, _, tail = row.partition("<<")
            speaker, _, words = said.partition(":")
            lines.append((speaker.strip(), words.strip(), tail.split()))
    return found


def read_exemplars() -> list[Coded]:
    """Every exemplar that the package carries."""
    return parse(data_text("exemplars.txt"))


def danger_lines() -> list[tuple[str, str]]:
    """Single lines on danger with their kind, empty where they mislead: those that may be learned from."""
    found = []
    for name in ("built", "kept", "wide"):
        for line in data_text(f"danger_lines_{name}.txt").splitlines():
            kind, _, said = line.partition(": ")
            if said and not line.startswith("#"):
                found.append(("" if kind == "none" else kind, said.strip()))
    return found
