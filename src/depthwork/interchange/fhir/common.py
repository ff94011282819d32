"""What every resource shares: references, codes, extensions, dates."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop

BASE = "https://depthwork.example/fhir"
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
TERMS = "http://terminology.hl7.org/CodeSystem"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
MORE = f"{BASE}/more"
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_VAGUE = re.compile(r"[0-9]{4}(-[0-9]{2})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEARS = range(1900, 2200)  # beyond them a date is a placeholder, and a clock of another zone may have none
OPEN_END = 9999  # the year by which many systems write that a period has no end
_KINDS: Mapping[str, type] = {"valueString": str, "valueCode": str, "valueInteger": int, "valueBoolean": bool, "valueSignature": dict}  # fmt: skip
# What we write as `more`, by name; a bundle that was altered by hand is refused, not understood by half.
_NUMBERS = ("hours_agreed", "late_minutes", "order", "version")
_MORE: Mapping[str, type] = {
    **dict.fromkeys(("details", "contact", "ending", "about", "parts", "times", "words"), dict),
    **dict.fromkeys(("state", "format", "wall_time", "day", "zone", "on", "hour", "mode", "asked_at", "how", "lives"), str),
    **dict.fromkeys(("revoked_at", "replaced_at", "created_at", "person"), str),
    **dict.fromkeys(_NUMBERS, int),
    "born_is_year": bool,
}  # fmt: skip
_HISTORY = re.compile(r"/_history/[A-Za-z0-9.-]{1,64}$")

Resource = dict[str, Any]


class FhirError(ValueError):
    """A resource that cannot be taken in: which, where, the mend. Never a value of it."""


class NotKept(FhirError):
    """A resource in order that has no place here. Its words, untranslated, are the reason by which it is counted."""


NO_DAY = gettext_noop("its date is a month or a year, or none")
FAR_DAY = gettext_noop("its date lies before 1900 or after 2199")
IN_ERROR = gettext_noop("marked there as entered in error")


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
            except (KeyError, ValueError, TypeError, RecursionError):
                raise _not_ours() from None
            if not isinstance(found, dict) or not all(map(_is_as_written, found, found.values())):
                raise _not_ours()
            return found
    return {}


def _is_as_written(name: str, value: Any) -> bool:
    """Whether an entry of `more` has the type in which we write it, where we write one of that name."""
    kind = _MORE.get(name)
    if kind is None or value is None:
        return True
    is_small = name not in _NUMBERS or (type(value) is int and 0 <= value < 2**31)
    return isinstance(value, kind) and is_small


def _not_ours() -> FhirError:
    return FhirError(_("an extension of Depthwork cannot be read; export the bundle again"))


def own(resource: Resource, name: str, kind: str) -> Any:
    """The value of an extension of our own, or None."""
    for one in resource.get("extension") or []:
        if one.get("url") == f"{BASE}/{name}":
            found = one.get(kind)
            if found is not None and type(found) is not _KINDS[kind]:
                raise _not_ours()
            return found
    return None


def id_of(resource: Resource) -> str:
    """A resource's id."""
    found = resource.get("id")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise FhirError(_("it has no id; every resource of a bundle needs one"))
    return found


def is_id(text: object) -> bool:
    """Whether something has the shape of an id."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def address(text: str, urls: Mapping[str, str]) -> str:
    """A reference as ``Kind/id``, by the full addresses of a bundle's entries; one that is not among them as it stands,
    without the version it names."""
    plain = _HISTORY.sub("", text)
    return urls.get(plain, plain)


def resolved(value: Any, urls: Mapping[str, str]) -> Any:
    """A resource in which every reference to an entry of the bundle is ``Kind/id``; a new one, what came is untouched."""
    if isinstance(value, dict):
        return {
            key: address(one, urls) if key == "reference" and isinstance(one, str) else resolved(one, urls)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [resolved(one, urls) for one in value]
    return value


def referred(resource: Resource, name: str, kind: str) -> str:
    """The id of the first reference that means this kind, "" where there is none."""
    held = resource.get(name)
    for one in held if isinstance(held, list) else [held]:
        target = one.get("reference") if isinstance(one, dict) else None
        if isinstance(target, str):
            if target.startswith(f"{kind}?"):  # looked up by whoever receives it; nothing of the bundle
                return target
            found, _slash, id = target.removeprefix("urn:uuid:").rpartition("/")
            if not found or found.rpartition("/")[2] == kind:
                return id
    return ""


def needed(resource: Resource, name: str, kind: str) -> str:
    """As `referred`; the reference has to be there."""
    if found := referred(resource, name, kind):
        return found
    held = resource.get(name)
    first = held[0] if isinstance(held, list) and held else held
    if not first:
        raise FhirError(_("it has no %(name)s") % {"name": name})
    target = first.get("reference") if isinstance(first, dict) else None
    if not isinstance(target, str):
        raise FhirError(_("its %(name)s does not say whom it means") % {"name": name})
    means = target.rpartition("/")[0].rpartition("/")[2][:20]
    raise FhirError(
        _("its %(name)s means a %(found)s, not a %(kind)s") % {"name": name, "found": means, "kind": kind}
    )


def moment(at: datetime) -> str:
    """An instant in UTC."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment_of(text: Any, name: str) -> datetime:
    """An instant; one without a zone is refused."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        _not_vague(text)
        raise FhirError(
            _("its %(name)s is not a moment such as 2026-03-03T17:00:00Z") % {"name": name}
        ) from None
    if found.tzinfo is None:
        raise FhirError(_("its %(name)s has no time zone") % {"name": name})
    _not_far(found)
    return found.astimezone(UTC)


def about(text: Any, name: str) -> datetime:
    """An instant; of a day alone, its noon."""
    if isinstance(text, str) and _DAY.fullmatch(text):
        return datetime.combine(day_of(text, name), time(12), tzinfo=UTC)
    return moment_of(text, name)


def day_of(text: Any, name: str) -> date:
    """A day; of a moment, its day."""
    try:
        found = date.fromisoformat(str(text)[:10])
    except ValueError:
        _not_vague(text)
        raise FhirError(_("its %(name)s is not a day such as 2026-03-03") % {"name": name}) from None
    _not_far(found)
    return found


def end_of(period: Any) -> Any:
    """When a period ends as it is written there; None where it does not, or is written to end in the year 9999."""
    end = (period or {}).get("end")
    return None if str(end).startswith(str(OPEN_END)) else end or None


def _not_far(at: date) -> None:
    if at.year not in YEARS:
        raise NotKept(FAR_DAY)


def _not_vague(text: Any) -> None:
    """FHIR lets a date be a month, a year or absent; here a day is needed."""
    if text is None or (isinstance(text, str) and _VAGUE.fullmatch(text)):
        raise NotKept(NO_DAY)


def code_of(resource: Resource, name: str, system: str) -> str:
    """The code of a CodeableConcept in one system, "" where there is none."""
    held = resource.get(name)
    if isinstance(held, list):
        held = held[0] if held else None
    for one in (held or {}).get("coding") or []:
        if one.get("system") == system:
            return str(one.get("code") or "")
    return ""
