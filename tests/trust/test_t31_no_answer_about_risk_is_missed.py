"""T31: every possible PHQ-9 raises exactly the alerts that item 9 calls for, and nothing hides one."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client as Browser

from depthwork.measures import alerts, measure, score
from depthwork.practice.tracking import actions, nudges
from depthwork.practice.tracking.models import Alert, Request, Watch
from depthwork.practice.tracking.queries.alerts import alerts_for
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.vault.unlocked import opened
from tests.trust.figures import Tried, figure

EXPECTED = {
    0: (),
    1: ("phq9_item9_any",),
    2: ("phq9_item9_any", "phq9_item9_frequent"),
    3: ("phq9_item9_any", "phq9_item9_frequent"),
}


@figure("T31", tried="all answer vectors of the PHQ-9, each judged as it is saved", passes="262,144 right")
def test_all_262144_answer_vectors_of_the_phq9_raise_the_right_alerts():
    phq9, seen = measure("phq9"), 0
    names = [f"q{number}" for number in range(1, 10)]
    for vector in product(range(4), repeat=9):
        raised = alerts(phq9, dict(zip(names, vector, strict=True)))
        assert tuple(alert.id for alert in raised) == EXPECTED[vector[8]], vector
        seen += 1
    assert seen == 262_144
    return Tried(seen, "right 262,144")


def test_the_finished_form_raises_the_same_alerts_and_the_right_total():
    phq9 = measure("phq9")
    for vector in product(range(4), repeat=9):
        if vector[1:5] != (vector[0],) * 4:  # every sum and every item 9, without every order
            continue
        result = score(phq9, list(vector))
        assert tuple(alert.id for alert in result.alerts) == EXPECTED[vector[8]], vector
        assert result.scores["total"].value == sum(vector)


@figure("T31", tried="finished forms with item 9 left open", passes="asked about in the hour, all")
def test_item_9_left_open_is_never_a_no():
    phq9 = measure("phq9")
    for vector in product(range(4), repeat=3):
        result = score(phq9, [*vector, 0, 0, 0, 0, 0, None])
        assert [(alert.level, alert.item) for alert in result.alerts] == [("ask_in_session", "q9")]
    return Tried(64, "asked about in the hour 64")


@pytest.fixture
def watched(cast, settings):
    """A practice in which the question goes out; the mail server is down."""
    cache.clear()
    settings.PUBLIC_ORIGIN = "https://practice.example"
    now = datetime.now(UTC)
    with opened(cast.ana.unlocked):
        answer_consent(
            client=cast.client, by=cast.ana.person, purpose="forms", is_yes=True, given_on=now.date()
        )
        actions.arrange_watch(practice=cast.practice, by=cast.ana.person, is_always_on=True)
        actions.name_deputy(
            client=cast.client, by=cast.ana.person, colleague=cast.eve.person, agreed_on=now.date()
        )
        test = actions.send_test(by=cast.ana.person, colleague=cast.eve.person, at=now - timedelta(days=3))
    actions.acknowledge_test(test=test, by=cast.eve.person, at=now - timedelta(days=2))
    Watch.objects.update(last_beat=now, unbroken_since=now - timedelta(days=2))
    for actor in (cast.ana, cast.eve):
        actions.set_address(by=actor.person, address=f"{actor.id.hex[:6]}@example.org")
    return cast


def ask(cast):
    with opened(cast.ana.unlocked):
        return actions.ask(
            client=cast.client, by=cast.ana.person, measure_id="phq9", mode="link", treatment=cast.treatment
        )


def with_mail_down(cast, monkeypatch, times):
    tried = []

    def down(*args, **kwargs):
        tried.append(args[3])
        raise OSError("connection refused")

    monkeypatch.setattr(nudges, "send_mail", down)
    now = datetime.now(UTC)
    for _ in range(times):
        Request.objects.filter(state="asked").update(saved_at=None)
        made = ask(cast)
        actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 2}, at=now)
    actions.tick(at=now + timedelta(minutes=31))
    assert tried  # it was tried, and refused
    seen = []
    for actor in (cast.ana, cast.eve):
        with opened(actor.unlocked):
            seen.append(len(alerts_for(actor.person)))
    return seen


@pytest.mark.django_db
@figure(
    "T31",
    tried="alerts while the mail server is down: seen by the clinician and by the colleague",
    passes="all",
)
def test_a_mail_server_that_is_down_hides_no_alert(watched, monkeypatch):
    assert with_mail_down(watched, monkeypatch, 40) == [40, 40]
    return Tried(40, "seen 40 and 40")


@pytest.mark.slow
@pytest.mark.django_db
@figure(
    "T31", tried="a thousand alerts while the mail server is down", passes="1,000 of 1,000", tier="nightly"
)
def test_a_mail_server_that_is_down_hides_none_of_a_thousand_alerts(watched, monkeypatch):
    assert with_mail_down(watched, monkeypatch, 1000) == [1000, 1000]
    return Tried(1000, "seen 1,000 and 1,000")


@pytest.mark.django_db
@figure(
    "T31", tried="answers about danger sent while nothing can be written", passes="crisis numbers shown, all"
)
def test_the_crisis_numbers_are_there_with_the_database_down(watched, monkeypatch):
    made = ask(watched)
    browser = Browser()
    browser.post(f"/f/{made.token}/")
    from depthwork.practice.tracking.views import phone

    def down(*args, **kwargs):
        raise OperationalError("unable to open database file")

    monkeypatch.setattr(phone, "sheet_by_token", down)
    shown = 0
    for path, body in (("save", {"q9": "3"}), ("send", {f"q{n}": "3" for n in range(1, 10)})):
        page = browser.post(f"/forms/{made.request.id}/{path}/", body | {"country": "GB"})
        assert page.status_code == 503
        shown += "116 123" in page.content.decode()
    page = browser.get(f"/forms/{made.request.id}/")
    assert page.status_code == 503
    shown += 'href="tel:' in page.content.decode() or "116 123" in page.content.decode()
    assert shown == 3
    assert not Alert.objects.exists()
    return Tried(3, "shown 3")


@pytest.mark.django_db
@figure(
    "T31",
    tried="forms sent with item 9 skipped, answered with a dash, or taken off the page",
    passes="all raised",
)
def test_item_9_is_never_skipped_in_silence(watched):
    raised = 0
    for body in ({}, {"q9": ""}):
        Alert.objects.all().delete()
        made = ask(watched)
        browser = Browser()
        browser.post(f"/f/{made.token}/")
        answered = {f"q{n}": "0" for n in range(1, 9)}
        browser.post(f"/forms/{made.request.id}/send/", answered | body)
        raised += Alert.objects.filter(is_for_the_hour=True).count()
    Alert.objects.all().delete()
    made = ask(watched)
    Watch.objects.update(is_always_on=False)  # the question leaves the page after it was asked for
    actions.send(request_id=made.request.id, token=made.token, given={f"q{n}": 0 for n in range(1, 9)})
    raised += Alert.objects.filter(is_for_the_hour=True).count()
    assert raised == 3
    return Tried(3, "raised 3")


@pytest.mark.django_db
@figure(
    "T31",
    tried="a worse answer after the first was opened, handed on, or asked about",
    passes="handed on anew, all",
)
def test_a_worse_answer_after_the_first_was_met_is_handed_on_anew(watched):
    start, handed = datetime.now(UTC), 0

    def opened_by_ana(row):
        actions.see_alert(alert=row, by=watched.ana.person, at=start + timedelta(minutes=5))

    def handed_on(row):
        assert actions.escalate(at=start + timedelta(minutes=240)) == 1

    def asked_about(row):
        actions.answer_alert(alert=row, by=watched.ana.person, asked="wish", done="rang", at=start)

    for met in (opened_by_ana, handed_on, asked_about):
        Alert.objects.all().delete()
        Request.objects.filter(state="asked").update(saved_at=None)
        made = ask(watched)
        actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 1}, at=start)
        with opened(watched.ana.unlocked):
            met(Alert.objects.get())
        evening = start + timedelta(hours=11)
        actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 3}, at=evening)
        assert actions.escalate(at=evening + timedelta(minutes=29)) == 0
        handed += actions.escalate(at=evening + timedelta(minutes=30))
        assert Alert.objects.get().escalated_to == watched.eve.person
    assert handed == 3
    return Tried(3, "handed on anew 3")
