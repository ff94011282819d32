"""`depthwork init`: a practice of one's own, what follows from where it works, and the paper that opens its keys."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from depthwork.cli.place import database_file, in_folder, start, told
from depthwork.cli.say import refuse, step


@click.command(epilog="Example: depthwork init --name 'Harbour Rooms'")
@in_folder
@click.option("--name", default=None, help="As it stands on letters; asked for when left out.")
@click.option("--who", default=None, help="Your name as colleagues see it; asked for when left out.")
@click.option(
    "--login", default=None, help="Your sign-in name or e-mail address, kept only as a keyed hash; asked for."
)
@click.option("--time-zone", default=None, help="IANA name; asked for when left out.")
@click.option("--country", default=None, help="Two letters; asked for when left out.")
@click.option("--currency", default=None, help="Three letters; the country's own when left out.")
@click.option("--rules", default=None, help="Jurisdiction profile; the country's usual one when left out.")
@click.option("--recipient", default=None, help="A second age recipient for backups (age1...).")
@click.option(
    "--backups", default=None, help="Folder for backups, best on another disk; asked for when left out."
)
def init(
    folder: Path | None, name: str | None, who: str | None, login: str | None, time_zone: str | None,
    country: str | None, currency: str | None, rules: str | None, recipient: str | None, backups: str | None,
) -> None:  # fmt: skip
    """Set up a practice of your own: folder, database, your keys, and the paper that opens them again.

    Where one stands already it adds what is missing: a second key for backups, the rows that a drill opens.
    """
    for option, said, wrong in (
        ("--time-zone", time_zone, wrong_zone),
        ("--country", country, wrong_country),
    ):
        if said is not None and (what := wrong(said)):
            refuse(f"{option} {what}")
    offer = machine_zone()  # before the settings are read: they set a clock of their own
    home = start(folder, as_owner=True)
    from django.core.management import call_command

    from depthwork.practice.keeping import recipients
    from depthwork.practice.people.models import Practice
    from depthwork.practice.policy.jurisdiction import CURRENCIES, ids, usual
    from depthwork.practice.vault.age import is_recipient

    if currency is not None and currency.upper() not in CURRENCIES:
        refuse(f"--currency {currency.upper()}: not one of {', '.join(CURRENCIES)}")
    if rules is not None and rules not in ids():
        refuse(f"--rules {rules}: not one of {', '.join(ids())}")
    if recipient is not None and not is_recipient(recipient):
        refuse("--recipient: not an age recipient; it begins with age1")
    database = database_file()
    if database is not None and not database.exists():  # whoever breaks off here leaves nothing behind
        name, who, login = _named(name, who, login)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.chmod(0o700)
    with step("Making the tables"):
        told(lambda: call_command("migrate", verbosity=0, interactive=False))
    call_command("createcachetable", verbosity=0)
    (home / "static").mkdir(exist_ok=True)
    if database is not None:
        database.chmod(0o600)
    if Practice.objects.exists():
        if _completed(home, recipient):
            return
        refuse(f"a practice stands in {home} already, and nothing is missing; `depthwork serve` opens it")
    name, who, login = _named(name, who, login)
    time_zone = time_zone or _asked("Time zone", wrong_zone, offer=offer)
    country = (country or _asked("Country, two letters (US, GB, DE ...)", wrong_country)).upper()
    money, law = usual(country)
    money, law = (currency or money).upper(), rules or law
    for line in what_follows(country, law, money):
        click.echo(line)
    facts = {"name": name, "time_zone": time_zone, "country": country, "currency": money}
    _found({**facts, "jurisdiction": law}, who=who, login=login)
    recipients.prepare_drill(home)
    _second_key(home, recipient)
    if backups is None:
        backups = click.prompt(
            "\nFolder for backups, best on another disk (Enter: decide later)", default="", show_default=False
        )
    if backups.strip():
        _choose(home, Path(backups.strip()).expanduser().absolute())
    for line in what_next(home, given=folder):
        click.echo(line)


def wrong_zone(said: str) -> str:
    """What is wrong with a time zone, or nothing."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(said)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"{said}: not an IANA name such as Europe/London or America/New_York"
    return ""


def wrong_country(said: str) -> str:
    """What is wrong with a country, or nothing."""
    if len(said) != 2 or not said.isascii() or not said.isalpha():
        return f"{said}: two letters, such as GB, US, DE or ES"
    return "UK: the two letters of the United Kingdom are GB" if said.upper() == "UK" else ""


def machine_zone() -> str | None:
    """The zone that this machine's clock is set to, where it says so."""
    said = os.environ.get("TZ", "").removeprefix(":")
    for found in (said, _text_of(Path("/etc/timezone")), _zone_of_link(Path("/etc/localtime"))):
        if found and not wrong_zone(found):
            return found
    return None


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _zone_of_link(link: Path) -> str:
    """The name in an address such as /usr/share/zoneinfo/Europe/London."""
    try:
        return str(link.resolve(strict=True)).partition("zoneinfo/")[2]
    except OSError:
        return ""


def _asked(words: str, wrong: Any, *, offer: str | None = None) -> str:
    """Ask until the answer can be read."""
    while True:
        said: str = click.prompt(words, default=offer).strip()
        what = wrong(said)
        if not what:
            return said
        click.echo(what, err=True)


def what_follows(country: str, law: str, money: str) -> list[str]:
    """What a practice of that country begins with, and what is not installed for it."""
    from depthwork.practice.policy.crisis import crisis_lines
    from depthwork.practice.policy.jurisdiction import DEFAULT, profile

    rules = str(profile(law).name)
    if law == DEFAULT:
        rules = f"none of this country is installed; {rules}"
    numbers = "; ".join(f"{line.words} {line.number}" for line in crisis_lines(country))
    return [
        f"\nFrom {country} follows, until you choose otherwise (Practice, Where the practice works):",
        f"  rules         {rules}",
        f"  money         {money}",
        f"  crisis lines  {numbers or 'none is installed; pages name the nearest emergency department'}\n",
    ]


def _choose(home: Path, place: Path) -> None:
    """Keep where backups shall lie. A folder on a disk that is not there is not made on this one."""
    from depthwork.practice.keeping import recipients

    recipients.choose_place(home, place)
    try:
        place.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        click.echo(
            f"{place} is not there yet: plug the disk in, or make the folder, before the first backup."
        )


def what_next(home: Path, *, given: Path | None) -> list[str]:
    """Three lines for the rest of the evening."""
    from depthwork.practice.keeping import recipients

    here = f" --home {home}" if given is not None else ""
    place = recipients.place(home)
    file = (place / f"practice-{date.today()}") if place else "FILE"
    return [
        f"\nThe practice stands in {home}.",
        f"  Open it:       depthwork serve{here}",
        "  First client:  http://127.0.0.1:8000/clients/new/ once it is open",
        f"  Before bed:    depthwork backup{here} {file}, then depthwork drill{here}",
    ]


def _on_paper() -> None:
    """Wait until it is written down; then it stands on no screen while it is typed back."""
    click.prompt("Press Enter when it is on paper", default="", show_default=False, prompt_suffix="")
    click.clear()
    if sys.stdout.isatty():
        click.echo("\033[3J", nl=False)  # what a terminal keeps above the screen


def _named(name: str | None, who: str | None, login: str | None) -> tuple[str, str, str]:
    """What is still unknown of the practice and its first person is asked for."""
    return (
        name or click.prompt("Name of the practice"),
        who or click.prompt("Your name"),
        login or click.prompt("Your sign-in name or e-mail address"),
    )


def _completed(home: Path, recipient: str | None) -> bool:
    """Add what a set-up that was cut off, or a restore on a new machine, left without: the second key for backups."""
    from depthwork.practice.keeping import recipients
    from depthwork.practice.vault.models import Canary

    was_ready = recipients.drill_identity(home) is not None and Canary.objects.exists()
    recipients.prepare_drill(home)
    if recipients.listed(home) or len(recipients.recipients(home)) > 1:
        return not was_ready
    _second_key(home, recipient)
    click.echo("Backups are sealed to this key too, from the next one on.")
    return True


def _second_key(home: Path, recipient: str | None) -> None:
    from depthwork.practice.keeping import recipients
    from depthwork.practice.vault.age import new_identity

    if recipient is None:
        identity, recipient = new_identity()
        click.echo("\nA second key for backups. Keep it with someone you trust, away from this machine:\n")
        click.echo(f"  {identity}\n")
        _on_paper()
    recipients.add(home, recipient, "second key for backups")


def _found(practice: dict[str, Any], *, who: str, login: str) -> None:
    """Practice, first clinician and keys in one transaction; then the code is typed back."""
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from depthwork.practice.people.actions import admit, confirm_code, found_practice
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
    _on_paper()
    for left in (2, 1, 0):
        try:
            confirm_code(person=person, code=click.prompt("Type the code back"))
        except Refused as error:
            click.echo(f"{error} ({left} tries left)", err=True)
            continue
        return
    click.echo("Not confirmed: no note can be stored until the code is typed back (Practice, Recovery code).")
