"""The logins of the fictional practice. Elsewhere they do not exist."""

from __future__ import annotations

from depthwork.practice.people.logins import login_of
from depthwork.practice.people.models import Person, Practice

# who -> (address, passphrase, label, what the login shows). Public on purpose: they open fiction only.
DEMO: dict[str, tuple[str, str, str, str]] = {
    "clinician": (
        "clinician@example.org",
        "lantern harbour thistle copper",
        "The clinician",
        "a day, a caseload, the thread",
    ),
    "supervisor": (
        "supervisor@example.org",
        "meadow anvil river cinnamon",
        "The supervisor",
        "what was shared, and nothing else",
    ),
    "client": ("client@example.org", "pebble orchard violin window", "The client", "a place of their own"),
    "manager": (
        "manager@example.org",
        "saddle winter tulip lagoon",
        "The manager",
        "the practice, and no note",
    ),
}


def demo_person(who: str) -> tuple[Person, str, str] | None:
    """A demo login, if this database is the demo."""
    if who not in DEMO:
        return None
    address, passphrase, _, _ = DEMO[who]
    person = (
        Person.objects.select_related("practice")
        .filter(login=login_of(address), practice__is_demo=True)
        .first()
    )
    return None if person is None else (person, passphrase, "/")


def demo_logins() -> list[dict[str, str]]:
    """What the sign-in page offers, if this database is the demo."""
    if not Practice.objects.filter(is_demo=True).exists():
        return []
    return [{"who": who, "label": label, "says": says} for who, (_, _, label, says) in DEMO.items()]
