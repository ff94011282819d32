"""A record as another system writes it: a transaction whose entries are named by ``urn:uuid:`` alone. Made up throughout."""

from __future__ import annotations

import base64
from typing import Any

ITEMS = (
    "44250-9",
    "44255-8",
    "44259-0",
    "44254-1",
    "44251-7",
    "44258-2",
    "44252-5",
    "44253-3",
    "44260-8",
)
LA = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
PATIENT, FIRST, SECOND, PLANNED, NOTE, FORM = (f"urn:uuid:00000000-0000-4000-8000-00000000000{n}" for n in range(6))  # fmt: skip


def _ref(url: str) -> dict[str, str]:
    return {"reference": url}


def phq9(values: tuple[int, ...] = (2, 2, 2, 2, 1, 1, 2, 0, 0), **more: Any) -> dict[str, Any]:
    """A PHQ-9 in the shape of US Core: items by the path of their LOINC code, the total among them."""
    items = [
        {
            "linkId": f"/{code}",
            "text": "as asked",
            "answer": [{"valueCoding": {"system": "http://loinc.org", "code": LA[value]}}],
        }
        for code, value in zip(ITEMS, values, strict=True)
    ]
    items.append({"linkId": "/44261-6", "answer": [{"valueDecimal": sum(values)}]})
    hard = {
        "system": "http://loinc.org",
        "code": "LA6573-5",
        "display": "Somewhat difficult",
    }
    items.append({"linkId": "/69722-7", "answer": [{"valueCoding": hard}]})
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "http://hl7.org/fhir/us/core/Questionnaire/phq-9-example",
        "status": "completed",
        "subject": _ref(PATIENT),
        "authored": "2026-02-03T10:00:00Z",
        "item": items,
    } | more


def sdc_phq9(code: str = "Not-at-all", shown: str = "Not at all") -> dict[str, Any]:
    """A PHQ-9 in the shape of HL7's structured data capture: groups, own codes, the words of the items."""
    begins = (
        "Little interest or pleasure in doing things?",
        "Feeling down, depressed, or hopeless?",
        "Trouble falling or staying asleep, or sleeping too much?",
        "Feeling tired or having little energy?",
        "Poor appetite or overeating?",
        "Feeling bad about yourself - or that you are a failure?",
        "Trouble concentrating on things, such as reading?",
        "Moving or speaking so slowly that others noticed?",
        "Thoughts that you would be better off dead?",
    )
    items: list[dict[str, Any]] = [
        {
            "linkId": f"H1/T1/Q{n}",
            "text": words,
            "answer": [{"valueCoding": {"code": code, "display": shown}}],
        }
        for n, words in enumerate(begins, 1)
    ]
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "http://hl7.org/fhir/uv/sdc/Questionnaire/questionnaire-sdc-profile-example-PHQ9",
        "status": "completed",
        "subject": _ref(PATIENT),
        "authored": "2026-02-03",
        "item": [{"linkId": "H1/T1", "item": items}],
    }


def _hour(status: str, start: str, end: str, kind: str = "AMB") -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "status": status,
        "class": {"code": kind},
        "subject": _ref(PATIENT),
        "participant": [{"individual": _ref("Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|99")}],
        "period": {"start": start, "end": end},
    }


def _document(form: str, raw: bytes, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "docStatus": "final",
        "subject": _ref(PATIENT),
        "date": "2026-02-03T11:00:00Z",
        "content": [{"attachment": {"contentType": form, "data": base64.b64encode(raw).decode()}}],
        "context": {"encounter": [_ref(f"{FIRST}/_history/2")]},
    } | more


def foreign_bundle() -> dict[str, Any]:
    """Two hours, a note, a PHQ-9 with its total, and everything that has no place here."""
    snomed = {"coding": [{"system": "http://snomed.info/sct", "code": "36923009"}]}
    total = {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]}
    held = [
        (PATIENT, {"resourceType": "Patient", "name": [{"given": ["Noor"], "family": "Ekman"}], "birthDate": "1988"}),
        (FIRST, _hour("finished", "2026-02-03T10:00:00+01:00", "2026-02-03T10:50:00+01:00")),
        (SECOND, _hour("finished", "2026-02-10T10:00:00+01:00", "2026-02-10T10:50:00+01:00")),
        (PLANNED, _hour("planned", "2026-12-10T10:00:00+01:00", "2026-12-10T10:50:00+01:00")),
        (NOTE, _document("text/plain; charset=utf-8", b"Came late, stayed.")),
        (FORM, phq9(encounter=_ref(FIRST))),
        ("", {"resourceType": "Observation", "status": "final", "code": total, "subject": _ref(PATIENT),
              "effectiveDateTime": "2026-02-03", "valueInteger": 12, "derivedFrom": [_ref(FORM)]}),
        ("", {"resourceType": "Observation", "status": "final", "code": total, "subject": _ref(PATIENT),
              "effectiveDateTime": "2026-02-10", "valueInteger": 9}),
        ("", _document("application/pdf", b"%PDF-1.7")),
        ("", {"resourceType": "Condition", "code": snomed, "subject": _ref(PATIENT), "recordedDate": "2026-02-03"}),
        ("", {"resourceType": "Goal", "lifecycleStatus": "completed", "description": {"text": "Walk daily"}, "subject": _ref(PATIENT)}),
        ("", {"resourceType": "Consent", "status": "active", "scope": {}, "category": [{"text": "privacy"}],
              "patient": _ref(PATIENT), "dateTime": "2026-02-03"}),
        ("", {"resourceType": "QuestionnaireResponse", "questionnaire": "http://other.example/Questionnaire/x", "status": "completed",
              "subject": _ref(PATIENT), "authored": "2026-02-03", "item": [{"linkId": "1", "answer": [{"valueInteger": 1}]}]}),
        ("", {"resourceType": "Immunization", "status": "completed"}),
    ]  # fmt: skip
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": url or f"urn:uuid:00000000-0000-4000-8000-0000000001{at:02}",
                "resource": resource,
            }
            for at, (url, resource) in enumerate(held)
        ],
    }
