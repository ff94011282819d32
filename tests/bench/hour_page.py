"""The page of an hour of 8,000 words with 200 marks, against its budget of 150 ms."""

from __future__ import annotations

import random
from typing import Any

from tests.bench.rows import Goal, Row
from tests.bench.site import one_page

WORDS, MARKS, BUDGET_S = 8_000, 200, 0.150
SPOKEN = ["mother", "said", "the", "dinner", "was", "cold", "and", "I", "went", "(laughs)", "quietly", "up"]


def _turns(words: int, rng: random.Random) -> list[tuple[str, str]]:
    turns, n = [], 0
    while n < words:
        size = rng.choice([3, 8, 20, 40, 60])
        n += size
        turns.append((rng.choice("TC"), " ".join(rng.choices(SPOKEN, k=size))))
    return turns


def marked_hour(cast: Any, *, words: int, marks: int, seed: int = 3) -> str:
    """An hour of that size with that many codes; gives the address of its page."""
    from django.urls import reverse

    from depthwork.practice.casework import actions
    from depthwork.practice.casework.actions.marks import mark_on, transcript_for
    from depthwork.practice.casework.bridge import body_of
    from depthwork.practice.casework.models import MarkRow
    from depthwork.practice.vault.unlocked import opened
    from tests.casework import hour_with_words

    rng = random.Random(seed)
    source = hour_with_words(cast.ana, cast.client, words=_turns(words, rng))
    with opened(cast.ana.unlocked):
        transcript = transcript_for(source)
        reading = actions.reading_of(source=source, by=cast.ana.person)
        rows = []
        for _ in range(marks):
            start = rng.randrange(len(transcript.text) - 80)
            mark = mark_on(
                transcript, source=source, start=start, end=start + rng.randrange(8, 70), construct="defense",
                code="denial", attributes={}, origin=f"coder:{cast.ana.id}",
            )  # fmt: skip
            rows.append(
                MarkRow(
                    client_id=source.client_id,
                    treatment_id=source.treatment_id,
                    session_id=source.session_id,
                    source=source,
                    coder=cast.ana.person,
                    reading=reading,
                    body=body_of(mark),
                )
            )
        MarkRow.objects.bulk_create(rows)
    return reverse("casework:hour", args=[source.session_id])


ROWS = [
    Row(
        name=f"hour page: {WORDS:,} words, {MARKS} marks",
        unit="pages",
        prepare=one_page("the page of the hour", lambda cast: marked_hour(cast, words=WORDS, marks=MARKS)),
        goals=(Goal("the page of the hour", None, BUDGET_S),),
    )
]
