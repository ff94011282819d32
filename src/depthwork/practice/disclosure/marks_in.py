"""Which text of a client brought marks belong to, and what of them stands here already."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from depthwork.coding import Mark
from depthwork.coding.anchor import anchored, reanchor
from depthwork.interchange.annotations.arriving import Brought
from depthwork.interchange.annotations.uima import shown_text
from depthwork.practice.casework.bridge import mark_of
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.casework.words import outside_coder
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.sources.queries import sources_of_treatment
from depthwork.practice.sources.texts import transcript_of_version
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.transcripts import Transcript, canonical
from depthwork.wording import isolated


@dataclass(frozen=True, slots=True)
class Place:
    """A version of a text of this client."""

    source: Source
    number: int
    transcript: Transcript


@dataclass(slots=True)
class Texts:
    """Every text of a client that was not burned: the present versions first, older ones opened where they are asked for."""

    client: Client
    _now: list[Place] = field(default_factory=list)
    _before: list[Place] | None = None

    def __post_init__(self) -> None:
        for treatment in Treatment.objects.filter(client=self.client):
            for kept in sources_of_treatment(treatment):
                if kept.transcript.turns:
                    self._now.append(Place(kept.source, kept.version.number, kept.transcript))

    def of(self, brought: Brought) -> Place:
        """The text that marks were made on: by its words where the file holds them, else by its fingerprint, else by
        the words that every mark quotes."""
        found = self._fitting(brought, self._now) or self._fitting(brought, self._older())
        named = [place for place in found if str(place.source.id) == brought.marks.source]
        found = named or found
        if not found:
            raise DisclosureError(
                _said(
                    brought,
                    _(
                        "these marks were made on another text than those that stand here; nothing was taken in"
                    ),
                )
            )
        if len({place.source.id for place in found}) > 1:
            raise DisclosureError(
                _said(
                    brought,
                    _(
                        "more than one text of this client has these words, and the file does not name one; nothing was taken in"
                    ),
                )
            )
        return max(found, key=lambda place: place.number)

    def numbers(self, place: Place) -> list[int]:
        """The versions of a source that have the same words."""
        return [
            one.number
            for one in (*self._now, *self._older())
            if one.source.id == place.source.id and one.transcript.sha256 == place.transcript.sha256
        ]

    def _older(self) -> list[Place]:
        if self._before is None:
            changed = {place.source.id: place.source for place in self._now if place.source.version > 1}
            rows = SourceVersion.objects.filter(source__in=changed).defer("file").order_by("number")
            self._before = [
                Place(source, row.number, transcript_of_version(source, row))
                for row in rows
                if row.number != (source := changed[row.source_id]).version
            ]
        return self._before

    @staticmethod
    def _fitting(brought: Brought, places: Iterable[Place]) -> list[Place]:
        file = brought.marks
        if brought.text is not None:
            return [one for one in places if shown_text(one.transcript.text) == brought.text]
        if file.text_sha256:
            return [one for one in places if one.transcript.sha256 == file.text_sha256]
        if not file.marks or not all(mark.quote for mark in file.marks):
            return []
        return [
            one
            for one in places
            if all(one.transcript.text[m.span.start : m.span.end] == canonical(m.quote) for m in file.marks)
        ]


def placed(brought: Brought, place: Place) -> tuple[Mark, ...]:
    """The marks in the words of the text. Where the file holds the text, a mark's place is what its coder moved; else
    its quote must stand there, and is looked for where another tool counted its letters in another way."""
    found = []
    for at, mark in enumerate(brought.marks.marks, 1):
        text = place.transcript.text
        if (
            brought.text is None
            and mark.quote
            and text[mark.span.start : mark.span.end] != canonical(mark.quote)
        ):
            again = reanchor(mark, place.transcript)
            if again.state not in ("same", "moved"):
                raise DisclosureError(
                    _said(
                        brought,
                        _("the words of mark %(n)s do not stand in the text; nothing was taken in")
                        % {"n": at},
                    )
                )
            mark = again.mark
        if mark.span.end > len(text):
            raise DisclosureError(
                _said(brought, _("mark %(n)s lies outside the text; nothing was taken in") % {"n": at})
            )
        found.append(replace(anchored(mark, place.transcript), source_id=str(place.source.id)))
    return tuple(found)


def _said(brought: Brought, words: str) -> str:
    return f"{isolated(brought.name)}: {words}" if brought.name else words


@dataclass(slots=True)
class Standing:
    """The marks that stand on one text, each to be met once: the same file brings nothing the second time."""

    _left: dict[tuple[Any, ...], Counter[str]]

    @classmethod
    def on(cls, place: Place, numbers: Iterable[int]) -> Standing:
        """Those of every version that has the same words."""
        rows = MarkRow.objects.filter(source=place.source, source_version__in=list(numbers))
        left: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
        for row in rows:
            mark = mark_of(row)
            left[_content(mark)][mark.status] += 1
        return cls(left)

    def meets(self, mark: Mark) -> str | None:
        """The status of the same mark here, or None where there is none (left)."""
        statuses = self._left.get(_content(mark))
        if not statuses:
            return None
        status = mark.status if statuses[mark.status] else next(iter(+statuses), None)
        if status is not None:
            statuses[status] -= 1
        return status


def _content(mark: Mark) -> tuple[Any, ...]:
    """What makes two marks the same: all but their ids, and what can be read off the text."""
    return (
        mark.span, mark.construct, mark.code, json.dumps(dict(mark.attributes), sort_keys=True), mark.intensity,
        mark.confidence, mark.origin, mark.codebook_version, mark.why,
    )  # fmt: skip


def own_origin(coder: str, by: Person) -> str:
    """How a mark names whoever made it: the coder's name as it was given, else the person who takes it in."""
    name = " ".join(coder.split())
    if not name:
        return f"coder:{by.id}"
    if len(name) > 60 or not outside_coder(f"coder:{name}"):
        raise DisclosureError(_("name the coder in up to 60 letters, as the margin should call them"))
    return f"coder:{name}"


def claims_a_colleague(mark: Mark, people: frozenset[str]) -> bool:
    """Whether a mark says that a person of this practice made it; nobody's name is taken from a file."""
    return mark.origin.startswith("coder:") and mark.origin.removeprefix("coder:") in people


def people_of(by: Person) -> frozenset[str]:
    """Ids of the practice, as marks name them."""
    ids: Iterable[UUID] = Person.objects.filter(practice_id=by.practice_id).values_list("id", flat=True)
    return frozenset(str(one) for one in ids)
