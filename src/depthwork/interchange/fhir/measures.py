"""Questionnaire, QuestionnaireResponse and Observation. The words of a licensed questionnaire never leave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from depthwork.interchange.fhir.common import (
    BASE,
    LOINC,
    ORDINAL,
    TERMS,
    UCUM,
    FhirError,
    Resource,
    concept,
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
from depthwork.measures import NA, REFUSED, Definition, Item, MeasureError, measure, measures
from depthwork.measures.model import Option

ANSWERS = f"{BASE}/answer"
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


def read_questionnaire_response(resource: Resource) -> AnswersFact:
    """The form of a QuestionnaireResponse: answers by item, checked against the measure where it is installed."""
    if resource.get("status") not in ("completed", "amended"):
        raise FhirError("it is not finished; only a completed form is taken in")
    found = _CANONICAL.fullmatch(str(resource.get("questionnaire") or ""))
    name = own(resource, "measure", "valueString") or (found[1].replace("-", "_") if found else "")
    if not name or not found:
        raise FhirError("its questionnaire is none that this program knows")
    answers: dict[str, Any] = {}
    for item in resource.get("item") or []:
        link = item.get("linkId")
        if not isinstance(link, str) or link in answers:
            raise FhirError("an item of it has no linkId, or one stands twice")
        answers[link] = _answer(item)
    try:
        known = {item.id for item in measure(name).items}
    except MeasureError:
        known = set(answers)
    if set(answers) - known:
        raise FhirError("it answers an item that this questionnaire does not have")
    return AnswersFact(
        id=id_of(resource),
        client=needed(resource, "subject", "Patient"),
        measure=name,
        version=int(found[2]),
        at=moment_of(resource.get("authored"), "authored"),
        answers=answers,
        hour=referred(resource, "encounter", "Encounter"),
        course=own(resource, "course", "valueString") or "",
        more=more_of(resource),
    )


def _answer(item: Resource) -> Any:
    given = item.get("answer") or []
    if not given:
        return None
    if len(given) > 1:
        raise FhirError("an item of it has several answers; one is asked for")
    one: Mapping[str, Any] = given[0]
    for kind in ("valueString", "valueInteger", "valueDecimal"):
        if kind in one:
            return one[kind]
    coding = one.get("valueCoding") or {}
    for extra in coding.get("extension") or []:
        if extra.get("url") == ORDINAL:
            value = float(extra["valueDecimal"])
            return int(value) if value.is_integer() else value
    code = str(coding.get("code") or "")
    if code in (NA, REFUSED):
        return code
    if coding.get("system") == ANSWERS and code.lstrip("-").isdigit():
        return int(code)
    raise FhirError("an answer of it is given in a way that has no number here")


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
        "effectiveDateTime": moment(fact.at),
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
    name, _, score = (code or scores_by_loinc().get(loinc, "")).rpartition(".")
    if not name:
        raise FhirError("it is no score of a questionnaire that this program knows")
    quantity = resource.get("valueQuantity")
    value: float | None = None
    if quantity is not None:
        if quantity.get("system") not in (None, UCUM) or quantity.get("code", quantity.get("unit")) not in (
            "{score}",
            "points",
        ):
            raise FhirError(
                "its value has a unit that is not points ({score}); a score is read in points alone"
            )
        value = quantity.get("value")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise FhirError("its value is not a number")
    bands = resource.get("interpretation") or [{}]
    return ScoreFact(
        id=id_of(resource),
        client=needed(resource, "subject", "Patient"),
        answers=referred(resource, "derivedFrom", "QuestionnaireResponse"),
        measure=name,
        score=score,
        at=moment_of(resource.get("effectiveDateTime"), "effectiveDateTime"),
        value=value,
        band=bands[0].get("text") or "",
        withheld=(resource.get("dataAbsentReason") or {}).get("text") or "",
        hour=referred(resource, "encounter", "Encounter"),
    )
