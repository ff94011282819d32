"""ELAN annotation files (.eaf): tiers of annotations on one time line."""

from __future__ import annotations

import html
from dataclasses import dataclass
from itertools import pairwise

from depthwork.transcripts.draft import Draft
from depthwork.transcripts.encodings import tidy
from depthwork.transcripts.markup import local, walk
from depthwork.transcripts.model import Transcript, TranscriptError
from depthwork.wording import gettext, ngettext


def read(data: bytes, *, encoding: str | None = None) -> Draft:
    """Turns of the tiers that stand on the time line, in its order.

    A tier's speaker is its PARTICIPANT, else its own name. Tiers that annotate another tier
    (glosses, translations, codes) are left out with a warning.
    """
    document = _Document()
    walk(data, document, encoding=encoding)
    if not document.is_elan:
        raise TranscriptError(gettext("this XML is not an ELAN file; an .eaf file holds ANNOTATION_DOCUMENT"))
    draft = Draft()
    for annotation in document.in_order():
        start_s, end_s = document.time(annotation.start), document.time(annotation.end)
        draft.say(tidy(annotation.name), tidy(annotation.text), start_s, end_s)
    if document.dependent:
        left = ngettext(
            "%(n)s annotation of a tier that describes another tier is left out",
            "%(n)s annotations of tiers that describe another tier are left out",
            document.dependent,
        )
        draft.warn(left % {"n": document.dependent})
    return draft


def write(transcript: Transcript) -> str:
    """An ELAN file with one tier a speaker; its order is that of time, also where turns ran backwards."""
    slots: list[tuple[float, str, float | None]] = []
    last = 0.0
    for turn in transcript.turns:
        start = last if turn.start_s is None else turn.start_s
        end = start if turn.end_s is None else turn.end_s
        slots.append((start, f"ts{2 * turn.index + 1}", turn.start_s))
        slots.append((end, f"ts{2 * turn.index + 2}", turn.end_s))
        last = end
    slots.sort(key=lambda slot: slot[0])
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        # The schema demands a date; a fixed one keeps the same hour the same bytes.
        '<ANNOTATION_DOCUMENT AUTHOR="" DATE="1970-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">',
        '<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>',
        "<TIME_ORDER>",
    ]
    for _, slot, time_s in slots:
        value = "" if time_s is None else f' TIME_VALUE="{round(time_s * 1000)}"'
        out.append(f'<TIME_SLOT TIME_SLOT_ID="{slot}"{value}/>')
    out.append("</TIME_ORDER>")
    for speaker in dict.fromkeys(turn.speaker for turn in transcript.turns):
        name = f'"{html.escape(" ".join(tidy(speaker).split()))}"'
        out.append(f'<TIER LINGUISTIC_TYPE_REF="default-lt" PARTICIPANT={name} TIER_ID={name}>')
        out.extend(_annotation(turn.index, turn.text) for turn in transcript.turns if turn.speaker == speaker)
        out.append("</TIER>")
    out.append(
        '<LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>'
    )
    out.append("</ANNOTATION_DOCUMENT>")
    return "\n".join(out) + "\n"


def _annotation(index: int, text: str) -> str:
    return (
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{index + 1}" '
        f'TIME_SLOT_REF1="ts{2 * index + 1}" TIME_SLOT_REF2="ts{2 * index + 2}">'
        f"<ANNOTATION_VALUE>{html.escape(tidy(text), quote=False)}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
    )


@dataclass(slots=True)
class _Annotation:
    name: str
    start: str
    end: str
    text: str
    at: int


class _Document:
    def __init__(self) -> None:
        self.is_elan = False
        self.annotations: list[_Annotation] = []
        self.dependent = 0
        self._slots: dict[str, tuple[int, float | None]] = {}
        self._tier: tuple[str, bool] = ("", False)
        self._open: _Annotation | None = None
        self._text: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "ANNOTATION_DOCUMENT":
            self.is_elan = True
        elif name == "TIME_SLOT":
            slot, value = attributes.get("TIME_SLOT_ID", ""), attributes.get("TIME_VALUE")
            self._slots[slot] = (len(self._slots), None if value is None else _milliseconds(value))
        elif name == "TIER":
            speaker = attributes.get("PARTICIPANT") or attributes.get("TIER_ID", "")
            self._tier = (speaker, "PARENT_REF" in attributes)
        elif name == "REF_ANNOTATION":
            self.dependent += 1
        elif name == "ALIGNABLE_ANNOTATION":
            if self._tier[1]:
                self.dependent += 1
                return
            start, end = attributes.get("TIME_SLOT_REF1", ""), attributes.get("TIME_SLOT_REF2", "")
            if start not in self._slots or end not in self._slots:
                raise TranscriptError(
                    gettext("annotation %(n)s: its time slot is missing; save the file again in ELAN")
                    % {"n": len(self.annotations) + 1}
                )
            self._open = _Annotation(self._tier[0], start, end, "", len(self.annotations))
        elif name == "ANNOTATION_VALUE" and self._open is not None:
            self._text = []

    def end(self, tag: str) -> None:
        name = local(tag)
        if name == "ANNOTATION_VALUE" and self._open is not None and self._text is not None:
            self._open.text = "".join(self._text)
            self._text = None
        elif name == "ALIGNABLE_ANNOTATION" and self._open is not None:
            self.annotations.append(self._open)
            self._open = None

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def time(self, slot: str) -> float | None:
        """Seconds of a time slot; None for one that is not aligned."""
        return self._slots[slot][1]

    def in_order(self) -> list[_Annotation]:
        """Annotations as they stand on the time line: in the order of their slots.

        Where a file's slots are not in the order of time, by time; a slot without one stands with the
        slot before it.
        """
        times = [time_s for _, time_s in self._slots.values() if time_s is not None]
        if all(earlier <= later for earlier, later in pairwise(times)):
            return sorted(self.annotations, key=lambda note: (self._slots[note.start][0], note.at))
        place, last = {}, 0.0
        for slot, (_, time_s) in self._slots.items():
            last = place[slot] = last if time_s is None else time_s
        return sorted(self.annotations, key=lambda note: (place[note.start], note.at))


def _milliseconds(value: str) -> float:
    value = value.strip()
    if not (value.isascii() and value.isdigit() and len(value) <= 12):
        raise TranscriptError(
            gettext("a time slot's value is not a number of milliseconds; save the file again in ELAN")
        )
    return int(value) / 1000
