"""The practice, its people and who trusts whose keys."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

from depthwork.practice.people.actions import admit
from depthwork.practice.people.demo import passphrase_of
from depthwork.practice.people.models import Practice
from depthwork.practice.ui.fiction.book import Book
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins
from depthwork.practice.vault.unlocked import opened


def fill(book: Book) -> None:
    facts = book.facts["practice"]
    book.practice = Practice.objects.create(
        name=facts["name"],
        time_zone=facts["time_zone"],
        country="US",
        currency=facts["currency"],
        jurisdiction=facts.get("jurisdiction", "default"),
        word_for_client=facts.get("word_for_client", "client"),
        is_demo=True,
    )
    for one in book.facts["people"]:
        name = one["name"]
        shown = " ".join(filter(None, (name.get("title"), name["given"], name["family"])))
        login = one["login"]["username"]
        person, unlocked, code = admit(
            practice=book.practice,
            address=login,
            passphrase=passphrase_of(login),
            roles=one["roles"],
            by=None,
            display_name=shown,
        )
        vault.confirm_recovery(person=person.id, code=code)
        book.people[one["slug"]], book.unlocked[one["slug"]] = person, unlocked
    for one, other in permutations(book.people, 2):
        pins.pin(
            person=book.people[one].id,
            own=book.unlocked[one].keys,
            other=book.people[other].id,
            fingerprint=pins.fingerprint_of(book.people[other].id),
            compared_at=datetime.now(UTC),
        )
    # The practice's own keys: inquiries arrive under them; clinicians and the office open them.
    first = next(slug for slug, person in book.people.items() if person.has_role("clinician"))
    others = {
        person.id
        for slug, person in book.people.items()
        if slug != first and person.has_role("clinician", "manager")
    }
    with opened(book.unlocked[first]):
        vault.make_keys(
            organisation=book.practice.id,
            owner=book.practice.id,
            readers={"administration": others},
            purpose="office",
        )
