"""The pack as files for another program: passages and codes as rows, hours as plain text, the sheets. De-identified."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from depthwork.coding.shelf import codes_for
from depthwork.interchange.deidentify import SAYS
from depthwork.practice.casework.queries import marks_of_source
from depthwork.practice.sources.models import Source
from depthwork.practice.supervision.models import Pack
from depthwork.practice.supervision.packs import Passage

WITHOUT_WORDS: Final = ("polarity", "level", "sphere", "person", "conflict", "certainty")
"""Attributes of a mark that hold no words of a person; labels of figures and themes do, and stay at home."""


def contents(
    pack: Pack, passages: Sequence[Passage], texts: Sequence[str], *, sheets: bytes
) -> dict[str, bytes]:
    """Every file of a pack by name."""
    told = [
        {"how": p.how, "text": text, "speaker": p.speaker, "hour": p.hour, "turn": p.turn}
        for p, text in zip(passages, texts, strict=True)
    ]
    sources = {p.source for p in passages if p.source is not None}
    return {
        "pack.pdf": sheets,
        "rows/passages.jsonl": _lines(told),
        "rows/marks.jsonl": _lines(_marks(pack, sources)),
        **_hours(passages, texts),
    }


def about(pack: Pack, *, made_on: date) -> dict[str, Any]:
    """What the manifest says. Nothing of the practice or the client stands in it."""
    choice = pack.choice or {}
    return {
        "says": SAYS,
        "title": choice.get("title") or _("A case"),
        "for": choice.get("audience", ""),
        "made_on": made_on.isoformat(),
        "compartment": "process_notes",
        "destroy_after": _("the seminar"),
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


def _lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return b"".join(_json(row) + b"\n" for row in rows)


def _marks(pack: Pack, sources: set[Any]) -> list[dict[str, Any]]:
    """Codes by hour and turn, without their words: the words stand, replaced, in the passages."""
    rows = Source.objects.filter(id__in=sources, client_id=pack.client_id, burned_at=None)
    found = []
    for source in rows.select_related("session").order_by("session__starts_at", "created_at"):
        for mark in marks_of_source(source):
            if mark.status != "rejected" and mark.code in codes_for(mark.construct):
                found.append(
                    {
                        "hour": source.session.number if source.session else None,
                        "turn": mark.turn + 1,
                        "construct": mark.construct,
                        "code": mark.code,
                        "unaided": mark.is_unaided,
                        **{k: v for k, v in mark.attributes.items() if k in WITHOUT_WORDS},
                    }
                )
    return found


def _hours(passages: Sequence[Passage], texts: Sequence[str]) -> dict[str, bytes]:
    """Each hour as a plain text that the transcript readers take in."""
    hours: dict[str, list[str]] = {}
    for passage, text in zip(passages, texts, strict=True):
        if passage.source is not None and passage.turn is not None:
            name = f"hours/hour-{passage.hour or 0:03}-{passage.kind}.txt"
            head = f"{passage.speaker}: " if passage.speaker in ("T", "C") else ""
            hours.setdefault(name, []).append(f"{head}{text}")
    return {name: ("\n\n".join(turns) + "\n").encode() for name, turns in hours.items()}
