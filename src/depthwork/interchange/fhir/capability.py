"""What a server of these resources says of itself: the data of its CapabilityStatement."""

from __future__ import annotations

from datetime import date

import depthwork
from depthwork.interchange.fhir.bundle import KNOWN
from depthwork.interchange.fhir.common import Resource


def _searched_by(kind: str) -> Resource:
    """Everything but the list of patients itself is asked for by its patient."""
    return {} if kind == "Patient" else {"searchParam": [{"name": "patient", "type": "reference"}]}


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
