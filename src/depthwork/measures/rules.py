"""Conditions as data: all / any / not, a comparison, or a missing answer. Nothing is evaluated as code."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

OPS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Compare:
    """An item or score against a number. A missing value makes it false."""

    ref: str
    op: str
    value: float


@dataclass(frozen=True, slots=True)
class Missing:
    """An item or score without a value."""

    ref: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Compare | Missing | All | Any_ | Not


def parse(raw: object) -> Condition:
    """Read a condition from its data form.

    Raises
    ------
    ValueError
        If it is not one of the five forms; the message says which part.
    """
    if not isinstance(raw, dict):
        raise ValueError(f"a condition is a mapping, not {type(raw).__name__}")
    for word, build in (("all", All), ("any", Any_)):
        if word in raw:
            parts = raw[word]
            if set(raw) != {word} or not isinstance(parts, list) or not parts:
                raise ValueError(f"`{word}` takes a list of conditions and nothing beside it")
            return build(tuple(parse(part) for part in parts))
    if "not" in raw:
        if set(raw) != {"not"}:
            raise ValueError("`not` takes one condition and nothing beside it")
        return Not(parse(raw["not"]))
    ref, op = raw.get("ref"), raw.get("op")
    if not isinstance(ref, str) or not isinstance(op, str):
        raise ValueError("a comparison needs `ref`, `op` and `value`")
    if op == "missing" and set(raw) == {"ref", "op"}:
        return Missing(ref)
    value = raw.get("value")
    if op not in OPS or set(raw) != {"ref", "op", "value"}:
        raise ValueError(
            f"unknown comparison {op!r} on {ref}; use one of {' '.join(OPS)} with a value, or missing"
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"the value compared with {ref} must be a number")
    return Compare(ref, op, value)


def references(condition: Condition) -> Iterator[str]:
    """Item and score ids that a condition looks at, in order, with repeats."""
    match condition:
        case Compare(ref=ref) | Missing(ref=ref):
            yield ref
        case All(parts=parts) | Any_(parts=parts):
            for part in parts:
                yield from references(part)
        case _:
            yield from references(condition.part)


def compiled(condition: Condition) -> Callable[[Values], bool]:
    """The condition as a function of values: None and text (`NA`, `REFUSED`) are no number, so false."""
    match condition:
        case Compare(ref=ref, op=op, value=bound):
            compare = OPS[op]

            def holds(values: Values) -> bool:
                value = values.get(ref)
                return value is not None and value.__class__ is not str and compare(value, bound)

        case Missing(ref=ref):

            def holds(values: Values) -> bool:
                return values.get(ref) is None

        case All(parts=parts):
            every = [compiled(part) for part in parts]

            def holds(values: Values) -> bool:
                # a plain loop: a generator here costs a tenth of a whole score
                for part in every:  # noqa: SIM110
                    if not part(values):
                        return False
                return True

        case Any_(parts=parts):
            some = [compiled(part) for part in parts]

            def holds(values: Values) -> bool:
                for part in some:  # noqa: SIM110
                    if part(values):
                        return True
                return False

        case _:
            inner = compiled(condition.part)

            def holds(values: Values) -> bool:
                return not inner(values)

    return holds


def certain(condition: Condition, values: Values, lower_bounds: Collection[str] = ()) -> bool | None:
    """Whether a condition already holds while answers may still come: True, False, or None for not yet known.

    A value in `lower_bounds` can only grow (a count of answers so far), so only "at least" is
    settled by it. Missing is never settled: the answer may come.
    """
    match condition:
        case Compare(ref=ref, op=op, value=bound):
            value = values.get(ref)
            if value is None:
                return None
            if value.__class__ is str:
                return False
            verdict = OPS[op](value, bound)
            if ref in lower_bounds and not (verdict and op in (">=", ">")):
                return None
            return verdict
        case Missing(ref=ref):
            value = values.get(ref)
            return None if value is None else value == "REFUSED"
        case All(parts=parts):
            verdicts = [certain(part, values, lower_bounds) for part in parts]
            return False if False in verdicts else None if None in verdicts else True
        case Any_(parts=parts):
            verdicts = [certain(part, values, lower_bounds) for part in parts]
            return True if True in verdicts else None if None in verdicts else False
        case _:
            verdict_of = certain(condition.part, values, lower_bounds)
            return None if verdict_of is None else not verdict_of


def item_that_holds(condition: Condition, values: Values, items: Collection[str]) -> str | None:
    """The first item (not score) whose part of the condition holds: what an alert points at."""
    match condition:
        case Compare(ref=ref, op=op, value=bound):
            value = values.get(ref)
            found_here = (
                ref in items and value is not None and value.__class__ is not str and OPS[op](value, bound)
            )
            return ref if found_here else None
        case Missing(ref=ref):
            return ref if ref in items and values.get(ref) in (None, "REFUSED") else None
        case All(parts=parts) | Any_(parts=parts):
            for part in parts:
                if (found := item_that_holds(part, values, items)) is not None:
                    return found
            return None
        case _:  # what does not hold points nowhere
            return None
