"""`depthwork backup | restore | drill`: what is kept elsewhere, and the proof that it can be read back."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from depthwork.cli.place import database_file, in_folder, needs_practice, start, told
from depthwork.cli.say import plural, print_json, refuse, step


def write_backup(home: Path, database: Path | None, target: Path, more: tuple[str, ...]) -> Any:
    """A sealed backup, noted in the diary: its manifest, and how many people can open it."""
    from depthwork.practice.keeping.daily import write_noted

    target.parent.mkdir(parents=True, exist_ok=True)
    with step("Writing the backup"):
        return write_noted(home, database, target, more, now=datetime.now(UTC))


@click.command(epilog="Example: depthwork backup /media/disk/practice-2026-11-22")
@in_folder
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--recipient", "more", multiple=True, help="One more age recipient (age1...).")
@click.option(
    "--expire",
    is_flag=True,
    help="Remove what holds keys older than 30 days: key files of backups, and databases a restore put aside.",
)
def backup(folder: Path | None, file: Path | None, more: tuple[str, ...], expire: bool) -> None:
    """Write an encrypted backup: FILE.data.age to keep long, FILE.keys.age to keep 30 days.

    Without FILE it is written to the folder that was chosen when the practice was set up.
    """
    home = start(folder, as_owner=True)
    from depthwork.practice.keeping import backup as keeping
    from depthwork.practice.keeping import recipients
    from depthwork.practice.keeping.daily import expire_keys
    from depthwork.practice.keeping.places import remove_aside
    from depthwork.practice.vault.age import is_recipient

    if file is None and not expire:
        chosen = recipients.place(home)
        if chosen is None:
            refuse("name the file to write; best on another disk")
        if not chosen.is_dir():  # made anew where a disk is not plugged in, it would lie on this one
            refuse(f"{chosen} is not there; plug the disk in, or name the file to write")
        file = chosen / f"practice-{datetime.now().date()}"
        if any(path.exists() for path in keeping.paths(file)):
            file = chosen / f"practice-{datetime.now():%Y-%m-%d-%H%M%S}"
    for one in more:
        if not is_recipient(one):
            refuse("--recipient: not an age recipient; it begins with age1")
    database = database_file()
    needs_practice(database)
    if file is not None:
        manifest, people = told(lambda: write_backup(home, database, file, more))
        rows = sum(count for count, _ in manifest.tables.values())
        click.echo(f"{plural(rows, 'row')}, sealed to {people} people: {file}.data.age and {file}.keys.age")
    if expire:
        gone = told(lambda: expire_keys(home, now=datetime.now(UTC)))
        click.echo(f"{plural(gone, 'key file')} older than 30 days removed")
        if database is not None and (aside := remove_aside(database, now=datetime.now(UTC))):
            click.echo(f"{plural(aside, 'database')} that a restore put aside more than 30 days ago removed")


def _identity(given: Path | None) -> str:
    """An age identity: from a file, or from what is typed (a recovery code is one)."""
    from depthwork.practice.vault.age import identity_of
    from depthwork.practice.vault.recovery import backup_secret_of

    if given is not None:
        if not given.is_file():
            refuse(f"there is no file {given}")
        try:
            text = given.read_text()
        except (OSError, UnicodeDecodeError):
            refuse(f"{given} is no text that can be read; name the file with the line AGE-SECRET-KEY-1...")
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        return lines[0].strip() if lines else refuse(f"{given} holds no identity")
    typed = click.prompt("Recovery code, or age identity", hide_input=True).strip()
    if typed.upper().startswith("AGE-SECRET-KEY-"):
        return str(typed.upper())
    return str(told(lambda: identity_of(backup_secret_of(typed))[0]))


def _must_be_there(data: Path, keys: Path) -> None:
    """Before a code is asked for: both halves of a backup."""
    for half, mend in ((data, "name the backup without its endings"), (keys, "name another with --keys")):
        if not half.is_file():
            refuse(f"there is no file {half}; {mend}")
        try:
            half.open("rb").close()
        except OSError as error:
            refuse(f"{half}: {(error.strerror or 'cannot be read').lower()}; make it readable first")


@click.command(epilog="Example: depthwork restore /media/disk/practice-2026-11-22")
@in_folder
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--keys", "keys_file", type=click.Path(path_type=Path), help="Another key file of the same practice."
)
@click.option("--identity", type=click.Path(path_type=Path), help="A file with an age identity.")
def restore(folder: Path | None, file: Path, keys_file: Path | None, identity: Path | None) -> None:
    """Read a backup back. What stands there now is kept beside it; what was destroyed stays destroyed.

    On PostgreSQL it is read into an empty database; the one that stood there until now stays as it is.
    """
    home = start(folder, as_owner=True)
    from depthwork.practice.config import lines
    from depthwork.practice.keeping import backup as keeping
    from depthwork.practice.keeping import in_use, moving
    from depthwork.practice.keeping.places import BEFORE, put_in_place
    from depthwork.practice.keeping.watched import alone
    from depthwork.practice.vault import tombstones

    target = database_file()
    data, keys = keeping.paths(file)
    keys = keys_file or keys
    _must_be_there(data, keys)
    opener = _identity(identity)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if target is not None and not click.get_current_context().with_resource(alone(home / in_use.FILE)):
        refuse(
            f"Depthwork is serving the practice in {home}, and words written now would go into the database that is put aside;"
            " end `depthwork serve` first, then restore again"
        )
    gone = [*(keeping.tombstones_in(target) if target else ()), *lines.read(home / tombstones.FILE)]
    fresh = target.with_suffix(".restored") if target else home / "practice.restored"

    def read_back() -> Any:
        if target is None:
            moving.must_be_empty("default")
        return keeping.restore(data, keys, identity=opener, target=fresh, tombstones=gone)

    with step("Reading the backup back"):
        manifest, secret = told(read_back)
    stood = target is None  # the one on the other server stays as it is
    if target is None:
        try:
            told(lambda: moving.from_file(fresh))
        finally:
            fresh.unlink()
    else:
        kept = f"{target.name}{BEFORE}{datetime.now(UTC):%Y%m%d-%H%M%S}"
        stood = told(lambda: put_in_place(fresh, target, kept))
        if stood:
            click.echo(
                f"The database that stood here is kept: {kept}. It holds every key of its day:"
                " `depthwork backup --expire` removes it after 30 days."
            )
    from django.core.management import call_command

    from depthwork.practice.audit.actions import record
    from depthwork.practice.keeping.recipients import prepare_drill
    from depthwork.practice.people.models import Practice

    told(lambda: _bring_its_secret(home, secret, is_other_kept=stood))
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    prepare_drill(home)
    for practice in Practice.objects.values_list("id", flat=True):  # on the audit page of each
        record(verb="restored", by=None, practice=practice, object_type="backup", object_id=manifest.backup)
    click.echo(f"Restored the state of {manifest.made_at[:16]} UTC. Everyone signs in anew.")
    from depthwork.practice.keeping.orphans import orphans

    if closed := orphans():
        stand, they = ("stands", "it was") if closed == 1 else ("stand", "they were")
        click.echo(
            f"{plural(closed, 'value')} {stand} under keys that this key file does not hold: {they} sealed or re-sealed on"
            " another day. Restore again with the key file of the same day (--keys)."
        )


def _bring_its_secret(home: Path, secret: str, *, is_other_kept: bool) -> None:
    """The site's secret of the restored database: its sign-in names and second factors were made with it, and with no other.

    Another may stand here already: one that a first try made, or that of a practice whose database is kept beside it.
    """
    from django.conf import settings

    if secret == settings.SECRET_KEY:
        return
    settings.SECRET_KEY = secret  # what a change of tables seals from here on is sealed for this practice
    file, fresh = home / "secret", home / "secret.restored"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_TRUNC | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secret)
        handle.flush()
        os.fsync(handle.fileno())
    if "DEPTHWORK_SECRET_KEY" in os.environ:
        click.echo(
            "DEPTHWORK_SECRET_KEY is not the secret of this backup, and with it nobody could sign in. The right one stands"
            f" in {fresh}: set the variable to it."
        )
        return
    if is_other_kept and file.exists():
        kept = home / f"secret.before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        shutil.copy2(file, kept)
        click.echo(f"The secret that stood here belongs to the database that is kept: {kept.name}.")
    os.replace(fresh, file)


@click.command(epilog="Example: depthwork drill /media/disk/practice-2026-11-22 --full")
@in_folder
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
        with step("Restoring into a temporary place"):
            manifest, site = told(lambda: keeping.restore(data, keys, identity=secret, target=target))
            opened = told(lambda: keeping.canaries_open(target, secret))
        rows = sum(count for count, _ in manifest.tables.values())
        result = {
            "made_at": manifest.made_at,
            "rows": rows,
            "canaries": opened,
            "passed": opened == keeping.CANARIES,
        }
        if full:
            sample = _open_sample(place, site, login)
            result |= {**sample, "passed": result["passed"] and sample["passed"]}
        now = datetime.now(UTC).isoformat()
        diary.note(home, "drill", at=now, passed=result["passed"], full=full, rows=rows)
    if as_json:
        print_json(result)
    else:
        click.echo(
            f"{plural(rows, 'row')} as they were written; {opened} of {keeping.CANARIES} canaries open."
        )
        if full:
            will = "YOUR WILL IS DAMAGED"
            if result["will"] is None:
                will = "no clinical will yet"
            elif result["will"]:
                facts = f"the facts of {plural(result['will_opened_for'], 'client')}"
                will = f"your clinical will is whole, and stand-ins for your trustees opened {facts} from it"
            click.echo(f"{plural(result['opened'], 'value')} opened with your keys; {will}.")
    sys.exit(0 if result["passed"] else 1)


def _open_sample(place: Path, site: str, login: str | None) -> dict[str, Any]:
    """In the restored copy, as the person who asks: sign in, open, compare."""
    (place / "secret").write_text(site)
    os.environ.pop("DATABASE_URL", None)  # the copy is a file, wherever the practice itself is
    login = login or click.prompt("Your sign-in name")
    passphrase = click.prompt("Passphrase", hide_input=True)
    start(place)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)  # a backup of before an upgrade has older tables
    from depthwork.practice.keeping.sample import open_sample
    from depthwork.practice.people.hashers import take_root
    from depthwork.practice.people.logins import login_of
    from depthwork.practice.people.models import Person
    from depthwork.practice.ui.will import rehearse
    from depthwork.practice.vault import actions as vault
    from depthwork.practice.vault.unlocked import opened

    person = Person.objects.filter(login=login_of(login)).first()
    if person is None or not person.check_password(passphrase):
        _no("this sign-in name and passphrase do not belong together in the backup")
    root = take_root()
    assert root is not None
    with opened(told(lambda: vault.unlock(person=person.id, root=root))):
        sample = told(lambda: open_sample(person.id))
        tried = told(lambda: rehearse(person))
    return {
        "opened": sample.opened,
        "will": sample.will,
        "will_opened_for": tried,
        "passed": sample.opened > 0 and sample.will is not False,
    }


def _no(message: str) -> NoReturn:
    refuse(message)
