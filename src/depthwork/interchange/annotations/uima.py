"""Marks and their text as UIMA CAS XMI with its type system, out and in without loss."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from depthwork.coding.marks_file import MarksError, MarksFile, as_dict, marks_from_dict
from depthwork.interchange.annotations.offsets import Units, units_of
from depthwork.transcripts import Transcript
from depthwork.wording import gettext

MARK, TURN, ABOUT = (
    "webanno.custom.DepthworkMark",
    "webanno.custom.DepthworkTurn",
    "webanno.custom.DepthworkSource",
)
SENTENCE = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"
TOKEN = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"  # noqa: S105  a type's name
TYPES: dict[str, tuple[str, ...]] = {
    MARK: ("construct", "code", "status", "origin", "markId", "sourceId", "turn", "speaker", "intensity", "confidence",
           "codebookVersion", "quote", "before", "after", "why", "attributes"),
    TURN: ("speaker", "index", "startSeconds", "endSeconds"),
    ABOUT: ("name", "textSha256", "codebooks", "reading"),
    SENTENCE: (),
    TOKEN: (),
}  # fmt: skip
_SPACES = {
    "xmi": "http://www.omg.org/XMI",
    "cas": "http:///uima/cas.ecore",
    "custom": "http:///webanno/custom.ecore",
    "type": "http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore",
}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"\\(\\|u[0-9a-f]{4})")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Annotated:
    """What an XMI file held: the text of its sofa and the marks on it."""

    text: str
    marks: MarksFile


def typesystem() -> bytes:
    """The type system's description, which a tool loads before the XMI.

    Returns
    -------
    bytes
        XML. Two span layers (marks, turns) of string features, one for the source, and the sentence and token
        types that INCEpTION expects.
    """
    out = ['<?xml version="1.0" encoding="UTF-8"?>',
           '<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier">', "<types>"]  # fmt: skip
    for name, features in TYPES.items():
        out.append(f"<typeDescription><name>{name}</name><description/>")
        out.append("<supertypeName>uima.tcas.Annotation</supertypeName><features>")
        out += [
            f"<featureDescription><name>{feature}</name><description/>"
            "<rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>"
            for feature in features
        ]
        out.append("</features></typeDescription>")
    return "\n".join([*out, "</types>", "</typeSystemDescription>", ""]).encode()


def to_xmi(file: MarksFile, transcript: Transcript) -> bytes:
    """The text of a source and the marks on it as an XMI document.

    Parameters
    ----------
    file : MarksFile
    transcript : Transcript
        The text that the marks were made on; offsets are turned from code points into UTF-16 units.

    Returns
    -------
    bytes
        UTF-8 XML, the same bytes for the same marks.

    Raises
    ------
    MarksError
        If the marks were made on another text, or one lies outside it.

    Notes
    -----
    1. A control character that XML cannot hold is U+FFFD in the text shown (offsets stay right) and written
       ``\\uXXXX`` in a mark's own words, where a backslash is doubled.

    References
    ----------
    OASIS, Unstructured Information Management Architecture 1.0 (2009), sections 4.1 and 5.1.

    See also
    --------
    Judged by dkpro-cassis in tests/judges/test_annotations.py.
    """
    text = transcript.text
    if file.text_sha256 and file.text_sha256 != transcript.sha256:
        raise MarksError(
            gettext("the marks were made on another text; export the version that they belong to")
        )
    if any(mark.span.end > len(text) for mark in file.marks):
        raise MarksError(gettext("a mark lies outside the text; look at which version it was made on"))
    units = units_of(text)
    whole = as_dict(file)
    lines = list(_elements(whole, transcript, units))
    ids = " ".join(str(number) for number in range(2, len(lines) + 2))
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _SPACES.items())
    body = [line.replace("@id", f'xmi:id="{number}" sofa="1"', 1) for number, line in enumerate(lines, 2)]
    sofa = (
        '<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text/plain" '
        f'sofaString="{_attribute(shown_text(text))}"/>'
    )
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<xmi:XMI {spaces} xmi:version="2.0">\n<cas:NULL xmi:id="0"/>'
    return "\n".join([head, *body, sofa, f'<cas:View sofa="1" members="{ids}"/>', "</xmi:XMI>", ""]).encode()


def shown_text(text: str) -> str:
    """A text as XMI can hold it: U+FFFD for each control character, every offset where it was."""
    return _NOT_XML.sub(chr(0xFFFD), text)


def _elements(whole: dict[str, Any], transcript: Transcript, units: Units) -> Iterator[str]:
    end = units.to_utf16(units.length)
    about = {"name": whole["source"], "textSha256": transcript.sha256, "codebooks": whole["codebooks"],
             "reading": whole["reading"]}  # fmt: skip
    yield _element("custom:DepthworkSource", 0, end, about)
    for turn, start in zip(transcript.turns, transcript.offsets, strict=True):
        first, last = units.to_utf16(start), units.to_utf16(start + len(turn.text))
        yield _element("type:Sentence", first, last, {})
        for word in _WORD.finditer(turn.text):
            yield _element(
                "type:Token", units.to_utf16(start + word.start()), units.to_utf16(start + word.end()), {}
            )
        said = {
            "speaker": turn.speaker,
            "index": turn.index,
            "startSeconds": turn.start_s,
            "endSeconds": turn.end_s,
        }
        yield _element("custom:DepthworkTurn", first, last, said)
    for mark in whole["marks"]:
        values = {
            "construct": mark["construct"], "code": mark["code"], "status": mark["status"], "origin": mark["origin"],
            "markId": mark["id"], "sourceId": mark["source_id"], "turn": mark["turn"], "speaker": mark["speaker"],
            "intensity": mark["intensity"], "confidence": mark["confidence"],
            "codebookVersion": mark["codebook_version"], "quote": mark["quote"], "before": mark["anchor"][0],
            "after": mark["anchor"][1], "why": mark["why"], "attributes": mark["attributes"],
        }  # fmt: skip
        yield _element(
            "custom:DepthworkMark", units.to_utf16(mark["start"]), units.to_utf16(mark["end"]), values
        )


def _element(name: str, begin: int, end: int, values: dict[str, Any]) -> str:
    told = "".join(
        f' {key}="{_attribute(_escape(_text(value)))}"' for key, value in values.items() if value is not None
    )
    return f'<{name} @id begin="{begin}" end="{end}"{told}/>'


def _text(value: Any) -> str:
    return (
        value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
    )


def _escape(text: str) -> str:
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\\", "\\\\"))


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\\" if found[1] == "\\" else chr(int(found[1][1:], 16)), text)


def _attribute(text: str) -> str:
    return escape(text).replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


def from_xmi(raw: bytes, *, text: str | None = None) -> Annotated:
    """The marks of an XMI document, also after a person worked on it in INCEpTION.

    Parameters
    ----------
    raw : bytes
    text : str, optional
        The text as it stands in the practice; given, it is held against the text of the file.

    Raises
    ------
    MarksError
        If it is no XMI, larger than 50 MB, without text or layer, of another text, or a mark lacks its code.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    if len(raw) > 50_000_000:
        raise MarksError(gettext("larger than 50 MB; split it by hour"))
    try:
        root = fromstring(raw, forbid_dtd=True)
    # LookupError: an encoding that nobody knows, named in the first line
    except (ParseError, DefusedXmlException, ValueError, RecursionError, LookupError):
        raise MarksError(gettext("not readable as XML; export it again as UIMA CAS XMI")) from None
    sofas = [node for node in root if node.tag.endswith("}Sofa")]
    if not sofas or "sofaString" not in sofas[0].attrib:
        raise MarksError(gettext("there is no text in it; export it as UIMA CAS XMI with its text"))
    shown = sofas[0].attrib["sofaString"]
    if text is not None and shown_text(text) != shown:
        raise MarksError(gettext("its text is not the text that stands here; nothing was taken in"))
    units = units_of(shown)
    about: dict[str, Any] = {"source": "", "text_sha256": "", "codebooks": {}, "reading": {}}
    marks = []
    for node in root:
        kind = node.tag.rpartition("}")[2]
        value = {key: _unescape(found) for key, found in node.attrib.items()}
        try:
            if kind == "DepthworkSource":
                about = {"source": value.get("name", ""), "text_sha256": value.get("textSha256", ""),
                         "codebooks": json.loads(value.get("codebooks") or "{}"),
                         "reading": json.loads(value.get("reading") or "{}")}  # fmt: skip
            elif kind == "DepthworkMark":
                marks.append(_mark(value, units))
        except (KeyError, ValueError, TypeError, RecursionError):
            raise MarksError(
                gettext("mark %(n)s lacks its code, or its place is off; nothing was read")
                % {"n": len(marks) + 1}
            ) from None
    return Annotated(shown if text is None else text, marks_from_dict({**about, "marks": marks}))


def _mark(value: dict[str, str], units: Units) -> dict[str, Any]:
    def number(name: str) -> Any:
        return json.loads(value[name]) if value.get(name) else None

    return {
        "id": value.get("markId", ""), "source_id": value.get("sourceId", ""), "turn": number("turn") or 0,
        "start": units.to_code_points(int(value["begin"])), "end": units.to_code_points(int(value["end"])),
        "speaker": value.get("speaker", ""), "construct": value["construct"], "code": value["code"],
        "intensity": number("intensity"), "attributes": number("attributes") or {}, "confidence": number("confidence"),
        "origin": value.get("origin") or "coder:unknown", "status": value.get("status") or "confirmed",
        "codebook_version": value.get("codebookVersion", ""), "quote": value.get("quote", ""),
        "anchor": [value.get("before", ""), value.get("after", "")], "why": value.get("why", ""),
    }  # fmt: skip
