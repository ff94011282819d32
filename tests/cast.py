"""The people every test knows.

Ana is a clinician; Ben supervises; Cleo is Ana's client and has an account of her own; Dov is a clinician of
another practice; Mara manages; Rui researches; Eve is another clinician of Ana's practice.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client as Browser

from depthwork.practice.people.logins import login_of
from depthwork.practice.people.middleware import SEEN, STARTED, TYPED, cookie_name
from depthwork.practice.people.models import Person, Practice, Role
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.models import Client, Frame, Session, Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins, sessions
from depthwork.practice.vault.unlocked import Unlocked, opened

TODAY = date(2026, 11, 17)  # a Tuesday


@dataclass
class Actor:
    """A person with opened keys."""

    person: Person
    unlocked: Unlocked
    code: str

    @property
    def id(self) -> uuid.UUID:
        return self.person.id

    def browser(self, *, locked: bool = False, typed: bool = True) -> Browser:
        """A browser in which this person is signed in, and unlocked unless told otherwise; `typed` just now."""
        browser = Browser()
        store = SessionStore()
        store[SESSION_KEY] = str(self.person.pk)
        store[BACKEND_SESSION_KEY] = "depthwork.practice.people.backends.PassphraseBackend"
        store[HASH_SESSION_KEY] = self.person.get_session_auth_hash()
        now = int(datetime.now(UTC).timestamp())
        store[STARTED] = now
        if not locked:
            browser.cookies[cookie_name()] = sessions.split(self.unlocked, store)
            store[SEEN] = now
            if typed:
                store[TYPED] = now
        store.save()
        browser.cookies[settings.SESSION_COOKIE_NAME] = store.session_key
        return browser


def person(practice: Practice, name: str, *roles: str, client: uuid.UUID | None = None) -> Actor:
    """A person with keys, made without the slow passphrase step."""
    row = Person(
        practice=practice,
        login=login_of(f"{name}@example.org"),
        display_name=name.title(),
        roles=sorted(roles),
        client=client,
    )
    row.set_unusable_password()
    row.save()
    _, unlocked, code = vault.make_keyring(person=row.id, root=os.urandom(32))
    vault.confirm_recovery(person=row.id, code=code)
    return Actor(row, unlocked, code)


def pin_each_other(*actors: Actor) -> None:
    """Everybody compared fingerprints with everybody."""
    for one in actors:
        for other in actors:
            if one is not other:
                pins.pin(
                    person=one.id,
                    own=one.unlocked.keys,
                    other=other.id,
                    fingerprint=pins.fingerprint_of(other.id),
                    compared_at=datetime.now(UTC),
                )


def client_of(clinician: Actor, name: str = "Cleo Marsh", *, office: tuple[Actor, ...] = ()) -> Client:
    """A client of a clinician, with keys; the office holds administration only."""
    with opened(clinician.unlocked):
        row = Client(practice=clinician.person.practice)
        vault.make_keys(organisation=row.practice_id, owner=row.id)
        if office:
            for actor in office:
                vault.share(owner=row.id, compartments=["administration"], reader=actor.id, purpose="office")
        row.name = name
        row.called = name.split()[0]
        row.details = {"born": 1990}
        row.contact = {"email": "cleo@example.org"}
        row.save(force_insert=True)
    Involvement.objects.create(
        person=clinician.person, practice=row.practice_id, client=row.id, part=Part.CLINICIAN
    )
    return row


def treatment_of(
    clinician: Actor,
    client: Client,
    *,
    hours: int = 0,
    brief: int | None = 16,
    start: date = date(2026, 1, 6),
) -> Treatment:
    """A weekly treatment with `hours` held hours, Tuesdays at 17:00."""
    zone = clinician.person.practice.time_zone
    with opened(clinician.unlocked):
        treatment = Treatment.objects.create(
            client=client,
            clinician=clinician.person,
            format="brief" if brief else "open_ended",
            hours_agreed=brief,
            starts_on=start,
            focus="why I leave before I am left",
        )
        Frame.objects.create(
            client=client,
            treatment=treatment,
            from_date=start,
            slots=[{"weekday": 1, "time": "17:00"}],
            terms={"fee": "90.00", "currency": "GBP"},
        )
        for n in range(hours):
            day = start + timedelta(weeks=n)
            local = datetime.combine(day, time(17), tzinfo=ZoneInfo(zone))
            Session.objects.create(
                client=client,
                treatment=treatment,
                clinician=clinician.person,
                day=day,
                wall_time=time(17),
                zone=zone,
                starts_at=local.astimezone(UTC),
                status="held",
                number=n + 1,
                kept_line=f"line of hour {n + 1}",
            )
    return treatment


def everybody() -> SimpleNamespace:
    """The whole cast with one client and treatment each, for access tests."""
    practice = Practice.objects.create(name="Harbour Rooms", time_zone="Europe/London")
    elsewhere = Practice.objects.create(name="Hill House", time_zone="Europe/Berlin")
    ana = person(practice, "ana", Role.CLINICIAN)
    eve = person(practice, "eve", Role.CLINICIAN)
    ben = person(practice, "ben", Role.SUPERVISOR)
    mara = person(practice, "mara", Role.MANAGER)
    rui = person(practice, "rui", Role.RESEARCHER)
    dov = person(elsewhere, "dov", Role.CLINICIAN)
    pin_each_other(ana, eve, ben, mara, rui)
    client = client_of(ana, office=(mara,))
    cleo = person(practice, "cleo", Role.CLIENT, client=client.id)
    treatment = treatment_of(ana, client, hours=3)
    other = client_of(dov, "Noor Idris")
    other_treatment = treatment_of(dov, other, hours=2)
    return SimpleNamespace(
        practice=practice,
        elsewhere=elsewhere,
        ana=ana,
        eve=eve,
        ben=ben,
        mara=mara,
        rui=rui,
        dov=dov,
        cleo=cleo,
        client=client,
        treatment=treatment,
        other=other,
        other_treatment=other_treatment,
    )
