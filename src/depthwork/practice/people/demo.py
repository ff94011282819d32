"""The logins of the fictional practice. Elsewhere they do not exist."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from depthwork.practice.config import rows
from depthwork.practice.people.logins import login_of
from depthwork.practice.people.models import Person, Practice


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A sign-in that is public on purpose: it opens fiction only."""

    who: str
    name: str
    passphrase: str
    label: object
    says: object
    is_shown: bool = True


DEMO = {
    login.name: login
    for login in (
        DemoLogin(
            "clinician",
            "maren",
            "salt rope lantern quarter",
            _("The clinician"),
            _("a day, a caseload, the thread"),
        ),
        DemoLogin(
            "supervisor",
            "hanneke",
            "window thistle second kettle",
            _("The supervisor"),
            _("what was shared, and nothing else"),
        ),
        DemoLogin("client", "rowan", "spruce bridge ivory peg", _("The client"), _("a place of their own")),
        DemoLogin(
            "colleague",
            "davit",
            "copper ladle winter stair",
            _("The other clinician"),
            _("brief work, work after addiction"),
            False,
        ),
        DemoLogin(
            "manager",
            "leticia",
            "ledger gull morning brass",
            _("The manager"),
            _("the practice, and no note"),
            False,
        ),
    )
}


def passphrase_of(name: str) -> str:
    """The published passphrase of a demo login."""
    return DEMO[name].passphrase


def demo_person(who: str) -> tuple[Person, str, str] | None:
    """A demo login and its first page, if this database is the demo."""
    for login in DEMO.values():
        if login.who == who:
            rows.enter_by("login", login_of(login.name))
            person = (
                Person.objects.select_related("practice")
                .filter(login=login_of(login.name), practice__is_demo=True)
                .first()
            )
            return None if person is None else (person, login.passphrase, "/")
    return None


def demo_logins() -> list[DemoLogin]:
    """What the sign-in page offers, if this database is the demo."""
    if not any(Practice.objects.filter(is_demo=True).exists() for _ in rows.each_practice()):
        return []
    return list(DEMO.values())


def published_passphrase(person: Person | None) -> str:
    """The passphrase of a demo sign-in, for the pages that ask for it; nothing of anybody else's."""
    if person is None or not person.practice.is_demo:
        return ""
    return next((login.passphrase for login in DEMO.values() if login_of(login.name) == person.login), "")
