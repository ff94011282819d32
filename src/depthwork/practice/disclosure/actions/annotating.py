"""Take in what a coder marked elsewhere: every mark of every file, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.coding import Mark
from depthwork.coding.check import check_marks
from depthwork.coding.marks_file import MarksError
from depthwork.interchange.annotations.arriving import read_annotations
from depthwork.interchange.parcel import sha256
from depthwork.practice.audit.actions import record
from depthwork.practice.casework.actions.readings import reading_of
from depthwork.practice.casework.bridge import body_of
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.marks_in import (
    Place,
    Standing,
    Texts,
    claims_a_colleague,
    own_origin,
    people_of,
    placed,
)
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.registry import allows_row
from depthwork.practice.treatments.models import Client
from depthwork.wording import isolated

NOBODY = "coder:unknown"
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class MarksTaken:
    """What came of it: marks written, marks that stood here already, proposals left out, and what does not fit its codebook."""

    texts: int
    written: int
    stood: int
    otherwise: int  # stood here, confirmed there and removed here or the other way round
    proposals: int
    renamed: int
    findings: tuple[str, ...]
    more_findings: int


@dataclass(slots=True)
class _Coder:
    """Who brings the marks: the person who takes them in, or somebody outside whom that person names."""

    by: Person
    origin: str
    people: frozenset[str]

    def renames(self, mark: Mark) -> bool:
        """Whether a mark carries a colleague's name, which is not taken from a file."""
        return mark.origin != f"coder:{self.by.id}" and claims_a_colleague(mark, self.people)

    def own(self, mark: Mark) -> Mark:
        """A mark under the name of whoever made it."""
        if mark.origin == NOBODY or self.renames(mark):
            return replace(mark, origin=self.origin)
        return mark

    def is_by(self, mark: Mark) -> bool:
        """Whether the person's own row is written; an accepted cue is of whoever brings it."""
        mine = f"coder:{self.by.id}"
        return mark.origin == mine or (mark.origin.startswith("cue:") and self.origin == mine)


@transaction.atomic
def take_in_annotations(
    *, raw: bytes, client: Client, by: Person, coder: str = "", name: str = ""
) -> MarksTaken:
    """The marks of a file, or of a zip of files, on the texts of one client.

    Each file has to be of a text that stands here, by the text it holds, its fingerprint or its quotes. Codes and
    constructs that no codebook here has are kept as they are. What stands here already is not written twice; a mark
    that was changed elsewhere is written beside the one it came from, under the name of whoever changed it.
    Proposals are left out: a kept mark is none. `coder` is somebody outside, empty where `by` did the coding.
    """
    if not allows_row(by, Permission.WRITE_PROCESS_NOTES, client):
        raise DisclosureError(_("only the clinician who treats this client takes marks in"))
    who = _Coder(by, own_origin(coder, by), people_of(by))
    try:
        files = read_annotations(raw, name=name)
    except MarksError as error:
        raise DisclosureError(str(error)) from None
    texts, counts, findings = Texts(client), Counter[str](), list[str]()
    standing: dict[object, Standing] = {}
    places: set[object] = set()
    for file in files:
        place = texts.of(file)
        places.add(place.source.id)
        key = (place.source.id, place.transcript.sha256)
        if key not in standing:
            standing[key] = Standing.on(place, texts.numbers(place))
        marks = placed(file, place)
        fresh = _fresh(marks, standing[key], who, counts)
        _write(list(fresh.values()), place, who)
        counts["written"] += len(fresh)
        findings += [
            f"{isolated(file.name)}: {one.message}" if file.name else one.message
            for one in check_marks(marks)
            if one.position in fresh
        ]
    record(
        verb="took_in.annotations", by=by.id, practice=by.practice_id, object_type="treatments.client",
        object_id=client.id, client=client.id, reason=sha256(raw),
    )  # fmt: skip
    return MarksTaken(
        len(places), counts["written"], counts["stood"], counts["otherwise"], counts["proposals"], counts["renamed"],
        tuple(findings[:MOST_SHOWN]), max(0, len(findings) - MOST_SHOWN),
    )  # fmt: skip


def _fresh(marks: Sequence[Mark], standing: Standing, who: _Coder, counts: Counter[str]) -> dict[int, Mark]:
    """The marks of one file that do not stand here yet, by their place in it."""
    fresh = {}
    for at, mark in enumerate(marks):
        if mark.status == "proposed":
            counts["proposals"] += 1
            continue
        held = standing.meets(mark)
        own = who.own(mark)
        held = held or standing.meets(own)
        if held is None:
            fresh[at] = own
            counts["renamed"] += who.renames(mark)
            continue
        counts["stood"] += 1
        counts["otherwise"] += held != mark.status
    return fresh


def _write(marks: Sequence[Mark], place: Place, who: _Coder) -> None:
    source = place.source
    mine = any(who.is_by(mark) for mark in marks)
    reading = reading_of(source=source, by=who.by) if mine else None
    MarkRow.objects.bulk_create(
        MarkRow(
            client_id=source.client_id, treatment_id=source.treatment_id, session_id=source.session_id, source=source,
            source_version=place.number, coder=who.by if who.is_by(mark) else None,
            reading=reading if who.is_by(mark) else None, status=mark.status, body=body_of(mark),
        )
        for mark in marks
    )  # fmt: skip
