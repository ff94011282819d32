"""A practice in the United States for the tests of coverage: a plan, charged hours, and words that must not go out."""

import subprocess
import zlib
from datetime import date, timedelta

from depthwork.practice.casework.models import MarkRow
from depthwork.practice.coverage import actions
from depthwork.practice.formulation import actions as formulation
from depthwork.practice.formulation.models import Statement
from depthwork.practice.record.models import ProgressNote
from depthwork.practice.sources.actions import add_transcript, write_note
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.treatments.models import Client, Goal, Session
from depthwork.practice.vault.unlocked import opened
from depthwork.transcripts.model import transcript_of

FIRST, LAST, MADE = date(2026, 1, 1), date(2026, 12, 31), date(2026, 2, 1)
WORDS = {
    "problems": "F33.1: low mood most days.",
    "symptoms": "Moderate at first, mild now.",
    "impairment": "Back at work in part.",
    "risk": "Asked each hour; none.",
    "frequency": "Weekly, since the symptoms return sooner.",
    "interventions": "Individual psychotherapy.",
    "duration": "Six months.",
    "discharge": "Three months without the symptoms.",
    "participation": "Read through together.",
}


def in_the_us(cast):
    """The cast's practice in the US: a plan of the year, three coded and charged hours, a letterhead."""
    cast.practice.country, cast.practice.currency = "US", "USD"
    cast.practice.save()
    cast.client.practice.refresh_from_db()
    for session in Session.objects.filter(client=cast.client):
        stop = session.starts_at + timedelta(minutes=50)
        Session.objects.filter(pk=session.pk).update(started_at=session.starts_at, stopped_at=stop)
    with opened(cast.ana.unlocked):
        cast.plan = actions.add_plan(
            client=cast.client, by=cast.ana.person, payer="Northlight", from_date=FIRST, to_date=LAST,
            diagnosis=["F33.1"], member_id="FICTION-1",
            claims={"payer_id": "NL1", "born": "1990-04-09", "telehealth_place": "02", "modifier_video": "95"},
        )  # fmt: skip
        actions.charge_hours(client=cast.client, by=cast.ana.person, until=MADE)
        actions.set_letterhead(
            by=cast.ana.person,
            legal_name="Ana Ross",
            licence="P-1",
            npi="1234567893",
            tax_id="00-1",
            address="1 Quay",
        )
    return cast


def written_plan(us, **more):
    """A plan in the payer's words with a goal beside the one aim."""
    with opened(us.ana.unlocked):
        goal = Goal.objects.filter(treatment=us.treatment).first() or Goal.objects.create(
            client=us.client, treatment=us.treatment, words="to be believed by quillfeather", aim="relations"
        )
        facts = {
            "from_date": date(2026, 1, 10),
            "review_on": date(2026, 4, 10),
            "words": WORDS,
            "goals": [{"aim": str(goal.id), "goal": "Tells one person within a day", "seen": "her account", "now": "once"}],
            "number": 0,
        } | more  # fmt: skip
        return actions.keep_payer_plan(treatment=us.treatment, by=us.ana.person, **facts)


def yes_to_scores(us, *, is_yes=True):
    with opened(us.ana.unlocked):
        return answer_consent(
            client=us.client,
            by=us.ana.person,
            purpose="insurer_scores",
            is_yes=is_yes,
            given_on=date(2026, 1, 8),
        )


def signed_note(us, state):
    """A signed progress note of the first hour."""
    with opened(us.ana.unlocked):
        hour = Session.objects.filter(client=us.client).first()
        return ProgressNote.objects.create(
            client=us.client, treatment=us.treatment, session=hour, on=hour.day, state=state,
            created_by=us.ana.person, signed_at=hour.starts_at, signed_by=us.ana.person,
        )  # fmt: skip


def named(us):
    """The client anew, as a request would load it."""
    return Client.objects.select_related("practice").get(pk=us.client.pk)


def plant(us):
    """500 canaries: in a note, a transcript, kept lines and words of hours, marks, and a formulation."""
    words = iter([f"canary{n:03d}quill" for n in range(500)])
    client, hour = us.client, Session.objects.filter(client=us.client).first()
    many = lambda n: [next(words) for _ in range(n)]  # noqa: E731
    with opened(us.ana.unlocked):
        note = write_note(session=hour, text=" ".join(many(100)), by=us.ana.person)
        turns = [("C", word) for word in many(100)]
        add_transcript(session=hour, transcript=transcript_of(turns), by=us.ana.person)
        MarkRow.objects.bulk_create(
            MarkRow(client=client, treatment=us.treatment, session=hour, source=note, body={"quote": word})
            for word in many(100)
        )
        row = formulation.begin_version(treatment=us.treatment, titles=["A"], by=us.ana.person)
        Statement.objects.bulk_create(
            Statement(
                client=client,
                formulation=row,
                position=n,
                words=word,
                body={"section": "a", "inference": True},
            )
            for n, word in enumerate(many(188))
        )
        for session in Session.objects.filter(client=client):
            session.kept_line, session.first_words, session.last_words = many(3)
            session.after = {"question": next(words)}
            session.save()
    assert next(words, None) is None


def streams(raw):
    """Every stream of a PDF, unpacked where it is packed: fonts, text, metadata."""
    out = [raw]
    for part in raw.split(b"stream\n")[1:]:
        try:
            out.append(zlib.decompressobj().decompress(part))
        except zlib.error:
            continue
    return b"\n".join(out)


def text_of(raw):
    """What a reader sees of a PDF."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=raw, capture_output=True, check=True)
    return done.stdout.decode()
