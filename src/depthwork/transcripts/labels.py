"""Speakers' names before their words: ``Anna: well`` in plain text and in captions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from depthwork.transcripts.clock import seconds
from depthwork.transcripts.draft import UNKNOWN
from depthwork.transcripts.model import CLIENT, NOTE, THERAPIST
from depthwork.transcripts.speakers import fold, role_of

_IN_NAMES = frozenset(" .-'’_#&/")
_AS_SPACE = str.maketrans("*_", "  ")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line that may begin with a speaker's name: the name, the words after it, a time if given."""

    name: str
    rest: str
    start_s: float | None = None


def label_of(line: str) -> Labelled | None:
    """The name before a line's first colon, if it can be one.

    Reads ``Anna: ...``, ``[00:01:02] Anna: ...``, ``Anna (00:12): ...`` and ``**Anna:** ...``.
    A name has up to four words and forty characters, begins with a letter, and holds no other signs.
    """
    start_s, at = _time_at(line, 0)
    head = line[at : at + 90]
    bracket = min((place for place in (head.find("("), head.find("[")) if place > 0), default=-1)
    colon = head.find(":")
    if 0 < bracket < colon:
        inner_s, after = _time_at(head, bracket)
        if inner_s is None or not head[after:].lstrip().startswith(":"):
            return None
        name, start_s, colon = head[:bracket], inner_s, head.index(":", after)
    else:
        name = head[:colon] if colon > 0 else ""
    bold = name.lstrip().startswith("**")
    name = " ".join((name.translate(_AS_SPACE) if bold else name).split())
    rest = line[at + colon + 1 :]
    if bold:
        rest = rest.removeprefix("**")
    if not _can_be_name(name) or (rest and not rest[0].isspace() and role_of(name) is None):
        return None
    return Labelled(name, rest.strip(), start_s)


def believed(heads: Sequence[Labelled], unlabelled: int, therapist: str | None = None) -> frozenset[str]:
    """Which names are speakers; none where the labels do not make a transcript.

    Parameters
    ----------
    heads : sequence of Labelled
        Every line that may begin with a name.
    unlabelled : int
        Paragraphs that begin with none.

    Notes
    -----
    1. Names that say their role make a transcript where they open two paragraphs in five. A lone ``P:``
       says so only beside a therapist, or the last letter of a PIRP note would be a client.
    2. Other names make one where they recur and open more than every second paragraph.
    3. In a transcript every capitalised name is a speaker, also one who speaks once.
    """
    names = Counter(head.name for head in heads)
    roles = {name: role_of(name) for name in names}
    has_therapist = THERAPIST in roles.values()
    known = {
        name for name, role in roles.items() if role is not None and (has_therapist or fold(name) != "p")
    }
    recurring = {name for name, count in names.items() if count > 1} | known
    told = therapist is not None and fold(therapist) in {fold(name) for name in names}
    by_role = sum(names[name] for name in known)
    by_name = sum(names[name] for name in recurring)
    total = len(heads) + unlabelled
    if not (told or (by_role and by_role >= 0.4 * total) or (recurring - known and by_name > 0.5 * total)):
        return frozenset()
    return frozenset(
        name
        for name in names
        if name in known
        or (name in recurring and " " not in name)
        or all(word[0].isupper() or not word[0].isalpha() for word in name.split())
    )


def safe_name(name: str) -> str:
    """A speaker's name as a label can hold it: without signs that would end it."""
    if name in (THERAPIST, CLIENT, NOTE, UNKNOWN):
        return name
    kept = "".join(char if char.isalnum() or char in _IN_NAMES else " " for char in name)
    kept = " ".join(kept.split()[:4])[:40].strip()
    return kept if _can_be_name(kept) else f"Speaker {kept}"[:40].strip()


def _can_be_name(name: str) -> bool:
    if name == UNKNOWN:
        return True
    return (
        0 < len(name) <= 40
        and name[0].isalpha()
        and name.count(" ") < 4
        and all(char.isalnum() or char in _IN_NAMES for char in name)
    )


def _time_at(line: str, at: int) -> tuple[float | None, int]:
    if at < len(line) and line[at] in "([":
        end = line.find(")" if line[at] == "(" else "]", at, at + 20)
        if end > 0:
            time_s = seconds(line[at + 1 : end])
            if time_s is not None:
                while end + 1 < len(line) and line[end + 1] == " ":
                    end += 1
                return time_s, end + 1
    return None, at
