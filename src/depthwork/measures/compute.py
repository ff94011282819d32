"""One score at a time: sums, means, counts and what is made of other scores."""

from __future__ import annotations

import math
from collections.abc import Mapping

from depthwork.measures.model import NA, Answer, Score, ScoreRule
from depthwork.measures.plan import Plan, was_asked
from depthwork.measures.rules import Values

FROM_ITEMS = ("sum", "mean", "max", "percent_of_max")


def computed(plan: Plan, rule: ScoreRule, work: Mapping[str, Answer], values: Values) -> Score:
    """One score, from answers in `work` or from earlier scores in `values`."""
    if rule.method in FROM_ITEMS:
        return _from_items(rule, work)
    if rule.method == "count":
        return _counted(plan, rule, work)
    behind = plan.behind[rule.id]
    answered = sum(1 for name in behind if work[name] is not None and work[name] != NA)
    missing = sum(1 for name in behind if work[name] is None)
    parts = [values.get(name) for name in (*rule.weights, rule.of, rule.x, rule.y) if name]
    numbers = [part for part in parts if isinstance(part, int | float)]
    if len(numbers) < len(parts):
        return _made(rule, None, answered, missing, withheld="a score that it is made of is withheld")
    return _made(rule, _from_scores(rule, numbers), answered, missing)


def _from_items(rule: ScoreRule, work: Mapping[str, Answer]) -> Score:
    found: list[float] = []
    missing = 0
    keyed = bool(rule.reflect or rule.recode)
    for name in rule.items:
        answer = work[name]
        if answer is None:
            missing += 1
        elif answer.__class__ is not str:
            found.append(_keyed(rule, name, answer) if keyed else answer)  # type: ignore[arg-type]
    answered, applicable = len(found), len(found) + missing
    if not answered:
        why = "no answer" if missing else "no item applies"
        return _made(rule, None, 0, missing, withheld=why)
    if missing > rule.max_missing:
        limit = "none may be" if not rule.max_missing else f"at most {rule.max_missing} may be"
        return _made(
            rule, None, answered, missing, withheld=f"{missing} of {applicable} answers missing, {limit}"
        )
    value: float
    if rule.method == "max":
        value = max(found)
    elif rule.method == "mean":
        value = sum(found) / answered
    elif rule.method == "percent_of_max":
        assert rule.item_max is not None
        value = 100 * sum(found) / (rule.item_max * answered)
    else:
        value = sum(found)
        if missing:
            value = value * applicable / answered
            if rule.round_prorated:
                value = round_half_up(value)
    if rule.multiply != 1:
        value *= rule.multiply
    if rule.round is not None:
        value = round_half_up(value, rule.round)
    if rule.conversion:
        value = rule.conversion[int(value)]
    return _made(rule, value, answered, missing)


def _keyed(rule: ScoreRule, name: str, answer: float) -> float:
    """Reflect first (new = lowest + highest - raw), then recode."""
    if name in rule.reflect:
        answer = rule.reflect[name] - answer
    if name in rule.recode:
        answer = rule.recode[name][answer]
    return answer


def _counted(plan: Plan, rule: ScoreRule, work: Mapping[str, Answer]) -> Score:
    total = answered = missing = 0
    for name, threshold in plan.thresholds[rule.id]:
        answer = work[name]
        if answer is None:
            missing += was_asked(plan, name, work)
        elif answer.__class__ is not str:
            answered += 1
            if answer >= threshold:  # type: ignore[operator]
                total += 1
    return _made(rule, total, answered, missing, is_lower_bound=missing > 0)


def _from_scores(rule: ScoreRule, parts: list[float]) -> float:
    if rule.method == "combine":
        value = sum(weight * part for weight, part in zip(rule.weights.values(), parts, strict=True))
        return value if rule.round is None else round_half_up(value, rule.round)
    if rule.method == "zscore":
        assert rule.mean is not None
        assert rule.sd is not None
        return round_half_up((parts[0] - rule.mean) / rule.sd, 3 if rule.round is None else rule.round)
    x, y = parts
    if rule.method == "angle":
        return round_half_up(math.degrees(math.atan2(y, x)) % 360, 1)
    return round_half_up(math.hypot(x, y), 2)


def _made(
    rule: ScoreRule,
    value: float | None,
    answered: int,
    missing: int,
    withheld: str | None = None,
    is_lower_bound: bool = False,
) -> Score:
    band = None
    if value is not None:
        if value.__class__ is float and value.is_integer():
            value = int(value)
        for one in rule.bands:
            if one.min <= value <= one.max:
                band = one.label
                break
    return Score(rule.id, value, band, answered, missing, withheld, is_lower_bound, rule.internal)


def round_half_up(number: float, decimals: int = 0) -> float:
    """Rounding as manuals do it: 2.5 becomes 3, where Python's own would give 2."""
    factor: float = 10.0**decimals
    return math.floor(number * factor + 0.5) / factor
