"""The client's own copy: readable pages, tables and data of what the law of the place lets them have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from depthwork.interchange.cells import csv_bytes
from depthwork.interchange.parcel import as_json, packed
from depthwork.practice.config.dates import in_words
from depthwork.practice.disclosure.copy_page import Chapter, account_of, chapters_of, left_out, world_of
from depthwork.practice.disclosure.copy_words import Line
from depthwork.practice.disclosure.models import Release
from depthwork.practice.disclosure.packing import Gathered, gathered
from depthwork.practice.policy.jurisdiction import profile_of
from depthwork.practice.treatments.models import Client

NOTES = "notes"  # the chapter of process notes: without it none of them goes, wherever it stands
STYLE = """body{font:1.1rem/1.55 Georgia,serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#23211d;background:#fbf9f4}
bdi{unicode-bidi:isolate}h1{font-size:1.7rem}h2{font-size:1.25rem;font-style:italic;margin-top:2.2rem}article{border-top:1px solid #8a8478;padding-top:.6rem}
dt{font:0.85rem system-ui;color:#5c574e;margin-top:.6rem}dd{margin:0;unicode-bidi:plaintext;white-space:pre-wrap;overflow-wrap:anywhere}
@media print{body{margin:0;background:#fff}article{break-inside:avoid}}"""


def rule_in_words(client: Client) -> str:
    """Whether process notes belong in the copy, and which rule says so."""
    profile = profile_of(client.practice)
    if profile.notes_in_access_export:
        return _("Process notes belong in the copy under the profile “%(name)s”. What others confided may be left out: look before you give it.") % {"name": profile.name}  # fmt: skip
    return _("Process notes are no part of the copy under the profile “%(name)s”.") % {"name": profile.name}


def compartments_for(client: Client, release: Release | None = None) -> tuple[str, ...]:
    """What the copy holds where the practice is; of process notes, what the client asked for."""
    asked = release is None or "process_notes" in release.compartments
    notes = ("process_notes",) if profile_of(client.practice).notes_in_access_export and asked else ()
    return ("administration", "record", *notes)


def looked_at(client: Client, *, compartments: Iterable[str], on: date) -> list[Chapter]:
    """The copy as it would be given, to be looked at first."""
    held = gathered(client.id, course=None, compartments=set(compartments))
    given = account_of(client, on=on)
    return [*chapters_of(held, world_of(client, held)), *([given] if given else [])]


def access_parcel(
    client: Client, *, compartments: Iterable[str], made_on: date, without: Mapping[str, str] | None = None
) -> bytes:
    """A zip: one page to read, a table for each kind of row, everything as data, and the manifest.

    `without` names chapters and entries that are left out, each with its reason; the manifest and the page keep it.
    The same bytes for the same record, day and compartments.
    """
    reasons = dict(without or {})
    parts = sorted(set(compartments) - ({"process_notes"} if NOTES in reasons else set()))
    whole = gathered(client.id, course=None, compartments=set(parts))
    with override(client.practice.language):  # whoever gives it out may read another one
        said = _left(whole, client, reasons)
        held = left_out(whole, reasons)
        told = {label: found for label, found in held.rows.items() if found}
        files: dict[str, bytes] = {f"files/{digest}": raw for digest, raw in held.files.items()}
        for label, found in told.items():
            header = sorted({name for row in found for name in row})
            files[f"tables/{label}.csv"] = csv_bytes(
                header, ([_cell(row.get(name)) for name in header] for row in found)
            )
        files["everything.json"] = as_json(told)
        files["read me first.html"] = _page(client, held, made_on, said).encode()
        about = {
            "what": "the client's own copy", "made_on": made_on.isoformat(), "compartments": parts,
            "rule": rule_in_words(client), "practice": client.practice.name,
            "left_out": [{"what": line.term, "because": line.words} for line in said],
        }  # fmt: skip
    return packed(files, about)


def _left(held: Gathered, client: Client, reasons: Mapping[str, str]) -> list[Line]:
    """What is left out, by its title and its day, and why; in the order of the copy."""
    said = []
    for chapter in chapters_of(held, world_of(client, held)):
        if chapter.key in reasons:
            said.append(Line(chapter.title, reasons[chapter.key]))
        for entry in chapter.entries:
            if entry.key in reasons:
                said.append(Line(f"{chapter.title}: {entry.title}", reasons[entry.key]))
    if NOTES in reasons:
        said.append(Line(_("Process notes"), reasons[NOTES]))
    return said


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return as_json(value).decode().strip()
    return value


def _page(client: Client, held: Gathered, made_on: date, said: list[Line]) -> str:
    title = _("Your record at %(practice)s") % {"practice": client.practice.name}
    made = _("Made on %(day)s. Ask if something is not clear, or not right.") % {"day": in_words(made_on)}
    out = [
        f'<!doctype html><html lang="{escape(client.practice.language)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>",
        f"<p>{escape(made)}</p>",
        f"<p>{escape(rule_in_words(client))}</p>",
    ]
    if said:
        out.append(f"<h2>{escape(_('Left out'))}</h2><dl>{''.join(map(_line, said))}</dl>")
    given = account_of(client, on=made_on)
    for chapter in (*chapters_of(held, world_of(client, held)), *([given] if given else ())):
        out.append(f"<h2>{escape(chapter.title)}</h2>")
        for entry in chapter.entries:
            lines = "".join(map(_line, entry.lines))
            out.append(f"<article><h3>{escape(entry.title)}</h3><dl>{lines}</dl></article>")
    return "\n".join([*out, "</body></html>", ""])


def _line(one: Line) -> str:
    words = escape(one.words)
    if one.file:
        words = f'<a href="{escape(one.file)}">{words}</a>'
    return f"<dt>{escape(one.term)}</dt><dd>{words}</dd>"
