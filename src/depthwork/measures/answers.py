"""What may be answered: one check before any score, so that a wrong value never becomes a number."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from depthwork.measures.model import NA, REFUSED, Answer, Definition, Item, MeasureError


@lru_cache(maxsize=256)
def _choices(measure: Definition) -> Mapping[str, tuple[frozenset[Any], Item]]:
    """For each item the answers that need no further look; True equals 1, so the type is checked apart."""
    return {item.id: (frozenset(item.values), item) for item in measure.items}


def checked(measure: Definition, answers: object) -> dict[str, Answer]:
    """Every item of the measure with its answer, None where there is none.

    Parameters
    ----------
    measure : Definition
    answers : mapping of item id to answer, or sequence of answers in item order
        Numbers, `NA` where the item allows it, `REFUSED` where it allows that, text for a
        free-text item, None for no answer. A short sequence leaves the last items unanswered.

    Returns
    -------
    dict of item id to answer, in item order

    Raises
    ------
    MeasureError
        For an unknown item, too many answers, a wrong type or a value out of range. The message
        names the item and what is allowed, never the answer of a free-text item.
    """
    if isinstance(answers, Mapping):
        given = answers
    elif isinstance(answers, Sequence) and not isinstance(answers, str | bytes):
        if len(answers) > len(measure.items):
            items = f"{len(measure.items)} item{'' if len(measure.items) == 1 else 's'}"
            raise MeasureError(f"{measure.id}: {len(answers)} answers for {items}; leave out what is over")
        given = {item.id: answer for item, answer in zip(measure.items, answers, strict=False)}
    else:
        raise MeasureError(
            f'{measure.id}: answers must be an object of item ids to values, such as {{"q1": 2}}'
        )
    choices = _choices(measure)
    found: dict[str, Answer] = dict.fromkeys(choices)
    for name, answer in given.items():
        if name not in choices:
            raise MeasureError(
                f"{measure.id}: there is no item {str(name)[:40]!r}; `measure show {measure.id}` lists them"
            )
        if answer is None:
            continue
        allowed, item = choices[name]
        if answer.__class__ is int and answer in allowed:
            found[name] = answer
        else:
            found[name] = _checked(measure.id, item, answer)
    return found


def _checked(measure: str, item: Item, answer: object) -> Answer:
    place = f"{measure}.{item.id}"
    if item.is_text:
        if not isinstance(answer, str):
            raise MeasureError(f"{place}: expected text; write it in quotation marks")
        return answer
    if answer == NA and item.allow_na:
        return NA
    if answer == REFUSED and item.allow_refused:
        return REFUSED
    allowed = allowed_answers(item)
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        raise MeasureError(
            f"{place}: expected {allowed}, found {_kind(answer)}; numbers stand without quotes"
        )
    if isinstance(answer, float) and not math.isfinite(answer):
        raise MeasureError(f"{place}: expected {allowed}; leave an unanswered item out or write null")
    if not item.is_continuous:
        if answer != int(answer):
            raise MeasureError(f"{place}: expected {allowed}, whole numbers only")
        answer = int(answer)
    if item.values:
        if answer not in item.values:
            raise MeasureError(f"{place}: {answer} is not among the answers; expected {allowed}")
    elif item.range is not None and not item.range[0] <= answer <= item.range[1]:
        raise MeasureError(f"{place}: {answer} is out of range; expected {allowed}")
    return answer


def allowed_answers(item: Item) -> str:
    """What may be answered, in words: "0, 1, 2 or 3", "1 to 5", "text"."""
    if item.is_text:
        return "text"
    if item.values:
        words = [str(value) for value in sorted(item.values)]
    else:
        assert item.range is not None
        words = [f"{item.range[0]:g} to {item.range[1]:g}"]
    words += [word for word, may in ((NA, item.allow_na), (REFUSED, item.allow_refused)) if may]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _kind(answer: object) -> str:
    names = {str: "text", bool: "true or false", list: "a list", dict: "an object"}
    return names.get(type(answer), type(answer).__name__)
