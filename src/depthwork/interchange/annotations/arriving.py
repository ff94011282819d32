"""Marks that come back from a coder's tool: one file or a zip of them, each with what it says of its text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from depthwork.coding.marks_file import (
    MarksError,
    MarksFile,
    bytes_of,
    marks_from_json,
    read_marks,
)
from depthwork.interchange.annotations.uima import from_xmi
from depthwork.interchange.annotations.web import read_web
from depthwork.interchange.parcel import MANIFEST, ParcelError, members_of
from depthwork.wording import figure, gettext, isolated

ENDINGS = (".json", ".jsonld", ".xmi")
LARGEST_ZIP = 200_000_000  # bytes unpacked
MOST_FILES = 2_000


@dataclass(frozen=True, slots=True)
class Brought:
    """The marks of one file. `text` is the text as the file shows it, where it holds one."""

    name: str
    marks: MarksFile
    text: str | None = None


def is_annotations(raw: bytes) -> bool:
    """Whether bytes look like marks rather than a package or a bundle; says nothing of whether they can be read."""
    head = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if raw[:2] == b"PK":
        return True
    if head == b"<":  # FHIR may be XML too
        return b"http://hl7.org/fhir" not in raw[:2000]
    if head != b"{":
        return False
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and (
        "marks" in data or data.get("type") in ("AnnotationCollection", "AnnotationPage")
    )


def read_annotations(raw: bytes, *, name: str = "") -> tuple[Brought, ...]:
    """Every file of marks in what a coder's tool wrote.

    Parameters
    ----------
    raw : bytes
        UIMA CAS XMI, a W3C Web Annotation collection, a marks file, or a zip that holds any of them (as INCEpTION
        exports a document, and as Depthwork exports a treatment); what else stands in a zip is left alone.
    name : str, optional
        How messages call the file.

    Returns
    -------
    tuple of Brought
        In the order of their names.

    Raises
    ------
    MarksError
        If it is none of these, a zip is damaged, empty of marks or unpacks to far more than it weighs, or any one
        file in it cannot be read whole; nothing is taken in half.
    """
    if raw[:2] != b"PK":
        return (_one(raw, name),)
    try:
        members = members_of(raw, LARGEST_ZIP)
    except ParcelError as error:
        raise MarksError(_where(name, str(error))) from None
    found = [one for one in sorted(members) if one.endswith(ENDINGS) and one.rpartition("/")[2] != MANIFEST]
    if not found:
        raise MarksError(_where(name, gettext("there is no .xmi, .jsonld or .json file of marks in it")))
    if len(found) > MOST_FILES:
        raise MarksError(
            _where(
                name,
                gettext("%(n)s files; the most is %(most)s, take them in by parts")
                % {"n": figure(len(found), ","), "most": figure(MOST_FILES, ",")},
            )
        )
    return tuple(_one(members[one], one.rpartition("/")[2]) for one in found)


def read_coded(path: Path) -> MarksFile:
    """A marks file from disk in any of the three forms, by its ending; raises MarksError."""
    if path.suffix not in (".jsonld", ".xmi"):
        return read_marks(path)
    return _one(bytes_of(path), path.name).marks


def _one(raw: bytes, name: str) -> Brought:
    head = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    try:
        if head == b"<":
            read = from_xmi(raw)
            return Brought(name, read.marks, read.text)
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise MarksError(
                gettext("neither XML nor JSON; export it as UIMA CAS XMI or as web annotations")
            ) from None
        if is_annotations(raw) and "marks" in json.loads(text):
            return Brought(name, marks_from_json(text, where=isolated(name)))
        return Brought(name, read_web(raw))
    except MarksError as error:
        said = str(error)
        raise MarksError(
            said if name and said.startswith(f"{isolated(name)}:") else _where(name, said)
        ) from None


def _where(name: str, words: str) -> str:
    return f"{isolated(name)}: {words}" if name else words
