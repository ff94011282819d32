"""What one move tells of its neighbours: a dream is announced and then told, a strain is owned after it was felt.

The models see words; these few rules see the order of moves. Their phrases stand in `data/moves.txt`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from depthwork.cues.turns import View
from depthwork.cues.words import data_text

_DREAM = frozenset(["dream", "dreams", "dreamt", "dreamed", "nightmare", "nightmares"])
_NO_TELLING = frozenset(["job", "house", "team", "holiday", "wedding", "kitchen", "come", "car", "on"])
_NOT = frozenset(["wouldn't", "don't", "didn't", "can't", "couldn't"])
_ASIDE = frozenset(["why", "when", "if", "what", "because"])
_IS_SOMEWHERE = frozenset(["i'm", "he's", "she's", "we're", "they're", "you're", "there's", "it's"])
_BEING = frozenset(["am", "is", "was", "were", "are"])
_SOMEBODY = frozenset(["i", "he", "she", "we", "they", "you", "there", "it"])
_PLACES = frozenset(
    ["in", "at", "on", "under", "inside", "outside", "up", "back", "down", "with", "by", "behind"]
)
_WOKE = frozenset(["woke", "wakes", "woken"])
_TOLD_WORDS = 22  # what follows the announcement in the same turn, if the dream is told there
_STRAIN_TURNS = 7


@cache
def _phrases() -> dict[str, tuple[str, ...]]:
    found = {}
    for line in data_text("moves.txt").splitlines():
        key, _, phrases = line.partition(" = ")
        if phrases and not line.startswith("#"):
            found[key] = tuple(f" {phrase} " for phrase in phrases.split(", "))
    return found


def _says(view: View, what: str) -> bool:
    text = f" {' '.join(view.reading.words)} "
    return any(phrase in text for phrase in _phrases()[what])


def _announced(view: View, *, again: bool) -> int | None:
    """The place of the word by which a dream is announced; None where no dream is.

    With `again` a dream was told before: "the dream" then speaks of that one.
    """
    words = view.reading.words
    for i, word in enumerate(words):
        if word not in _DREAM or view.reading.tokens[i].quoted:
            continue
        after = words[i + 1] if i + 1 < len(words) else ""
        before = words[max(0, i - 2) : i] or [""]
        if after in _NO_TELLING or before[-1] in _NOT or {"no", "never", "without"} & set(before):
            continue
        if again and before[-1] in ("the", "that", "this", "in"):
            continue
        return i
    return len(words) if _says(view, "brings_dream") else None


def dreams_told(views: Sequence[View]) -> list[tuple[int, int]]:
    """Runs of turns in which a dream is likely told, by its announcement and by the waking at its end.

    One telling an announcement; later talk of the dream is not another one.
    """
    found: list[tuple[int, int]] = []
    quiet_until = -1
    for i, view in enumerate(views):
        at = _announced(view, again=bool(found))
        if at is None or i <= quiet_until:
            continue
        first = _begins(views, i, at)
        if first is None:
            continue
        last = _ends(views, first)
        found.append((first, last))
        quiet_until = last + 8
    return found


def _begins(views: Sequence[View], i: int, at: int) -> int | None:
    """The turn in which the telling begins; None where the dream is gone or is not told."""
    near = [j for j in range(i, min(len(views), i + 5)) if views[j].speaker != "T"]
    for j in near if views[i].speaker != "N" else ():
        words = views[j].reading.words[at + 1 if j == i else 0 :]
        if len(words) >= 10 and _sets_a_scene(words, told_apart=j > i):
            return j
    if any(gone in " ".join(views[i].reading.words) for gone in ("it's gone", "was gone", "remember it")):
        return None
    enough = _TOLD_WORDS // 2 if views[i].speaker == "N" else _TOLD_WORDS
    if views[i].speaker != "T" and len(views[i].reading.words) - at > enough:
        return i
    if views[i].speaker == "T":
        return None  # asked for a dream, the client speaks of something else
    return next((j for j in near if j > i and len(views[j].reading.words) >= 12), None)


def _sets_a_scene(words: Sequence[str], *, told_apart: bool) -> bool:
    """Somebody is somewhere or is doing something: "I'm in", "she was standing", "there is a"."""
    for k, (word, after) in enumerate(pairwise(words)):
        who = words[k - 1] if word in _BEING and k else word if word in _IS_SOMEWHERE else ""
        if who not in _SOMEBODY and who not in _IS_SOMEWHERE:
            continue
        aside = words[max(0, k - 2) : k]
        if after in _PLACES or (after.endswith("ing") and not _ASIDE & set(aside)):
            return True
        if told_apart and who.startswith("there") and after in ("a", "an", "no"):
            return True
    return False


def _ends(views: Sequence[View], first: int) -> int:
    """The client's last turn of the telling."""
    if views[first].speaker == "N":
        return first
    last = first
    for j in range(first, min(len(views), first + 7)):
        view = views[j]
        if view.speaker == "T":
            # An echo carries the telling on; a question about waking life ends it.
            if _says(view, "asks_after") or len(view.reading.words) > 14:
                break
        else:
            if len(view.reading.words) < 4 and j > first:
                break
            last = j
            if _WOKE & set(view.reading.words):
                break
        if j - first >= 4:
            break
    return last


def strains_owned(views: Sequence[View]) -> list[tuple[int, int]]:
    """Runs of turns before the therapist owns a part: where a strain has likely been.

    The run ends with the client's last turn before it and takes some seven turns, or from the
    client's first. Nothing before the client has spoken.
    """
    found: list[tuple[int, int]] = []
    for i, view in enumerate(views):
        if view.speaker == "C" or i == 0 or not _says(view, "own_part"):
            continue
        if view.speaker == "N":
            continue
        own = [j for j in range(max(0, i - _STRAIN_TURNS), i) if views[j].speaker != "T"]
        if own and (not found or own[0] > found[-1][1]):
            found.append((own[0], own[-1]))
    return found
