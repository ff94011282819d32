"""A practice of many clinicians in a folder of its own, or on PostgreSQL: run as a process.

`python tests/trust/clinic.py FOLDER CLINICIANS CLIENTS NOTES` fills it, in slices, and takes up again where it was cut.
Every clinician signs in with the words of `home.py` as who0@example.org, who1@example.org and so on.
"""

from __future__ import annotations

import os
import random
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from tests.keys import keys_for
from tests.trust.home import WORDS, vocabulary


def fill(folder: Path, clinicians: int, clients: int, notes: int) -> None:
    os.environ["DEPTHWORK_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "depthwork.practice.config.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    from depthwork.practice.keeping import recipients
    from depthwork.practice.people.actions import admit, found_practice
    from depthwork.practice.people.logins import login_of
    from depthwork.practice.people.models import Person, Practice
    from depthwork.practice.vault import actions as vault

    practice = Practice.objects.first() or found_practice(name="Harbour Rooms")
    recipients.prepare_drill(folder)
    draw = random.Random(1)
    words = vocabulary(draw)
    for number in range(clinicians):
        address = f"who{number}@example.org"
        share = clients // clinicians + (number < clients % clinicians)
        if Person.objects.filter(login=login_of(address)).exists():
            continue
        with transaction.atomic():
            person, unlocked, code = admit(
                practice=practice, address=address, passphrase=WORDS,
                roles=["clinician", *(["manager"] if number == 0 else [])], by=None, display_name=f"Who {number}",
            )  # fmt: skip
            vault.confirm_recovery(person=person.id, code=code)
            _caseload(person, unlocked, share, notes // clients, draw, words)
        print(number, flush=True)


def _caseload(person, unlocked, clients, each, draw, words):  # type: ignore[no-untyped-def]
    """Clients with a treatment of weekly hours, a note of 120 words with each."""
    from depthwork.practice.sources.models import Source, SourceVersion
    from depthwork.practice.treatments.actions import admit_client, begin_treatment
    from depthwork.practice.treatments.models import Session
    from depthwork.practice.vault.unlocked import opened

    start = date(2026, 11, 17) - timedelta(weeks=each)
    with opened(unlocked):
        for n in range(clients):
            client = admit_client(name=f"{draw.choice(words).title()} {n}", by=person)
            treatment = begin_treatment(client=client, by=person, starts_on=start)
            days = [start + timedelta(weeks=week, days=n % 5) for week in range(each)]
            hours = [
                Session(
                    client=client, treatment=treatment, clinician=person, day=day, wall_time=time(9 + n % 9), zone="Europe/London",
                    starts_at=datetime(day.year, day.month, day.day, 9 + n % 9, tzinfo=UTC), status="held", number=k + 1,
                    kept_line=f"line {k}",
                )
                for k, day in enumerate(days)
            ]  # fmt: skip
            Session.objects.bulk_create(hours)
            sources = [
                Source(client=client, treatment=treatment, session=hour, kind="process_note", provenance="notes", created_by=person)
                for hour in hours
            ]  # fmt: skip
            keys_for(client.id, [one.id for one in sources])
            Source.objects.bulk_create(sources)
            told = [" ".join(draw.choices(words, k=120)) for _ in sources]
            SourceVersion.objects.bulk_create(
                SourceVersion(client=client, source=one, number=1, text=text, turns=[["N", text, None, None]])
                for one, text in zip(sources, told, strict=True)
            )


if __name__ == "__main__":
    fill(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
