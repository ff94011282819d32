"""What a server of these resources says of itself: the data of its CapabilityStatement."""

from __future__ import annotations

from datetime import date

import depthwork
from depthwork.interchange.fhir.bundle import KNOWN
from depthwork.interchange.fhir.common import Resource

SEARCH: dict[str, tuple[tuple[str, str], ...]] = {
    "Patient": (("_id", "token"),),
    "Practitioner": (("_id", "token"),),
    "EpisodeOfCare": (("patient", "reference"),),
    "Appointment": (("patient", "reference"), ("date", "date")),
    "Encounter": (("patient", "reference"), ("date", "date")),
    "Questionnaire": (("_id", "token"),),
    "QuestionnaireResponse": (("patient", "reference"),),
    "Observation": (("patient", "reference"), ("date", "date")),
    "Goal": (("patient", "reference"),),
    "CarePlan": (("patient", "reference"),),
    "Consent": (("patient", "reference"),),
    "Condition": (("patient", "reference"),),
    "DocumentReference": (("patient", "reference"), ("date", "date")),
}


def capability_statement(*, on: date, url: str = "") -> Resource:
    """A CapabilityStatement for reading alone.

    Parameters
    ----------
    on : date
        The day it speaks of.
    url : str, optional
        Where the server stands.

    Returns
    -------
    dict
        FHIR R4: each known resource with ``read`` and ``search-type`` and its search parameters.
    """
    made: Resource = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": on.isoformat(),
        "kind": "instance",
        "software": {"name": "Depthwork", "version": depthwork.__version__},
        "implementation": {
            "description": "Record and administration of a practice; process notes are not served"
        },
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "resource": [
                    {
                        "type": kind,
                        "interaction": [{"code": "read"}, {"code": "search-type"}],
                        "searchParam": [{"name": name, "type": type} for name, type in SEARCH[kind]],
                    }
                    for kind in KNOWN
                ],
            }
        ],
    }
    if url:
        made["implementation"]["url"] = url
    return made
