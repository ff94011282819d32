"""What a server of these resources says of itself: the data of its CapabilityStatement."""

from __future__ import annotations

from datetime import date

import depthwork
from depthwork.interchange.fhir.bundle import KNOWN
from depthwork.interchange.fhir.common import Resource

# Parameters by kind. `patient` is R4's own but for the two that R4 does not give it to; there it is this server's.
EVERYTHING_ELSE = ("patient", "_id")
SEARCHED_BY = {"Patient": ("_id", "patient")}
_NOT_OF_R4 = ("Patient", "Practitioner", "Questionnaire")


def _searched_by(kind: str) -> Resource:
    """The parameters by which resources of a kind are asked for."""
    found: list[Resource] = [{"name": "_id", "type": "token"}]
    patient: Resource = {"name": "patient", "type": "reference"}
    if kind in _NOT_OF_R4:
        patient["documentation"] = "A parameter of this server: whose record it stands in; not one of R4."
    return {"searchParam": [patient, *found]}


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
                "documentation": "Another parameter than those listed is answered with 400.",
                "security": {
                    "cors": False,
                    "description": "A bearer token, made by a person of the practice for one purpose; it reads what its "
                    "keys and its maker's part in the treatment open.",
                },
                "resource": [
                    {
                        "type": kind,
                        "interaction": [{"code": "read"}, {"code": "search-type"}],
                        **_searched_by(kind),
                    }
                    for kind in KNOWN
                ],
            }
        ],
    }
    if url:
        made["implementation"]["url"] = url
    return made
