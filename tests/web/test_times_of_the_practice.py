"""Times stand on a page as the clock of the practice goes, whatever clock the computer has."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from depthwork.practice.audit.actions import record
from depthwork.practice.audit.models import Event
from depthwork.practice.ui.will_notice import SLOT

pytestmark = pytest.mark.django_db
FAR = "Pacific/Auckland"


@pytest.fixture
def far(cast):
    practice = cast.ana.person.practice
    practice.time_zone = FAR
    practice.save(update_fields=["time_zone"])
    return cast


def hour_there(moment: str) -> str:
    from zoneinfo import ZoneInfo

    return datetime.fromisoformat(moment).astimezone(ZoneInfo(FAR)).strftime("%H:%M")


def test_the_audit_says_when_by_the_clock_of_the_practice(far):
    record(verb="searched", by=far.ana.person.id, practice=far.ana.person.practice_id)
    event = Event.objects.get(verb="searched")
    page = far.ana.browser().get("/practice/audit/").content.decode()
    row = page[page.index("searched what they can open") - 300 : page.index("searched what they can open")]
    assert hour_there(event.utc) in row


def test_the_author_of_a_will_reads_when_it_was_opened_by_the_clock_of_the_practice(far):
    browser = far.ana.browser()
    session = browser.session
    when = datetime(2026, 6, 5, 13, 40, tzinfo=UTC).isoformat()
    session[SLOT] = {
        "at": int(datetime.now(UTC).timestamp()),
        "lines": [["Ben", "opened a clinical will", when]],
    }
    session.save()
    assert "6 June 2026, 01:40" in browser.get("/today/").content.decode()


def test_the_clock_of_one_request_is_not_that_of_the_next(far, client):
    far.ana.browser().get("/today/")
    assert timezone.get_current_timezone_name() == "UTC"
