"""One page a questionnaire for `docs/methods`, made from its definition: claim, assumptions, formula, source, when not."""

from __future__ import annotations

from depthwork.measures import Definition, ScoreRule
from depthwork.measures.needing import needs

RATER = {
    "client": "the client",
    "therapist": "the therapist",
    "clinician_administered": "a clinician, who asks",
    "client_or_interview": "the client, or a clinician who asks",
    "client_or_therapist": "the client, or the therapist about the client",
}
METHOD = {
    "sum": "sum of its items",
    "mean": "mean of its items",
    "max": "highest of its items",
    "count": "number of items at or above the threshold",
    "percent_of_max": "sum of its items as a percentage of the highest possible",
    "zscore": "distance from the reference mean in standard deviations",
    "combine": "weighted sum of other scores",
    "angle": "direction in the circle of two other scores, in degrees",
    "length": "distance from the middle of the circle of two other scores",
}
BASIS = {
    "source": "read in that source",
    "computed": "calculated from stated inputs",
    "unverified": "not yet read in its source",
    "project_rule": "a choice of this program",
    "default": "nothing is specified, so nothing is assumed",
}


def page(definition: Definition) -> str:
    """A questionnaire as Markdown. No words of its questions stand here."""
    name = definition.name.split(" (")[0]
    asked = f"for the last {definition.recall}" if definition.recall else "for the time it is asked about"
    parts = [
        f"# {definition.name}",
        f"*{definition.title}, version {definition.version} of the definition. {len(definition.items)} questions, "
        f"answered by {RATER[definition.rater]}.*",
        "## What it claims",
        f"{name}, as it was answered {asked}. A score belongs to one day and to the person who asked.",
        "## What it does not, and when not to use it",
        " ".join(
            [
                "It makes no diagnosis, names no cause and forecasts nothing for one person. Do not use it to judge a therapist or"
                " a treatment, nor where nobody will take the answers up with the client.",
                *([definition.caution] if definition.caution else []),
                *(
                    ["An answer that needs a person raises an alert; ask only where someone will see it."]
                    if definition.alerts
                    else []
                ),
            ]
        ),
        "## Assumptions",
        "\n".join(f"{n}. {words}" for n, words in enumerate(_assumptions(definition), 1)),
        "## Scores",
        "\n".join(f"- {_formula(rule)}" for rule in definition.scores if not rule.internal)
        or "No score is made.",
    ]
    told = [line for rule in definition.scores if not rule.internal for line in _lines(rule)]
    if told:
        parts += ["## Cut-offs and change", "\n".join(f"- {line}" for line in told)]
    if found := needs(definition):
        parts += [
            "## Answers that need a person",
            "| Question | Answer | When | Basis |\n| --- | --- | --- | --- |\n"
            + "\n".join(f"| {one.question} | {one.answer} | {one.when} | {one.basis} |" for one in found),
        ]
    parts += ["## Source and judge", _source(definition)]
    return "\n\n".join(parts) + "\n"


def _assumptions(definition: Definition) -> list[str]:
    missing = max((rule.max_missing for rule in definition.scores), default=0)
    return [
        "The questions are put in their published words and order, and answered by the person they are meant for.",
        f"The key is as follows: {definition.key.ref.rstrip('.')} ({BASIS[definition.key.basis]})."
        if definition.key.ref
        else f"The key is {BASIS[definition.key.basis]}.",
        f"Up to {missing} missing answers are replaced by the mean of the others, where a score below says so; beyond that the score is withheld."
        if missing
        else "No answer may be missing; otherwise the score is withheld.",
    ]


def _formula(rule: ScoreRule) -> str:
    words = f"`{rule.id}`: {METHOD[rule.method]}"
    if rule.items:
        words += f" ({len(rule.items)})"
    if rule.reflect:
        words += f", {len(rule.reflect)} of them reversed"
    if rule.multiply != 1:
        words += f", times {rule.multiply:g}"
    if rule.threshold is not None:
        words += f", threshold {rule.threshold:g}"
    if rule.range is not None:
        words += f"; from {rule.range[0]:g} to {rule.range[1]:g}"
    if rule.direction:
        words += "; more is worse" if rule.direction == "higher_worse" else "; more is better"
    if rule.max_missing:
        words += f"; {rule.max_missing} may be missing ({BASIS[rule.missing_basis]})"
    return f"{words}."


def _lines(rule: ScoreRule) -> list[str]:
    found = [
        f"`{rule.id}` {cut.op} {cut.value:g} ({cut.id}): {cut.source.rstrip('.')} ({BASIS[cut.basis]})."
        for cut in rule.cutoffs
    ]
    if rule.change is not None and rule.change.reliable_points is not None:
        basis = BASIS[rule.change.reliable_basis or "unverified"]
        found.append(
            f"`{rule.id}` changes reliably by {rule.change.reliable_points:g} points:"
            f" {(rule.change.reliable_ref or 'no reference is given').rstrip('.')} ({basis})."
        )
    return found


def _source(definition: Definition) -> str:
    licence = definition.licence
    words = [
        f"Rights: {licence.holder.rstrip('.')}.",
        "Its questions travel with the program."
        if licence.ship_items
        else "Its questions do not travel with the program; a practice that may use them brings them.",
        f"Review of this definition falls due on {definition.review.review_due:%Y-%m-%d}.",
        "Judged by the worked examples of its definition and by `tests/unit/measures`.",
    ]
    if not definition.is_verified:
        words.insert(2, "The scoring key has not been read in its source yet; scores say so.")
    return " ".join(words)
