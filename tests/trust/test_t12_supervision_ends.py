"""T12: what was shared for supervision ends at the next request, and a new key is there within the minute."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from depthwork.practice.sources.actions import write_note
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.supervision import actions
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.unlocked import opened
from tests.trust.figures import Tried, figure

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast):
    with opened(cast.ana.unlocked):
        cast.hours = list(cast.treatment.sessions.order_by("starts_at"))
        cast.source = write_note(session=cast.hours[0], text="She swept round the chair.", by=cast.ana.person)
        answer_consent(
            client=cast.client, by=cast.ana.person, purpose="supervision", is_yes=True,
            given_on=datetime.now(UTC).date(),
        )  # fmt: skip
    return cast


def share(room):
    with opened(room.ana.unlocked):
        return actions.invite(
            treatment=room.treatment, supervisor=room.ben.person, purpose="supervision", words="weekly",
            ends_on=date.today() + timedelta(days=30), by=room.ana.person,
        )  # fmt: skip


def doors(room, row):
    """Every address under which a supervisor meets something of the course."""
    hour, source = room.hours[0].id, room.source.id
    return [
        ("get", reverse("supervision:course", args=[row.id]), {}),
        ("get", reverse("supervision:text", args=[row.id, source]), {}),
        ("get", reverse("casework:hour", args=[hour]), {}),
        ("get", reverse("casework:column", args=[hour]), {}),
        ("get", reverse("casework:profile", args=[hour]), {}),
        ("get", reverse("casework:alike", args=[source]), {"start": 0, "end": 9}),
        (
            "post",
            reverse("casework:make", args=[source]),
            {"start": 0, "end": 9, "construct": "wish", "code": "x"},
        ),
        ("post", reverse("casework:reading", args=[source]), {"how": "whole"}),
        ("post", reverse("supervision:comment", args=[source]), {"turn": "1", "words": "late"}),
        ("post", reverse("supervision:add_to_agenda", args=[row.id]), {"words": "late"}),
    ]


@figure(
    "T12",
    tried="every address of a course, on the first request after supervision ended, in a session that was open",
    passes="denied 100%",
)
def test_the_first_request_after_the_end_is_denied_everywhere(room):
    row = share(room)
    browser = room.ben.browser()
    assert browser.get(reverse("casework:hour", args=[room.hours[0].id])).status_code == 200
    with opened(room.ana.unlocked):
        actions.end_supervision(supervision=row, by=room.ana.person)
    asked = [getattr(browser, how)(url, given).status_code for how, url, given in doors(room, row)]
    assert asked == [404] * len(asked)
    return Tried(len(asked), f"denied {len(asked)}")


@pytest.mark.slow
@figure(
    "T12",
    tried="a new key for a client with 15,000 process notes, from the click to the last note moved",
    passes="under 60 s, none left under the old key, none lost",
    tier="nightly",
)
def test_fifteen_thousand_notes_move_to_a_new_key_within_a_minute(room):
    words = "She swept round the chair and asked for nothing. " * 24  # about a page
    with opened(room.ana.unlocked):
        given = {"client": room.client, "treatment": room.treatment, "session": room.hours[1]}
        sources = Source.objects.bulk_create(
            Source(**given, kind="process_note", provenance="notes", created_by=room.ana.person)
            for _ in range(15_000)
        )
        SourceVersion.objects.bulk_create(
            SourceVersion(client=room.client, source=one, text=words, turns=[["N", words, None, None]])
            for one in sources
        )
    row = share(room)
    with opened(room.ben.unlocked) as ben:
        held, _old = ben.living_key(room.client.id, "process_notes")
        kept = held.key_id
    began = time.perf_counter()
    answer = room.ana.browser().post(reverse("supervision:end", args=[row.id]))
    took = time.perf_counter() - began
    assert answer.status_code == 302
    from depthwork.practice.vault import primitives
    from depthwork.practice.vault.models import ItemKey

    left = sum(
        primitives.key_id_of(bytes(one)) == kept for one in ItemKey.objects.values_list("wrapped", flat=True)
    )
    with opened(room.ana.unlocked):
        cell = SourceVersion._meta.get_field("text")
        rows = SourceVersion.objects.filter(source__in=[one.id for one in sources[::500]])
        lost = sum(
            cell.open_value(value, owner=room.client.id, row=pk, item=source) != words
            for pk, source, value in rows.values_list("id", "source_id", "text")
        )
    with opened(room.ben.unlocked), pytest.raises(NoKey):
        _ = SourceVersion.objects.get(source=room.source).text
    assert (left, lost) == (0, 0)
    assert took < 60
    return Tried(15_001, f"{took:.1f} s, left 0, lost 0")
