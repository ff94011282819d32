"""What every resource shares: references, codes, extensions, dates."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

BASE = "https://depthwork.example/fhir"
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
TERMS = "http://terminology.hl7.org/CodeSystem"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
MORE = f"{BASE}/more"
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")

Resource = dict[str, Any]


class FhirError(ValueError):
    """A resource that cannot be taken in: which, where, the mend. Never a value of it."""


def reference(kind: str, id: str) -> dict[str, str]:
    """A reference within the bundle or the server."""
    return {"reference": f"{kind}/{id}"}


def concept(system: str, code: str, text: str = "") -> dict[str, Any]:
    """A CodeableConcept of one code."""
    made: dict[str, Any] = {"coding": [{"system": system, "code": code}]}
    if text:
        made["text"] = text
    return made


def extension(name: str, **value: Any) -> dict[str, Any]:
    """An extension of our own."""
    return {"url": f"{BASE}/{name}", **value}


def with_more(made: Resource, more: Mapping[str, Any]) -> Resource:
    """The resource with what FHIR has no element for, as JSON in one extension, and without what is empty."""
    if more:
        text = json.dumps(
            more, ensure_ascii=False, allow_nan=False
        )  # in the order given, which is read by people
        made["extension"] = [*made.get("extension", []), {"url": MORE, "valueString": text}]
    return {key: value for key, value in made.items() if value not in (None, "", [], {})}


def more_of(resource: Resource) -> dict[str, Any]:
    """What `with_more` put in."""
    for one in resource.get("extension") or []:
        if one.get("url") == MORE:
            try:
                found = json.loads(one["valueString"])
            except (KeyError, ValueError, TypeError):
                raise FhirError("an extension of Depthwork cannot be read; export the bundle again") from None
            if isinstance(found, dict):
                return found
    return {}


def own(resource: Resource, name: str, kind: str) -> Any:
    """The value of an extension of our own, or None."""
    for one in resource.get("extension") or []:
        if one.get("url") == f"{BASE}/{name}":
            return one.get(kind)
    return None


def id_of(resource: Resource) -> str:
    """A resource's id."""
    found = resource.get("id")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise FhirError("it has no id; every resource of a bundle needs one")
    return found


def referred(resource: Resource, name: str, kind: str) -> str:
    """The id that a reference names, "" where there is none."""
    held = resource.get(name)
    if isinstance(held, list):
        held = held[0] if held else None
    if held is None:
        return ""
    target = held.get("reference") if isinstance(held, dict) else None
    if not isinstance(target, str):
        raise FhirError(f"its {name} does not say whom it means")
    found, _, id = target.removeprefix("urn:uuid:").rpartition("/")
    if found and found.rpartition("/")[2] != kind:
        raise FhirError(f"its {name} means a {found.rpartition('/')[2][:20]}, not a {kind}")
    return id


def needed(resource: Resource, name: str, kind: str) -> str:
    """As `referred`; the reference has to be there."""
    if not (found := referred(resource, name, kind)):
        raise FhirError(f"it has no {name}")
    return found


def moment(at: datetime) -> str:
    """An instant in UTC."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment_of(text: Any, name: str) -> datetime:
    """An instant; one without a zone is refused."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise FhirError(f"its {name} is not a moment such as 2026-03-03T17:00:00Z") from None
    if found.tzinfo is None:
        raise FhirError(f"its {name} has no time zone")
    return found.astimezone(UTC)


def day_of(text: Any, name: str) -> date:
    """A day; of a moment, its day."""
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        raise FhirError(f"its {name} is not a day such as 2026-03-03") from None


def code_of(resource: Resource, name: str, system: str) -> str:
    """The code of a CodeableConcept in one system, "" where there is none."""
    held = resource.get(name)
    if isinstance(held, list):
        held = held[0] if held else None
    for one in (held or {}).get("coding") or []:
        if one.get("system") == system:
            return str(one.get("code") or "")
    return ""
