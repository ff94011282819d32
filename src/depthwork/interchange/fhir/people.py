"""Patient and Practitioner."""

from __future__ import annotations

import re

from depthwork.interchange.fhir.common import (
    BASE,
    FhirError,
    Resource,
    extension,
    id_of,
    more_of,
    own,
    with_more,
)
from depthwork.interchange.fhir.facts import ClientFact, PersonFact
from depthwork.wording import gettext as _

_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def patient(fact: ClientFact) -> Resource:
    """A client as a Patient."""
    names = [{"use": "official", "text": fact.name}]
    if fact.called:
        names.append({"use": "usual", "text": fact.called})
    telecom = [
        {"system": system, "value": value}
        for system, value in (("phone", fact.phone), ("email", fact.email))
        if value
    ]
    made: Resource = {
        "resourceType": "Patient",
        "id": fact.id,
        "identifier": [{"system": f"{BASE}/client", "value": fact.id}],
        "active": fact.active,
        "name": names,
        "telecom": telecom,
        "address": [{"text": fact.address}] if fact.address else [],
    }
    if fact.born:
        if _DATE.fullmatch(fact.born):
            made["birthDate"] = fact.born
        else:
            made["extension"] = [extension("born", valueString=fact.born)]
    return with_more(made, fact.more)


def read_patient(resource: Resource) -> ClientFact:
    """The client of a Patient, ours or another system's."""
    names = resource.get("name") or []
    by_use = {one.get("use", ""): _name(one) for one in reversed(names)}
    name = by_use.get("official") or next((found for found in by_use.values() if found), "")
    if not name.strip():
        raise FhirError(_("it has no name; initials are enough"))
    lines = {one.get("system", ""): one.get("value", "") for one in reversed(resource.get("telecom") or [])}
    places = resource.get("address") or []
    return ClientFact(
        id=id_of(resource),
        name=name,
        called=by_use.get("usual", ""),
        born=str(resource.get("birthDate") or own(resource, "born", "valueString") or ""),
        phone=lines.get("phone", ""),
        email=lines.get("email", ""),
        address=_place(places[0]) if places else "",
        active=bool(resource.get("active", True)),
        more=more_of(resource),
    )


def _name(one: Resource) -> str:
    if one.get("text"):
        return str(one["text"])
    return " ".join([*(one.get("given") or []), one.get("family") or ""]).strip()


def _place(one: Resource) -> str:
    parts = [*(one.get("line") or []), one.get("postalCode"), one.get("city"), one.get("country")]
    return str(one.get("text") or ", ".join(str(part) for part in parts if part))


def practitioner(fact: PersonFact) -> Resource:
    """Someone who works in the practice as a Practitioner."""
    return {"resourceType": "Practitioner", "id": fact.id, "name": [{"text": fact.name or "not named"}]}


def read_practitioner(resource: Resource) -> PersonFact:
    """The person of a Practitioner."""
    names = resource.get("name") or []
    return PersonFact(id_of(resource), _name(names[0]) if names else "")
