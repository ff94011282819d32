"""Marks held against their codebooks: a clear list of what does not fit, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from depthwork.coding.codebook import AttributeRule, Codebook
from depthwork.coding.marks import Mark
from depthwork.coding.shelf import EVERYWHERE, installed
from depthwork.wording import gettext as _

FindingKind = Literal[
    "unknown_construct", "unknown_code", "other_version", "unknown_attribute", "attribute_value", "confidence"
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one mark that does not fit its codebook. The mark itself stays as it is."""

    position: int
    mark_id: str
    kind: FindingKind
    message: str


def check_marks(
    marks: Iterable[Mark], codebooks: Mapping[str, Codebook] | None = None
) -> tuple[Finding, ...]:
    """What does not fit, mark by mark.

    A mark made under another version of its codebook keeps that version: it is reported as
    `other_version` and is never recoded. Codes and attributes that the present book does not
    know are reported and kept.

    Parameters
    ----------
    marks
        Marks in the order in which they are to be reported; positions count from 0.
    codebooks
        By id; the installed ones when left out.
    """
    books = installed() if codebooks is None else codebooks
    book_of = {construct: book for book in books.values() for construct in book.constructs}
    found: list[Finding] = []
    for at, mark in enumerate(marks):
        book = book_of.get(mark.construct)
        for kind, message in _faults(mark, book):
            found.append(
                Finding(at, mark.id, kind, _("mark %(n)s: %(fault)s") % {"n": at + 1, "fault": message})
            )
    return tuple(found)


def _faults(mark: Mark, book: Codebook | None) -> list[tuple[FindingKind, str]]:
    faults: list[tuple[FindingKind, str]] = []
    if mark.status == "proposed" and mark.confidence is None and mark.construct != "risk":
        faults.append(("confidence", _("a cue carries a confidence and this one has none")))
    if book is None:
        return [
            *faults,
            (
                "unknown_construct",
                _("no codebook has the construct %(construct)s") % {"construct": _short(mark.construct)},
            ),
        ]
    if mark.codebook_version != book.ref:
        faults.append(
            (
                "other_version",
                _("made with %(old)s, the present one is %(ref)s; it keeps its own")
                % {"old": _short(mark.codebook_version), "ref": book.ref},
            )
        )
    if mark.code not in book.codes[mark.construct] and mark.construct not in book.free:
        words = _("%(ref)s has no %(construct)s code %(code)s")
        faults.append(
            (
                "unknown_code",
                words % {"ref": book.ref, "construct": mark.construct, "code": _short(mark.code)},
            )
        )
    rules: dict[str, AttributeRule] = {**book.attributes.get(mark.construct, {}), **EVERYWHERE}
    for name, value in mark.attributes.items():
        rule = rules.get(name)
        if rule is None:
            faults.append(
                (
                    "unknown_attribute",
                    _("%(construct)s has no attribute %(name)s; it is kept")
                    % {"construct": mark.construct, "name": _short(name)},
                )
            )
        elif fault := rule.fault(value):
            faults.append(("attribute_value", f"{name} {fault}"))
    return faults


def _short(word: str) -> str:
    # A code is an identifier; anything longer may be a client's words and stays out of messages.
    return (
        word if len(word) <= 64 and word.replace("_", "").replace("@", "").replace(".", "").isalnum() else "?"
    )
