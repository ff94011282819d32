"""A practice in a folder of its own, with a seeded corpus: run as a process, so that its files are real ones.

`python tests/trust/home.py FOLDER NOTES CLIENTS` fills FOLDER and writes what must never be found to FOLDER.txt.
"""

from __future__ import annotations

import os
import random
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path

SYLLABLES = [
    "ba",
    "che",
    "dor",
    "fen",
    "gil",
    "hos",
    "jun",
    "kel",
    "lam",
    "mor",
    "nis",
    "pol",
    "quen",
    "ris",
    "sto",
    "tur",
    "vel",
    "wen",
    "yar",
    "zim",
]
WORDS = "gravel lantern orchard seven"


def vocabulary(draw: random.Random, size: int = 3000) -> list[str]:
    """Invented words, so that nothing but the corpus can contain them."""
    return sorted({"".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))) for _ in range(size)})


def notes(count: int, *, seed: int = 1, length: int = 120) -> list[str]:
    draw = random.Random(seed)
    words = vocabulary(draw)
    return [" ".join(draw.choices(words, k=length)) for _ in range(count)]


def names(count: int, *, seed: int = 2) -> list[tuple[str, str]]:
    draw = random.Random(seed)
    words = vocabulary(draw)
    made = [(draw.choice(words).title() + "o", draw.choice(words).title() + "sen") for _ in range(count)]
    return [
        (f"{first} {last}", f"{first}.{last}@{draw.choice(words)}.example".lower()) for first, last in made
    ]


def fill(folder: Path, many_notes: int, many_clients: int) -> None:
    os.environ["DEPTHWORK_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "depthwork.practice.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    from django.db import transaction

    from depthwork.practice.keeping import recipients
    from depthwork.practice.people.actions import admit, found_practice
    from depthwork.practice.sources.models import Source, SourceVersion
    from depthwork.practice.treatments.actions import admit_client, begin_treatment
    from depthwork.practice.treatments.models import Break, FrameEvent, Session
    from depthwork.practice.vault import actions as vault
    from depthwork.practice.vault.unlocked import opened

    with transaction.atomic():
        practice = found_practice(name="Harbour Rooms")
        ana, unlocked, code = admit(
            practice=practice, address="ana@example.org", passphrase=WORDS, roles=["clinician", "manager"],
            by=None, display_name="Ana",
        )  # fmt: skip
        vault.confirm_recovery(person=ana.id, code=code)
    recipients.prepare_drill(folder)
    told = iter(notes(many_notes))
    with opened(unlocked):
        for number, (name, address) in enumerate(names(many_clients)):
            with transaction.atomic():
                client = admit_client(name=name, contact={"email": address}, by=ana)
                treatment = begin_treatment(client=client, by=ana, starts_on=date(2026, 1, 6))
                hour = Session.objects.create(
                    client=client, treatment=treatment, clinician=ana, day=date(2026, 1, 6), wall_time=time(17),
                    zone="Europe/London", starts_at=datetime(2026, 1, 6, 17, tzinfo=UTC), status="held", number=1,
                    kept_line=name,
                )  # fmt: skip
                own = {"client": client, "treatment": treatment}
                Break.objects.create(**own, from_date=date(2026, 8, 1), to_date=date(2026, 8, 31))
                FrameEvent.objects.create(**own, on=date(2026, 3, 3), kind="fee")
                source = Source.objects.create(
                    client=client, treatment=treatment, session=hour, kind="process_note", provenance="notes"
                )
                share = many_notes // many_clients + (number < many_notes % many_clients)
                SourceVersion.objects.bulk_create(
                    SourceVersion(client=client, source=source, number=n + 1, text=next(told))
                    for n in range(share)
                )
    (folder.with_suffix(".code")).write_text(code)


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
