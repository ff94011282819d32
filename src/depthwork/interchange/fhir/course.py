"""EpisodeOfCare, Appointment and Encounter: a treatment and its hours."""

from __future__ import annotations

from datetime import timedelta

from depthwork.interchange.fhir.common import (
    BASE,
    TERMS,
    FhirError,
    NotKept,
    Resource,
    concept,
    day_of,
    end_of,
    extension,
    id_of,
    moment,
    moment_of,
    more_of,
    needed,
    own,
    reference,
    referred,
    with_more,
)
from depthwork.interchange.fhir.facts import CourseFact, HourFact
from depthwork.interchange.fhir.standing import cancelled_by
from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop

STATES = {"consultation": "planned", "active": "active", "ended": "finished"}
APPOINTED = {
    "planned": ("booked", ""),
    "held": ("fulfilled", ""),
    "missed_no_notice": ("noshow", ""),
    "missed_notice": ("cancelled", "pat"),
    "cancelled_by_client": ("cancelled", "pat"),
    "cancelled_by_clinician": ("cancelled", "prov"),
}
NO_START = gettext_noop("a treatment without its first day")
NO_TIME = gettext_noop("a contact without its time of day")
OTHER_CONTACT = gettext_noop("a contact of another kind than an hour")
HOURS = ("AMB", "VR", "HH", "")  # classes of contact that an hour of therapy can be; "" where none is given
PLACES = {"office": ("AMB", "ambulatory"), "video": ("VR", "virtual"), "phone": ("VR", "virtual")}


def episode_of_care(fact: CourseFact) -> Resource:
    """A treatment as an EpisodeOfCare; the focus, in the client's words, is an extension."""
    period = {"start": fact.starts_on.isoformat()}
    if fact.ends_on:
        period["end"] = fact.ends_on.isoformat()
    made: Resource = {
        "resourceType": "EpisodeOfCare",
        "id": fact.id,
        "status": STATES[fact.state],
        "patient": reference("Patient", fact.client),
        "period": period,
        "careManager": reference("Practitioner", fact.clinician) if fact.clinician else None,
    }
    if fact.focus:
        made["extension"] = [extension("focus", valueString=fact.focus)]
    return with_more(made, fact.more)


def read_episode_of_care(resource: Resource) -> CourseFact:
    """The treatment of an EpisodeOfCare."""
    states = {value: key for key, value in STATES.items()} | {"waitlist": "consultation", "onhold": "active", "cancelled": "ended"}  # fmt: skip
    state = states.get(str(resource.get("status")))
    if state is None:
        raise FhirError(_("its status is not one that an EpisodeOfCare has"))
    period = resource.get("period") or {}
    if "start" not in period:
        raise NotKept(NO_START)
    return CourseFact(
        id=id_of(resource),
        client=needed(resource, "patient", "Patient"),
        clinician=referred(resource, "careManager", "Practitioner"),
        state=state,
        starts_on=day_of(period["start"], "period"),
        ends_on=day_of(end, "period") if (end := end_of(period)) else None,
        focus=own(resource, "focus", "valueString") or "",
        more=more_of(resource),
    )


def appointment(fact: HourFact) -> Resource:
    """An hour as an Appointment, with what became of it."""
    status, reason = APPOINTED[fact.status]
    made: Resource = {
        "resourceType": "Appointment",
        "id": fact.id,
        "status": status,
        "start": moment(fact.starts_at),
        "end": moment(fact.starts_at + timedelta(minutes=fact.length_minutes)),
        "minutesDuration": fact.length_minutes,
        "participant": [
            {"actor": reference("Patient", fact.client), "status": "accepted"},
            {"actor": reference("Practitioner", fact.clinician), "status": "accepted"},
        ],
        "extension": [
            extension("course", valueString=fact.course),
            extension("place", valueCode=fact.place),
            extension("status", valueCode=fact.status),
        ],
    }
    if reason:
        made["cancelationReason"] = concept(f"{TERMS}/appointment-cancellation-reason", reason)
    return with_more(made, fact.more)


def encounter(fact: HourFact) -> Resource:
    """A held hour as an Encounter: its times, its number, its treatment."""
    code, display = PLACES.get(fact.place, PLACES["office"])
    period = {"start": moment(fact.started_at or fact.starts_at)}
    if fact.stopped_at:
        period["end"] = moment(fact.stopped_at)
    made: Resource = {
        "resourceType": "Encounter",
        "id": fact.id,
        "status": "finished",
        "class": {"system": f"{TERMS}/v3-ActCode", "code": code, "display": display},
        "subject": reference("Patient", fact.client),
        "episodeOfCare": [reference("EpisodeOfCare", fact.course)],
        "participant": [{"individual": reference("Practitioner", fact.clinician)}],
        "appointment": [reference("Appointment", fact.id)],
        "period": period,
        "extension": [extension("started", valueBoolean=fact.started_at is not None)],
    }
    if fact.number is not None:
        made["identifier"] = [{"system": f"{BASE}/hour-number", "value": str(fact.number)}]
    return with_more(made, {})


def read_appointment(resource: Resource) -> HourFact:
    """The hour of an Appointment; `joined` adds what its Encounter knows."""
    actors = [(one.get("actor") or {}).get("reference") or "" for one in resource.get("participant") or []]

    def actor(kind: str) -> str:
        return next((a.rpartition("/")[2] for a in actors if a.rpartition("/")[0].endswith(kind)), "")

    given = own(resource, "status", "valueCode")
    plain = {"booked": "planned", "pending": "planned", "proposed": "planned", "waitlist": "planned",
             "arrived": "held", "checked-in": "held", "fulfilled": "held", "noshow": "missed_no_notice",
             "cancelled": "cancelled_by_client"}  # fmt: skip
    status = plain.get(str(resource.get("status")))
    if status == "cancelled_by_client" and cancelled_by(resource) == "clinician":
        status = "cancelled_by_clinician"
    if given in APPOINTED and APPOINTED[given][0] == resource.get("status"):
        status = given
    if status is None:
        raise FhirError(_("its status is not one that an hour can have"))
    if not actor("Patient"):
        raise FhirError(_("no Patient takes part in it"))
    start = moment_of(resource.get("start"), "start")
    minutes = resource.get("minutesDuration")
    if minutes is None and resource.get("end"):
        minutes = round((moment_of(resource["end"], "end") - start).total_seconds() / 60)
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 0 < minutes <= 1440:
        raise FhirError(_("it has no length of 1 to 1440 minutes"))
    return HourFact(
        id=id_of(resource),
        client=actor("Patient"),
        course=own(resource, "course", "valueString") or "",
        clinician=actor("Practitioner"),
        status=status,
        starts_at=start,
        length_minutes=minutes,
        place=own(resource, "place", "valueCode") or "office",
        more=more_of(resource),
    )


def read_encounter(resource: Resource) -> HourFact:
    """The held hour of an Encounter."""
    if resource.get("status") != "finished":
        raise FhirError(_("only a finished Encounter is an hour that was held"))
    kind = str((resource.get("class") or {}).get("code") or "")
    if kind not in HOURS:
        raise NotKept(OTHER_CONTACT)
    period = resource.get("period") or {}
    if len(str(period.get("start"))) == 10:
        raise NotKept(NO_TIME)
    start = moment_of(period.get("start"), "period")
    stop = moment_of(end, "period") if (end := end_of(period)) else None
    if stop is not None and stop < start:
        raise FhirError(_("its period ends before it begins"))
    number = next(
        (
            one.get("value")
            for one in resource.get("identifier") or []
            if one.get("system") == f"{BASE}/hour-number"
        ),
        None,
    )
    who = [one.get("individual") for one in resource.get("participant") or []]
    minutes = round((stop - start).total_seconds() / 60) if stop else 50
    return HourFact(
        id=referred(resource, "appointment", "Appointment") or id_of(resource),
        client=needed(resource, "subject", "Patient"),
        course=referred(resource, "episodeOfCare", "EpisodeOfCare"),
        clinician=referred({"who": who}, "who", "Practitioner"),
        status="held",
        starts_at=start,
        length_minutes=max(1, min(minutes, 1440)),
        place="video" if kind == "VR" else "office",
        number=int(str(number)) if str(number or "").isdigit() else None,
        started_at=start if own(resource, "started", "valueBoolean") is not False else None,
        stopped_at=stop,
    )
