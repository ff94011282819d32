"""Questionnaire, QuestionnaireResponse and Observation. The words of a licensed questionnaire never leave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from depthwork.interchange.fhir.common import (
    BASE,
    LOINC,
    ORDINAL,
    TERMS,
    UCUM,
    FhirError,
    NotKept,
    Resource,
    about,
    concept,
    day_of,
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
from depthwork.interchange.fhir.facts import AnswersFact, ScoreFact
from depthwork.interchange.fhir.loinc import NO_MEASURE, Form, foreign_answers, value_of
from depthwork.measures import NA, REFUSED, Definition, Item, MeasureError, measure, measures
from depthwork.measures.model import Option
from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop

NO_VALUE = gettext_noop("a score without a number")

ANSWERS = f"{BASE}/answer"
_NUMBER = re.compile(r"[0-9]{1,4}([.][0-9]{1,4})?")
_CANONICAL = re.compile(re.escape(BASE) + r"/Questionnaire/([a-z0-9-]{1,60})\|([0-9]{1,4})")


def canonical(measure_id: str, version: int) -> str:
    """The address by which a response names its questionnaire."""
    return f"{BASE}/Questionnaire/{measure_id.replace('_', '-')}|{version}"


def questionnaire(definition: Definition) -> Resource:
    """A measure as a Questionnaire: item ids and codes; words only where the licence lets them travel."""
    free = definition.licence.ship_items
    panel = definition.fhir.get("panel_loinc")
    return with_more(
        {
            "resourceType": "Questionnaire",
            "id": definition.id.replace("_", "-"),
            "url": canonical(definition.id, definition.version).partition("|")[0],
            "version": str(definition.version),
            "name": definition.id,
            "title": definition.title,
            "status": "active",
            "subjectType": ["Patient"],
            "copyright": definition.licence.holder,
            "code": [{"system": LOINC, "code": panel}] if panel else [],
            "item": [_item(one, free=free) for one in definition.items],
        },
        {},
    )


def _item(item: Item, *, free: bool) -> Resource:
    kind = "choice" if item.options or item.values else "text" if item.is_text else "decimal"
    return with_more(
        {
            "linkId": item.id,
            "type": kind,
            "text": item.text if free else None,
            "required": item.required,
            "code": [{"system": LOINC, "code": item.loinc}] if item.loinc else [],
            "answerOption": [{"valueCoding": _coding(one, free=free)} for one in item.options]
            or [{"valueCoding": _plain(value)} for value in item.values],
        },
        {},
    )


def _coding(option: Option, *, free: bool) -> Resource:
    made = _plain(option.value)
    if option.loinc:
        made |= {"system": LOINC, "code": option.loinc}
    if free:
        made["display"] = option.label
    return made


def _plain(value: int) -> Resource:
    return {"extension": [{"url": ORDINAL, "valueDecimal": value}], "system": ANSWERS, "code": str(value)}


def questionnaire_response(fact: AnswersFact) -> Resource:
    """One finished form as a QuestionnaireResponse. An item without an answer stands there without one."""
    try:
        items = {item.id: item for item in measure(fact.measure).items}
    except MeasureError:
        items = {}
    made: Resource = {
        "resourceType": "QuestionnaireResponse",
        "id": fact.id,
        "questionnaire": canonical(fact.measure, fact.version),
        "status": "completed",
        "subject": reference("Patient", fact.client),
        "authored": moment(fact.at),
        "encounter": reference("Encounter", fact.hour) if fact.hour else None,
        "item": [_answered(name, value, items.get(name)) for name, value in fact.answers.items()],
        "extension": [extension("measure", valueString=fact.measure)],
    }
    if fact.course:
        made["extension"].append(extension("course", valueString=fact.course))
    return with_more(made, fact.more)


def _answered(name: str, value: Any, item: Item | None) -> Resource:
    made: Resource = {"linkId": name}
    if value is None:
        return made
    if isinstance(value, str):
        answer: Resource = {"valueString": value}
        if value in (NA, REFUSED):
            answer = {"valueCoding": {"system": ANSWERS, "code": value}}
    elif isinstance(value, float):
        answer = {"valueDecimal": value}
    else:
        option = next((one for one in item.options if one.value == value), None) if item else None
        answer = {"valueCoding": _coding(option, free=False) if option else _plain(value)}
    made["answer"] = [answer]
    return made


def read_questionnaire_response(resource: Resource, form: Form | None = None) -> AnswersFact:
    """The form of a QuestionnaireResponse: answers by item, checked against the measure where it is installed.

    Another system's is read by its codes of LOINC; `form` is what its Questionnaire says of itself.
    """
    if resource.get("status") not in ("completed", "amended"):
        raise FhirError(_("it is not finished; only a completed form is taken in"))
    found = _CANONICAL.fullmatch(str(resource.get("questionnaire") or ""))
    if found:
        name = own(resource, "measure", "valueString") or found[1].replace("-", "_")
        version, answers = int(found[2]), _own_answers(resource, name, int(found[2]))
    else:
        definition, answers = foreign_answers(resource, form or Form())
        name, version = definition.id, definition.version
    return AnswersFact(
        id=id_of(resource),
        client=needed(resource, "subject", "Patient"),
        measure=name,
        version=version,
        at=about(resource.get("authored"), "authored"),
        answers=answers,
        hour=referred(resource, "encounter", "Encounter"),
        course=own(resource, "course", "valueString") or "",
        more=more_of(resource),
    )


def _own_answers(resource: Resource, name: str, version: int) -> dict[str, Any]:
    """Answers as we write them. Only a form of the installed version has to have its items: an older one had its own."""
    try:
        definition = measure(name)
    except MeasureError:
        raise NotKept(NO_MEASURE) from None
    known = {item.id: item for item in definition.items}
    answers: dict[str, Any] = {}
    for item in resource.get("item") or []:
        link = item.get("linkId")
        if not isinstance(link, str) or link in answers:
            raise FhirError(_("an item of it has no linkId, or one stands twice"))
        if link not in known and version == definition.version:
            raise FhirError(_("it answers an item that this questionnaire does not have"))
        answers[link] = _answer(item, known.get(link))
    return answers


def _answer(item: Resource, known: Item | None) -> Any:
    given = item.get("answer") or []
    if not given:
        return None
    if len(given) > 1:
        raise FhirError(_("an item of it has several answers; one is asked for"))
    coding = given[0].get("valueCoding") or {}
    code = str(coding.get("code") or "")
    if coding.get("system") == ANSWERS and code.lstrip("-").isdigit():
        return int(code)
    try:
        return value_of(item, known)
    except NotKept:
        raise FhirError(_("an answer of it is given in a way that has no number here")) from None


def observation(fact: ScoreFact) -> Resource:
    """A score as an Observation in points; a withheld one says why instead."""
    try:
        definition: Definition | None = measure(fact.measure)
        rule = definition.score_rule(fact.score) if definition else None
    except (MeasureError, KeyError):
        definition = rule = None
    code = concept(
        f"{BASE}/score", f"{fact.measure}.{fact.score}", definition.name if definition else fact.measure
    )
    if rule is not None and rule.loinc:
        code["coding"].insert(0, {"system": LOINC, "code": rule.loinc})
    made: Resource = {
        "resourceType": "Observation",
        "id": fact.id,
        "status": "final",
        "category": [concept(f"{TERMS}/observation-category", "survey")],
        "code": code,
        "subject": reference("Patient", fact.client),
        "encounter": reference("Encounter", fact.hour) if fact.hour else None,
        "effectiveDateTime": moment(fact.at) if isinstance(fact.at, datetime) else fact.at.isoformat(),
        "issued": moment(fact.made_at) if fact.made_at else None,
        "derivedFrom": [reference("QuestionnaireResponse", fact.answers)],
        "interpretation": [{"text": fact.band}] if fact.band else [],
    }
    if fact.value is None:
        made["dataAbsentReason"] = concept(f"{TERMS}/data-absent-reason", "not-performed", fact.withheld)
    else:
        made["valueQuantity"] = {"value": fact.value, "unit": "points", "system": UCUM, "code": "{score}"}
    return with_more(made, {})


@cache
def scores_by_loinc() -> Mapping[str, str]:
    """``measure.score`` for each LOINC code that a definition knows."""
    return {rule.loinc: f"{one.id}.{rule.id}" for one in measures() for rule in one.scores if rule.loinc}


def read_observation(resource: Resource) -> ScoreFact:
    """The score of an Observation. A unit other than points is refused: a number means nothing without it."""
    code = next(
        (str(one.get("code")) for one in (resource.get("code") or {}).get("coding") or []
         if one.get("system") == f"{BASE}/score"), "",
    )  # fmt: skip
    loinc = next((str(one.get("code")) for one in (resource.get("code") or {}).get("coding") or []
                  if one.get("system") == LOINC), "")  # fmt: skip
    name, _dot, score = (code or scores_by_loinc().get(loinc, "")).rpartition(".")
    if not name:
        raise FhirError(_("it is no score of a questionnaire that this program knows"))
    bands, made_at = resource.get("interpretation") or [{}], resource.get("issued")
    when = resource.get("effectiveDateTime")
    return ScoreFact(
        id=id_of(resource),
        client=needed(resource, "subject", "Patient"),
        answers=referred(resource, "derivedFrom", "QuestionnaireResponse"),
        measure=name,
        score=score,
        at=day_of(when, "effectiveDateTime")
        if len(str(when)) == 10
        else moment_of(when, "effectiveDateTime"),
        value=_value(resource),
        band=bands[0].get("text") or "",
        withheld=(resource.get("dataAbsentReason") or {}).get("text") or "",
        hour=referred(resource, "encounter", "Encounter"),
        made_at=moment_of(made_at, "issued") if made_at else None,
    )


def _value(resource: Resource) -> float | None:
    """The points, as a quantity, a whole number or, as some write them, a text; None where a reason stands instead."""
    quantity, value = resource.get("valueQuantity"), resource.get("valueInteger")
    if quantity is not None:
        unit = quantity.get("code", quantity.get("unit"))
        if quantity.get("system") not in (None, UCUM) or unit not in ("{score}", "points"):
            raise FhirError(
                _("its value has a unit that is not points ({score}); a score is read in points alone")
            )
        value = quantity.get("value")
    written = resource.get("valueString")
    if quantity is None and value is None and isinstance(written, str) and _NUMBER.fullmatch(written):
        value = float(written)
    if value is None and quantity is None:
        if resource.get("dataAbsentReason"):
            return None
        raise NotKept(NO_VALUE)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FhirError(_("its value is not a number"))
    return value
