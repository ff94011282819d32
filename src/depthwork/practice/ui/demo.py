"""Make the demo's database and fill it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from depthwork.practice.config.tables import make_tables
from depthwork.practice.people.demo import DEMO
from depthwork.practice.ui.fiction import fill


def fill_demo(root: Path, *, today: date | None = None) -> None:
    """Tables, cache, fiction."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    make_tables()
    call_command("createcachetable", verbosity=0)
    fill(root, today=today or date.today())


def bring_demo_up_to_date() -> None:
    """Tables that came with a newer version, for a demo that was filled by an older one."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def logins_in_words() -> list[str]:
    """The three sign-ins that the door shows, for the terminal."""
    return [f"{login.who}: {login.name} / {login.passphrase}" for login in DEMO.values() if login.is_shown]
