"""When a turn's story happens, and whether the two in the room speak of each other: small signs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from depthwork.cues.words import Reading, Token, word_lists

_WORDS = word_lists("when_words.txt")

_PARENTISH = frozenset(["mother", "father", "parents", "step_parent", "other_caregiver", "grandparent"])


def _step(value: float, steps: Sequence[float]) -> int:
    return sum(value >= step for step in steps)


def child_age(words: Sequence[str]) -> bool:
    """Whether a childhood age or a school year is named."""
    for i, word in enumerate(words):
        if word in _WORDS["numbers"] and i:
            if words[i - 1] in _WORDS["before_age"] or (
                i > 1 and words[i - 2] in _WORDS["before_age"] and words[i - 1] in ("about", "only", "just")
            ):
                after = words[i + 1] if i + 1 < len(words) else ""
                if after not in _WORDS["clock"]:
                    return True
            if words[i - 1] in _WORDS["school"]:
                return True
        if word in ("boy", "girl", "child", "kid") and i > 1 and words[i - 2] == "as" and words[i - 1] == "a":
            return True
    return False


def signs(reading: Reading, speaker: str, kinds: Sequence[str]) -> list[str]:
    """Features of time and of talk about the two in the room.

    `kinds` are the kinds of figure mentioned in the turn.
    """
    spoken = [token for token in reading.tokens if not token.quoted]
    words = [token.word for token in spoken]
    size = max(1, len(words))
    out: list[str] = []
    habit = sum(word in _WORDS["habit"] for word in words)
    past = sum(word in _WORDS["past"] or (len(word) > 4 and word.endswith("ed")) for word in words)
    present = sum(word in _WORDS["present"] for word in words)
    days = any(word in _WORDS["days"] for word in words)
    child = child_age(reading.words)
    tense = _step((past - present) / size, (-0.08, -0.02, 0.02, 0.06, 0.12))
    marks = {
        f"habit{_step(habit, (1, 2, 4))}": habit > 0,
        f"tense{tense}": size > 4,
        "days": days,
        "age": child,
        "old": any(word in _WORDS["old"] for word in words),
        "usedto": any(a == "used" and b == "to" for a, b in pairwise(words)),
    }
    held = [name for name, there in marks.items() if there]
    out.extend(f"T:{name}" for name in held)
    for kind in sorted(
        {("parent" if k in _PARENTISH else "sibling" if k == "sibling" else "other") for k in kinds}
    ):
        out.extend(f"X:{kind}:{name}" for name in held)
        if not days and not present:
            out.append(f"X:{kind}:nodays")
    out.extend(_between(spoken, speaker, reading.text))
    return out


def _between(spoken: Sequence[Token], speaker: str, text: str) -> list[str]:
    """Signs that one speaks of the other: "you" that means the therapist, "me" that means oneself."""
    words = [token.word for token in spoken]
    out: list[str] = []
    if speaker == "C":
        direct = 0
        for i, word in enumerate(words):
            if word not in ("you", "your", "you're", "you've", "yourself", "ye", "yous"):
                continue
            after = words[i + 1] if i + 1 < len(words) else ""
            before = words[i - 1] if i else ""
            if before in _WORDS["before_you"]:
                out.append(f"Y:{before}_you")
                direct += 1
            elif word in ("your", "you're", "you've") or after not in _WORDS["generic_after"]:
                out.append(f"Y:you_{after}" if word == "you" else f"Y:{word}")
                direct += 1
        if direct:
            out.append(f"Y:direct={_step(direct, (1, 2, 3, 5))}")
            out.append(f"Y:dense={_step(direct / max(1, len(words)), (0.03, 0.08, 0.15))}")
            if "?" in text:
                out.append("Y:asks")
    elif speaker == "T":
        mine = sum(word in ("me", "my", "myself", "mine") for word in words)
        acts = 0
        for i, word in enumerate(words):
            if word in ("i", "i'm", "i've", "i'd", "i'll", "i was"):
                after = words[i + 1] if i + 1 < len(words) else ""
                if after not in _WORDS["openers"]:
                    acts += 1
                    out.append(f"Y:{word}_{after}")
        if mine:
            out.append(f"Y:me={_step(mine, (1, 2, 3))}")
        if acts:
            out.append(f"Y:acts={_step(acts, (1, 2, 4))}")
        if mine and any(word.startswith("you") for word in words):
            out.append("Y:me_you")
    else:
        mine = sum(word in ("i", "me", "my", "myself", "i'd", "i'm") for word in words)
        if mine:
            out.append(f"Y:note_i={_step(mine, (1, 2, 4))}")
            first = words[0] if words else ""
            out.append(f"Y:note_first={first}")
    return sorted(set(out))
