"""`depthwork change`: reliable change and sudden gains, person by person."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from depthwork.cli.say import plural, print_json, refuse
from depthwork.interchange.tables import TableError, read_table

if TYPE_CHECKING:
    from depthwork.outcome.columns import Columns
    from depthwork.outcome.reliable_change import Yardstick


LEAST_POINTS = 1e-9


@click.command(
    epilog="Example: depthwork change scores.csv --person id --time session --score phq9 --measure phq9"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--person", required=True, help="Column that says whose score it is.")
@click.option("--time", required=True, help="Column of sessions, weeks, months or dates.")
@click.option("--score", required=True, help="Column of scores.")
@click.option("--measure", help="Questionnaire whose published rule holds, such as phq9.")
@click.option(
    "--sd", type=float, help="Spread of a reference group; with --reliability, in place of the rule."
)
@click.option("--reliability", type=float, help="Reliability in that group, best from a retest.")
@click.option("--cutoff", type=float, help="Score from which one is a case; in place of the published one.")
@click.option("--higher-is-better", is_flag=True, help="Without --measure: a rising score is good.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def change(
    file: Path,
    person: str,
    time: str,
    score: str,
    measure: str | None,
    sd: float | None,
    reliability: float | None,
    cutoff: float | None,
    higher_is_better: bool,
    as_json: bool,
) -> None:
    """Say for each person whether the change is reliable, whether it is recovery, and where it was sudden."""
    from depthwork.measures.model import MeasureError
    from depthwork.outcome.columns import OutcomeError, columns

    try:
        by = _yardstick(measure, sd, reliability, cutoff, higher_is_better)
        table = read_table(file, [person, time, score])
        data = columns(table.text(person), table.times(time), table.numbers(score), rows=table.lines)
    except (TableError, MeasureError) as error:
        refuse(str(error))
    except OutcomeError as error:
        refuse(f"{file.name}: {error}")
    for note in table.decimal_commas(time, score):
        click.echo(f"note: {note}", err=True)
    numbered = not table.is_dated(time) and not (data.time % 1).any()
    people = [_person(data, index, by, numbered) for index in range(len(data.labels))]
    notes = [*data.warnings]
    if not numbered:
        notes.append(
            "dates or fractions do not say which sessions are missing; for sudden steps each row counts as the next session"
        )
    counts = Counter(one["class"] for one in people)
    made = {
        "measure": measure,
        "rule": {
            "points": by.points,
            "at_least": by.inclusive,
            "cutoff": by.cutoff,
            "higher_is_better": by.higher_is_better,
            "source": by.source,
        },
        "n_people": len(people),
        "n_rows": len(data.score),
        "counts": dict(sorted(counts.items())),
        "people": people,
        "warnings": notes,
    }
    if as_json:
        return print_json(made)
    for line in _told(made):
        click.echo(line)
    return None


def _yardstick(
    measure: str | None,
    sd: float | None,
    reliability: float | None,
    cutoff: float | None,
    higher_is_better: bool,
) -> Yardstick:
    from dataclasses import replace

    from depthwork.measures import measure as find
    from depthwork.outcome.columns import LARGEST
    from depthwork.outcome.reliable_change import Yardstick, yardstick

    if (sd is None) != (reliability is None):
        refuse("--sd and --reliability go together; one alone says nothing about error")
    rule = None
    if measure is not None:
        main = find(measure).main_score
        if main is None or main.direction is None:
            refuse(f"{measure} has no score that stands for better or worse")
        rule = main.change_rule()
        higher_is_better = main.direction == "higher_better"
    if sd is not None and reliability is not None:
        by = yardstick(sd=sd, reliability=reliability, higher_is_better=higher_is_better)
        if rule is not None:
            by = replace(by, cutoff=rule["cutoff"], case_at_cutoff=rule["case_at_cutoff"])
    elif rule is not None:
        by = Yardstick(**rule)
    elif measure is not None:
        refuse(f"no reliable change is published for {measure}; give --sd and --reliability")
    else:
        refuse("give --measure, or --sd and --reliability, to say what change is reliable")
    if by.points < LEAST_POINTS:
        refuse("--sd and --reliability leave no error to compare a change with; check both")
    if cutoff is None:
        return by
    if not abs(cutoff) <= LARGEST:
        refuse("--cutoff takes a score such as 10")
    return replace(by, cutoff=cutoff, case_at_cutoff=True)


TOO_FEW = "a step needs the scores of two sessions in a row, with two or more among three on each side; there are none"


def _person(data: Columns, index: int, by: Yardstick, numbered: bool) -> dict[str, Any]:
    from depthwork.outcome.reliable_change import change as changed
    from depthwork.outcome.reliable_change import first_deterioration
    from depthwork.outcome.sudden_gains import judged_intervals, on_sessions, sudden_changes

    times, scores = data.of(index)
    grid, on_grid = on_sessions(times, scores) if numbered else data.with_blanks(index)
    first, last = float(scores[0]), float(scores[-1])
    found = changed(first, last if len(scores) > 1 else None, by)
    steps = sudden_changes(on_grid, cut=by.points, higher_is_better=by.higher_is_better)
    judged = judged_intervals(on_grid)
    worse = first_deterioration(scores, by)

    def told(kind: str) -> list[dict[str, Any]]:
        return [
            {
                "between": [float(grid[one.before]), float(grid[one.after])],
                "points": one.points,
                "reversed_at": None if one.reversed_at is None else float(grid[one.reversed_at]),
            }
            for one in steps
            if one.kind == kind
        ]

    return {
        "person": data.labels[index],
        "n": len(scores),
        "first": first,
        "last": last if len(scores) > 1 else None,
        "better_by": found.points,
        "class": found.category,
        "direction": found.direction,
        "began_as_case": found.began_as_case,
        "ended_as_case": found.ended_as_case,
        "sudden_gains": told("gain"),
        "sudden_losses": told("loss"),
        "intervals_judged": judged,
        "sudden_withheld": None if judged else TOO_FEW,
        "first_reliably_worse_at": None if worse is None else float(times[worse]),
        "withheld": found.withheld and "one score; change needs two",
    }


def _told(made: dict[str, Any]) -> list[str]:
    rule = made["rule"]
    least = "at least" if rule["at_least"] else "more than"
    lines = [
        f"{plural(made['n_people'], 'person', 'people')}, {plural(made['n_rows'], 'score')}. "
        f"Reliable: {least} {rule['points']:.4g} points"
    ]
    lines[0] += f"; case cut-off {rule['cutoff']:g}" if rule["cutoff"] is not None else "; no cut-off"
    lines += [f"Rule: {rule['source']}"] if rule["source"] else []
    for one in made["people"]:
        course = "one score" if one["last"] is None else f"{one['first']:g} to {one['last']:g}"
        line = f"  {one['person']}: {course}, {one['class'].replace('_', ' ')}"
        for kind in ("gain", "loss"):
            for step in one["sudden_gains" if kind == "gain" else "sudden_losses"]:
                before, after = step["between"]
                line += f"; sudden {kind} of {step['points']:g} between {before:g} and {after:g}"
                line += " (later reversed)" if step["reversed_at"] is not None else ""
        lines.append(line)
    unjudged = sum(one["sudden_withheld"] is not None for one in made["people"])
    if unjudged:
        lines.append(f"No sudden step could be looked for in {unjudged} of {made['n_people']}: {TOO_FEW}")
    lines += [f"{count} {name.replace('_', ' ')}" for name, count in made["counts"].items()]
    lines += made["warnings"]
    lines.append("Part of any fall from a high first score is regression to the mean.")
    return lines
