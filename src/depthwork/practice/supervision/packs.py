"""What a pack says, before and after what identifies was taken out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from depthwork.interchange.deidentify import SAYS, Deidentified, Known, Person, deidentify
from depthwork.patterns.overview import patterns
from depthwork.practice.casework.queries import hours_of
from depthwork.practice.casework.words import name_of_code
from depthwork.practice.formulation.kept import kept_lines
from depthwork.practice.formulation.measures import moved, scores_of
from depthwork.practice.formulation.queries import latest_kept, page_of
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import sources_of_treatment
from depthwork.practice.supervision.actions.packing import NO_CONSENT, agreed_to_packs
from depthwork.practice.supervision.known import known_of as of_the_chart
from depthwork.practice.supervision.models import Pack
from depthwork.practice.treatments.models import Treatment
from depthwork.reports import blocks as b
from depthwork.wording import figure

OUR_OWN = ("chapter", "sum")  # the program's words: names of measures and codes, never a person's


@dataclass(frozen=True, slots=True)
class Passage:
    """One text of a pack and how it is set."""

    how: str  # chapter, heading, turn, paragraph, statement, quote, sum
    text: str
    speaker: str = ""
    hour: int | None = None
    turn: int | None = None
    source: UUID | None = None
    kind: str = ""


def passages_of(pack: Pack) -> list[Passage]:
    """Everything chosen, as it stands in the chart. Dates of hours become numbers; nothing else is changed here."""
    choice, treatment = pack.choice or {}, pack.treatment
    found: list[Passage] = []
    if treatment.focus and choice.get("formulation"):
        found += [Passage("chapter", _("The focus")), Passage("paragraph", treatment.focus)]
    found += _formulation(treatment) if choice.get("formulation") else []
    found += _patterns(treatment) if choice.get("patterns") else []
    found += _sources(treatment, set(choice.get("hours") or []), set(choice.get("dreams") or []))
    if choice.get("kept_lines"):
        found.append(Passage("chapter", _("Kept lines")))
        found += [Passage("quote", line.line) for line in kept_lines(treatment) if line.line]
    if choice.get("measures"):
        told = moved(scores_of(treatment.client_id, treatment=treatment))
        if told:
            found.append(Passage("chapter", _("What moved")))
            found += [
                Passage("sum", _("%(name)s: from %(value)s to %(now)s (reliable change %(points)s points, "
"n = %(n)s).") % {"name": m.name, "value": figure(m.first.value, 'g'), "now": figure(m.last.value, 'g'), "points": figure(m.reliable_points, 'g'), "n": m.n})
                for m in told
            ]  # fmt: skip
    return found


def _formulation(treatment: Treatment) -> list[Passage]:
    row = latest_kept(treatment)
    if row is None:
        return []
    found = [Passage("chapter", _("Formulation, version %(number)s") % {"number": row.number})]
    for part in page_of(row).parts:
        if part.statements:
            found.append(Passage("heading", part.title))
        for told in part.statements:
            tail = _(" (inference)") if told.is_inference else ""
            found.append(Passage("statement", told.words + tail))
            found += [
                Passage("quote", c.quote, c.by.split(",")[0]) for c in told.rests_on if c.holds and c.quote
            ]
    return found


def _patterns(treatment: Treatment) -> list[Passage]:
    said = patterns(hours_of(treatment))
    core = said.ccrt.core
    if core is None or not core.codes:
        return []
    parts = {"wish": _("wishes"), "response_of_other": _("the other"), "response_of_self": _("the self")}
    words = "; ".join(
        f"{parts.get(part, part)}: {name_of_code(part, code)}" for part, code in core.codes.items() if code
    )
    return [Passage("chapter", _("What recurs")), Passage("sum", f"{words[0].upper()}{words[1:]}.")]


def _sources(treatment: Treatment, hours: set[str], dreams: set[str]) -> list[Passage]:
    found: list[Passage] = []
    for kept in sources_of_treatment(treatment):
        source = kept.source
        is_dream = source.kind == Source.Kind.DREAM
        if is_dream and str(source.id) not in dreams:
            continue
        if not is_dream and (
            str(source.session_id) not in hours
            or source.kind not in (Source.Kind.TRANSCRIPT, Source.Kind.PROCESS_NOTE)
        ):
            continue
        number = source.session.number if source.session else None
        what = (
            _("A dream")
            if is_dream
            else _("Hour %(number)s") % {"number": number}
            if number
            else _("An hour")
        )
        found.append(Passage("chapter", f"{what}, {source.get_provenance_display()}"))
        for n, (speaker, text, _start, _end) in enumerate(kept.version.turns or [], start=1):
            how = "turn" if speaker in ("T", "C") else "paragraph"
            found.append(Passage(how, text, speaker, number, n, source.id, source.kind))
    return found


def known_of(pack: Pack) -> Known:
    """Who and what the chart knows, and what the clinician added for this pack: "Des = the partner", one a line."""
    choice = pack.choice or {}
    people: list[Person] = []
    for line in str(choice.get("people") or "").splitlines():
        names, _sign, relation = line.partition("=")
        given = [n.strip() for n in names.split(",") if n.strip()]
        if given:
            people.append(Person((given[0],), tuple(given[1:]), relation.strip()))
    places = [p.strip() for p in str(choice.get("places") or "").splitlines() if p.strip()]
    return of_the_chart(pack.client, named=people, places=places)


def cleaned(pack: Pack) -> tuple[list[Passage], Deidentified]:
    """The passages and what de-identification makes of them, with the decisions taken so far."""
    passages = passages_of(pack)
    made = deidentify(
        ["" if p.how in OUR_OWN else p.text for p in passages],
        known_of(pack),
        decisions=pack.decisions or {},
        words=pack.words or {},
    )
    texts = tuple(p.text if p.how in OUR_OWN else text for p, text in zip(passages, made.texts, strict=True))
    return passages, replace(made, texts=texts)


def may_be_made(*, agreed: bool, waiting: int, answers: dict[str, Any] | None) -> str:
    """Why a pack may not be made, or nothing. Asked again each time the sheets are made."""
    if not agreed:
        return NO_CONSENT
    if waiting:
        return _("%(n)s spelling(s) on the list are not decided on yet") % {"n": waiting}
    given = answers or {}
    if not all(len(str(given.get(name) or "").strip()) >= 2 for name in ("who", "self")):
        return _("the two questions are not answered yet")
    return ""


def why_not(pack: Pack, made: Deidentified, *, today: date) -> str:
    """Why the pack as it stands may not leave, or nothing."""
    why = may_be_made(
        agreed=agreed_to_packs(pack.client, on=today) is not None,
        waiting=len(made.waiting(pack.decisions or {})),
        answers=pack.answers,
    )
    return why or ("" if pack.finished_at is not None else _("finish the pack first"))


def pack_paper(
    passages: Sequence[Passage], texts: Sequence[str], *, title: str, audience: str, made_on: date
) -> b.Document:
    """The sheets. Every one says that it is de-identified, not anonymous."""
    blocks: list[b.Block] = [
        b.Notice(SAYS, _("Names, places, dates and workplaces were replaced. Whoever knows the story can know the "
                 "person. Do not copy it, do not pass it on; destroy it after the seminar.")),
    ]  # fmt: skip
    turns: list[tuple[str, str]] = []

    def close() -> None:
        if turns:
            blocks.append(b.Exchange(tuple(turns)))
            turns.clear()

    for passage, text in zip(passages, texts, strict=True):
        if passage.how == "turn":
            turns.append((passage.speaker, text))
            continue
        close()
        if passage.how == "chapter":
            blocks.append(b.Heading(passage.text, 1))
        elif passage.how == "heading":
            blocks.append(b.Heading(text, 2))
        elif passage.how == "quote":
            blocks.append(b.Quote(text, passage.speaker))
        else:
            blocks.append(b.Paragraph(text))
    close()
    return b.Document(
        title=title or _("A case"),
        compartment="process_notes",
        about=SAYS,
        contains=_("A pack for a case seminar"),
        for_whom=audience,
        made_on=made_on,
        blocks=tuple(blocks),
        closing=SAYS,
    )


def digest_of(document: bytes) -> str:
    """What was made, so that a sheet that turns up can be told from another."""
    return hashlib.sha256(document).hexdigest()
