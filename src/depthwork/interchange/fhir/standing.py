"""Whether a resource still stands where it comes from: what was withdrawn, refuted or never finished is not taken in."""

from __future__ import annotations

from collections.abc import Mapping

from depthwork.interchange.fhir.common import IN_ERROR, TERMS, NotKept, Resource, code_of, own
from depthwork.wording import gettext_noop

DRAFT = gettext_noop("a draft or a proposal there")
REFUTED = gettext_noop("refuted there")
UNSURE = gettext_noop("not confirmed there")
PAST = gettext_noop("no longer active there")
SUPERSEDED = gettext_noop("superseded there by another version")
CALLED_OFF = gettext_noop("called off there")
UNFINISHED = gettext_noop("not finished there")
DECLINED = gettext_noop("declined there")

# The element that says how a resource stands, and what each of its codes keeps out.
_STATUS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "Appointment": ("status", {"proposed": DRAFT, "waitlist": DRAFT}),
    "CarePlan": ("status", {"draft": DRAFT, "unknown": DRAFT}),
    "Consent": ("status", {"draft": DRAFT, "proposed": DRAFT}),
    "DocumentReference": ("status", {"superseded": SUPERSEDED}),
    "Encounter": ("status", {"planned": UNFINISHED, "arrived": UNFINISHED, "triaged": UNFINISHED,
                             "in-progress": UNFINISHED, "onleave": UNFINISHED, "unknown": UNFINISHED,
                             "cancelled": CALLED_OFF}),
    "Goal": ("lifecycleStatus", {"proposed": DRAFT, "planned": DRAFT, "rejected": DECLINED}),
    "Observation": ("status", {"registered": DRAFT, "preliminary": DRAFT, "unknown": DRAFT, "cancelled": CALLED_OFF}),
    "QuestionnaireResponse": ("status", {"in-progress": UNFINISHED, "stopped": UNFINISHED}),
}  # fmt: skip
_SURE = {"refuted": REFUTED, "unconfirmed": UNSURE, "provisional": UNSURE, "differential": UNSURE}
_OVER = ("inactive", "remission", "resolved")


def must_stand(resource: Resource) -> None:
    """Let through what stands.

    Raises
    ------
    NotKept
        Entered in error, refuted, not confirmed, over, superseded, called off, a draft: with that reason.
    """
    kind = str(resource.get("resourceType"))
    said = (resource.get("status"), resource.get("lifecycleStatus"), resource.get("docStatus"))
    sure = code_of(resource, "verificationStatus", f"{TERMS}/condition-ver-status")
    if "entered-in-error" in (*said, sure):
        raise NotKept(IN_ERROR)
    if kind == "Condition":
        over = code_of(resource, "clinicalStatus", f"{TERMS}/condition-clinical") in _OVER
        if why := _SURE.get(sure) or (PAST if over else ""):
            raise NotKept(why)
    if kind == "CarePlan":
        if resource.get("intent") in ("proposal", "option"):
            raise NotKept(DRAFT)
        # Our own earlier versions are numbered, and are versions here too; another system's are not.
        if resource.get("status") == "revoked" and own(resource, "number", "valueInteger") is None:
            raise NotKept(SUPERSEDED)
    name, why_by = _STATUS.get(kind, ("status", {}))
    if why := why_by.get(str(resource.get(name)), ""):
        raise NotKept(why)


def cancelled_by(resource: Resource) -> str:
    """Who called an Appointment off: "client", "clinician", or "" where its reason does not say.

    The codes are those of HL7's appointment-cancellation-reason: ``pat…`` by the client, ``prov…`` and ``maint`` by
    the practice.
    """
    for name in ("cancelationReason", "cancellationReason"):  # R4's spelling, and the later one
        code = code_of(resource, name, f"{TERMS}/appointment-cancellation-reason")
        if code == "pat" or code.startswith("pat-"):
            return "client"
        if code in ("prov", "maint") or code.startswith("prov-"):
            return "clinician"
    return ""
