"""The client's own copy as chapters and entries, to be looked at before it is given, and to be read afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.config.dates import in_words
from depthwork.practice.disclosure.copy_kinds import KINDS, form_called
from depthwork.practice.disclosure.copy_words import Line, Row, World, lines_of
from depthwork.practice.disclosure.models import Disclosure
from depthwork.practice.disclosure.packing import Gathered
from depthwork.practice.disclosure.queries import given_out
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.models import Client
from depthwork.practice.vault.models import Compartment

CHAPTERS = (
    ("you", gettext_lazy("About you"), ("treatments.client", "treatments.treatment", "treatments.frame")),
    ("hours", gettext_lazy("Hours"), ("treatments.session", "treatments.break", "treatments.frameevent")),
    ("record", gettext_lazy("The record"), ("record.progressnote", "record.addendum", "record.planversion", "treatments.ending", "treatments.endingbefore", "treatments.followup")),
    ("goals", gettext_lazy("Goals and other treatment"), ("treatments.goal", "treatments.adjunct")),
    ("forms", gettext_lazy("Questionnaires"), ("tracking.response", "tracking.alert", "tracking.assessment")),
    ("consents", gettext_lazy("Consents and safety plan"), ("treatments.consent", "intake.safetyplan", "intake.consultation")),
    ("fees", gettext_lazy("Fees and coverage"), ("coverage.plan", "coverage.authorisation", "coverage.verification", "coverage.charge", "coverage.payment", "coverage.estimate")),
    ("papers", gettext_lazy("Papers for a payer"), ("coverage.payerplan", "coverage.letter", "coverage.paper", "coverage.asking")),
    ("notes", gettext_lazy("Process notes"), ("sources.source", "treatments.lifeevent", "formulation.statement", "portal.thought")),
)  # fmt: skip
NAMES = {
    "treatments.client": gettext_lazy("Name and contact"), "treatments.treatment": gettext_lazy("Treatment"),
    "treatments.frame": gettext_lazy("What was agreed"), "treatments.session": gettext_lazy("Hour"), "treatments.break": gettext_lazy("Break"),
    "treatments.frameevent": gettext_lazy("Change of what was agreed"), "record.progressnote": gettext_lazy("Progress note"),
    "record.addendum": gettext_lazy("Addition to a note"), "record.planversion": gettext_lazy("Treatment plan"),
    "treatments.ending": gettext_lazy("Ending"), "treatments.endingbefore": gettext_lazy("Ending as written before"), "treatments.followup": gettext_lazy("Asked later"), "treatments.goal": gettext_lazy("Goal"),
    "treatments.adjunct": gettext_lazy("Other treatment"), "tracking.response": gettext_lazy("Answers"),
    "tracking.alert": gettext_lazy("Answers to be read soon"), "tracking.assessment": gettext_lazy("What was asked about them"),
    "treatments.consent": gettext_lazy("Consent"), "intake.safetyplan": gettext_lazy("Safety plan"),
    "intake.consultation": gettext_lazy("First conversations"), "coverage.plan": gettext_lazy("Coverage"),
    "coverage.authorisation": gettext_lazy("Authorised hours"), "coverage.verification": gettext_lazy("How it is known"),
    "coverage.charge": gettext_lazy("Fee"), "coverage.payment": gettext_lazy("Payment"), "coverage.estimate": gettext_lazy("Estimate"),
    "coverage.payerplan": gettext_lazy("Plan for the payer"), "coverage.letter": gettext_lazy("Letter to the payer"),
    "coverage.paper": gettext_lazy("Paper that was made"), "coverage.asking": gettext_lazy("Question to the payer"),
    "sources.source": gettext_lazy("Text or thing"), "treatments.lifeevent": gettext_lazy("What happened"),
    "formulation.statement": gettext_lazy("A sentence of the formulation"), "portal.thought": gettext_lazy("Left for the hour"),
}  # fmt: skip
# Read with the row to which they belong.
WITHIN = ("tracking.score", "treatments.goalrating", "sources.sourceversion")
# In these chapters each text can be left out by itself.
ONE_BY_ONE = ("record", "consents", "notes")
_WHEN = ("on", "day", "from_date", "given_on", "made_on", "due_on", "first_day", "raised_at", "at", "left_at", "created_at")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the record. Its key is the label and the id of its row."""

    key: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """Entries of one sort, in the order of their days."""

    key: str
    title: str
    entries: tuple[Entry, ...]
    one_by_one: bool


def world_of(client: Client, held: Gathered) -> World:
    """What the entries of a copy may need."""
    names = {str(one.id): one.display_name for one in Person.objects.filter(id__in=held.people)}
    return World(held.rows, names, ZoneInfo(client.practice.time_zone))


def chapters_of(held: Gathered, world: World) -> list[Chapter]:
    """The copy, without chapters that are empty."""
    found = []
    for key, title, labels in CHAPTERS:
        pairs = [(label, row) for label in labels for row in held.rows.get(label, ())]
        place = {label: at for at, label in enumerate(labels)} if key == "you" else {}
        pairs.sort(key=lambda pair: (place.get(pair[0], 0), _when(*pair, world)))
        if pairs:
            entries = tuple(_entry(label, row, world) for label, row in pairs)
            found.append(Chapter(key, str(title), entries, key in ONE_BY_ONE))
    return found


def _entry(label: str, row: Row, world: World) -> Entry:
    make = KINDS.get(label)
    lines = make(row, world) if make else lines_of(label, row, world)
    return Entry(f"{label}:{row['id']}", _title(label, row, world), tuple(lines))


def _title(label: str, row: Row, world: World) -> str:
    if label == "tracking.response":
        return form_called(row)
    if label == "sources.source":
        from depthwork.practice.disclosure.carried import model_of
        from depthwork.practice.disclosure.field_words import chosen

        return (chosen(model_of(label), "kind", row.get("kind")) or str(NAMES[label])).capitalize()
    return str(NAMES[label])


def _when(label: str, row: Row, world: World) -> str:
    if label == "sources.source":
        hours = world.rows.get("treatments.session", ())
        return next((str(one["day"]) for one in hours if one["id"] == row.get("session_id")), str(row.get("created_at")))  # fmt: skip
    return next((str(row[name]) for name in _WHEN if row.get(name)), "")


def account_of(client: Client, *, on: date) -> Chapter | None:
    """What was given out, to whom: the account that a client may ask for. A copy made on the same day is this one again."""
    parts = {
        str(Compartment.ADMINISTRATION): _("administration"), str(Compartment.RECORD): _("record"),
        str(Compartment.PROCESS_NOTES): _("process notes"), "deidentified": _("de-identified"),
    }  # fmt: skip
    entries = []
    for row in reversed(given_out(client)):
        if row.kind == Disclosure.Kind.ACCESS and row.made_on == on:
            continue
        lines = [Line(_("on"), in_words(row.made_on)), Line(_("for whom"), row.to_whom or "–")]
        lines.append(Line(_("holds"), ", ".join(parts.get(one, one) for one in row.compartments)))
        if row.by is not None:
            lines.append(Line(_("by whom"), str(row.by)))
        kind = str(Disclosure.Kind(row.kind).label)
        entries.append(Entry(f"disclosure:{row.id}", kind[:1].upper() + kind[1:], tuple(lines)))
    return Chapter("given", _("What was given out, to whom"), tuple(entries), False) if entries else None


def left_out(held: Gathered, keys: Iterable[str]) -> Gathered:
    """Everything but these chapters and entries, and whatever belongs to a row that is left out or quotes it."""
    chosen = set(keys)
    labels = {label for key, _title, names in CHAPTERS if key in chosen for label in names}
    gone = {key.partition(":")[2] for key in chosen if ":" in key}
    rows: dict[str, list[Row]] = {label: list(found) for label, found in held.rows.items()}
    gone |= {str(row["id"]) for label in labels for row in rows.get(label, ())}
    before = -1
    while before != len(gone):
        before = len(gone)
        for label, found in rows.items():
            rows[label] = [row for row in found if not _is_of(row, gone)]
            gone |= {str(row["id"]) for row in found if _is_of(row, gone)}
    named = {str(value) for found in rows.values() for row in found for value in row.values()}
    files = {digest: raw for digest, raw in held.files.items() if digest in named}
    return Gathered(rows, files, held.people)


def _is_of(row: Mapping[str, Any], gone: set[str]) -> bool:
    return str(row["id"]) in gone or any(
        name.endswith("_id") and name not in ("client_id", "treatment_id", "session_id") and value in gone
        for name, value in row.items()
    )
