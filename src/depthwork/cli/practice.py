"""`depthwork init | serve | doctor | backup | restore | drill`: a practice of one's own, on one's own machine."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from depthwork.cli.say import print_json, refuse

_home = click.option(
    "--home", "folder", type=click.Path(path_type=Path), default=None,
    help="The practice's folder (default: DEPTHWORK_HOME, or ./.depthwork).",
)  # fmt: skip


def _home_of(folder: Path | None) -> Path:
    from depthwork.practice.config.home import home

    return folder.absolute() if folder is not None else home()


def _start(folder: Path | None, *, as_owner: bool = False) -> Path:
    """Settings and models of the practice in a folder. On PostgreSQL some commands work as the tables' owner."""
    if folder is not None:
        os.environ["DEPTHWORK_HOME"] = str(folder.absolute())
    if as_owner and (url := os.environ.get("DATABASE_OWNER_URL")):
        os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "depthwork.practice.config.settings")
    from depthwork.practice.config.home import home

    try:
        import django

        django.setup()
        if "sqlite" not in _engine():
            import psycopg  # noqa: F401
    except ImportError:
        refuse("PostgreSQL needs one more package: pip install 'depthwork[postgres]'")
    except (ValueError, IndexError, OSError) as error:
        refuse(
            f"the settings cannot be read ({type(error).__name__}); look at DATABASE_URL and the DEPTHWORK_ variables"
        )
    return home()


def _database_file() -> Path | None:
    """SQLite's file; None where the practice is on PostgreSQL."""
    from django.conf import settings

    config = settings.DATABASES["default"]
    return Path(str(config["NAME"])) if "sqlite" in config["ENGINE"] else None


def _needs_practice(database: Path | None) -> None:
    if database is None:
        from depthwork.practice.people.models import Practice

        if not _told(Practice.objects.exists):
            refuse("there is no practice in this database; run `depthwork init` or `depthwork move` first")
    elif not database.exists():
        refuse(f"there is no practice in {database.parent}; run `depthwork init` first")


def _told(act: Callable[[], Any]) -> Any:
    """Run an act; what the vault refuses, a full disk and a damaged database each become one clear line."""
    import sqlite3

    from django.db import DatabaseError

    from depthwork.practice.vault.errors import VaultError

    try:
        return act()
    except VaultError as error:
        refuse(str(error))
    except DatabaseError as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        refuse(
            f"the database does not answer ({first}); look at DATABASE_URL, or stop other programs that use it"
        )
    except OSError as error:
        refuse(f"{error.strerror or 'the disk did not answer'}; nothing was left half-written")
    except sqlite3.DatabaseError as error:
        refuse(
            f"the database does not answer ({error}); stop other programs that use it, or restore a backup"
        )


@click.command(epilog="Example: depthwork init --name 'Harbour Rooms'")
@_home
@click.option("--name", prompt="Name of the practice", help="As it stands on letters.")
@click.option("--who", prompt="Your name", help="As colleagues see it.")
@click.option("--login", prompt="Your sign-in name or e-mail address", help="Kept only as a keyed hash.")
@click.option("--time-zone", default="Europe/London", show_default=True, help="IANA name.")
@click.option("--country", default="GB", show_default=True, help="Two letters.")
@click.option("--recipient", default=None, help="A second age recipient for backups (age1...).")
def init(
    folder: Path | None, name: str, who: str, login: str, time_zone: str, country: str, recipient: str | None
) -> None:
    """Set up a practice of your own: folder, database, your keys, and the paper that opens them again."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        refuse(f"--time-zone {time_zone}: not an IANA name such as Europe/London")
    home = _start(folder, as_owner=True)
    from django.core.management import call_command

    from depthwork.practice.keeping import recipients
    from depthwork.practice.people.models import Practice
    from depthwork.practice.vault.age import is_recipient, new_identity

    if recipient is not None and not is_recipient(recipient):
        refuse("--recipient: not an age recipient; it begins with age1")
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.chmod(0o700)
    database = _database_file()
    _told(lambda: call_command("migrate", verbosity=0, interactive=False))
    call_command("createcachetable", verbosity=0)
    (home / "static").mkdir(exist_ok=True)
    if database is not None:
        database.chmod(0o600)
    if Practice.objects.exists():
        recipients.prepare_drill(home)
        refuse(f"a practice stands in {home} already; `depthwork serve` opens it")
    _found(name=name, who=who, login=login, time_zone=time_zone, country=country)
    recipients.prepare_drill(home)
    if recipient is None:
        identity, recipient = new_identity()
        click.echo("\nA second key for backups. Keep it with someone you trust, away from this machine:")
        click.echo(f"  {identity}")
    recipients.add(home, recipient, "second key for backups")
    click.echo(f"\nThe practice stands in {home}. Open it with: depthwork serve")


def _found(*, name: str, who: str, login: str, time_zone: str, country: str) -> None:
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
                practice = found_practice(name=name, time_zone=time_zone, country=country)
                person, unlocked, code = admit(
                    practice=practice, address=login, passphrase=passphrase, display_name=who,
                    roles=["clinician", "manager"], by=None,
                )  # fmt: skip
                with opened(unlocked):
                    vault.make_keys(
                        organisation=practice.id, owner=practice.id,
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
@_home
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Others only behind a TLS proxy.")
def serve(folder: Path | None, port: int, host: str) -> None:
    """Open the practice in the browser, on this machine alone unless a public address is set."""
    home = _start(folder)
    from depthwork.practice.ui.doctor import look_now, refusals

    found = refusals(look_now(home, host=host))
    if found:
        for one in found:
            click.echo(f"depthwork: {one.says}. {one.mend}", err=True)
        sys.exit(2)
    database = _database_file()
    if database is None:
        from depthwork.practice.ui.doctor_postgres import stops

        if (first := _told(stops)) is not None:
            refuse(f"{first.says}. {first.mend}")
    else:
        _needs_practice(database)
        bring_up_to_date(home, database)
    click.echo(f"Depthwork is ready at http://{host}:{port}")
    sys.stdout.flush()
    from depthwork.practice.config.serving import serve_site
    from depthwork.practice.ui.minutes import each_minute

    serve_site(port=port, host=host, each_minute=each_minute)


def _engine() -> str:
    from django.conf import settings

    return str(settings.DATABASES["default"]["ENGINE"])


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
        _told(lambda: _write_backup(home, database, home / "backups" / f"before-upgrade-{stamp}", ()))
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    connection.close()
    return True


@click.command(epilog="Example: depthwork doctor --json")
@_home
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def doctor(folder: Path | None, as_json: bool) -> None:
    """Check settings, keys, database, backups and the audit chain."""
    home = _start(folder, as_owner=True)
    from depthwork.practice.ui.doctor import findings, look_now

    _needs_practice(_database_file())
    found = list(findings(look_now(home)))
    if as_json:
        print_json({"home": str(home), "findings": [asdict(one) for one in found]})
    else:
        for one in found:
            click.echo(f"{'hint' if one.level == 'hint' else 'MEND'}  {one.says}. {one.mend}")
        if not any(one.level != "hint" for one in found):
            click.echo("Nothing to mend.")
    sys.exit(1 if any(one.level != "hint" for one in found) else 0)


def _write_backup(home: Path, database: Path | None, target: Path, more: tuple[str, ...]) -> Any:
    from django.conf import settings

    from depthwork.practice.keeping import backup as keeping
    from depthwork.practice.keeping import diary, moving, recipients

    people = sorted({*recipients.recipients(home), *more})
    if len(people) < 2:
        refuse(
            "a backup is sealed to two people at least; confirm your recovery code, or add --recipient age1..."
        )
    _, drill_recipient = recipients.prepare_drill(home)
    now = datetime.now(UTC)
    target.parent.mkdir(parents=True, exist_ok=True)
    with moving.as_file(target.parent) if database is None else nullcontext(database) as source:
        manifest = keeping.write(
            source, target, recipients=[*people, drill_recipient], now=now, secret=settings.SECRET_KEY
        )
    data, keys = keeping.paths(target.absolute())
    diary.note(
        home, "backup", at=now.isoformat(), data=str(data), keys=str(keys),
        audit_head=manifest.audit_head, rows=sum(rows for rows, _ in manifest.tables.values()),
    )  # fmt: skip
    return manifest, len(people)


@click.command(epilog="Example: depthwork backup /media/disk/practice-2026-11-22")
@_home
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--recipient", "more", multiple=True, help="One more age recipient (age1...).")
@click.option("--expire", is_flag=True, help="Remove key files of backups older than 30 days.")
def backup(folder: Path | None, file: Path | None, more: tuple[str, ...], expire: bool) -> None:
    """Write an encrypted backup: FILE.data.age to keep long, FILE.keys.age to keep 30 days."""
    home = _start(folder, as_owner=True)
    from depthwork.practice.keeping import diary
    from depthwork.practice.vault.age import is_recipient

    if file is None and not expire:
        refuse("name the file to write; best on another disk")
    for one in more:
        if not is_recipient(one):
            refuse("--recipient: not an age recipient; it begins with age1")
    database = _database_file()
    _needs_practice(database)
    if file is not None:
        manifest, people = _told(lambda: _write_backup(home, database, file, more))
        rows = sum(count for count, _ in manifest.tables.values())
        click.echo(f"{rows} rows, sealed to {people} people: {file}.data.age and {file}.keys.age")
    if expire:
        gone = 0
        for row in diary.kept(home, "backup"):
            keys = Path(row["keys"])
            if (datetime.now(UTC) - datetime.fromisoformat(row["at"])).days >= 30 and keys.exists():
                keys.unlink()
                gone += 1
        click.echo(f"{gone} key files older than 30 days removed")


def _identity(given: Path | None) -> str:
    """An age identity: from a file, or from what is typed (a recovery code is one)."""
    from depthwork.practice.vault.age import identity_of
    from depthwork.practice.vault.recovery import backup_secret_of

    if given is not None:
        if not given.is_file():
            refuse(f"there is no file {given}")
        lines = [line for line in given.read_text().splitlines() if line and not line.startswith("#")]
        return lines[0].strip() if lines else refuse(f"{given} holds no identity")
    typed = click.prompt("Recovery code, or age identity", hide_input=True).strip()
    if typed.upper().startswith("AGE-SECRET-KEY-"):
        return str(typed.upper())
    return str(_told(lambda: identity_of(backup_secret_of(typed))[0]))


@click.command(epilog="Example: depthwork restore /media/disk/practice-2026-11-22")
@_home
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--keys", "keys_file", type=click.Path(path_type=Path), help="Another key file of the same practice."
)
@click.option("--identity", type=click.Path(path_type=Path), help="A file with an age identity.")
def restore(folder: Path | None, file: Path, keys_file: Path | None, identity: Path | None) -> None:
    """Read a backup back. What stands there now is kept beside it; what was destroyed stays destroyed.

    On PostgreSQL it is read into an empty database; the one that stood there until now stays as it is.
    """
    had_secret = (_home_of(folder) / "secret").exists() or "DEPTHWORK_SECRET_KEY" in os.environ
    home = _start(folder, as_owner=True)
    from depthwork.practice.config import lines
    from depthwork.practice.keeping import backup as keeping
    from depthwork.practice.keeping import moving
    from depthwork.practice.keeping.places import put_in_place
    from depthwork.practice.vault import tombstones

    target = _database_file()
    data, keys = keeping.paths(file)
    opener = _identity(identity)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    gone = [*(keeping.tombstones_in(target) if target else ()), *lines.read(home / tombstones.FILE)]
    fresh = target.with_suffix(".restored") if target else home / "practice.restored"

    def read_back() -> Any:
        if target is None:
            moving.must_be_empty("default")
        return keeping.restore(data, keys_file or keys, identity=opener, target=fresh, tombstones=gone)

    manifest, secret = _told(read_back)
    if target is None:
        try:
            _told(lambda: moving.from_file(fresh))
        finally:
            fresh.unlink()
    else:
        kept = f"{target.name}.before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        if _told(lambda: put_in_place(fresh, target, kept)):
            click.echo(f"The database that stood here is kept: {kept}")
    from django.core.management import call_command

    from depthwork.practice.audit.actions import record

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    record(verb="restored", by=None, object_type="backup", object_id=manifest.backup)
    click.echo(f"Restored the state of {manifest.made_at[:16]} UTC. Everyone signs in anew.")
    from depthwork.practice.keeping.orphans import orphans

    if closed := orphans():
        click.echo(
            f"{closed} values stand under keys that this key file does not hold: they were sealed or re-sealed on"
            " another day. Restore again with the key file of the same day (--keys)."
        )
    if not had_secret:  # a new machine: sign-in names and second factors are bound to the old secret
        (home / "secret").write_text(secret)
        (home / "secret").chmod(0o600)


@click.command(epilog="Example: depthwork drill /media/disk/practice-2026-11-22 --full")
@_home
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--full", is_flag=True, help="Open a sample with your own passphrase too.")
@click.option("--login", default=None, help="Your sign-in name (with --full).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def drill(folder: Path | None, file: Path | None, full: bool, login: str | None, as_json: bool) -> None:
    """Prove that a backup can be restored: into a temporary place, every table compared, canaries opened."""
    if folder is not None:
        os.environ["DEPTHWORK_HOME"] = str(folder.absolute())
    from depthwork.practice.config.home import home as home_of
    from depthwork.practice.keeping import backup as keeping
    from depthwork.practice.keeping import diary

    home = home_of()
    key = home / "drill.key"
    if not key.exists():
        refuse(f"there is no drill key in {home}; run `depthwork init` first")
    last = diary.last(home, "backup")
    if file is None and last is None:
        refuse("there is no backup yet; run `depthwork backup FILE`")
    data, keys = keeping.paths(file) if file is not None else (Path(last["data"]), Path(last["keys"]))  # type: ignore[index]
    secret = key.read_text().strip()
    with tempfile.TemporaryDirectory(prefix="depthwork-drill-") as name:
        place = Path(name)
        target = place / "practice.sqlite3"
        manifest, site = _told(lambda: keeping.restore(data, keys, identity=secret, target=target))
        opened = _told(lambda: keeping.canaries_open(target, secret))
        rows = sum(count for count, _ in manifest.tables.values())
        result = {
            "made_at": manifest.made_at,
            "rows": rows,
            "canaries": opened,
            "passed": opened == keeping.CANARIES,
        }
        if full:
            result.update(_open_sample(place, site, login))
        now = datetime.now(UTC).isoformat()
        diary.note(home, "drill", at=now, passed=result["passed"], full=full, rows=rows)
    if as_json:
        print_json(result)
    else:
        click.echo(f"{rows} rows as they were written; {opened} of {keeping.CANARIES} canaries open.")
        if full:
            will = {
                None: "no clinical will yet",
                True: "your clinical will is whole",
                False: "YOUR WILL IS DAMAGED",
            }
            click.echo(f"{result['opened']} values opened with your keys; {will[result['will']]}.")
    sys.exit(0 if result["passed"] else 1)


def _open_sample(place: Path, site: str, login: str | None) -> dict[str, Any]:
    """In the restored copy, as the person who asks: sign in, open, compare."""
    (place / "secret").write_text(site)
    os.environ.pop("DATABASE_URL", None)  # the copy is a file, wherever the practice itself is
    login = login or click.prompt("Your sign-in name")
    passphrase = click.prompt("Passphrase", hide_input=True)
    _start(place)
    from depthwork.practice.keeping.sample import open_sample
    from depthwork.practice.people.hashers import take_root
    from depthwork.practice.people.logins import login_of
    from depthwork.practice.people.models import Person
    from depthwork.practice.vault import actions as vault
    from depthwork.practice.vault.unlocked import opened

    person = Person.objects.filter(login=login_of(login)).first()
    if person is None or not person.check_password(passphrase):
        _no("this sign-in name and passphrase do not belong together in the backup")
    root = take_root()
    assert root is not None
    with opened(_told(lambda: vault.unlock(person=person.id, root=root))):
        sample = _told(lambda: open_sample(person.id))
    return {
        "opened": sample.opened,
        "will": sample.will,
        "passed": sample.opened > 0 and sample.will is not False,
    }


def _no(message: str) -> NoReturn:
    refuse(message)
