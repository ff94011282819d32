"""A form as a page sets it: questions in order, what is answered, which answers bring the crisis numbers at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from depthwork.measures import NA, REFUSED, Definition, Item, MeasureError, alerts, asked
from depthwork.practice.tracking.judging import URGENT
from depthwork.practice.tracking.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be given."""

    value: str
    label: str
    is_chosen: bool
    is_crisis: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it stands on the page."""

    id: str
    number: int
    text: str
    kind: str  # choices, number, words
    choices: tuple[Choice, ...]
    value: str
    low: float | None
    high: float | None
    is_asked: bool
    is_needed: bool


def questions(sheet: Sheet) -> tuple[Question, ...]:
    """Every question of the form but those left out for the hour."""
    definition = sheet.definition
    wanted = set(asked(definition, sheet.answers))
    return tuple(
        _question(definition, item, number, sheet.answers.get(item.id), item.id in wanted)
        for number, item in enumerate(
            (item for item in definition.items if item.id not in sheet.left_out), start=1
        )
    )


def _question(definition: Definition, item: Item, number: int, answer: Any, is_asked: bool) -> Question:
    kind, choices = "choices", _choices(definition, item, answer)
    if item.is_text:
        kind = "words"
    elif not choices:
        kind = "number"
    low, high = item.range or (None, None)
    text = item.text or ""
    return Question(
        id=item.id,
        number=number,
        text=f"{item.stem} {text}" if item.stem else text,
        kind=kind,
        choices=choices,
        value="" if answer is None else str(answer),
        low=low,
        high=high,
        is_asked=is_asked,
        is_needed=item.required,
    )


def _choices(definition: Definition, item: Item, answer: Any) -> tuple[Choice, ...]:
    pairs: list[tuple[Any, str]] = [(option.value, option.label) for option in item.options]
    if not pairs and item.values:
        pairs = [(value, str(value)) for value in item.values]
    if not pairs and item.range is not None and not item.is_continuous and not item.is_text:
        low, high = item.range
        if high - low <= 20:
            pairs = [(value, str(value)) for value in range(int(low), int(high) + 1)]
    if pairs and item.allow_na:
        pairs.append((NA, _("Does not apply")))
    if pairs and item.allow_refused:
        pairs.append((REFUSED, _("I would rather not say")))
    crisis = _crisis_values(definition, item.id)
    return tuple(
        Choice(str(value), label, answer is not None and str(answer) == str(value), value in crisis)
        for value, label in pairs
    )


@lru_cache(maxsize=1024)
def _crisis_values(definition: Definition, item: str) -> frozenset[Any]:
    """Answers that by themselves need a person soon: the page shows the numbers without waiting for the server."""
    found = set()
    for value in definition.item(item).values:
        try:
            raised = alerts(definition, {item: value})
        except MeasureError:
            continue
        if any(one.level in URGENT for one in raised):
            found.add(value)
    return frozenset(found)


def answers_in(definition: Definition, posted: Mapping[str, str]) -> dict[str, Any]:
    """Answers of a posted form by item. An empty field is an answer taken back; fields that are no items are left alone."""
    found: dict[str, Any] = {}
    for item in definition.items:
        if item.id not in posted:
            continue
        raw = posted[item.id].strip() if not item.is_text else posted[item.id]
        found[item.id] = _value(item, raw)
    return found


def _value(item: Item, raw: str) -> Any:
    if raw == "":
        return None
    if item.is_text:
        return raw[:4000]
    if raw in (NA, REFUSED):
        return raw
    try:
        return int(raw)
    except ValueError:
        try:
            return float(raw.replace(",", "."))
        except ValueError:
            return raw  # the definition says what is wrong with it
