"""`depthwork agree`: how far two coders agree on the same hours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from depthwork.cli.say import print_json, refuse
from depthwork.coding.agreement import LEAST_UNITS, in_words
from depthwork.coding.marks_file import MarksError, read_marks
from depthwork.coding.two_coders import (
    Comparison,
    ConstructAgreement,
    HourPair,
    PairError,
    compare,
)

MOST_HOURS = 5_000


@click.command(epilog="Example: depthwork agree coded-by-ana/ coded-by-ben/ --json")
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("--accepted", is_flag=True, help="Compare accepted cues in place of unaided codes.")
@click.option("--seed", default=0, show_default=True, help="Seed of the bootstrap over hours.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def agree(first: Path, second: Path, accepted: bool, seed: int, as_json: bool) -> None:
    """Compare two coders: marks files of one hour, or folders with one file an hour.

    Files of two folders are paired by name. Places are compared first (F1 at an overlap of
    one half), then the codes of the places that both marked. Unaided codes and accepted cues
    are never pooled.
    """
    try:
        hours, notes = _pairs(first, second)
        result = compare(hours, basis="accepted" if accepted else "unaided", seed=abs(seed))
    except (MarksError, PairError) as error:
        refuse(str(error))
    for note in (*notes, *result.notes):
        click.echo(f"depthwork: {note}", err=True)
    if as_json:
        print_json({name: _as_dict(c) for name, c in result.constructs.items()})
    else:
        _show(result)


def _pairs(first: Path, second: Path) -> tuple[list[HourPair], list[str]]:
    for path in (first, second):
        if not path.exists():
            raise PairError(f"{path.name}: not there; name a marks file or a folder of them")
    if first.is_dir() != second.is_dir():
        raise PairError("one file and one folder; name two files or two folders")
    if not first.is_dir():
        return [HourPair(first.name, read_marks(first), read_marks(second))], []
    a = {p.relative_to(first): p for p in sorted(first.rglob("*.json"))}
    b = {p.relative_to(second): p for p in sorted(second.rglob("*.json"))}
    both = sorted(set(a) & set(b))
    if not both:
        raise PairError("the two folders share no file name ending in .json; name each hour's files alike")
    if len(both) > MOST_HOURS:
        raise PairError(f"{len(both):,} hours; the most is {MOST_HOURS:,}")
    alone = len(set(a) ^ set(b))
    notes = [f"{alone} file(s) stand in one folder only and are left out"] if alone else []
    return [HourPair(str(name), read_marks(a[name]), read_marks(b[name])) for name in both], notes


def _as_dict(c: ConstructAgreement) -> dict[str, Any]:
    return {
        "units": c.units,
        "percent": c.percent,
        "kappa": c.kappa,
        "kappa_ci": list(c.kappa_ci) if c.kappa_ci else None,
        "alpha": c.alpha,
        "span_f1": c.span_f1,
        "span_f1_ci": list(c.span_f1_ci) if c.span_f1_ci else None,
        "marks": list(c.marks),
        "coarser": {unit: dict(values) for unit, values in c.coarser.items()},
        "reasons": dict(c.reasons),
    }


def _show(result: Comparison) -> None:
    if not result.constructs:
        click.echo("No codes to compare.")
        return
    click.echo(f"{result.hours} hour(s){', read whole and blind by both' if result.blind else ''}")
    for name, c in result.constructs.items():
        click.echo(f"\n{name.replace('_', ' ')}: {c.marks[0]} and {c.marks[1]} codes, {c.units} at one place")
        click.echo(f"  same place    F1 {_number(c.span_f1)}{_range(c.span_f1_ci)}")
        if c.percent is not None:
            click.echo(f"  same code     {c.percent:.0f} percent, alpha {_number(c.alpha)}")
        if c.kappa is None:
            click.echo(f"  kappa         withheld: {c.reasons.get('kappa', 'no unit')}")
        elif c.units < LEAST_UNITS:
            click.echo(f"  kappa         withheld: {c.units} places, {LEAST_UNITS} are the least to say")
        else:
            interval = _range(c.kappa_ci) or f" ({c.reasons['kappa_ci']})"
            click.echo(f"  kappa         {c.kappa:.2f}{interval}, {in_words(c.kappa)}")
        for unit, values in c.coarser.items():
            shown = ", ".join(f"{k.replace('_', ' ')} {_number(v)}" for k, v in values.items())
            click.echo(f"  by {unit:<11}{shown}")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _range(ci: tuple[float, float] | None) -> str:
    return f" ({ci[0]:.2f} to {ci[1]:.2f})" if ci else ""
