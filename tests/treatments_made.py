"""Generated treatments: a row or several in every table that travels, with words that are hard to carry."""

from __future__ import annotations

import itertools
import random
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from depthwork.practice.disclosure.carried import model_of
from depthwork.practice.disclosure.unpacking import insert, sealed_row
from depthwork.practice.record.models import Addendum, ProgressNote
from depthwork.practice.record.signing import message_of
from depthwork.practice.supervision.models import next_number
from depthwork.practice.tracking.actions.intake import result_of
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import current

WORDS = ("leave", "before", "I am", "left", "é", "e\u0301", "😀", "👩‍👩‍👧", "שלום", "=1+1", "<b>", '"', "\\u0041", "\n", "\t", "’", "{}", "\x0b", "@x", "%s", "\u2028")  # fmt: skip
DAY = date(2026, 1, 6)


def fill_treatment(treatment, *, by, other, seed, first=True, mark=""):
    """Rows in every table. `first`: also what a client has once, whatever the number of treatments.

    With `mark`, every text holds a word of its own that begins so and ends with a full stop.
    """
    rng = random.Random(seed)
    client, course = treatment.client_id, treatment.id

    number = itertools.count()

    def words(n=6):
        own = f" {mark}{next(number)}. " if mark else ""
        return own + (" ".join(rng.choice(WORDS) for _ in range(rng.randint(1, n))) or "x")

    def day(n=300):
        return DAY + timedelta(days=rng.randrange(n))

    def at():
        return datetime(2026, 1, 6, tzinfo=UTC) + timedelta(microseconds=rng.randrange(10**13))

    def tree():
        return {words(2): [words(), rng.random(), None, True, {"n": rng.randrange(9)}], "id": str(course)}

    def put(label, *rows):
        model = model_of(label)
        names = {f.attname for f in model._meta.concrete_fields}
        made = []
        for row in rows:
            row = {"id": uuid.UUID(int=rng.getrandbits(128), version=4), "client_id": client, **row}
            for name, value in (("treatment_id", course), ("created_at", at()), ("created_by_id", by.id)):
                if name in names:
                    row.setdefault(name, value)
            made.append(row)
        insert(model, [sealed_row(model, row) for row in made])
        return [row["id"] for row in made]

    hours = list(
        Session.objects.filter(treatment=treatment).order_by("starts_at").values_list("id", flat=True)
    )
    start = datetime(2027, 3, 2, 17, tzinfo=UTC)
    hours += put(
        "treatments.session",
        *({"clinician_id": by.id, "day": start.date() + timedelta(weeks=n), "wall_time": time(17, 5), "zone": "Europe/London",
           "starts_at": start + timedelta(weeks=n), "status": status, "after": tree(), "kept_line": words(),
           "first_words": None, "late_minutes": rng.randrange(20)} for n, status in enumerate(("planned", "missed_notice"))),
    )  # fmt: skip
    some = lambda: rng.choice(hours)  # noqa: E731
    put("treatments.frameevent", {"on": day(), "kind": "fee", "words": words()})
    put(
        "treatments.break",
        {
            "from_date": DAY,
            "to_date": day() + timedelta(days=300),
            "cover_id": other.id,
            "cover_phone": words(),
            "reason": words(),
        },
    )
    put("treatments.ending", {"on": day(), "summary": words(20)})
    put(
        "treatments.endingbefore",
        {
            "on": day(),
            "by": "client",
            "why": "corrected",
            "replaced_by_id": by.id,
            "replaced_at": at(),
            "summary": words(20),
        },
    )
    put("treatments.followup", {"months": 3, "due_on": day(), "words": words(), "figures": tree()})
    put("treatments.adjunct", {"kind": "medication", "on": day(), "what": words()})
    put("treatments.lifeevent", {"on": day(), "kind": "move", "words": words()})
    goals = put("treatments.goal", *({"words": words(), "aim": "affect", "order": n} for n in range(2)))
    put(
        "treatments.goalrating",
        {"goal_id": goals[0], "on": day(), "by": "client", "value": rng.randrange(11), "session_id": some()},
    )
    sources = put("sources.source", *({"session_id": some(), "kind": kind, "provenance": "verbatim", "version": 2}
                                      for kind in ("transcript", "dream", "material")))  # fmt: skip
    for n, source in enumerate(sources):
        turns = [["TC"[i % 2], words(), i * 1.5, None] for i in range(rng.randint(1, 4))]
        text = "\n".join(turn[1] for turn in turns)
        put("sources.sourceversion", *({"source_id": source, "number": number, "text": text, "turns": turns, "passages": [],
                                        "about": tree(), "file": rng.randbytes(50) if n == 2 else None} for number in (1, 2)))  # fmt: skip
    put(
        "sources.draft",
        {
            "person_id": by.id,
            "session_id": some(),
            "kind": "process_note",
            "words": tree(),
            "changed_at": at(),
        },
    )
    readings = put("casework.readingrow", {"source_id": sources[0], "coder_id": by.id, "how": "whole"})
    marks = put("casework.markrow", *(
        {"session_id": some(), "source_id": sources[0], "source_version": 2, "coder_id": rng.choice((by.id, other.id)),
         "reading_id": readings[0], "status": rng.choice(("confirmed", "edited", "rejected")), "before": [],
         "body": {"start": 0, "end": 1, "turn": 0, "speaker": "T", "construct": "defense", "code": "denial",
                  "origin": f"coder:{by.id}", "codebook": "1", "attributes": tree(), "intensity": None, "confidence": None,
                  "quote": words(), "anchor": ["", words()], "why": words()}} for _ in range(3)))  # fmt: skip
    put(
        "casework.passageanswer",
        {"source_id": sources[0], "answer": "in_the_hour", "by_id": by.id, "passage": tree()},
    )
    asked = put("tracking.request", *(
        {"session_id": some(), "asked_by_id": by.id, "mode": mode, "state": "done", "what": {"measure": "phq9"}, "on": day(),
         "asked_at": at(), "finished_at": at(), "expires_at": at(), "token_name": rng.randbytes(32).hex(),
         "receipt": rng.randbytes(4).hex()} for mode in ("link", "room")))  # fmt: skip
    for request in asked:
        content = {
            "measure": "phq9",
            "version": 1,
            "answers": {f"q{n}": rng.randrange(4) for n in range(1, 10)},
            "mode": "link",
        }
        response = put(
            "tracking.response",
            {"request_id": request, "on": day(), "arrived_at": at(), "taken_in_at": at(), "answers": content},
        )
        put(
            "tracking.score",
            {
                "response_id": response[0],
                "number": 1,
                "made_at": at(),
                "result": result_of(content, practice=by.practice_id),
            },
        )
    alerts = put(
        "tracking.alert", {"request_id": asked[0], "raised_at": at(), "what": tree(), "seen_by_id": other.id}
    )
    put("tracking.assessment", {"alert_id": alerts[0], "by_id": by.id, "at": at(), "words": tree()})
    notes = put("record.progressnote", *(
        {"session_id": hours[n], "on": day(), "times": {"start": "17:00"}, "modality": words(), "state": words(20), "plan": words(),
         "signed_at": signed, "signed_by_id": by.id if signed else None} for n, signed in enumerate((at(), None))))  # fmt: skip
    added = put("record.addendum", {"note_id": notes[0], "words": words(), "created_at": at()})
    for name, model, pk in (("note_id", ProgressNote, notes[0]), ("addendum_id", Addendum, added[0])):
        put(
            "record.signature",
            {name: pk, "value": current().keys.signature(message_of(model.objects.get(pk=pk)))},
        )
    put(
        "record.planversion",
        *({"number": n, "from_date": day(), "words": {"aims": words(), "approach": words()}} for n in (1, 2)),
    )
    formulations = put("formulation.formulation", *({"number": n, "title": words(), "sections": [tree()],
                       "kept_at": kept, "kept_by_id": by.id if kept else None} for n, kept in ((1, at()), (2, None))))  # fmt: skip
    lines = put("formulation.statement", *({"formulation_id": one, "line": uuid.UUID(int=rng.getrandbits(128)), "words": words(),
                "body": tree(), "changed_at": at(), "changed_by_id": by.id} for one in formulations))  # fmt: skip
    put("formulation.citation", {"statement_id": lines[0], "kind": "mark", "mark_id": marks[0], "source_id": sources[0], "body": tree()},
        {"statement_id": lines[1], "kind": "measure", "form": asked[0], "body": tree(), "session_id": some()})  # fmt: skip
    put(
        "formulation.prediction",
        {"formulation_id": formulations[0], "words": words(), "made_on": day(), "made_by_id": by.id},
    )
    supervisions = put("supervision.supervision", {"supervisor_id": other.id, "number": next_number(other.id), "invited_by_id": by.id, "terms": tree(),
                       "consented_on": day(), "started_at": datetime(2026, 1, 6, tzinfo=UTC), "ends_at": datetime(2027, 1, 6, tzinfo=UTC)})  # fmt: skip
    put(
        "supervision.comment",
        {"source_id": sources[0], "author_id": other.id, "words": words(), "place": tree()},
    )
    put(
        "supervision.agendaitem",
        {"supervision_id": supervisions[0], "session_id": some(), "words": words(), "on": day()},
    )
    exercises = put(
        "supervision.exercise",
        {"source_id": sources[0], "source_version": 1, "asked_by_id": by.id, "consensus": [tree()]},
    )
    put(
        "supervision.codingsheet",
        {"exercise_id": exercises[0], "source_id": sources[0], "coder_id": other.id, "marks": [tree()]},
    )
    put(
        "supervision.pack",
        {
            "made_by_id": by.id,
            "consented_on": day(),
            "choice": {"hours": [str(hours[0])]},
            "decisions": tree(),
        },
    )
    put(
        "coverage.charge",
        {
            "session_id": hours[0],
            "on": day(),
            "amount": Decimal(rng.randrange(10**6)) / 100,
            "words": words(),
        },
    )
    aims = {"from_date": DAY, "review_on": DAY + timedelta(days=90), "words": {"problems": words()}}
    put("coverage.payerplan", {"number": 1, "goals": [tree()], **aims})
    if not first:
        return treatment
    charges = put(
        "coverage.charge", {"on": day(), "amount": Decimal("90.10"), "words": words(), "kind": "other"}
    )
    put("coverage.payment", {"charge_id": charges[0], "on": day(), "amount": Decimal("0.01")})
    plans = put(
        "coverage.plan",
        {"from_date": DAY, "to_date": DAY + timedelta(days=364), "payer": words(), "diagnosis": ["F41.1"]},
    )
    put(
        "coverage.authorisation",
        {
            "plan_id": plans[0],
            "from_date": DAY,
            "to_date": DAY,
            "units": 9,
            "number": words(),
            "codes": ["90834"],
        },
    )
    put("coverage.asking", {"plan_id": plans[0], "on": day(), "by_id": by.id, "control": 7, "words": tree()})
    put("coverage.letter", {"plan_id": plans[0], "on": day(), "by_id": by.id, "words": tree()})
    put(
        "coverage.estimate",
        {"booked_on": DAY, "first_day": DAY, "last_day": DAY, "expected": Decimal("90.00"), "body": tree()},
    )
    put(
        "coverage.verification",
        {"plan_id": plans[0], "on": day(), "how": "letter", "by_id": by.id, "words": tree()},
    )
    put(
        "coverage.paper",
        {
            "kind": "superbill",
            "made_on": day(),
            "by_id": by.id,
            "sha256": "0" * 64,
            "manifest": [["a", "b", "c", []]],
        },
    )
    put("treatments.consent", *({"purpose": purpose, "person_id": who, "is_yes": yes, "given_on": day(), "words": tree(),
        "recorded_by_id": by.id} for purpose, who, yes in (("research", None, False), ("supervision", other.id, True))))  # fmt: skip
    put(
        "intake.consultation",
        {"begun_on": day(), "begun_by_id": by.id, "asked_for": tree(), "notes": [tree()], "facts": tree()},
    )
    put("intake.safetyplan", {"number": 1, "made_on": day(), "made_by_id": by.id, "parts": tree()})
    put("tracking.schedule", {"lines": [tree()], "shown": ["phq9"], "changed_at": at()})
    put("portal.thought", {"left_at": at(), "read_at": at(), "words": tree()})
    return treatment
