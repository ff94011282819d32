"""The logins of the fictional practice. Elsewhere they do not exist."""

from __future__ import annotations

from depthwork.practice.people.logins import login_of
from depthwork.practice.people.models import Person

# who -> (address, passphrase, label, first page). Public on purpose: they open fiction only.
DEMO: dict[str, tuple[str, str, str, str]] = {
    "clinician": ("clinician@example.org", "lantern harbour thistle copper", "Clinician", "/"),
    "supervisor": ("supervisor@example.org", "meadow anvil river cinnamon", "Supervisor", "/"),
    "client": ("client@example.org", "pebble orchard violin window", "Client", "/"),
    "manager": ("manager@example.org", "saddle winter tulip lagoon", "Manager", "/"),
}


def demo_person(who: str) -> tuple[Person, str, str] | None:
    """A demo login, if this database is the demo."""
    if who not in DEMO:
        return None
    address, passphrase, _, start = DEMO[who]
    person = (
        Person.objects.select_related("practice")
        .filter(login=login_of(address), practice__is_demo=True)
        .first()
    )
    return None if person is None else (person, passphrase, start)
