"""Texts and the codes on them, as a coder's tool reads them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from depthwork.coding.marks_file import MarksFile, Reading, marks_to_json
from depthwork.coding.shelf import installed
from depthwork.interchange.annotations.tiers import to_chat, to_elan
from depthwork.interchange.annotations.uima import to_xmi, typesystem
from depthwork.interchange.annotations.web import web_bytes
from depthwork.practice.casework.bridge import mark_of
from depthwork.practice.casework.models import MarkRow, ReadingRow
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.sources.models import SourceVersion
from depthwork.practice.sources.queries import sources_of_treatment
from depthwork.practice.sources.texts import transcript_of_version
from depthwork.practice.treatments.models import Treatment
from depthwork.transcripts import Transcript

FORMS = ("web", "uima", "elan", "chat", "marks")


@dataclass(frozen=True, slots=True)
class Coded:
    """A text with its marks."""

    name: str
    transcript: Transcript
    marks: MarksFile


def coded_texts(treatment: Treatment) -> list[Coded]:
    """Every text of a treatment that was not burned, with every mark that a person kept, edited or rejected.

    A mark of an earlier version of a text goes with that version: its offsets hold there.
    """
    rows: dict[tuple[object, int], list[MarkRow]] = {}
    for row in MarkRow.objects.filter(treatment=treatment, source__burned_at=None).order_by(
        "created_at", "id"
    ):
        rows.setdefault((row.source_id, row.source_version), []).append(row)
    readings = {
        one.source_id: one for one in ReadingRow.objects.filter(source__treatment=treatment).order_by("how")
    }
    books = {id: book.version for id, book in sorted(installed().items())}
    found = []
    for kept in sources_of_treatment(treatment):
        numbers = {kept.version.number, *(number for source, number in rows if source == kept.source.id)}
        versions = {
            one.number: one
            for one in SourceVersion.objects.filter(source=kept.source, number__in=numbers).defer("file")
        }
        for number in sorted(versions):
            transcript = transcript_of_version(kept.source, versions[number])
            marks = tuple(mark_of(row) for row in rows.get((kept.source.id, number), ()))
            if not transcript.turns or any(mark.span.end > len(transcript.text) for mark in marks):
                continue
            hour = kept.source.session
            place = (
                f"hour-{hour.number:03d}"
                if hour and hour.number
                else hour.day.isoformat()
                if hour
                else "apart"
            )
            reading = readings.get(kept.source.id)
            found.append(
                Coded(
                    f"{place}-{kept.source.kind}-{kept.source.id.hex[:6]}-v{number}",
                    transcript,
                    MarksFile(
                        source=str(kept.source.id), text_sha256=transcript.sha256, marks=marks, codebooks=books,
                        reading=Reading(reading.how, reading.is_blind) if reading else None,
                    ),
                )
            )  # fmt: skip
    return found


def annotation_files(treatment: Treatment, *, form: str) -> dict[str, bytes]:
    """A file for each text in one form: web, uima, elan, chat or marks."""
    texts, language = coded_texts(treatment), treatment.client.practice.language
    if not texts:
        raise DisclosureError(_("there is no text to give: no transcript and no note is kept here"))
    files: dict[str, bytes] = {}
    for one in texts:
        if form == "web":
            files[f"{one.name}.jsonld"] = web_bytes(one.marks)
            files[f"{one.name}.txt"] = one.transcript.text.encode()
        elif form == "uima":
            files[f"{one.name}.xmi"] = to_xmi(one.marks, one.transcript)
        elif form == "elan":
            files[f"{one.name}.eaf"] = to_elan(one.transcript, one.marks.marks).encode()
        elif form == "chat":
            files[f"{one.name}.cha"] = to_chat(one.transcript, one.marks.marks, language=language).encode()
        elif form == "marks":
            files[f"{one.name}.json"] = marks_to_json(one.marks).encode()
            files[f"{one.name}.txt"] = one.transcript.text.encode()
        else:
            raise DisclosureError(_("the forms are: %(forms)s") % {"forms": ", ".join(FORMS)})
    if form == "uima":
        files["TypeSystem.xml"] = typesystem()
    return files
