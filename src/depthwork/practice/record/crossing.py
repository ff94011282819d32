"""Two windows wrote one progress note: what each has, and one text of both, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from depthwork.practice.record.actions import lines
from depthwork.practice.record.forms import ProgressForm
from depthwork.practice.record.models import ProgressNote
from depthwork.practice.treatments.merging import merged

TEXTS = ("modality", *ProgressNote.PARTS)
HEADS = {"state": _("State"), "plan": _("Plan"), "risk": _("Risk"), "medication": _("Medication")}


@dataclass(frozen=True, slots=True)
class Crossed:
    """The other window's note, this one's words, and the form that holds both."""

    form: ProgressForm
    mine: tuple[tuple[Any, str], ...]
    was: dict[str, str]  # what the next saving begins from: what stands now
    clashes: int
    version: int


def was_of(sent: QueryDict) -> dict[str, str]:
    """What the texts were when this window opened them, as the form brought it."""
    return {name: lines(sent.get(f"was_{name}")) for name in TEXTS}


def crossed(sent: QueryDict, theirs: ProgressNote) -> Crossed:
    """Each part made of both: what one window alone changed is taken, where both did both stand, this one's first."""
    data, was, clashes = sent.copy(), was_of(sent), 0
    for name in TEXTS:
        mine = lines(sent.get(name))
        one = merged(base=was[name], mine=mine, theirs=getattr(theirs, name) or "")
        if one.text != mine.strip():
            data[name] = one.text
        clashes += one.clashes
    form = ProgressForm(data)
    form.is_valid()
    return Crossed(
        form,
        tuple((head, sent[name]) for name, head in HEADS.items() if sent.get(name)),
        texts_of(theirs),
        clashes,
        theirs.version,
    )


def texts_of(note: ProgressNote) -> dict[str, str]:
    """The texts of a note as a form holds them."""
    return {name: getattr(note, name) or "" for name in TEXTS}
