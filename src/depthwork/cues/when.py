"""When a turn's story happens, and whether the two in the room speak of each other: small signs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from depthwork.cues.words import Reading, Token, word_set

_NUMBERS = word_set(
    "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "3 4 5 6 7 8 9 10 11 12 13 14 15 16 17"
)
_BEFORE_AGE = word_set("was were be i'd she'd he'd aged at about only till until turned age since were be'd")
_SCHOOL = word_set(
    "class year grade form standard primary school dormitory prep kindergarten playground recess"
)
_PAST = word_set(
    "was were had did said went came took put gave told got made thought knew saw felt left kept held stood sat lay ran rang "
    "brought bought caught found heard lost met paid read sent sold slept spoke wrote won wore threw drove drank ate fell flew "
    "broke hid cut hit shut let cried used would couldn't wouldn't didn't wasn't weren't hadn't never"
)
_PRESENT = word_set(
    "is are am i'm he's she's they're it's says goes comes wants thinks knows has does rings calls tells asks looks sits gets "
    "keeps lives works can't don't doesn't isn't aren't won't haven't hasn't"
)
_HABIT = word_set("he'd she'd they'd i'd you'd we'd it'd would")
_DAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays "
    "yesterday today tonight weekend morning week fortnight now"
)
_OLD = word_set(
    "eighty eighty-one ninety seventy seventy-two hospice ward care pension funeral died dead buried grave"
)
_PARENTISH = frozenset(["mother", "father", "parents", "step_parent", "other_caregiver", "grandparent"])
_OPENERS = word_set("wonder think suppose imagine guess suspect mean know believe hear see")
_GENERIC_AFTER = word_set(
    "get can can't could couldn't have know see need want go would learn feel never always"
)


def _step(value: float, steps: Sequence[float]) -> int:
    return sum(value >= step for step in steps)


def child_age(words: Sequence[str]) -> bool:
    """Whether a childhood age or a school year is named."""
    for i, word in enumerate(words):
        if word in _NUMBERS and i:
            if words[i - 1] in _BEFORE_AGE or (
                i > 1 and words[i - 2] in _BEFORE_AGE and words[i - 1] in ("about", "only", "just")
            ):
                after = words[i + 1] if i + 1 < len(words) else ""
                if after not in (
                    "o'clock",
                    "past",
                    "to",
                    "am",
                    "pm",
                    "thirty",
                    "minutes",
                    "weeks",
                    "months",
                    "days",
                    "hours",
                    "pounds",
                ):
                    return True
            if words[i - 1] in _SCHOOL:
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
    habit = sum(word in _HABIT for word in words)
    past = sum(word in _PAST or (len(word) > 4 and word.endswith("ed")) for word in words)
    present = sum(word in _PRESENT for word in words)
    days = any(word in _DAYS for word in words)
    child = child_age(reading.words)
    tense = _step((past - present) / size, (-0.08, -0.02, 0.02, 0.06, 0.12))
    marks = {
        f"habit{_step(habit, (1, 2, 4))}": habit > 0,
        f"tense{tense}": size > 4,
        "days": days,
        "age": child,
        "old": any(word in _OLD for word in words),
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
            if before in (
                "thank",
                "tell",
                "ask",
                "told",
                "asked",
                "with",
                "from",
                "at",
                "to",
                "about",
                "of",
                "on",
                "miss",
                "do",
                "did",
                "are",
                "were",
                "have",
            ):
                out.append(f"Y:{before}_you")
                direct += 1
            elif word in ("your", "you're", "you've") or after not in _GENERIC_AFTER:
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
                if after not in _OPENERS:
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
