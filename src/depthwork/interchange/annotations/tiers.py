"""A transcript as ELAN or CHAT with a tier for each construct, for those who work beside a recording."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterable

from depthwork.coding import Mark
from depthwork.transcripts import Transcript, chat, elan
from depthwork.transcripts.encodings import tidy

_LINK = (
    '<LINGUISTIC_TYPE CONSTRAINTS="Symbolic_Subdivision" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="marks" '
    'TIME_ALIGNABLE="false"/>'
)
_RULE = (
    '<CONSTRAINT DESCRIPTION="Symbolic subdivision of a parent annotation. Annotations refering to the same parent '
    'are ordered" STEREOTYPE="Symbolic_Subdivision"/>'
)

# ISO 639-1 to 639-3, of the languages that the program speaks and its neighbours.
LANGUAGES = {
    "en": "eng", "de": "deu", "es": "spa", "fr": "fra", "it": "ita", "nl": "nld", "pt": "por", "da": "dan", "sv": "swe",
}  # fmt: skip


def to_elan(transcript: Transcript, marks: Iterable[Mark]) -> str:
    """An .eaf file: a tier a speaker, and under it a tier a construct, named ``construct@speaker``.

    Parameters
    ----------
    transcript : Transcript
    marks : iterable of Mark
        Each hangs on the turn in which it begins; its value is the code, then the quoted words.

    Returns
    -------
    str
        XML (EAF 3.0). Works with and without times: marks subdivide their turn in order.

    Notes
    -----
    1. One way: a tier has no place for offsets, attributes or origins. Use web annotations or XMI to bring
       marks back.
    """
    turns: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for mark in _in_order(marks):
        turns[mark.construct, transcript.turns[_turn(transcript, mark)].speaker].append(mark)
    out, number = [], len(transcript.turns)
    for (construct, speaker), found in sorted(turns.items()):
        name = html.escape(f"{construct}@{' '.join(tidy(speaker).split())}")
        parent = html.escape(" ".join(tidy(speaker).split()))
        out.append(f'<TIER LINGUISTIC_TYPE_REF="marks" PARENT_REF="{parent}" TIER_ID="{name}">')
        before: dict[int, int] = {}
        for mark in found:
            number += 1
            turn = _turn(transcript, mark)
            previous = f' PREVIOUS_ANNOTATION="a{before[turn]}"' if turn in before else ""
            before[turn] = number
            out.append(
                f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a{number}" ANNOTATION_REF="a{turn + 1}"{previous}>'
                f"<ANNOTATION_VALUE>{html.escape(_said(mark), quote=False)}</ANNOTATION_VALUE>"
                "</REF_ANNOTATION></ANNOTATION>"
            )
        out.append("</TIER>")
    plain = elan.write(transcript)
    if not out:
        return plain
    head, sign, tail = plain.partition("<LINGUISTIC_TYPE ")
    tiers = "\n".join(out)
    return f"{head}{tiers}\n{sign}{tail}".replace(
        "</ANNOTATION_DOCUMENT>", f"{_LINK}\n{_RULE}\n</ANNOTATION_DOCUMENT>"
    )


def to_chat(transcript: Transcript, marks: Iterable[Mark], *, language: str = "en") -> str:
    """A .cha file with a dependent tier for each construct under the main line in which the mark begins.

    Parameters
    ----------
    transcript : Transcript
    marks : iterable of Mark
    language : str, optional
        In two letters, as a practice keeps it; CHAT writes three. One that has none here is written "und".

    Returns
    -------
    str
        CHAT. Tiers are named ``%x`` and the construct, as the manual asks of tiers of one's own.

    Notes
    -----
    1. One way, as `to_elan`.
    """
    under: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for mark in _in_order(marks):
        under[_turn(transcript, mark)][mark.construct].append(_said(mark))
    out, turn = [], -1
    for line in chat.write(transcript, LANGUAGES.get(language[:2], "und")).splitlines():
        out.append(line)
        if line.startswith("*"):
            turn += 1
            for construct, found in sorted(under.get(turn, {}).items()):
                out.append(f"%x{''.join(c for c in construct.lower() if c.isalpha())}:\t{' ; '.join(found)}")
    return "\n".join([*out, ""])


def _in_order(marks: Iterable[Mark]) -> list[Mark]:
    return sorted(
        marks, key=lambda mark: (mark.span.start, mark.span.end, mark.construct, mark.code, mark.id)
    )


def _turn(transcript: Transcript, mark: Mark) -> int:
    return transcript.turn_at(mark.span.start)


def _said(mark: Mark) -> str:
    words = " ".join(tidy(mark.quote).split()).replace("\x15", "")
    return f"{mark.code} “{words}”" if words else mark.code
