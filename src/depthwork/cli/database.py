"""`depthwork move | upgrade`: from the one file to a server of the clinic's, and the tables of a new version."""

from __future__ import annotations

import os
from pathlib import Path

import click

from depthwork.cli.place import in_folder, needs_practice, start, told
from depthwork.cli.practice import bring_up_to_date
from depthwork.cli.say import plural, print_json, refuse, step


@click.command(epilog="Example: depthwork move postgres://depthwork_owner:...@127.0.0.1/depthwork")
@in_folder
@click.argument("url", envvar="DATABASE_OWNER_URL")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: rows and hash of each table.")
def move(folder: Path | None, url: str, as_json: bool) -> None:
    """Copy this practice into an empty PostgreSQL database; every row is counted and compared.

    URL belongs to the owner of the tables. Stop `depthwork serve` first. The SQLite file stays as it is.
    """
    os.environ.pop("DATABASE_URL", None)
    home = start(folder)
    from depthwork.practice.config.database import of_url
    from depthwork.practice.keeping import diary, moving

    source = home / "practice.sqlite3"
    needs_practice(source)
    try:
        config = of_url(url)
    except ValueError as error:
        refuse(f"URL: {error}")

    def act() -> list[moving.Table]:
        with moving.another("target", config) as target:
            moving.must_see_everything(target)
            moving.must_be_empty(target)
            bring_up_to_date(home, source)
            moving.make_tables(target)
            with step("Copying the practice, and comparing every row"):
                return moving.copy_practice("default", target)

    tables = told(act)
    rows = sum(table.rows for table in tables)
    from datetime import UTC, datetime

    diary.note(home, "moved", at=datetime.now(UTC).isoformat(), rows=rows, to=config["NAME"])
    if as_json:
        print_json({"rows": rows, "tables": {t.name: {"rows": t.rows, "hash": t.hash} for t in tables}})
        return
    filled = [table for table in tables if table.rows]
    for table in filled:
        click.echo(f"{table.rows:>9}  {table.name}  {table.hash[:16]}")
    click.echo(f"{plural(rows, 'row')} in {plural(len(filled), 'table')}, each as it was sent.")
    click.echo("Set DATABASE_URL to the site's role, run `depthwork doctor`, then `depthwork serve`.")
    click.echo(f"{source.name} is unchanged. Write and drill a backup before you put it away.")


@click.command(epilog="Example: depthwork upgrade")
@in_folder
def upgrade(folder: Path | None) -> None:
    """Bring the tables up to date after a new version. A backup is written first."""
    home = start(folder, as_owner=True)
    from django.db import connection

    from depthwork.practice.keeping import moving

    def act() -> None:
        file = home / "practice.sqlite3" if connection.vendor == "sqlite" else None
        needs_practice(file)
        moving.must_see_everything("default")
        if not bring_up_to_date(home, file):
            moving.make_tables("default")  # walls and grants, where only they are old

    told(act)
    click.echo("The tables are those of this version.")
