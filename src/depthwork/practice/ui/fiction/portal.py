"""The place of the client who has a login: an account, forms due, thoughts for the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from depthwork.measures import measure
from depthwork.practice.people.actions import admit
from depthwork.practice.people.demo import passphrase_of
from depthwork.practice.people.models import Role
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.portal.models import Invitation, Opening, Thought
from depthwork.practice.tracking.models import Request
from depthwork.practice.treatments.calendar import moment
from depthwork.practice.ui.fiction.book import Book, wall
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins
from depthwork.practice.vault.unlocked import opened, put_in_inbox

ALL_SCREENS = timedelta(days=14)


def fill(book: Book) -> None:
    for login in book.facts.get("client_logins") or []:
        _account(book, login["client"], login["login"]["username"])
    for slug, facts in book.clients.items():
        if facts.get("portal"):
            _place(book, slug, facts["portal"])


def _account(book: Book, slug: str, name: str) -> None:
    client = book.rows[slug]
    person, unlocked, code = admit(
        practice=book.practice,
        address=name,
        passphrase=passphrase_of(name),
        roles=[Role.CLIENT],
        by=None,
        client=client.id,
    )
    vault.confirm_recovery(person=person.id, code=code)
    clinician = book.clients[slug]["clinician"]
    now = datetime.now(UTC)
    for one, other in (((clinician), None), (None, clinician)):
        who = book.people[one] if one else person
        keys = book.unlocked[one].keys if one else unlocked.keys
        to = book.people[other] if other else person
        pins.pin(
            person=who.id, own=keys, other=to.id, fingerprint=pins.fingerprint_of(to.id), compared_at=now
        )
    with opened(book.unlocked[clinician]):
        vault.share(
            owner=client.id, compartments=["administration", "record"], reader=person.id, purpose="own place"
        )
    Involvement.objects.create(
        person=person, practice=book.practice.id, client=client.id, part=Part.SELF, purpose="own place"
    )
    Invitation.objects.create(
        client=client,
        made_by=book.people[clinician],
        token_name=client.id.hex * 2,
        made_at=now,
        expires_at=now,
        used_at=now,
        person=person,
        let_in_at=now,
    )


def _place(book: Book, slug: str, facts: dict[str, Any]) -> None:
    client, treatment = book.rows[slug], book.treatments[slug]
    if facts.get("dreams_allowed"):
        Opening.objects.create(client=client, by_client=True, by_clinician=True)
    with book.as_clinician(slug) as clinician:
        for one in facts.get("thoughts_for_the_hour") or []:
            left = moment(book.day(slug, one["week"]), wall("21:15"), book.practice.time_zone).starts_at
            row = Thought(client=client, kind=Thought.Kind.THOUGHT, left_at=left)
            if one.get("read_by"):
                row.words = {"words": one["words"], "read_by": str(book.people[one["read_by"]].id)}
                row.read_at = left + timedelta(days=6)
            else:
                row.data_key, row.box = put_in_inbox(
                    owner=client.id, compartment=Thought.compartment, raw=one["words"].encode()
                )
            row.save(force_insert=True)
        for one in facts.get("due") or []:
            definition = measure(one["measure"])
            if not definition.has_text:
                continue
            now = datetime.now(UTC)
            Request.objects.create(
                client=client,
                treatment=treatment,
                asked_by=clinician,
                mode=Request.Mode.PLACE,
                on=book.today,
                asked_at=now,
                expires_at=now + ALL_SCREENS,
                what={
                    "measure": definition.id,
                    "version": definition.version,
                    "hash": definition.hash,
                    "asked_by": clinician.display_name,
                },
            )
