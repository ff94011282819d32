"""Consent, Condition and DocumentReference: what was agreed, diagnosed, and written into the record."""

from __future__ import annotations

import base64
import json
import re

from depthwork.interchange.fhir.common import (
    BASE,
    ICD10,
    LOINC,
    TERMS,
    FhirError,
    NotKept,
    Resource,
    about,
    code_of,
    concept,
    day_of,
    end_of,
    extension,
    id_of,
    moment,
    more_of,
    needed,
    own,
    reference,
    referred,
    with_more,
)
from depthwork.interchange.fhir.facts import ConditionFact, ConsentFact, DocumentFact
from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop

NOT_ASKED = gettext_noop("for a purpose that is not asked about here")
NOT_ICD = gettext_noop("a diagnosis in another code than ICD-10-CM")
NOT_TEXT = gettext_noop("a document that is not plain text")
LINKED = gettext_noop("a document that lies elsewhere, behind a link")
OTHER_KIND = gettext_noop("a kind of document that the record does not keep")
# The sets that records are written in; a codec of Python's that is none is not called by a name from a file.
_CHARSET = re.compile(
    r"charset\s*=\s*[\"']?((?:us-)?ascii|iso-8859-1?[0-9]|windows-125[0-8]|utf-16(?:le|be)?)\b", re.IGNORECASE
)
SCOPES = {"treatment": "treatment", "research": "research"}
KINDS = {"progress_note": ("11506-3", "Progress note"), "addendum": ("11506-3", "Progress note, addendum"),
         "closing_summary": ("18842-5", "Discharge summary")}  # fmt: skip


def consent(fact: ConsentFact) -> Resource:
    """An answer of the client. A No is a consent rejected."""
    provision: Resource = {"type": "permit" if fact.is_yes else "deny"}
    if fact.ends_on:
        provision["period"] = {"end": fact.ends_on.isoformat()}
    status = "rejected" if not fact.is_yes else "active" if fact.is_open else "inactive"
    made: Resource = {
        "resourceType": "Consent",
        "id": fact.id,
        "status": status,
        "scope": concept(f"{TERMS}/consentscope", SCOPES.get(fact.purpose, "patient-privacy")),
        "category": [concept(f"{BASE}/consent-purpose", fact.purpose)],
        "patient": reference("Patient", fact.client),
        "dateTime": fact.given_on.isoformat(),
        "policyRule": {"text": "as agreed between client and clinician"},
        "provision": provision,
        "extension": [extension("open", valueBoolean=fact.is_open)],
    }
    return with_more(made, fact.more)


def read_consent(resource: Resource) -> ConsentFact:
    """The answer of a Consent."""
    purpose = code_of(resource, "category", f"{BASE}/consent-purpose")
    if not purpose:
        raise NotKept(NOT_ASKED)
    provision = resource.get("provision") or {}
    ends = end_of(provision.get("period"))
    is_open = own(resource, "open", "valueBoolean")
    return ConsentFact(
        id=id_of(resource),
        client=needed(resource, "patient", "Patient"),
        purpose=purpose,
        is_yes=provision.get("type") == "permit",
        given_on=day_of(resource.get("dateTime"), "dateTime"),
        is_open=is_open if isinstance(is_open, bool) else resource.get("status") in ("active", "rejected"),
        ends_on=day_of(ends, "period") if ends else None,
        more=more_of(resource),
    )


def condition(fact: ConditionFact) -> Resource:
    """A diagnosis as it went to a payer; the program itself makes none."""
    return {
        "resourceType": "Condition",
        "id": fact.id,
        "clinicalStatus": concept(f"{TERMS}/condition-clinical", "active"),
        "verificationStatus": concept(f"{TERMS}/condition-ver-status", "confirmed"),
        "code": concept(ICD10, fact.code),
        "subject": reference("Patient", fact.client),
        "recordedDate": fact.recorded_on.isoformat(),
    }


def read_condition(resource: Resource) -> ConditionFact:
    """The diagnosis of a Condition."""
    code = code_of(resource, "code", ICD10)
    if not code:
        raise NotKept(NOT_ICD)
    return ConditionFact(
        id_of(resource),
        needed(resource, "subject", "Patient"),
        code,
        day_of(resource.get("recordedDate") or resource.get("onsetDateTime"), "recordedDate"),
    )


def document_reference(fact: DocumentFact) -> Resource:
    """A document of the record as it was written: readable text, and its parts as JSON beside it."""
    code, title = KINDS[fact.kind]
    text = "\n\n".join(f"{name.replace('_', ' ')}\n{words}" for name, words in fact.parts.items() if words)
    parts = json.dumps(dict(fact.parts), ensure_ascii=False)
    made: Resource = {
        "resourceType": "DocumentReference",
        "id": fact.id,
        "status": "current",
        "docStatus": "final" if fact.is_signed else "preliminary",
        "type": {**concept(LOINC, code), "text": title},
        "category": [concept(f"{BASE}/document", fact.kind)],
        "subject": reference("Patient", fact.client),
        "date": moment(fact.at),
        "author": [reference("Practitioner", fact.author)] if fact.author else [],
        "relatesTo": [{"code": "appends", "target": reference("DocumentReference", fact.of)}]
        if fact.of
        else [],
        "content": [
            {"attachment": _attached("text/plain; charset=utf-8", text)},
            {"attachment": _attached("application/json", parts)},
        ],
        "context": {
            "encounter": [reference("Encounter", fact.hour)] if fact.hour else [],
            "period": {"start": fact.on.isoformat()},
        },
        "extension": [extension("course", valueString=fact.course)] if fact.course else [],
    }
    made["context"] = {key: value for key, value in made["context"].items() if value}
    if fact.signature:
        signature = {
            "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}],
            "when": moment(fact.at),
            "who": reference("Practitioner", fact.author),
            "sigFormat": "application/ed25519",
            "data": base64.b64encode(fact.signature).decode(),
        }
        made["extension"].append(extension("signature", valueSignature=signature))
    return with_more(made, fact.more)


def _attached(kind: str, text: str) -> Resource:
    return {"contentType": kind, "data": base64.b64encode(text.encode()).decode()}


def _text_of(attachment: Resource) -> str:
    """The words of an attachment in the character set that it names; base64 may stand in lines, as mail writes it."""
    written = attachment["data"]
    if not isinstance(written, str):
        raise FhirError(_("its text cannot be read; only plain text is taken in"))
    found = _CHARSET.search(str(attachment.get("contentType")))
    try:
        return base64.b64decode("".join(written.split()), validate=True).decode(
            found[1] if found else "utf-8"
        )
    except (ValueError, LookupError):
        raise FhirError(_("its text cannot be read; only plain text is taken in")) from None


def read_document_reference(resource: Resource) -> DocumentFact:
    """The document of a DocumentReference; another system's text becomes one part, `state`."""
    ours = code_of(resource, "category", f"{BASE}/document")
    kind = ours or "progress_note"
    if kind not in KINDS:
        raise NotKept(OTHER_KIND)
    held = {}
    for one in resource.get("content") or []:
        attachment = one.get("attachment") or {}
        form = str(attachment.get("contentType", "")).partition(";")[0].strip().casefold()
        if "data" not in attachment:
            raise NotKept(LINKED)
        if form not in ("text/plain", "application/json"):
            continue
        held[form] = _text_of(attachment)
    if ours and "application/json" in held:
        try:
            parts = json.loads(held["application/json"])
        except (ValueError, RecursionError):
            raise FhirError(_("its parts cannot be read")) from None
    elif "text/plain" in held:
        parts = {"state": held["text/plain"]}
    else:
        raise NotKept(NOT_TEXT)
    if not isinstance(parts, dict) or not all(isinstance(v, str) for v in parts.values()):
        raise FhirError(_("its parts cannot be read"))
    signed = own(resource, "signature", "valueSignature") or {}
    context = resource.get("context") or {}
    at = about(resource.get("date"), "date")
    start = (context.get("period") or {}).get("start")
    related = resource.get("relatesTo") or [{}]
    return DocumentFact(
        id=id_of(resource),
        client=needed(resource, "subject", "Patient"),
        kind=kind,
        on=day_of(start, "period") if start else at.date(),
        parts=parts,
        at=at,
        is_signed=resource.get("docStatus") in ("final", "amended"),
        author=referred(resource, "author", "Practitioner"),
        course=own(resource, "course", "valueString") or "",
        hour=referred(context, "encounter", "Encounter"),
        of=referred(related[0], "target", "DocumentReference"),
        signature=base64.b64decode(signed.get("data") or ""),
        more=more_of(resource),
    )
