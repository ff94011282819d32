"""Signing in by the command line: the person whose keys are open while a command gives out or takes in."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from depthwork.cli.say import refuse

home_option = click.option(
    "--home", "folder", type=click.Path(path_type=Path), default=None,
    help="The practice's folder (default: DEPTHWORK_HOME, or ./.depthwork).",
)  # fmt: skip
login_option = click.option("--login", default=None, help="Your sign-in name (asked for otherwise).")
client_option = click.option(
    "--client", "who", required=True, help="What you call the client, or the first digits of their code."
)


@contextlib.contextmanager
def signed_in(folder: Path | None, login: str | None) -> Iterator[Any]:
    """The person whose keys are open for the length of the command."""
    if folder is not None:
        os.environ["DEPTHWORK_HOME"] = str(folder.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "depthwork.practice.config.settings")
    from depthwork.practice.config.home import home

    try:
        import django
        from django.apps import apps

        if not apps.ready:
            django.setup()
    except (ValueError, IndexError, OSError) as error:
        refuse(f"the settings cannot be read ({type(error).__name__}); look at the DEPTHWORK_ variables")
    from django.conf import settings
    from django.db import DatabaseError

    config = settings.DATABASES["default"]
    if (
        "sqlite" in config["ENGINE"]
        and ":memory:" not in str(config["NAME"])
        and "mode=memory" not in str(config["NAME"])
        and not Path(str(config["NAME"])).exists()
    ):
        refuse(f"there is no practice in {home()}; run `depthwork init` first")
    from depthwork.practice.config import rows
    from depthwork.practice.disclosure.errors import DisclosureError
    from depthwork.practice.people.hashers import take_root
    from depthwork.practice.people.logins import login_of
    from depthwork.practice.people.models import Person
    from depthwork.practice.vault import actions as vault
    from depthwork.practice.vault.errors import VaultError
    from depthwork.practice.vault.unlocked import opened

    login = login or click.prompt("Your sign-in name", err=True)
    passphrase = click.prompt("Passphrase", hide_input=True, err=True)
    try:
        with rows.within():  # on PostgreSQL these commands see what this person's pages see
            rows.enter_by("login", login_of(login))
            found = Person.objects.select_related("practice")
            person = found.filter(login=login_of(login), is_active=True).first()
            if person is None or not person.check_password(passphrase):
                refuse("this sign-in name and passphrase do not belong together")
            root = take_root()
            if root is None:
                refuse("this sign-in name and passphrase do not belong together")
            rows.enter_by("person", str(person.id))
            with opened(vault.unlock(person=person.id, root=root)):
                yield person
    except (DisclosureError, VaultError) as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{error.strerror or 'the disk did not answer'}; nothing was left half-written")
    except DatabaseError as error:
        full = "full" in str(error)
        refuse(
            "the disk is full; nothing was taken in"
            if full
            else "the database does not answer; stop other programs that use it"
        )


def client_of(who: str, person: Any) -> Any:
    """One of this person's clients, by the name they call them or by the beginning of their code."""
    from depthwork.practice.treatments.queries import clients_for
    from depthwork.practice.vault.errors import VaultError

    found = []
    for row in clients_for(person).select_related("practice"):
        try:
            names = {(row.called or "").casefold(), (row.name or "").casefold()}
        except VaultError:
            names = set()
        if who.casefold() in names or (len(who) >= 4 and row.id.hex.startswith(who.lower())):
            found.append(row)
    if not found:
        refuse("--client: no client of yours is called so; a code is at least 4 digits of the client's id")
    if len(found) > 1:
        refuse(f"--client: {len(found)} clients are called so; give the first digits of the code instead")
    return found[0]
