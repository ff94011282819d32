"""Scores, labels and alerts from answers. Missing is not 0; an unanswered risk question is never a no."""

from __future__ import annotations

from collections.abc import Mapping

from depthwork.measures.answers import checked
from depthwork.measures.compute import computed
from depthwork.measures.model import REFUSED, Alert, Answer, Definition, Label, Result, Score
from depthwork.measures.plan import Holds, Plan, alert_of, plan_of, was_asked
from depthwork.measures.rules import Values, certain, item_that_holds


def score(measure: Definition, answers: object) -> Result:
    """Score one finished set of answers.

    Says what the key of the instrument makes of the answers. It does not diagnose, and a label is
    a screening rule's word, not a finding about the person.

    Parameters
    ----------
    measure : Definition
    answers : mapping of item id to answer, or sequence in item order
        See `answers.checked`. None is a missing answer; `NA` does not apply and leaves the
        calculation; `REFUSED` is missing for every score and asked about like a missing answer.

    Returns
    -------
    Result
        Scores in the points of the measure, labels, alerts, and the reason where a score is withheld.

    Raises
    ------
    MeasureError
        For answers that are not possible; see `answers.checked`.

    Notes
    -----
    1. With no more missing answers than the definition allows, a sum is prorated
       (sum x applicable / answered, rounded half up); with more, there is no score.
    2. A count with missing answers is a lower bound and says so.
    3. An item whose `ask_if` is not met was not asked, so it is not missing. A gate closes the
       other items only once it is answered.
    4. A label falls to its default only when every answer that it needs is there; else `incomplete`.
    5. Every unanswered risk question raises `ask_in_session`, unless an alert of the definition
       already speaks of that missing answer.

    Do not use it on answers still being given; `alerts` is for those.

    Examples
    --------
    >>> from depthwork.measures import measure
    >>> score(measure("phq9"), [2, 2, 1, 2, 1, 1, 1, 0, 0]).scores["total"].value
    10
    """
    plan = plan_of(measure)
    given = checked(measure, answers)
    work = _without_refusals(plan, given)
    unanswered: tuple[str, ...] = ()
    if None in work.values():
        unanswered = tuple([name for name, answer in work.items() if answer is None])
        if plan.asked_if:
            unanswered = tuple(name for name in unanswered if was_asked(plan, name, work))
    if plan.gate or plan.skips:
        _imply(plan, measure, work)
    values: dict[str, object] = dict(work)
    scores: dict[str, Score] = {}
    for rule in measure.scores:
        made = computed(plan, rule, work, values)
        values[rule.id] = made.value
        scores[rule.id] = made
    labels = {
        one.id: Label(one.id, _label(plan, rules, needs, work, values), one.shown, one.note)
        for one, (_, rules, needs) in zip(measure.classifications, plan.labels, strict=True)
    }
    raised = [
        plan.settled.get(rule.id) or alert_of(rule, item_that_holds(rule.when, values, plan.items))
        for rule, holds in plan.alerts
        if holds(values)
    ]
    if unanswered:
        spoken = {name for alert in raised for name in plan.speaks_of_missing[alert.id]}
        raised += [
            Alert(f"{name}_unanswered", "ask_in_session", name, "a question about risk has no answer")
            for name in plan.risk_items
            if name in unanswered and name not in spoken
        ]
    reasons = [
        f"{made.id}: {made.withheld}" for made in scores.values() if made.withheld and not made.is_internal
    ]
    return Result(
        measure=measure.id,
        version=measure.version,
        definition_hash=measure.hash,
        scores=scores,
        labels=labels,
        alerts=tuple(raised),
        withheld="; ".join(reasons) or None,
        key_basis=measure.key.basis,
        unanswered=unanswered,
    )


def alerts(measure: Definition, answers: object) -> tuple[Alert, ...]:
    """Alerts that already hold while the form is still being filled in.

    Made to be called after each saved item, also on a form that is never sent. It raises only
    what later answers cannot take back: nothing is raised because a question has not been
    reached yet, and a prorated score of half a form raises nothing.

    Parameters
    ----------
    measure : Definition
    answers : mapping of item id to answer, or sequence in item order

    Returns
    -------
    tuple of Alert, in the order of the definition

    Raises
    ------
    MeasureError
        For answers that are not possible.

    Notes
    -----
    1. A comparison with an unanswered item is unknown, not false.
    2. A count can only grow, so "at least" on it is settled early and nothing else is.
    3. A refused answer is settled; a missing one may still come.

    See also `score` for the finished form, where unanswered risk questions are listed.
    """
    plan = plan_of(measure)
    given = checked(measure, answers)
    values: dict[str, object] = dict(given)
    growing: set[str] = set()
    work = _without_refusals(plan, given)
    _imply(plan, measure, work)
    values |= {name: answer for name, answer in work.items() if answer is not None}
    for rule in plan.scores_of_alerts:
        if any(work[name] is None for name in plan.behind[rule.id]):
            if rule.method not in ("count", "max"):
                continue
            growing.add(rule.id)
        values[rule.id] = computed(plan, rule, work, values).value
    return tuple(
        plan.settled.get(rule.id) or alert_of(rule, item_that_holds(rule.when, values, plan.items))
        for rule, _ in plan.alerts
        if certain(rule.when, values, growing)
    )


def asked(measure: Definition, answers: object) -> tuple[str, ...]:
    """Ids of the items to ask, given the answers so far: a gate and `ask_if` leave the rest out.

    Parameters
    ----------
    measure : Definition
    answers : mapping of item id to answer, or sequence in item order

    Returns
    -------
    tuple of item ids, in the order of the form
    """
    plan = plan_of(measure)
    given = checked(measure, answers)
    work = _without_refusals(plan, given)
    implied = dict(work)
    _imply(plan, measure, implied)
    return tuple(
        name
        for name in work
        if was_asked(plan, name, work) and (work[name] is not None or implied[name] is None)
    )


def _without_refusals(plan: Plan, given: dict[str, Answer]) -> dict[str, Answer]:
    if not plan.may_refuse:
        return given
    return {name: None if answer == REFUSED else answer for name, answer in given.items()}


def _imply(plan: Plan, measure: Definition, work: dict[str, Answer]) -> None:
    """Answers that follow from another answer: a closed gate, a skip rule."""
    if plan.gate and all(work[name] is not None for name in plan.gate_refs) and not plan.gate(work):
        for name in plan.gated:
            work[name] = measure.gate_value
    for holds, implied in plan.skips:
        if holds(work):
            work.update(implied)


def _label(
    plan: Plan,
    rules: tuple[tuple[Holds | None, str], ...],
    needs: tuple[str, ...],
    work: Mapping[str, Answer],
    values: Values,
) -> str | None:
    for holds, label in rules:
        if holds is None:
            complete = all(work[name] is not None or not was_asked(plan, name, work) for name in needs)
            return label if complete else "incomplete"
        if holds(values):
            return label
    return None
