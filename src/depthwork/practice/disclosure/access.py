"""The client's own copy: readable pages, tables and data of what the law of the place lets them have."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape
from typing import Any

from django.apps import apps
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from depthwork.interchange.cells import csv_bytes
from depthwork.interchange.parcel import as_json, packed
from depthwork.practice.disclosure.field_words import called, chosen
from depthwork.practice.disclosure.packing import gathered
from depthwork.practice.policy.jurisdiction import profile_of
from depthwork.practice.treatments.models import Client

STYLE = """body{font:1.1rem/1.55 Georgia,serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#23211d;background:#fbf9f4}
h1{font-size:1.7rem}h2{font-size:1.25rem;font-style:italic;margin-top:2.2rem}article{border-top:1px solid #8a8478;padding-top:.6rem}
dt{font:0.85rem system-ui;color:#5c574e;margin-top:.6rem}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
@media print{body{margin:0;background:#fff}article{break-inside:avoid}}"""
CHAPTERS = (
    (gettext_lazy("About you"), ("treatments.client", "treatments.treatment", "treatments.frame")),
    (gettext_lazy("Hours"), ("treatments.session", "treatments.break", "treatments.frameevent")),
    (gettext_lazy("The record"), ("record.progressnote", "record.addendum", "record.planversion", "treatments.ending", "treatments.endingbefore", "treatments.followup")),
    (gettext_lazy("Goals and other treatment"), ("treatments.goal", "treatments.goalrating", "treatments.adjunct")),
    (gettext_lazy("Questionnaires"), ("tracking.response", "tracking.score")),
    (gettext_lazy("Consents and safety plan"), ("treatments.consent", "intake.safetyplan", "intake.consultation")),
    (gettext_lazy("Fees and coverage"), ("coverage.plan", "coverage.authorisation", "coverage.charge", "coverage.payment")),
    (gettext_lazy("Process notes"), ("sources.source", "sources.sourceversion", "treatments.lifeevent", "formulation.statement", "portal.thought")),
)  # fmt: skip
NAMES = {
    "treatments.client": gettext_lazy("Name and contact"), "treatments.treatment": gettext_lazy("Treatment"),
    "treatments.frame": gettext_lazy("What was agreed"), "treatments.session": gettext_lazy("Hour"), "treatments.break": gettext_lazy("Break"),
    "treatments.frameevent": gettext_lazy("Change of what was agreed"), "record.progressnote": gettext_lazy("Progress note"),
    "record.addendum": gettext_lazy("Addition to a note"), "record.planversion": gettext_lazy("Treatment plan"),
    "treatments.ending": gettext_lazy("Ending"), "treatments.endingbefore": gettext_lazy("Ending as written before"), "treatments.followup": gettext_lazy("Asked later"), "treatments.goal": gettext_lazy("Goal"),
    "treatments.goalrating": gettext_lazy("How near a goal is"), "treatments.adjunct": gettext_lazy("Other treatment"),
    "tracking.response": gettext_lazy("Answers"), "tracking.score": gettext_lazy("Scores"), "treatments.consent": gettext_lazy("Consent"),
    "intake.safetyplan": gettext_lazy("Safety plan"), "intake.consultation": gettext_lazy("First conversations"),
    "coverage.plan": gettext_lazy("Coverage"), "coverage.authorisation": gettext_lazy("Authorised hours"),
    "coverage.charge": gettext_lazy("Fee"), "coverage.payment": gettext_lazy("Payment"), "sources.source": gettext_lazy("Text or thing"),
    "sources.sourceversion": gettext_lazy("Text"), "treatments.lifeevent": gettext_lazy("What happened"),
    "formulation.statement": gettext_lazy("A sentence of the formulation"), "portal.thought": gettext_lazy("Left for the hour"),
}  # fmt: skip
# Of use to a machine alone; the data file has them.
UNREAD = (
    "_id", "version", "token", "draft", "box", "told", "hash", "sha256", "receipt", "data_key", "created_at", "changed_at",
    "zone", "starts_at", "skipped_remembering", "brief_page", "cues", "slots", "order", "taken_in_at", "practice",
)  # fmt: skip


def rule_in_words(client: Client) -> str:
    """Whether process notes belong in the copy, and which rule says so."""
    profile = profile_of(client.practice)
    if profile.notes_in_access_export:
        return _("Process notes belong in the copy under the profile “%(name)s”. What others confided may be left out: look before you give it.") % {"name": profile.name}  # fmt: skip
    return _("Process notes are no part of the copy under the profile “%(name)s”.") % {"name": profile.name}


def compartments_for(client: Client) -> tuple[str, ...]:
    """What the copy holds where the practice is."""
    notes = ("process_notes",) if profile_of(client.practice).notes_in_access_export else ()
    return ("administration", "record", *notes)


def access_parcel(client: Client, *, compartments: Iterable[str], made_on: date) -> bytes:
    """A zip: one page to read, a table for each kind of row, everything as data, and the manifest.

    The same bytes for the same record, day and compartments.
    """
    parts = sorted(set(compartments))
    held = gathered(client.id, course=None, compartments=set(parts))
    told = {label: found for label, found in held.rows.items() if found}
    files: dict[str, bytes] = {f"files/{digest}": raw for digest, raw in held.files.items()}
    for label, found in told.items():
        header = sorted({name for row in found for name in row})
        files[f"tables/{label}.csv"] = csv_bytes(
            header, ([_cell(row.get(name)) for name in header] for row in found)
        )
    files["everything.json"] = as_json(told)
    with override(client.practice.language):  # whoever gives it out may read another one
        files["read me first.html"] = _page(client, told, made_on).encode()
        about = {
            "what": "the client's own copy", "made_on": made_on.isoformat(), "compartments": parts,
            "rule": rule_in_words(client), "practice": client.practice.name,
        }  # fmt: skip
    return packed(files, about)


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return as_json(value).decode().strip()
    return value


def _page(client: Client, told: dict[str, list[dict[str, Any]]], made_on: date) -> str:
    title = _("Your record at %(practice)s") % {"practice": client.practice.name}
    made = _("Made on %(day)s. Ask if something is not clear, or not right.") % {
        "day": date_format(made_on, "DATE_FORMAT")
    }
    out = [
        f'<!doctype html><html lang="{escape(client.practice.language)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>",
        f"<p>{escape(made)}</p>",
        f"<p>{escape(rule_in_words(client))}</p>",
    ]
    for chapter, labels in CHAPTERS:
        found = [(label, row) for label in labels for row in told.get(label, ())]
        if not found:
            continue
        out.append(f"<h2>{escape(str(chapter))}</h2>")
        in_order = found if labels is CHAPTERS[0][1] else sorted(found, key=lambda pair: _when(pair[1]))
        for label, row in in_order:
            out.append(
                f"<article><h3>{escape(str(NAMES[label]))}</h3><dl>{_terms(label, row)}</dl></article>"
            )
    return "\n".join([*out, "</body></html>", ""])


def _when(row: dict[str, Any]) -> str:
    return next((str(row[name]) for name in ("on", "day", "from_date", "given_on", "made_on", "created_at") if row.get(name)), "")  # fmt: skip


def _terms(label: str, row: dict[str, Any]) -> str:
    said, model = [], apps.get_model(label)
    for name, value in row.items():
        if value in (None, "", [], {}) or name == "id" or any(part in name for part in UNREAD):
            continue
        words = chosen(model, name, value) if isinstance(value, str) else None
        said.append(f"<dt>{escape(called(name))}</dt><dd>{escape(words or _told(value))}</dd>")
    return "".join(said)


def _told(value: Any, depth: int = 0) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        lines = [f"{called(str(k))}: {_told(v, depth + 1)}" for k, v in value.items() if v not in (None, "")]
        return ("\n" if depth == 0 else "; ").join(lines)
    if isinstance(value, list):
        if value and all(isinstance(one, list) and len(one) == 4 for one in value):
            return "\n".join(f"{one[0]}: {one[1]}" for one in value)
        return ("\n" if depth == 0 else ", ").join(_told(one, depth + 1) for one in value)
    return str(value)
