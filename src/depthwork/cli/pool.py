"""`depthwork pool`: pool the effects of trials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from depthwork.cli.say import plural, print_json, refuse
from depthwork.interchange.tables import Table, TableError, read_table

if TYPE_CHECKING:
    from depthwork.evidence.pooling import Pooled
    from depthwork.evidence.trials import Row, Together

# Columns in which open trial files keep what an effect is about; a mixture of directions shows along them.
TELLING = ("outcome_domain", "outcome_type", "outcome", "instrument", "measure", "scale")


@click.command(
    epilog="Example: depthwork pool trials.csv --effect g --se se --study study --by therapy --sign higher"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--effect", required=True, help="Column of effects.")
@click.option("--se", required=True, help="Column of their standard errors.")
@click.option("--study", help="Column that names the study. Without it, 'study' where there is one.")
@click.option("--by", help="Column of groups; each is pooled alone as well.")
@click.option("--rho", type=float, default=0.6, show_default=True, help="Correlation of rows of one study.")
@click.option("--margin", type=float, help="Test equivalence within this margin, such as 0.25.")
@click.option("--sign", help="Which way is good: 'higher', 'lower', or a column that says so for each row.")
@click.option(
    "--model",
    type=click.Choice(["REML", "DL", "PM"], case_sensitive=False),
    default="REML",
    show_default=True,
    help="How the spread of true effects is estimated.",
)
@click.option("--hk", is_flag=True, help="Hartung-Knapp intervals.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def pool(
    file: Path,
    effect: str,
    se: str,
    study: str | None,
    by: str | None,
    rho: float,
    margin: float | None,
    sign: str | None,
    model: str,
    hk: bool,
    as_json: bool,
) -> None:
    """Pool the effects of trials: one effect a study, then a random-effects mean."""
    from depthwork.evidence.errors import EvidenceError
    from depthwork.evidence.influence import leave_one_out, moves_most
    from depthwork.evidence.trials import by_group, direction_of, keep, together

    declared = sign.lower() if sign and sign.lower() in ("higher", "lower") else None
    needed = [effect, se, *(name for name in (study, by) if name)]
    if sign and declared is None:
        needed.append(sign)
    how: dict[str, Any] = {"rho": rho, "method": model.upper(), "hartung_knapp": hk}
    try:
        table = read_table(file, needed)
        names, note = _studies(table, study)
        groups = table.text(by) if by else None
        kept = keep(names, table.numbers(effect), table.numbers(se), groups=groups, numbers=table.lines)
        if sign and declared is None:
            declared = direction_of(table.text(sign), numbers=table.lines, column=sign)
        whole = together(kept.rows, **how)
        parts = by_group(kept.rows, **how) if by else {}
        messages = [note] if note else []
        if kept.missing:
            messages.append(_missing(kept.missing))
        if declared is None:
            messages.append(_undeclared(table, kept.rows))
        doubled = [name for name, n in zip(whole.studies.names, whole.studies.rows, strict=True) if n > 1]
        if doubled:
            messages.append(
                f"{len(doubled)} of {len(whole.studies.names)} studies have several rows; each was made one "
                f"effect with rho {rho:g}"
            )
        repeated = [
            n
            for n, times in Counter((r.study, r.effect, r.se, r.group) for r in kept.rows).items()
            if times > 1
        ]
        if repeated:
            messages.append(
                f"rows that stand twice, same study and numbers: {_listed([one[0] for one in repeated])}"
            )
        made: dict[str, Any] = {
            **_figures(whole, margin),
            "rho": rho,
            "sign": declared,
            "missing": {
                "rows": len(kept.missing),
                "named": [{"row": number, "study": name} for number, name in kept.missing],
            },
            "moves_most": None,
            "by": {
                label: {**_figures(part, margin), "studies": list(part.studies.names)}
                for label, part in parts.items()
            },
            "messages": messages,
        }
        for target, part in ((made, whole), *((made["by"][label], part) for label, part in parts.items())):
            target["moves_most"] = None
            if part.pooled.k > 1:
                left = leave_one_out(
                    part.studies.effects,
                    part.studies.variances,
                    part.studies.names,
                    method=how["method"],
                    hartung_knapp=hk,
                )
                most = moves_most(left)
                target["moves_most"] = {"study": most.name, "estimate_without": most.pooled.estimate}
    except TableError as error:
        refuse(str(error))
    except EvidenceError as error:
        refuse(f"{file.name}: {error}")
    for decimal in table.decimal_commas(effect, se):
        click.echo(f"note: {decimal}", err=True)
    if as_json:
        return print_json(made)
    _say(made)
    return None


def _studies(table: Table, study: str | None) -> tuple[list[str | None], str | None]:
    if study is None and "study" in table.header:
        return table.text("study"), "studies are named by the column 'study'"
    if study is None:
        return [f"row {number}" for number in table.lines], "each row counts as a study"
    return table.text(study), None


def _missing(missing: Sequence[tuple[int, str]]) -> str:
    told = _listed([f"{study} (row {number})" for number, study in missing])
    rows = "row has" if len(missing) == 1 else "rows have"
    return f"{len(missing)} {rows} no effect or no standard error and {'is' if len(missing) == 1 else 'are'} left out: {told}"


def _undeclared(table: Table, rows: Sequence[Row]) -> str:
    from depthwork.evidence.trials import leaning_groups, torn_studies

    for column in (name for name in TELLING if name in table.header):
        cells = dict(zip(table.lines, table.text(column), strict=True))
        leaning = leaning_groups(rows, [cells[row.number] for row in rows])
        if leaning:
            return (
                f"direction undeclared and it seems to mix: along {column!r}, {leaning[0]!r} lies mostly above 0 "
                f"and {leaning[1]!r} mostly below; pool them apart, or turn one and declare --sign"
            )
    torn = torn_studies(rows)
    if torn:
        return (
            f"direction undeclared and it seems to mix: clear effects both ways within {_listed(torn)}; "
            "check the sign of each outcome and declare --sign"
        )
    return "direction undeclared; say which way is good with --sign higher or --sign lower"


def _listed(names: Sequence[str], most: int = 20) -> str:
    return "; ".join(names[:most]) + (f"; and {len(names) - most} more" if len(names) > most else "")


def _figures(found: Together, margin: float | None) -> dict[str, Any]:
    from depthwork.evidence.pooling import equivalence

    p: Pooled = found.pooled
    made: dict[str, Any] = {
        "k": p.k,
        "rows": found.n_rows,
        "model": p.method,
        "hartung_knapp": p.hartung_knapp,
        "estimate": p.estimate,
        "se": p.se,
        "ci": list(p.interval),
        "tau2": p.tau2,
        "i2": p.i2,
        "q": p.q,
        "q_df": p.q_df,
        "q_p": p.q_p,
        "prediction": list(p.prediction) if p.prediction else None,
        "equivalence": None,
        "withheld": list(p.withheld),
    }
    if margin is not None:
        tested = equivalence(p, margin=margin)
        made["equivalence"] = {
            "margin": tested.margin,
            "p": tested.p,
            "ci90": list(tested.interval),
            "equivalent": tested.is_equivalent,
            "excludes_zero": tested.excludes_zero,
        }
    return made


def _say(made: dict[str, Any]) -> None:
    _say_one("all", made)
    for label, part in made["by"].items():
        click.echo("")
        _say_one(label, part)
        click.echo(f"  studies: {_listed(part['studies'], 40)}")
    click.echo("")
    for line in made["messages"]:
        click.echo(f"  {line}")
    way = {"higher": "Above 0 favours the therapy.", "lower": "Below 0 favours the therapy."}.get(
        made["sign"] or ""
    )
    if way:
        click.echo(f"  {way}")
    click.echo("  Groups of trials were not assigned at random: a difference between them ranks no therapy.")


def _say_one(label: str, part: dict[str, Any]) -> None:
    studies = "study" if part["k"] == 1 else "studies"
    click.echo(f"{label}: {part['k']} {studies}, {plural(part['rows'], 'row')}, {part['model']}")
    click.echo(
        f"  mean {part['estimate']:.3f} (standard error {part['se']:.3f}), "
        f"95% {part['ci'][0]:.3f} to {part['ci'][1]:.3f}"
    )
    if part["tau2"] is not None:
        click.echo(
            f"  true effects differ by SD {part['tau2'] ** 0.5:.3f} (tau2 {part['tau2']:.4f}, I2 {part['i2']:.0%}, "
            f"Q {part['q']:.1f} on {part['q_df']} df)"
        )
    if part["prediction"]:
        low, high = part["prediction"]
        click.echo(f"  a new trial's true effect may lie {low:.3f} to {high:.3f} (t with {part['k'] - 2} df)")
    if part["equivalence"]:
        test = part["equivalence"]
        verdict = "equivalent" if test["equivalent"] else "not shown to be equivalent"
        also = "; the interval excludes 0" if test["excludes_zero"] else ""
        click.echo(
            f"  within {test['margin']:g} either way: {verdict} (90% {test['ci90'][0]:.3f} to "
            f"{test['ci90'][1]:.3f}, p {test['p']:.4f}){also}"
        )
    if part["moves_most"]:
        most = part["moves_most"]
        click.echo(f"  moved most by {most['study']}: without it {most['estimate_without']:.3f}")
    for line in part["withheld"]:
        click.echo(f"  not enough to say: {line}")
