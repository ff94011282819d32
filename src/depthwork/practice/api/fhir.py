"""FHIR R4, to be read: the same facts and builders as the bundle. Process notes have no resource here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, JsonResponse
from ninja import Query

from depthwork.interchange.fhir import course, people
from depthwork.interchange.fhir.bundle import KNOWN, bundle
from depthwork.interchange.fhir.capability import EVERYTHING_ELSE, SEARCHED_BY, capability_statement
from depthwork.interchange.fhir.common import Resource
from depthwork.interchange.fhir.measures import questionnaire
from depthwork.measures import MeasureError, measure
from depthwork.practice.api.door import FHIR_TYPE
from depthwork.practice.api.fhir_owners import owners_of
from depthwork.practice.api.queries import today_in
from depthwork.practice.api.reading import in_reach
from depthwork.practice.api.routes import need, read
from depthwork.practice.audit.actions import record
from depthwork.practice.disclosure.fhir_out import client_fact, facts_of, hour_fact
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.vault.models import Compartment
from depthwork.practice.vault.unlocked import current

# What stands in the administration; every other resource is of the record.
OFFICE = ("Patient", "Appointment", "Encounter")
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


def _answer(resource: Resource) -> JsonResponse:
    return JsonResponse(resource, content_type=FHIR_TYPE, json_dumps_params={"ensure_ascii": False})


def _outcome(status: int, code: str, words: str) -> JsonResponse:
    made = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code, "diagnostics": words}]}  # fmt: skip
    return JsonResponse(made, status=status, content_type=FHIR_TYPE)


@read("fhir/metadata", P.READ_API, answer=dict[str, Any], tag="fhir", fhir=True)
def fhir_metadata(request: HttpRequest) -> Any:
    """The CapabilityStatement."""
    return _answer(capability_statement(on=today_in(person_of(request).practice), url=request.build_absolute_uri("/api/fhir")))  # fmt: skip


def _of_client(request: HttpRequest, client: Client, kind: str) -> list[Resource]:
    """Every resource of one kind of a client, under the policy and the keys; noted in the audit."""
    person = person_of(request)
    permission = P.SEE_ADMINISTRATION if kind in OFFICE else P.READ_RECORD
    if not allows_row(person, permission, client):
        raise Http404("not allowed")
    need(client.id, Compartment.ADMINISTRATION)
    if kind in OFFICE:
        made = list(_office(client, kind))
    else:
        need(client.id, Compartment.RECORD)
        made = [entry["resource"] for entry in bundle(facts_of(client, kinds={kind}))["entry"]]
    record(
        verb="fhir.read", by=person.id, practice=person.practice_id, object_type="treatments.client",
        object_id=client.id, client=client.id, reason=kind,
    )  # fmt: skip
    return [one for one in made if one["resourceType"] == kind]


def _office(client: Client, kind: str) -> Iterator[Resource]:
    if kind == "Patient":
        yield people.patient(client_fact(client))
        return
    for row in Session.objects.filter(client=client).order_by("starts_at", "id"):
        if kind == "Appointment":
            yield course.appointment(hour_fact(row))
        elif row.status == Session.Status.HELD:
            yield course.encounter(hour_fact(row))


@read("fhir/{kind}/{resource_id}", P.READ_API, answer=dict[str, Any], tag="fhir", fhir=True)
def fhir_read(request: HttpRequest, kind: str, resource_id: str) -> Any:
    """One resource by its id."""
    if kind not in KNOWN or not _ID.fullmatch(resource_id):
        raise Http404("no such resource")
    if kind == "Questionnaire" and (found := _questionnaire(resource_id)):
        return _answer(found)
    for client in _holders(request, kind, resource_id):
        for one in _of_client(request, client, kind):
            if one["id"] == resource_id:
                return _answer(one)
    raise Http404("no such resource")


def _questionnaire(resource_id: str) -> Resource | None:
    """A questionnaire is nobody's: it is made from the installed measure, words only where they may travel."""
    try:
        return questionnaire(measure(resource_id.replace("-", "_")))
    except MeasureError:
        return None


def _holders(request: HttpRequest, kind: str, resource_id: str) -> Iterator[Client]:
    """The clients within reach whose resource it is: one, but for a colleague, who stands in many records."""
    permission = P.SEE_ADMINISTRATION if kind in OFFICE else P.READ_RECORD
    needed = (
        (Compartment.ADMINISTRATION,) if kind in OFFICE else (Compartment.ADMINISTRATION, Compartment.RECORD)
    )
    rows = clients_for(person_of(request)).select_related("practice").order_by("created_at", "id")
    for row in rows.filter(id__in=owners_of(kind, resource_id)):
        if all(current().held(row.id, one) for one in needed) and allows_row(
            person_of(request), permission, row
        ):
            yield row


@read("fhir/{kind}", P.READ_API, answer=dict[str, Any], tag="fhir", fhir=True)
def fhir_search(request: HttpRequest, kind: str, patient: str = Query("")) -> Any:
    """The resources of one kind of one patient; Patient alone may be asked for without naming one."""
    if kind not in KNOWN:
        raise Http404("no such resource")
    if unknown := set(request.GET) - set(SEARCHED_BY.get(kind, EVERYTHING_ELSE)) - {"_format"}:
        return _outcome(400, "not-supported", f"{len(unknown)} parameter(s) are not known here; /api/fhir/metadata lists those of {kind}.")  # fmt: skip
    if not patient and kind != "Patient":
        return _outcome(400, "required", "Name the patient: ?patient= and the id of a Patient.")
    if patient:
        try:
            id = UUID(patient.removeprefix("Patient/"))
        except ValueError:
            return _outcome(400, "value", "The patient is not an id; look it up at /api/fhir/Patient.")
        row = clients_for(person_of(request)).select_related("practice").filter(id=id).first()
        if row is None:
            raise Http404("no such patient")
        found = _of_client(request, row, kind)
    else:
        found = [
            one
            for row in in_reach(request)
            if current().held(row.id, Compartment.ADMINISTRATION) and allows_row(person_of(request), P.SEE_ADMINISTRATION, row)
            for one in _of_client(request, row, kind)
        ]  # fmt: skip
    if "_id" in request.GET:
        asked = set(request.GET["_id"].split(","))  # as R4 has it, several are parted by commas
        found = [one for one in found if one["id"] in asked]
    base = request.build_absolute_uri("/api/fhir")
    entries = [
        {"fullUrl": f"{base}/{kind}/{one['id']}", "resource": one, "search": {"mode": "match"}}
        for one in found
    ]
    made: Resource = {
        "resourceType": "Bundle", "type": "searchset", "total": len(found),
        "link": [{"relation": "self", "url": request.build_absolute_uri()}],
    }  # fmt: skip
    return _answer({**made, "entry": entries} if entries else made)
