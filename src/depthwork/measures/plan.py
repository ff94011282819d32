"""A definition made ready for many answers: conditions compiled, the items behind each score known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from depthwork.measures.model import Alert, AlertRule, Answer, Definition, Item, ScoreRule
from depthwork.measures.rules import Compare, Missing, Values, compiled, references

Holds = Callable[[Values], bool]


@dataclass(frozen=True, slots=True)
class Plan:
    """What scoring looks up, worked out once a definition."""

    items: Mapping[str, Item]
    asked_if: Mapping[str, Holds]
    gate: Holds | None
    gate_refs: tuple[str, ...]
    gated: tuple[str, ...]
    skips: tuple[tuple[Holds, Mapping[str, int]], ...]
    behind: Mapping[str, tuple[str, ...]]
    labels: tuple[tuple[str, tuple[tuple[Holds | None, str], ...], tuple[str, ...]], ...]
    alerts: tuple[tuple[AlertRule, Holds], ...]
    speaks_of_missing: Mapping[str, frozenset[str]]
    settled: Mapping[str, Alert]
    risk_items: tuple[str, ...]
    may_refuse: bool
    scores_of_alerts: tuple[ScoreRule, ...]
    thresholds: Mapping[str, tuple[tuple[str, float], ...]]


@lru_cache(maxsize=256)
def plan_of(measure: Definition) -> Plan:
    """The plan of a definition, made once."""
    behind: dict[str, tuple[str, ...]] = {}
    for rule in measure.scores:
        parts = [name for name in (rule.of, rule.x, rule.y) if name] + list(rule.weights)
        found = list(rule.items) + [item for part in parts for item in behind[part]]
        behind[rule.id] = tuple(dict.fromkeys(found))
    labels = []
    for one in measure.classifications:
        names = [name for when, _ in one.rules if when for name in references(when)]
        needs = dict.fromkeys(item for name in names for item in behind.get(name, (name,)))
        rules = tuple((compiled(when) if when else None, label) for when, label in one.rules)
        labels.append((one.id, rules, tuple(needs)))
    speaks = {
        alert.id: frozenset(part.ref for part in _leaves(alert.when) if isinstance(part, Missing))
        for alert in measure.alerts
    }
    return Plan(
        items={item.id: item for item in measure.items},
        asked_if={item.id: compiled(item.ask_if) for item in measure.items if item.ask_if},
        gate=compiled(measure.gate) if measure.gate else None,
        gate_refs=tuple(references(measure.gate)) if measure.gate else (),
        gated=tuple(item.id for item in measure.items if item.id not in measure.gate_items),
        skips=tuple((compiled(when), values) for when, values in measure.skip_rules),
        behind=behind,
        labels=tuple(labels),
        alerts=tuple((alert, compiled(alert.when)) for alert in measure.alerts),
        speaks_of_missing=speaks,
        settled={
            alert.id: alert_of(alert, alert.when.ref)
            for alert in measure.alerts
            if isinstance(alert.when, Compare | Missing) and alert.when.ref not in behind
        },
        risk_items=tuple(item.id for item in measure.risk_items),
        scores_of_alerts=_needed(measure),
        may_refuse=any(item.allow_refused for item in measure.items),
        thresholds={
            rule.id: tuple((name, rule.threshold_overrides.get(name, rule.threshold)) for name in rule.items)
            for rule in measure.scores
            if rule.threshold is not None
        },
    )


def _needed(measure: Definition) -> tuple[ScoreRule, ...]:
    """The scores that some alert looks at, with those that they are made of, in order."""
    names = {name for alert in measure.alerts for name in references(alert.when)}
    for rule in reversed(measure.scores):
        if rule.id in names:
            names |= {name for name in (*rule.weights, rule.of, rule.x, rule.y) if name}
    return tuple(rule for rule in measure.scores if rule.id in names)


def _leaves(condition: object) -> list[Compare | Missing]:
    if isinstance(condition, Compare | Missing):
        return [condition]
    parts = getattr(condition, "parts", None) or (getattr(condition, "part", None),)
    return [leaf for part in parts if part is not None for leaf in _leaves(part)]


def alert_of(rule: AlertRule, item: str | None) -> Alert:
    """The alert that a rule raises, pointing at an item."""
    return Alert(rule.id, rule.level, item, rule.reason, rule.action, rule.basis)


def was_asked(plan: Plan, name: str, work: Mapping[str, Answer]) -> bool:
    """Whether the item was put to the client, given the other answers."""
    condition = plan.asked_if.get(name)
    return condition is None or condition(work)
