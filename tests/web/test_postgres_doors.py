"""What comes in by a link, or by nobody at all, finds its own practice's rows and no others. On PostgreSQL only."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.db import connection  # noqa: F401  (asked by the mark)
from django.test import Client as Browser

from depthwork.practice.audit.models import Event
from depthwork.practice.config import rows
from depthwork.practice.people import actions as people
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.portal import actions as portal
from depthwork.practice.sources import actions as sources
from depthwork.practice.sources.signals import burn_at_sign_in
from depthwork.practice.tracking import actions as tracking
from depthwork.practice.tracking.models import Watch
from depthwork.practice.treatments import actions as treatments
from depthwork.practice.treatments.models import Session
from depthwork.practice.ui import minutes
from depthwork.practice.vault.unlocked import opened
from depthwork.transcripts import transcript_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="tried on PostgreSQL: make test-postgres"),
]
LATER = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
def due(cast):
    """A transcript that has outlived what was agreed for it."""
    with opened(cast.ana.unlocked):
        hour = Session.objects.filter(treatment=cast.treatment).first()
        cast.source = sources.add_transcript(
            session=hour, transcript=transcript_of([("C", "I left before you came.")]), by=cast.ana.person
        )
        treatments.answer_consent(
            client=cast.client, by=cast.ana.person, purpose="transcript", is_yes=True,
            given_on=date(2026, 1, 6), lives="day", ends_on=date(2026, 3, 1),
        )  # fmt: skip
    return cast


@pytest.fixture
def links(cast, settings):
    """One link of each kind into Ana's practice."""
    settings.PUBLIC_ORIGIN = "https://practice.example"
    Person.objects.filter(id=cast.cleo.id).delete()
    with opened(cast.ana.unlocked):
        treatments.answer_consent(
            client=cast.client, by=cast.ana.person, purpose="forms", is_yes=True,
            given_on=datetime.now(UTC).date(),
        )  # fmt: skip
        _, place = portal.invite(client=cast.client, by=cast.ana.person)
        form = tracking.ask(
            client=cast.client, by=cast.ana.person, measure_id="gad7", mode="link", treatment=cast.treatment
        )
    _, join = people.invite(display_name="Nell", roles=["clinician"], by=cast.mara.person)
    return SimpleNamespace(
        cast=cast,
        all={"place": f"/place/join/{place}/", "join": f"/join/{join}/", "form": f"/f/{form.token}/"},
    )


def is_burned(source):
    source.refresh_from_db()
    return source.burned_at is not None


def test_the_hours_burning_finds_what_is_due_in_every_practice(due, monkeypatch):
    monkeypatch.setattr(minutes, "_last_hour", [])
    with rows.within():
        minutes.each_minute(at=LATER)
    assert is_burned(due.source)
    (event,) = Event.objects.filter(verb="source.burned_as_agreed")
    assert event.practice == due.practice.id


def test_the_minutes_heartbeat_reaches_every_practice(cast):
    for practice in (cast.practice, cast.elsewhere):
        Watch.objects.create(practice=practice)
    with rows.within():
        minutes.each_minute(at=LATER)
    assert set(Watch.objects.values_list("last_beat", flat=True)) == {LATER}


def test_a_colleagues_sign_in_burns_in_the_name_of_the_clinician_who_agreed_it(due):
    Involvement.objects.create(
        person=due.eve.person, practice=due.practice.id, client=due.client.id, part=Part.CLINICIAN
    )
    with rows.within(practice=due.practice.id, person=due.eve.id):
        burn_at_sign_in(sender=None, request=None, user=due.eve.person)
    assert is_burned(due.source)
    assert Event.objects.get(verb="source.burned_as_agreed").actor == due.ana.id


@pytest.mark.parametrize("kind", ["place", "join", "form"])
@pytest.mark.parametrize("who", ["nobody", "ana", "dov"])
def test_a_link_opens_whoever_is_signed_in_on_the_machine(links, kind, who):
    browser = Browser() if who == "nobody" else getattr(links.cast, who).browser()
    url = links.all[kind]
    assert browser.get(url).status_code == 200
    opened_at = browser.post(url)
    assert opened_at.status_code == 302
    assert browser.get(opened_at["Location"]).status_code == 200


@pytest.mark.parametrize("kind", ["place", "join", "form"])
@pytest.mark.parametrize("who", ["nobody", "ana"])
def test_a_dead_link_is_told_on_a_page(links, kind, who):
    browser = Browser() if who == "nobody" else getattr(links.cast, who).browser()
    live = links.all[kind]
    dead = f"/{live.strip('/').rpartition('/')[0]}/{'x' * 32}/"
    assert browser.get(dead).status_code == 404


def test_a_colleague_joins_by_a_link(links):
    browser = Browser()
    browser.post(links.all["join"])
    page = browser.post("/join/", {"login": "nell", "passphrase": "paper boats on a tin roof"})
    assert page.status_code == 200
    assert Person.objects.filter(display_name="Nell", practice=links.cast.practice).exists()


def test_a_language_is_chosen_by_nobody_and_by_who_is_signed_in(cast):
    assert Browser().post("/language/", {"language": "de"}).status_code == 302
    assert cast.ana.browser().post("/language/", {"language": "de"}).status_code == 302
    assert Person.objects.get(id=cast.ana.id).language == "de"


def test_a_door_that_does_not_open_leaves_the_reader_where_they_stood(cast):
    with rows.within(practice=cast.practice.id, person=cast.ana.id):
        assert not rows.enter_by("place", "nothing")
        assert Person.objects.filter(id=cast.ana.id).exists()
