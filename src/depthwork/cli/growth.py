"""`depthwork growth`: a growth model of many people's scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from depthwork.cli.say import plural, print_json, refuse
from depthwork.interchange.tables import TableError, read_table

if TYPE_CHECKING:
    from depthwork.outcome.growth import Growth
    from depthwork.outcome.growth_inference import Inference


@click.command(epilog="Example: depthwork growth scores.csv --person id --time session --score phq9")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--person", required=True, help="Column that says whose score it is.")
@click.option("--time", required=True, help="Column of sessions, weeks, months or dates (then in days).")
@click.option("--score", required=True, help="Column of scores.")
@click.option(
    "--centre", default="0", show_default=True, help="Time at which the intercept is taken, or 'mean'."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def growth(file: Path, person: str, time: str, score: str, centre: str, as_json: bool) -> None:
    """Fit a line of change to many people's scores, and how much people differ in it."""
    from depthwork.outcome.columns import OutcomeError, columns
    from depthwork.outcome.growth import growth as fit
    from depthwork.outcome.growth_inference import degrees_of_freedom

    try:
        table = read_table(file, [person, time, score])
        data = columns(table.text(person), table.times(time), table.numbers(score), rows=table.lines)
        fitted = fit(data.person, data.time, data.score, centre=_centre(centre))
        found = degrees_of_freedom(fitted)
    except TableError as error:
        refuse(str(error))
    except OutcomeError as error:
        refuse(f"{file.name}: {error}")
    for note in table.decimal_commas(time, score):
        click.echo(f"note: {note}", err=True)
    made: dict[str, Any] = {
        "n_people": fitted.n_people,
        "n_rows": fitted.n_rows,
        "fixed": {"intercept": fitted.intercept, "slope": fitted.slope},
        "se": {"intercept": fitted.se_intercept, "slope": fitted.se_slope},
        "df": {"intercept": found.df_intercept, "slope": found.df_slope},
        "ci": {"intercept": found.interval_intercept, "slope": found.interval_slope},
        "sd": {"intercept": fitted.sd_intercept, "slope": fitted.sd_slope, "residual": fitted.sd_residual},
        "correlation": fitted.correlation,
        "reml_deviance": fitted.reml_deviance,
        "centre": fitted.centre,
        "singular": fitted.is_singular,
        "withheld": _withheld(fitted, found),
        "messages": [*data.warnings, *fitted.messages],
    }
    if as_json:
        return print_json(made)
    click.echo(f"{plural(fitted.n_people, 'person', 'people')}, {plural(fitted.n_rows, 'score')}")
    for name, value, se, interval in (
        (f"score at time {fitted.centre:g}", fitted.intercept, fitted.se_intercept, found.interval_intercept),
        ("change per unit of time", fitted.slope, fitted.se_slope, found.interval_slope),
    ):
        between = f", 95% {interval[0]:.3f} to {interval[1]:.3f}" if interval else ""
        click.echo(f"  {name}: {value:.3f} (standard error {se:.3f}{between})")
    click.echo(
        f"  people differ by SD {fitted.sd_intercept:.3f} there and by SD {fitted.sd_slope:.3f} in change"
    )
    if fitted.correlation is not None:
        click.echo(f"  correlation of the two {fitted.correlation:.2f}")
    click.echo(f"  left over, SD {fitted.sd_residual:.3f}; REML deviance {fitted.reml_deviance:.4f}")
    for line in made["messages"]:
        click.echo(f"  {line}")
    if found.withheld:
        click.echo(f"  degrees of freedom and intervals, not enough to say: {found.withheld}")
    click.echo("  A line of a group; no forecast for one person.")
    return None


def _withheld(fitted: Growth, found: Inference) -> list[dict[str, str]]:
    """Each figure that is null, with the reason."""
    told = [{"measure": name, "reason": found.withheld} for name in ("df", "ci") if found.withheld]
    if fitted.correlation is None:
        told.append({"measure": "correlation", "reason": "one of the two spreads is 0"})
    return told


def _centre(centre: str) -> float | str:
    if centre == "mean":
        return centre
    try:
        return float(centre.replace(",", "."))
    except ValueError:
        refuse("--centre takes a time such as 4, or 'mean'")
