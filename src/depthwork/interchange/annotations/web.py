"""Marks as a W3C Web Annotation collection (JSON-LD), out and in without loss."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from depthwork.coding.marks_file import MarksError, MarksFile, as_dict, marks_from_dict
from depthwork.interchange.parcel import sha256
from depthwork.wording import gettext

# What is ours is JSON as it stands: a reader of linked data keeps it whole instead of taking it apart.
_AS_JSON = {name: {"@id": name, "@type": "@json"} for name in ("dw:mark", "dw:codebooks", "dw:reading")}
CONTEXT = (
    "http://www.w3.org/ns/anno.jsonld",
    {"@version": 1.1, "dw": "https://depthwork.example/ns#", **_AS_JSON},
)
MARK, MADE = "urn:depthwork:mark:", "urn:depthwork:annotation:"
_OWN = ("turn", "speaker", "construct", "intensity", "attributes", "confidence", "status", "codebook_version", "why", "source_id")  # fmt: skip


def to_web(file: MarksFile) -> dict[str, Any]:
    """A marks file as an AnnotationCollection of one page.

    Parameters
    ----------
    file : MarksFile

    Returns
    -------
    dict
        JSON-LD. Each mark is an Annotation: its code a tag, its span a TextPositionSelector (which the standard
        counts in code points, as marks do) beside a TextQuoteSelector; what the standard has no word for stands
        under ``dw:``.

    References
    ----------
    W3C Recommendation "Web Annotation Data Model", 23 February 2017, sections 3.2.2, 4.2.4 and 4.2.5.
    """
    whole = as_dict(file)
    name = sha256(f"{file.source}\n{file.text_sha256}".encode())[:32]
    items = [_annotation(mark, file, f"{name}:{at}") for at, mark in enumerate(whole["marks"])]
    return {
        "@context": list(CONTEXT),
        "id": f"urn:depthwork:collection:{name}",
        "type": "AnnotationCollection",
        "label": file.source,
        "total": len(items),
        "dw:textSha256": file.text_sha256,
        "dw:codebooks": whole["codebooks"],
        "dw:reading": whole["reading"],
        "first": {
            "id": f"urn:depthwork:page:{name}:0",
            "type": "AnnotationPage",
            "partOf": f"urn:depthwork:collection:{name}",
            "startIndex": 0,
            "items": items,
        },
    }


def _annotation(mark: Mapping[str, Any], file: MarksFile, name: str) -> dict[str, Any]:
    before, after = mark["anchor"]
    made: dict[str, Any] = {
        "id": f"{MARK}{mark['id']}" if mark["id"] else f"{MADE}{name}",
        "type": "Annotation",
        "motivation": "classifying",
        "creator": {
            "type": "Software" if mark["origin"].startswith("engine") else "Person",
            "name": mark["origin"],
        },
        "body": [
            {"type": "TextualBody", "purpose": "tagging", "value": mark["code"], "format": "text/plain"}
        ],
        "target": {
            "source": f"urn:sha256:{file.text_sha256}" if file.text_sha256 else "urn:depthwork:source",
            "selector": [
                {"type": "TextPositionSelector", "start": mark["start"], "end": mark["end"]},
                {"type": "TextQuoteSelector", "exact": mark["quote"], "prefix": before, "suffix": after},
            ],
        },
        "dw:mark": {name: mark[name] for name in _OWN},
    }
    return made


def from_web(data: Any) -> MarksFile:
    """A marks file from such a collection, also where another tool wrote it.

    Raises
    ------
    MarksError
        If it is no AnnotationCollection or AnnotationPage, a selector or tag is missing, or a mark does not fit
        the form; nothing is taken in half.

    Notes
    -----
    1. An annotation without ``dw:mark`` becomes a confirmed mark of the construct ``theme`` with its tag as code.
    2. Pages that lie elsewhere (a link instead of items) are not fetched.
    """
    if not isinstance(data, dict) or data.get("type") not in ("AnnotationCollection", "AnnotationPage"):
        raise MarksError(gettext("no web annotations; the file begins with an AnnotationCollection"))
    page = data.get("first", {}) if data["type"] == "AnnotationCollection" else data
    if isinstance(page, str):
        raise MarksError(gettext("the annotations lie elsewhere, behind a link; export them into one file"))
    items = page.get("items") if isinstance(page, dict) else None
    if not isinstance(items, list):
        raise MarksError(gettext("the page of annotations has no items; export it again"))
    marks = []
    for at, item in enumerate(items, 1):
        try:
            marks.append(_mark(item))
        except (KeyError, TypeError, AttributeError, IndexError, StopIteration):
            raise MarksError(
                gettext("annotation %(n)s lacks its tag or its text position; nothing was read") % {"n": at}
            ) from None
    return marks_from_dict(
        {
            "source": data.get("label") or "",
            "text_sha256": data.get("dw:textSha256") or "",
            "codebooks": data.get("dw:codebooks") or {},
            "reading": data.get("dw:reading") or {},
            "marks": marks,
        }
    )


def _mark(item: Any) -> dict[str, Any]:
    bodies = item["body"] if isinstance(item["body"], list) else [item["body"]]
    tag = next(body["value"] for body in bodies if body.get("purpose") in ("tagging", "classifying", None))
    chosen = item["target"]["selector"]
    selectors = {one["type"]: one for one in (chosen if isinstance(chosen, list) else [chosen])}
    place, quote = selectors["TextPositionSelector"], selectors.get("TextQuoteSelector", {})
    creator = item.get("creator")
    name = creator.get("name") if isinstance(creator, dict) else creator
    id = str(item.get("id", ""))
    own = item.get("dw:mark") or {"construct": "theme", "status": "confirmed"}
    return {
        **own,
        "id": "" if id.startswith(MADE) else id.removeprefix(MARK),
        "start": place["start"],
        "end": place["end"],
        "code": tag,
        "origin": name or "coder:unknown",
        "quote": quote.get("exact", ""),
        "anchor": [quote.get("prefix", ""), quote.get("suffix", "")],
    }


def web_bytes(file: MarksFile) -> bytes:
    """The collection as a file."""
    return (json.dumps(to_web(file), ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def read_web(raw: bytes) -> MarksFile:
    """A marks file from the bytes of a JSON-LD file; raises MarksError."""
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise MarksError(gettext("not readable as JSON; export the annotations again")) from None
    return from_web(data)
