"""Ideas said close together: danger told in words that no fixed phrase foresees.

A rule names ideas, not wordings: someone, a deed, a body, a means. Its ideas must all fall within a
few words of each other, over full stops too. The ideas and rules stand in `data/danger_together.txt`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from depthwork.cues.words import data_text

# One mention of an idea: the places of its first and last word.
Place = tuple[int, int]
_Index = dict[str, list[tuple[str, tuple[str, ...]]]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Ideas that together speak of one kind of danger; `follows[i]` asks for the order of telling.

    `sort` is "sure", or "weak" where the ideas mean much else besides.
    """

    sort: str
    kind: str
    width: int
    ideas: tuple[str, ...]
    follows: tuple[bool, ...]
    unless: tuple[str, ...]


@cache
def _book() -> tuple[_Index, tuple[Rule, ...]]:
    written: dict[str, list[str]] = {}
    rules = []
    for line in data_text("danger_together.txt").splitlines():
        head, _, body = line.partition(": ")
        if line.startswith("idea "):
            written[head[5:]] = [entry.strip() for entry in body.split(",")]
        elif line.startswith(("rule ", "hint ")):
            word, kind, width = head.split()
            asked = [word for word in body.split() if not word.startswith("!")]
            rules.append(
                Rule(
                    "sure" if word == "rule" else "weak",
                    kind,
                    int(width),
                    tuple(word.lstrip(">") for word in asked),
                    tuple(word.startswith(">") for word in asked),
                    tuple(word[1:] for word in body.split() if word.startswith("!")),
                )
            )
    # All phrases of all ideas by their first word, a stem by how it begins, so that a turn is read once.
    index: _Index = {}
    for name in sorted({name for rule in rules for name in (*rule.ideas, *rule.unless)}):
        for phrase in set(_unfold(name, written)):
            first = phrase[0]
            key = f"{first[:3].rstrip('*')}*" if first.endswith("*") else first
            index.setdefault(key, []).append((name, phrase))
    return index, tuple(rules)


def _unfold(name: str, written: dict[str, list[str]]) -> list[tuple[str, ...]]:
    out = []
    for entry in written[name]:
        out.extend(_unfold(entry, written) if entry in written else [tuple(entry.split())])
    return out


def _fits(phrase: tuple[str, ...], words: Sequence[str], i: int) -> bool:
    if i + len(phrase) > len(words):
        return False
    for k, part in enumerate(phrase):  # asked of every word of an hour: a plain loop is twice as quick
        word = words[i + k]
        if word != part and not (part[-1] == "*" and word.startswith(part[:-1])):
            return False
    return True


def _mentions(index: _Index, words: Sequence[str]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for i, word in enumerate(words):
        for name, phrase in (*index.get(word, ()), *index.get(f"{word[:3]}*", ())):
            if _fits(phrase, words, i):
                found.setdefault(name, []).append((i, i + len(phrase) - 1))
    return found


def _gather(rule: Rule, found: dict[str, list[Place]], chosen: tuple[Place, ...]) -> tuple[Place, ...] | None:
    if len(chosen) == len(rule.ideas):
        return chosen
    step = len(chosen)
    for place in found[rule.ideas[step]]:
        if chosen and rule.follows[step] and place[0] <= chosen[-1][1]:
            continue
        both = (*chosen, place)
        if max(p[1] for p in both) - min(p[0] for p in both) >= rule.width:
            continue
        whole = _gather(rule, found, both)
        if whole is not None:
            return whole
    return None


def gathered(words: Sequence[str], where: Sequence[int]) -> list[tuple[str, str, int, tuple[int, ...]]]:
    """Sort, kind, number of the rule and places of its words, for each rule whose ideas fall together.

    `words` are in lower case and `where` gives the sentence of each. One find a rule.
    """
    index, rules = _book()
    found = _mentions(index, words)
    out = []
    for number, rule in enumerate(rules):
        if not all(name in found for name in rule.ideas):
            continue
        whole = _gather(rule, found, ())
        if whole is None:
            continue
        at = tuple(sorted({j for first, last in whole for j in range(first, last + 1)}))
        spoken = range(where[at[0]], where[at[-1]] + 1)
        if not any(where[first] in spoken for name in rule.unless for first, _ in found.get(name, ())):
            out.append((rule.sort, rule.kind, number, at))
    return out
