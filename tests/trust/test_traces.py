"""T11, T28: every reading and every change leaves a trace, and the trace cannot be changed unseen."""

import random

import pytest
from django.db import IntegrityError, connection, transaction

from depthwork.practice.audit.actions import record
from depthwork.practice.audit.chain import digest, verify
from depthwork.practice.audit.models import Event
from tests.trust.figures import Tried, figure
from tests.trust.walk import addresses, world

pytestmark = pytest.mark.django_db


PAGES = ("about/", "about/", "kept-lines/", "about/", "about/", "about/", "")  # the longest, now and then


def reads_and_writes(cast, times, pages=None):
    """How many of so many acts left no trace: one in five changes something, the others look at a page in turn."""
    browser, untraced = cast.ana.browser(), []
    address = f"/clients/{cast.client.id}/"
    pages = pages or [address + page for page in PAGES]
    for n in range(times):
        before = Event.objects.count()
        if n % 5 == 4:
            browser.post(address + "about/edit/", {"name": "Cleo Marsh", "called": f"Cleo {n}"})
        else:
            browser.get(pages[n % len(pages)])
        if Event.objects.count() == before:
            untraced.append(n if n % 5 == 4 else pages[n % len(pages)])
    return untraced


@figure("T28", tried="pages read and changes made", passes="without an audit row 0")
def test_every_reading_and_every_change_leaves_a_trace(cast):
    cast.ana.browser().get(f"/clients/{cast.client.id}/")
    assert reads_and_writes(cast, 50) == []
    return Tried(50, "without a trace 0")


@pytest.mark.slow
@figure(
    "T28",
    tried="ten thousand looks at every page of a client in turn, and changes made",
    passes="without an audit row 0 of 10,000",
    tier="nightly",
)
def test_every_one_of_ten_thousand_leaves_a_trace():
    cast = world()
    browser = cast.ana.browser()
    doors = {name: url for name, url, rule, row in addresses(cast.client) if row is not None}
    opened = [url for name, url in doors.items() if browser.get(url).status_code == 200]
    assert len(opened) > 60  # fewer, and the walk lost its way
    assert reads_and_writes(cast, 10_000, opened) == []
    return Tried(10_000, f"without a trace 0, over {len(opened)} pages")


@figure(
    "T28",
    tried="rows of the audit altered, removed, exchanged, cut off at the end",
    passes="noticed 1,000 of 1,000",
)
def test_every_change_of_the_audit_is_noticed():
    draw = random.Random(28)
    for n in range(60):
        record(verb=f"act.{n}", by=None)
    rows = list(Event.objects.order_by("n"))
    head = (rows[-1].n, rows[-1].own)
    base, noticed = rows[0].n - 1, 0
    assert verify(rows).is_whole or base
    for n in range(1000):
        changed = list(Event.objects.none()) + [Event(**{f.attname: getattr(r, f.attname) for f in Event._meta.concrete_fields}) for r in rows]  # fmt: skip
        at = draw.randrange(len(changed) - 1)
        way = n % 5
        if way == 0:
            changed[at].verb = "act.other"
        elif way == 1:  # altered, and its own hash made right again
            changed[at].reason = "x"
            changed[at].own = digest(changed[at])
        elif way == 2:
            del changed[at]
        elif way == 3:
            changed[at], changed[at + 1] = changed[at + 1], changed[at]
        else:
            del changed[at + 1 :]
        noticed += not verify(changed, expected_head=head).is_whole
    assert noticed == 1000
    return Tried(1000, "noticed 1,000")


@pytest.mark.parametrize(
    "act", ["update audit_event set verb = 'x'", "delete from audit_event", "insert into audit_event (n, utc, verb, object_type, object_id, reason, previous, own) values (999, '', '', '', '', '', '', '')"]
)  # fmt: skip
def test_the_database_itself_refuses_to_change_the_audit(act):
    record(verb="act", by=None)
    with (
        pytest.raises(IntegrityError, match=r"append-only|follows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act)


def _act_and_fail(cast):
    record(verb="act", by=cast.ana.id)
    raise RuntimeError


def test_an_act_that_fails_leaves_neither_change_nor_trace(cast):
    before = Event.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        _act_and_fail(cast)
    assert Event.objects.count() == before
