"""A questionnaire that another system names: which measure it is, which items its questions are, which values its answers.

Known by what LOINC calls the panel, the items, the answers and the score; beside that by the words of a free
questionnaire, as the published examples of HL7 have no code for each item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from depthwork.interchange.fhir.common import LOINC, ORDINAL, FhirError, NotKept, Resource
from depthwork.measures import NA, REFUSED, Definition, Item, measure, measures
from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop

NO_MEASURE = gettext_noop("a questionnaire that is not installed here")
NO_ITEM = gettext_noop("a form with questions that its questionnaire does not have here")
NO_NUMBER = gettext_noop("a form with an answer that has no number here")
MANY = gettext_noop("a form with several answers to one question")
# HL7's own example of the PHQ-9 for structured data capture has no code for its panel.
EXAMPLES = {"http://hl7.org/fhir/uv/sdc/Questionnaire/questionnaire-sdc-profile-example-PHQ9": "phq9"}
_PANEL = re.compile(r"https?://loinc\.org/(?:q/|vs/)?([0-9]{1,7}-[0-9])")
_CODE = re.compile(r"[0-9]{1,7}-[0-9]")
_WORD = re.compile(r"[a-z]+")
WORDS = 3  # with which an item begins, enough to tell the items of a questionnaire apart
DEEP = 12  # levels of groups within groups


@dataclass(frozen=True, slots=True)
class Form:
    """What a Questionnaire of the bundle says of itself: the codes of it and of its items, numbers of its answers."""

    codes: frozenset[str] = frozenset()
    items: Mapping[str, str] = field(default_factory=dict)  # linkId: LOINC
    values: Mapping[tuple[str, str], float] = field(
        default_factory=dict
    )  # linkId, code of the answer: its number


def form_of(resource: Resource) -> Form:
    """What is said by a Questionnaire; of a broken one, nothing."""
    try:
        items, values = {}, {}
        for item in _all(resource.get("item"), 0):
            link = str(item.get("linkId"))
            if code := _loinc(item.get("code")):
                items[link] = code
            for option in item.get("answerOption") or []:
                coding = option.get("valueCoding") or {}
                number = _ordinal(option)
                number = _ordinal(coding) if number is None else number
                if number is not None:
                    values[link, str(coding.get("code"))] = number
        return Form(frozenset(filter(None, [_loinc(resource.get("code")), *items.values()])), items, values)
    except (AttributeError, TypeError, ValueError, KeyError):
        return Form()


def _all(items: Any, depth: int) -> Iterator[Resource]:
    """Items, and those of their groups."""
    if depth > DEEP:
        raise FhirError(_("its groups lie too deep in one another"))
    for item in items or []:
        yield item
        yield from _all(item.get("item"), depth + 1)


def _loinc(codes: Any) -> str:
    return next((str(one.get("code")) for one in codes or [] if one.get("system") == LOINC), "")


def _ordinal(holder: Mapping[str, Any]) -> float | None:
    for extra in holder.get("extension") or []:
        if extra.get("url") == ORDINAL:
            return float(extra["valueDecimal"])
    return None


@cache
def _named() -> Mapping[str, str]:
    """Measures by what LOINC calls their panel or their score, and by the address of a published example."""
    found = dict(EXAMPLES)
    for one in measures():
        for rule in one.scores:
            if rule.loinc:
                found.setdefault(rule.loinc, one.id)
    for one in measures():
        if one.fhir.get("panel_loinc"):
            found[one.fhir["panel_loinc"]] = one.id
        if one.fhir.get("example"):
            found[one.fhir["example"]] = one.id
    return found


def foreign_answers(resource: Resource, form: Form) -> tuple[Definition, dict[str, Any]]:
    """The measure of another system's response, and its answers by our items.

    Parameters
    ----------
    resource : dict
        A QuestionnaireResponse.
    form : Form
        What its Questionnaire says, if it is in the bundle.

    Returns
    -------
    tuple of Definition and dict
        A total that stands among the answers is left to be made anew.

    Raises
    ------
    NotKept
        The measure is not installed, a question is none of its, an answer has no number.
    """
    named = str(resource.get("questionnaire") or "").partition("|")[0]
    panel = _PANEL.fullmatch(named)
    definition = _definition(panel[1] if panel else named, form, resource)
    items = {item.loinc: item for item in definition.items if item.loinc}
    begins = {start: item for item in definition.items if (start := _beginning(item.text))}
    totals = {rule.loinc for rule in definition.scores if rule.loinc}
    answers: dict[str, Any] = {}
    for one in _all(resource.get("item"), 0):
        if not one.get("answer"):
            continue
        link = str(one.get("linkId"))
        code = form.items.get(link) or _of_link(link)
        if code in totals:
            continue
        item = items.get(code) or _by_id(definition, link) or begins.get(_beginning(one.get("text")))
        if item is None:
            raise NotKept(NO_ITEM)
        if item.id in answers:
            raise FhirError(_("an item of it has no linkId, or one stands twice"))
        answers[item.id] = value_of(one, item, form)
    if not answers:
        raise NotKept(NO_ITEM)
    return definition, {item.id: answers.get(item.id) for item in definition.items}


def _definition(name: str, form: Form, resource: Resource) -> Definition:
    """By the panel; else by a score's code among its items."""
    known = _named()
    links = (_of_link(str(item.get("linkId"))) for item in _all(resource.get("item"), 0))
    for one in (name, *sorted(form.codes), *links):
        if one in known:
            return measure(known[one])
    raise NotKept(NO_MEASURE)


def _of_link(link: str) -> str:
    """The code in a linkId as LHC-Forms writes it: "/44250-9"."""
    last = link.rpartition("/")[2]
    return last if _CODE.fullmatch(last) else ""


def _by_id(definition: Definition, link: str) -> Item | None:
    """The item of this id."""
    return next((one for one in definition.items if one.id == link), None)


def _beginning(text: Any) -> str:
    words = _WORD.findall(text.casefold()) if isinstance(text, str) else []
    return " ".join(words[:WORDS]) if len(words) >= WORDS else ""


def value_of(answered: Resource, item: Item | None, form: Form | None = None) -> Any:
    """The value of an answered item: a number, a text, NA, REFUSED."""
    given = answered.get("answer") or []
    if len(given) > 1:
        raise NotKept(MANY)
    one: Mapping[str, Any] = given[0]
    for kind in ("valueString", "valueInteger", "valueDecimal"):
        if kind in one:
            return one[kind]
    coding = one.get("valueCoding") or {}
    number = _ordinal(coding)
    if number is None and form is not None:
        number = form.values.get((str(answered.get("linkId")), str(coding.get("code"))))
    if number is not None:
        return int(number) if number.is_integer() else number
    code, shown = str(coding.get("code") or ""), str(coding.get("display") or "").casefold()
    if code in (NA, REFUSED):
        return code
    for option in item.options if item is not None else ():
        if (option.loinc and option.loinc == code) or (shown and option.label.casefold() == shown):
            return option.value
    raise NotKept(NO_NUMBER)
