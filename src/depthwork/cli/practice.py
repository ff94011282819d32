"""`depthwork serve | doctor`: a practice of one's own, on one's own machine."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from depthwork.cli.backups import write_backup
from depthwork.cli.place import database_file, in_folder, needs_practice, start, told
from depthwork.cli.port import needs_port
from depthwork.cli.say import print_json, refuse

PUBLIC = "DEPTHWORK_PUBLIC_ORIGIN"


@click.command(epilog="Example: depthwork serve --port 8080")
@in_folder
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Others only behind a TLS proxy.")
@click.option(
    "--public",
    "origin",
    metavar="ORIGIN",
    help="Address at which clients reach it through a TLS proxy, such as https://book.example.org (or DEPTHWORK_PUBLIC_ORIGIN).",
)
def serve(folder: Path | None, port: int, host: str, origin: str | None) -> None:
    """Serve the practice to a browser, on this machine alone unless a public address is set.

    At the public address only inquiry, forms and the clients' own pages exist. Without one no link is sent, and
    forms are filled in the room.
    """
    if origin is not None:
        os.environ[PUBLIC] = _origin(origin)
    home = start(folder)
    from depthwork.practice.keeping.in_use import served
    from depthwork.practice.ui.doctor import look_now, refusals

    found = refusals(look_now(home, host=host))
    if found:
        for one in found:
            click.echo(f"depthwork: {one.says}. {one.mend}", err=True)
        sys.exit(2)
    database = database_file()
    if database is not None and not click.get_current_context().with_resource(served(home)):
        refuse(f"a backup is being put in place in {home}; start again when it has ended")
    if database is None:
        from depthwork.practice.ui.doctor_postgres import stops

        if (first := told(stops)) is not None:
            refuse(f"{first.says}. {first.mend}")
    else:
        needs_practice(database)
        bring_up_to_date(home, database)
    from datetime import UTC, datetime

    from depthwork.practice.config.serving import serve_site
    from depthwork.practice.people.idle import close_all, close_idle
    from depthwork.practice.ui.minutes import each_minute

    needs_port(host, port)
    close_idle(at=datetime.now(UTC))  # what a power cut left open
    click.echo(f"Depthwork is ready at http://{host}:{port}")
    if origin is not None:
        click.echo(f"Clients reach it at {os.environ[PUBLIC]}, through your TLS proxy.")
    sys.stdout.flush()
    # Beside PostgreSQL other machines may go on serving the same sign-ins.
    serve_site(
        port=port, host=host, each_minute=each_minute, at_the_end=close_all if database is not None else None
    )


def _origin(given: str) -> str:
    """A public address as the settings take it: https, a host, a port at most."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(given.strip())
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        refuse("--public: not an address; write it as https://book.example.org")
    if not host or "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment:
        refuse("--public takes scheme and host alone, such as https://book.example.org")
    if parts.scheme != "https":
        refuse("--public: the address is not https; clients' answers must not travel in the clear")
    return f"https://{parts.netloc.lower()}"


def bring_up_to_date(home: Path, database: Path | None) -> bool:
    """New tables after an upgrade: a sealed backup first, then the change. False where there is nothing to do."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    if executor.loader.applied_migrations:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        told(lambda: write_backup(home, database, home / "backups" / f"before-upgrade-{stamp}", ()))
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    connection.close()
    return True


@click.command(epilog="Example: depthwork doctor --json")
@in_folder
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def doctor(folder: Path | None, as_json: bool) -> None:
    """Check settings, keys, database, backups and the audit chain."""
    home = start(folder, as_owner=True)
    from depthwork.practice.ui.doctor import findings, look_now

    needs_practice(database_file())
    found = list(findings(look_now(home)))
    if as_json:
        print_json({"home": str(home), "findings": [asdict(one) for one in found]})
    else:
        for one in found:
            click.echo(f"{'hint' if one.level == 'hint' else 'MEND'}  {one.says}. {one.mend}")
        if not any(one.level != "hint" for one in found):
            click.echo("Nothing to mend.")
    sys.exit(1 if any(one.level != "hint" for one in found) else 0)
