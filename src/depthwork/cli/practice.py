"""`depthwork init | serve | doctor`: a practice of one's own, on one's own machine."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from depthwork.cli.backups import write_backup
from depthwork.cli.place import database_file, in_folder, needs_practice, start, told
from depthwork.cli.say import print_json, refuse


@click.command(epilog="Example: depthwork init --name 'Harbour Rooms'")
@in_folder
@click.option("--name", prompt="Name of the practice", help="As it stands on letters.")
@click.option("--who", prompt="Your name", help="As colleagues see it.")
@click.option("--login", prompt="Your sign-in name or e-mail address", help="Kept only as a keyed hash.")
@click.option("--time-zone", default="Europe/London", show_default=True, help="IANA name.")
@click.option("--country", default="GB", show_default=True, help="Two letters.")
@click.option("--currency", default=None, help="Three letters; the country's own when left out.")
@click.option("--rules", default=None, help="Jurisdiction profile; the country's usual one when left out.")
@click.option("--recipient", default=None, help="A second age recipient for backups (age1...).")
def init(
    folder: Path | None, name: str, who: str, login: str, time_zone: str, country: str, currency: str | None,
    rules: str | None, recipient: str | None,
) -> None:  # fmt: skip
    """Set up a practice of your own: folder, database, your keys, and the paper that opens them again."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        refuse(f"--time-zone {time_zone}: not an IANA name such as Europe/London")
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        refuse(f"--country {country}: two letters, such as GB, US, DE or ES")
    home = start(folder, as_owner=True)
    from django.core.management import call_command

    from depthwork.practice.keeping import recipients
    from depthwork.practice.people.models import Practice
    from depthwork.practice.policy.jurisdiction import CURRENCIES, ids, usual
    from depthwork.practice.vault.age import is_recipient, new_identity

    money, law = usual(country)
    money, law = (currency or money).upper(), rules or law
    if money not in CURRENCIES:
        refuse(f"--currency {money}: not one of {', '.join(CURRENCIES)}")
    if law not in ids():
        refuse(f"--rules {law}: not one of {', '.join(ids())}")

    if recipient is not None and not is_recipient(recipient):
        refuse("--recipient: not an age recipient; it begins with age1")
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.chmod(0o700)
    database = database_file()
    told(lambda: call_command("migrate", verbosity=0, interactive=False))
    call_command("createcachetable", verbosity=0)
    (home / "static").mkdir(exist_ok=True)
    if database is not None:
        database.chmod(0o600)
    if Practice.objects.exists():
        recipients.prepare_drill(home)
        refuse(f"a practice stands in {home} already; `depthwork serve` opens it")
    facts = {"name": name, "time_zone": time_zone, "country": country.upper(), "currency": money}
    _found({**facts, "jurisdiction": law}, who=who, login=login)
    recipients.prepare_drill(home)
    if recipient is None:
        identity, recipient = new_identity()
        click.echo("\nA second key for backups. Keep it with someone you trust, away from this machine:")
        click.echo(f"  {identity}")
    recipients.add(home, recipient, "second key for backups")
    click.echo(f"\nThe practice stands in {home}. Open it with: depthwork serve")


def _found(practice: dict[str, Any], *, who: str, login: str) -> None:
    """Practice, first clinician and keys in one transaction; then the code is typed back."""
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from depthwork.practice.people.actions import admit, found_practice
    from depthwork.practice.vault import actions as vault
    from depthwork.practice.vault.errors import Refused
    from depthwork.practice.vault.unlocked import opened

    while True:
        passphrase = click.prompt(
            "Passphrase (15 characters or more)", hide_input=True, confirmation_prompt=True
        )
        try:
            with transaction.atomic():
                founded = found_practice(**practice)
                person, unlocked, code = admit(
                    practice=founded, address=login, passphrase=passphrase, display_name=who,
                    roles=["clinician", "manager"], by=None,
                )  # fmt: skip
                with opened(unlocked):
                    vault.make_keys(
                        organisation=founded.id, owner=founded.id,
                        readers={"administration": []}, purpose="office",
                    )  # fmt: skip
            break
        except ValidationError as error:
            click.echo(" ".join(error.messages), err=True)
    click.echo("\nYour recovery code. Write it on paper; it is shown once:\n")
    click.echo(f"  {code}\n")
    click.echo("If passphrase and code are both lost, the notes are lost. Nobody can open them for you.")
    for left in (2, 1, 0):
        try:
            vault.confirm_recovery(person=person.id, code=click.prompt("Type the code back"))
        except Refused as error:
            click.echo(f"{error} ({left} tries left)", err=True)
            continue
        return
    click.echo("Not confirmed: no note can be stored until the code is typed back (Practice, Recovery code).")


@click.command(epilog="Example: depthwork serve --port 8080")
@in_folder
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Others only behind a TLS proxy.")
def serve(folder: Path | None, port: int, host: str) -> None:
    """Open the practice in the browser, on this machine alone unless a public address is set."""
    home = start(folder)
    from depthwork.practice.ui.doctor import look_now, refusals

    found = refusals(look_now(home, host=host))
    if found:
        for one in found:
            click.echo(f"depthwork: {one.says}. {one.mend}", err=True)
        sys.exit(2)
    database = database_file()
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

    close_idle(at=datetime.now(UTC))  # what a power cut left open
    click.echo(f"Depthwork is ready at http://{host}:{port}")
    sys.stdout.flush()
    # Beside PostgreSQL other machines may go on serving the same sign-ins.
    serve_site(
        port=port, host=host, each_minute=each_minute, at_the_end=close_all if database is not None else None
    )


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
