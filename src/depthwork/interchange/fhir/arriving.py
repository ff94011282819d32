"""A bundle from elsewhere, read whole: what is wrong in it refuses it; what has no place here is counted by its reason."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from depthwork.interchange.fhir import aims, course, measures, people, record
from depthwork.interchange.fhir.bundle import KNOWN, RecordFacts
from depthwork.interchange.fhir.common import BASE, LOINC, FhirError, NotKept, Resource, is_id, own, resolved
from depthwork.interchange.fhir.joining import Contact, joined
from depthwork.interchange.fhir.loinc import Form, form_of
from depthwork.interchange.fhir.standing import cancelled_by, must_stand
from depthwork.interchange.parcel import sha256
from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop, ngettext

LARGEST = 50_000_000  # bytes
UNKNOWN = gettext_noop("a kind of resource that is not kept here")
NO_SCORE = gettext_noop("no score of a questionnaire that is kept here")
_MAY_BE_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")
NOT_SAID_BY_WHOM = "cancelled_without_a_reason"
_READERS: Mapping[str, Callable[[Resource], Any]] = {
    "Patient": people.read_patient,
    "Practitioner": people.read_practitioner,
    "EpisodeOfCare": course.read_episode_of_care,
    "Appointment": course.read_appointment,
    "Encounter": course.read_encounter,
    "Observation": measures.read_observation,
    "Goal": aims.read_goal,
    "CarePlan": aims.read_care_plan,
    "Consent": record.read_consent,
    "Condition": record.read_condition,
    "DocumentReference": record.read_document_reference,
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Resources of one kind that have no place here, for one reason, which is a sentence to be translated."""

    kind: str
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class BundleRead:
    """What a bundle said. With `faults`, nothing of it may be taken in; `without` is what was left out, and why.

    `notes` counts what was understood rather than read, such as a treatment that no EpisodeOfCare names.
    """

    facts: RecordFacts | None
    faults: tuple[str, ...] = ()
    without: tuple[LeftOut, ...] = ()
    notes: Mapping[str, int] = field(default_factory=dict)

    @property
    def left_out(self) -> dict[str, int]:
        """How many of each kind were left out."""
        found: Counter[str] = Counter()
        for one in self.without:
            found[one.kind] += one.count
        return dict(sorted(found.items()))


def counted(left: Mapping[tuple[str, str], int]) -> tuple[LeftOut, ...]:
    """What was left out, in one order."""
    return tuple(LeftOut(kind, why, count) for (kind, why), count in sorted(left.items()) if count)


def is_record(raw: bytes) -> bool:
    """Whether bytes look like a record in FHIR, also in a form that is not taken in, rather than a sealed package."""
    return raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw.lstrip()[:1] in (b"{", b"[", b"\xef", b"<")


def read_bundle(raw: bytes | Mapping[str, Any]) -> BundleRead:
    """A bundle's facts, or every fault of it in words.

    Parameters
    ----------
    raw : bytes or mapping
        The file, or its JSON value.

    Returns
    -------
    BundleRead
        `facts` is None where there are faults: not a bundle, an id that stands twice, a resource whose content is
        wrong, a unit that is not points, a reference to another client, more or fewer than one Patient.

    Notes
    -----
    1. What is in order and has no place here (another kind of resource, a questionnaire that is not installed, a
       document that is no text, what was entered in error) is counted in `without`, never dropped in silence.
    2. An entry is known by its id, else by its full address; references by address, by ``urn:uuid:`` and to one
       version of a resource are followed.
    3. Where no EpisodeOfCare came, the hours are those of one treatment that begins with the first; `notes` says so.
    """
    data = raw
    if isinstance(raw, bytes):
        if len(raw) > LARGEST:
            return BundleRead(None, (_("the file is larger than 50 MB; export it in parts"),))
        try:
            data = _whole_characters(json.loads(raw.decode(json.detect_encoding(raw))), raw)
        except (ValueError, RecursionError):
            return BundleRead(None, (_("not readable as JSON; FHIR as XML is not taken in"),))
    if not isinstance(data, Mapping) or data.get("resourceType") != "Bundle":
        return BundleRead(None, (_("this is no FHIR Bundle; export the record as one"),))
    entries = data.get("entry") or []
    if not isinstance(entries, list):
        return BundleRead(None, (_("the bundle's entries are no list; export it again"),))
    return _read(entries)


def _whole_characters(data: Any, raw: bytes) -> Any:
    """The same value without halves of characters, which a system leaves that cuts its texts by UTF-16 units."""
    if not _MAY_BE_HALF.search(raw):
        return data
    return json.loads(_HALF.sub(chr(0xFFFD), json.dumps(data, ensure_ascii=False)))


def _read(entries: list[Any]) -> BundleRead:
    named, urls = _named(entries)
    forms = {str(one.get("url")): form_of(one) for _at, kind, one in named if kind == "Questionnaire"}
    held: dict[str, list[Any]] = {kind: [] for kind in KNOWN}
    faults: list[str] = []
    left: Counter[tuple[str, str]] = Counter()
    notes: Counter[str] = Counter()
    seen: Counter[tuple[str, str]] = Counter()
    faulty: Counter[str] = Counter()
    for at, kind, found in named:
        if not kind:
            faults.append(_("entry %(at)s holds no resource") % {"at": at})
            continue
        seen[kind, str(found.get("id"))] += 1
        if kind == "Questionnaire":
            continue
        name = kind if len(kind) <= 40 and kind.isalnum() else "something else"
        try:
            _may_come(kind, found)
            made = _made(kind, resolved(found, urls), forms)
            if kind == "Appointment" and found.get("status") == "cancelled":
                is_said = own(found, "status", "valueCode") or cancelled_by(found)
                notes[NOT_SAID_BY_WHOM] += 0 if is_said else 1
            held[kind].append(made)
        except NotKept as error:
            left[name, str(error)] += 1
        except FhirError as error:
            faulty[kind] += 1
            faults.append(_("entry %(at)s, %(kind)s: %(error)s") % {"at": at, "kind": name, "error": error})
        except (AttributeError, KeyError, TypeError, ValueError, IndexError, RecursionError):
            faulty[kind] += 1
            faults.append(
                _("entry %(at)s, %(kind)s: an element of it has a shape that FHIR R4 does not know")
                % {"at": at, "kind": name}
            )
    faults += _twice(seen)
    if len(held["Patient"]) + faulty["Patient"] != 1:
        faults.append(
            _("it has %(n)s Patients; a bundle is taken in for one client at a time")
            % {"n": len(held["Patient"]) + faulty["Patient"]}
        )
    if faults:
        return BundleRead(None, tuple(faults), counted(left))
    made_of = joined(held, left, notes)
    loose = _of_others(made_of)
    return BundleRead(None if loose else made_of, tuple(loose), counted(left), dict(+notes))


def _named(entries: Iterable[Any]) -> tuple[list[tuple[int, str, Resource]], dict[str, str]]:
    """Each entry with its place, its kind ("" for none) and an id, and what its full address stands for."""
    found: list[tuple[int, str, Resource]] = []
    urls: dict[str, str] = {}
    for at, entry in enumerate(entries, 1):
        resource = entry.get("resource") if isinstance(entry, Mapping) else None
        kind = resource.get("resourceType") if isinstance(resource, Mapping) else None
        if not isinstance(kind, str) or not kind or not isinstance(resource, Mapping):
            found.append((at, "", {}))
            continue
        made, url = dict(resource), entry.get("fullUrl")
        if "id" not in made:
            last = url.removeprefix("urn:uuid:").rpartition("/")[2] if isinstance(url, str) else ""
            if is_id(last):
                made["id"] = last
            elif kind == "Patient":  # nothing names it, so its own content does
                made["id"] = _of_its_words(made)
        if isinstance(url, str) and is_id(made.get("id")):
            urls[url] = f"{kind}/{made['id']}"
        found.append((at, kind, made))
    return found, urls


def _of_its_words(resource: Resource) -> str | None:
    try:
        return sha256(json.dumps(resource, sort_keys=True).encode())[:32]
    except (RecursionError, TypeError):
        return None


def _may_come(kind: str, resource: Resource) -> None:
    if kind not in KNOWN:
        raise NotKept(UNKNOWN)
    must_stand(resource)
    if kind == "Observation" and _is_foreign(resource):
        raise NotKept(NO_SCORE)


def _made(kind: str, resource: Resource, forms: Mapping[str, Form]) -> Any:
    if kind == "QuestionnaireResponse":
        address = str(resource.get("questionnaire") or "").partition("|")[0]
        return measures.read_questionnaire_response(resource, forms.get(address))
    fact = _READERS[kind](resource)
    return Contact.of(resource, fact) if kind == "Encounter" else fact


def _is_foreign(resource: Mapping[str, Any]) -> bool:
    coding = (resource.get("code") or {}).get("coding") or []
    if any(one.get("system") == f"{BASE}/score" for one in coding):
        return False
    known = measures.scores_by_loinc()
    return not any(one.get("system") == LOINC and one.get("code") in known for one in coding)


def _twice(seen: Mapping[tuple[str, str], int]) -> list[str]:
    return [
        _("%(kind)s: an id stands %(times)s times; every id stands once")
        % {"kind": kind[:40], "times": times}
        for (kind, _id), times in seen.items()
        if times > 1
    ]


def _of_others(facts: RecordFacts) -> list[str]:
    """What names another client than the one of the bundle: refused, whoever it is."""
    assert facts.client is not None
    others: Counter[str] = Counter()
    for group in (facts.courses, facts.hours, facts.answers, facts.scores, facts.goals, facts.plans, facts.consents, facts.conditions, facts.documents):  # fmt: skip
        for one in group:
            if one.client != facts.client.id:
                others[type(one).__name__.removesuffix("Fact").lower()] += 1
    return [
        ngettext(
            "%(n)s %(kind)s names a client that is not in the bundle",
            "%(n)s %(kind)ss name a client that is not in the bundle",
            n,
        )
        % {"n": n, "kind": kind}
        for kind, n in others.items()
    ]
