"""`depthwork agree`: how far two coders agree on the same hours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from depthwork.cli.say import bar, plural, print_json, refuse, step
from depthwork.coding.agreement import LEAST_UNITS, in_words
from depthwork.coding.marks_file import MarksError
from depthwork.coding.ratings import Ratings
from depthwork.coding.two_coders import (
    Comparison,
    ConstructAgreement,
    HourPair,
    PairError,
    compare,
)
from depthwork.interchange.annotations.arriving import ENDINGS, read_coded

MOST_HOURS = 5_000


@click.command(epilog="Example: depthwork agree coded-by-ana/ coded-by-ben/ --json")
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("--accepted", is_flag=True, help="Compare accepted cues in place of unaided codes.")
@click.option("--seed", default=0, show_default=True, help="Seed of the bootstrap over hours.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def agree(first: Path, second: Path, accepted: bool, seed: int, as_json: bool) -> None:
    """Compare two coders: marks files of one hour, or folders with one file an hour.

    A file is a marks file (.json), web annotations (.jsonld) or UIMA CAS XMI (.xmi). Files of two folders are
    paired by name, whatever their ending. Places are compared first (F1 at an overlap of
    one half), then the codes of the places that both marked. Unaided codes and accepted cues
    are never pooled.
    """
    try:
        hours, notes = _pairs(first, second)
        with step("Comparing, with intervals over hours"):
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
        return [HourPair(first.name, read_coded(first), read_coded(second))], []
    a, b = _hours_in(first), _hours_in(second)
    both = sorted(set(a) & set(b))
    if not both:
        raise PairError(
            "the two folders share no name of a .json, .jsonld or .xmi file; name each hour's files alike"
        )
    if len(both) > MOST_HOURS:
        raise PairError(f"{len(both):,} hours; the most is {MOST_HOURS:,}")
    alone = len(set(a) ^ set(b))
    stand = (
        "file stands in one folder only and is" if alone == 1 else "files stand in one folder only and are"
    )
    notes = [f"{alone} {stand} left out"] if alone else []
    pairs = []
    with bar("Reading marks") as told:
        for done, name in enumerate(both, 1):
            pairs.append(HourPair(str(name), read_coded(a[name]), read_coded(b[name])))
            told(done, len(both))
    return pairs, notes


def _hours_in(folder: Path) -> dict[Path, Path]:
    """Files of marks by their name without its ending, so that one coder's .xmi stands beside another's .json."""
    found: dict[Path, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in ENDINGS and path.is_file():
            name = path.relative_to(folder).with_suffix("")
            if name in found:
                raise PairError(f"{name}: stands in {folder.name} in two forms; keep one of them")
            found[name] = path
    return found


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
        "icc": {
            name: {
                "over": one.over,
                "targets": one.targets,
                "reason": one.reason,
                "forms": {
                    form: {
                        "value": i.value,
                        "ci": None if i.low is None or i.high is None else [i.low, i.high],
                        "reason": i.reason,
                    }
                    for form, i in one.forms.items()
                },
            }
            for name, one in c.ratings.items()
        },
    }


def _show(result: Comparison) -> None:
    if not result.constructs:
        click.echo("No codes to compare.")
        return
    click.echo(f"{plural(result.hours, 'hour')}{', read whole and blind by both' if result.blind else ''}")
    for name, c in result.constructs.items():
        click.echo(
            f"\n{name.replace('_', ' ')}: {c.marks[0]} and {plural(c.marks[1], 'code')}, {c.units} at one place"
        )
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
        for name, one in c.ratings.items():
            _show_ratings(name, one)


def _show_ratings(name: str, one: Ratings) -> None:
    if one.reason:
        click.echo(f"  ICC, {name:<9}withheld: {one.reason}")
        return
    shown = ", ".join(
        f"({form}) {_number(i.value)}{_range((i.low, i.high) if i.low is not None and i.high is not None else None)}"
        for form, i in one.forms.items()
    )
    click.echo(f"  ICC, {name:<9}{shown}; over {one.targets} {one.over}")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _range(ci: tuple[float, float] | None) -> str:
    return f" ({ci[0]:.2f} to {ci[1]:.2f})" if ci else ""
