"""Answering a form: what is kept, what is refused, what is never lost."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction

from depthwork.practice.tracking import actions
from depthwork.practice.tracking.errors import TrackingError
from depthwork.practice.tracking.models import Alert, Request, Response, Score
from depthwork.practice.tracking.queries.answers import asked_of
from depthwork.practice.tracking.queries.sparks import small_lines
from depthwork.practice.treatments.models import FollowUp
from depthwork.practice.vault.unlocked import opened
from tests.asking import asked_by_link, linked, phone

pytestmark = pytest.mark.django_db
PHQ9 = {f"q{n}": 1 for n in range(1, 9)} | {"q9": 0}


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def room(cast, settings):
    return asked_by_link(cast, settings)


def test_each_answer_is_kept_when_it_is_given(room):
    made = linked(room)
    browser = phone(made)
    answer = browser.post(f"/forms/{made.request.id}/save/", {"q1": "2"}).json()
    assert answer["saved"] == ["q1"]
    assert "1 of 7" in answer["count"]
    page = browser.get(f"/forms/{made.request.id}/").content.decode()
    assert re.search(r'name="q1" value="2" checked', page)


def test_an_answer_saved_twice_changes_nothing(room):
    made = linked(room)
    browser = phone(made)
    for _ in range(5):
        assert browser.post(f"/forms/{made.request.id}/save/", {"q1": "2"}).status_code == 200
    page = browser.get(f"/forms/{made.request.id}/").content.decode()
    assert page.count("checked") == 1


def test_two_devices_fill_one_form(room):
    made = linked(room)
    one, other = phone(made), phone(made)
    one.post(f"/forms/{made.request.id}/save/", {"q1": "2"})
    other.post(f"/forms/{made.request.id}/save/", {"q2": "3"})
    page = one.get(f"/forms/{made.request.id}/").content.decode()
    assert re.search(r'name="q1" value="2" checked', page)
    assert re.search(r'name="q2" value="3" checked', page)


@pytest.mark.parametrize("bad", ["9", "-1", "two", "1.5", "NaN", "<b>", "null"])
def test_an_impossible_answer_is_named_and_the_others_are_kept(room, bad):
    made = linked(room)
    browser = phone(made)
    answer = browser.post(f"/forms/{made.request.id}/save/", {"q1": bad, "q2": "1"})
    assert answer.status_code == 200
    assert answer.json()["saved"] == ["q2"]
    assert "q1" in answer.json()["wrong"]


def test_twenty_equal_posts_make_one_response_and_one_receipt(room):
    made = linked(room)
    browser = phone(made)
    body = {f"q{n}": "1" for n in range(1, 8)}
    receipts = set()
    for _ in range(20):
        answer = browser.post(f"/forms/{made.request.id}/send/", body, headers={"X-Questions": "1"})
        assert answer.status_code == 200
        receipts.add(answer.json()["receipt"])
    assert len(receipts) == 1
    assert Response.objects.filter(request=made.request).count() == 1


def test_a_second_response_to_a_request_is_refused_by_the_database(room):
    made = linked(room)
    with opened(room.ana.unlocked):
        fields = {
            "client": room.client,
            "request": made.request,
            "on": made.request.on,
            "arrived_at": datetime.now(UTC),
            "taken_in_at": datetime.now(UTC),
        }
        Response.objects.create(**fields, answers={})
        with pytest.raises(IntegrityError), transaction.atomic():
            Response.objects.create(**fields, answers={})


def test_a_sent_link_shows_its_receipt_and_takes_nothing_more(room):
    made = linked(room)
    browser = phone(made)
    browser.post(f"/forms/{made.request.id}/send/", {"q1": "1"})
    row = Request.objects.get(id=made.request.id)
    assert row.draft is None
    page = phone(made).get(f"/forms/{made.request.id}/").content.decode()
    assert row.receipt in page
    assert "fieldset" not in page
    assert browser.post(f"/forms/{made.request.id}/save/", {"q1": "3"}).status_code == 410


def test_what_was_sent_lies_sealed_until_someone_with_the_key_opens_it(room):
    made = linked(room)
    phone(made).post(f"/forms/{made.request.id}/send/", {f"q{n}": "3" for n in range(1, 8)})
    row = Response.objects.get(request=made.request)
    assert row.box is not None
    assert row.taken_in_at is None
    assert not Score.objects.exists()
    with opened(room.ana.unlocked):
        assert actions.take_in(client=room.client, by=room.ana.person) == 1
        (one,) = asked_of(room.client.id)
    assert one.value("total") == 21
    assert one.result["scores"]["total"]["band"] == "severe"
    assert one.result["hash"]
    assert not Response.objects.filter(box__isnull=False).exists()


def test_a_browser_page_takes_in_what_arrived(room):
    made = linked(room)
    phone(made).post(f"/forms/{made.request.id}/send/", {f"q{n}": "2" for n in range(1, 8)})
    page = room.ana.browser().get(f"/clients/{room.client.id}/measures/")
    assert page.status_code == 200
    assert "14" in page.content.decode()
    assert not Response.objects.filter(box__isnull=False).exists()


def test_declining_is_an_answer_of_its_own(room):
    made = linked(room)
    browser = phone(made)
    browser.post(f"/forms/{made.request.id}/save/", {"q1": "2"})
    browser.post(f"/forms/{made.request.id}/decline/")
    row = Request.objects.get(id=made.request.id)
    assert (row.state, row.draft) == ("declined", None)
    assert not Response.objects.exists()
    assert "kept as your answer" in browser.get(f"/forms/{made.request.id}/").content.decode()


def test_left_open_declined_and_not_asked_are_three_things(room):
    made, other = linked(room, "gad7"), linked(room, "rses")
    phone(other).post(f"/forms/{other.request.id}/decline/")
    actions.close_late(at=datetime.now(UTC) + timedelta(hours=73))
    page = room.ana.browser().get(f"/clients/{room.client.id}/measures/").content.decode()
    assert "left open" in page
    assert "declined" in page
    assert "PHQ-15" not in page
    assert Request.objects.get(id=made.request.id).state == "left_open"


def test_the_small_line_of_a_caseload_tells_declined_from_left_open(room):
    first = linked(room)
    actions.send(request_id=first.request.id, token=first.token, given={f"q{n}": 2 for n in range(1, 8)})
    second = linked(room)
    phone(second).post(f"/forms/{second.request.id}/decline/")
    linked(room)
    actions.close_late(at=datetime.now(UTC) + timedelta(hours=73))
    linked(room, "phq9")  # still open: on no chart
    with opened(room.ana.unlocked):
        waiting = small_lines([room.client.id], ["gad7", "phq9"])
        assert waiting[room.client.id, "gad7"].values == (None, None)  # the first still lies in the inbox
        actions.take_in(client=room.client, by=room.ana.person)
        ((key, line),) = small_lines([room.client.id], ["gad7", "phq9"]).items()
    assert key == (room.client.id, "gad7")
    assert line.values == (14.0, None, None)
    assert line.unfilled == {1: "declined", 2: "left open"}


def test_after_its_time_a_link_takes_nothing_new_but_loses_nothing_saved(room):
    made = linked(room, at=datetime.now(UTC) - timedelta(hours=71, minutes=59))
    browser = phone(made)
    browser.post(f"/forms/{made.request.id}/save/", {"q1": "2", "q2": "1"})
    Request.objects.filter(id=made.request.id).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert browser.post(f"/forms/{made.request.id}/save/", {"q3": "3"}).status_code == 410
    assert "Send what I had answered" in browser.get(f"/forms/{made.request.id}/").content.decode()
    browser.post(f"/forms/{made.request.id}/send/", {"q3": "3"})
    with opened(room.ana.unlocked):
        actions.take_in(client=room.client, by=room.ana.person)
        (one,) = asked_of(room.client.id)
    assert one.answers["q1"] == 2
    assert one.answers["q3"] is None if "q3" in one.answers else True


def test_a_swept_form_can_still_be_sent_as_it_stood(room):
    made = linked(room)
    browser = phone(made)
    browser.post(f"/forms/{made.request.id}/save/", {"q1": "2"})
    later = datetime.now(UTC) + timedelta(hours=73)
    actions.close_late(at=later)
    actions.send(request_id=made.request.id, token=made.token, given={"q2": 3}, at=later)
    assert Response.objects.count() == 1


def test_an_empty_form_is_not_sent(room):
    made = linked(room)
    with pytest.raises(TrackingError, match="nothing is answered yet"):
        actions.send(request_id=made.request.id, token=made.token, given={})
    assert Request.objects.get(id=made.request.id).state == "asked"


def test_a_form_that_changed_in_between_keeps_the_answers_and_says_so(room, monkeypatch):
    made = linked(room)
    actions.save_items(request_id=made.request.id, token=made.token, given={"q1": 3, "q2": 2})
    actions.send(request_id=made.request.id, token=made.token, given={})
    from depthwork.measures import MeasureError
    from depthwork.practice.tracking.actions import intake

    def gone(*args):
        raise MeasureError("changed")

    monkeypatch.setattr(intake, "score", gone)
    with opened(room.ana.unlocked):
        actions.take_in(client=room.client, by=room.ana.person)
        (one,) = asked_of(room.client.id)
    assert one.answers["q1"] == 3
    assert "changed between asking and answering" in one.result["withheld"]


def test_five_hundred_strange_fields_change_nothing(room):
    made = linked(room)
    browser = phone(made)
    body = {f"x{n}": "1" for n in range(500)} | {"q1": "1", "__proto__": "x"}
    answer = browser.post(f"/forms/{made.request.id}/save/", body)
    assert answer.json()["saved"] == ["q1"]


def test_in_the_room_the_form_is_scored_at_once(room):
    browser = room.ana.browser()
    answer = browser.post(
        f"/clients/{room.client.id}/measures/ask/", {"measure": "phq9", "mode": "room", "for_hour": ""}
    )
    row = Request.objects.get()
    assert answer["Location"] == f"/room/{row.id}/"
    assert browser.get(answer["Location"]).status_code == 200
    browser.post(f"/room/{row.id}/save/", {"q1": "1"})
    browser.post(f"/room/{row.id}/send/", {name: str(value) for name, value in PHQ9.items()})
    with opened(room.ana.unlocked):
        (one,) = asked_of(room.client.id)
        assert one.value("total") == 8
    assert browser.get(f"/room/{row.id}/").status_code == 200


def test_answers_stand_sealed_in_the_database(room):
    with opened(room.ana.unlocked):
        made = actions.ask(client=room.client, by=room.ana.person, measure_id="phq9", mode="room")
        actions.save_items(request_id=made.request.id, token=None, given={"difficulty": 2, "q1": 3})
        actions.send(request_id=made.request.id, token=None, given=PHQ9, by=room.ana.person)
    with connection.cursor() as cursor:
        for table in ("tracking_request", "tracking_response", "tracking_score", "tracking_alert"):
            cursor.execute(f"select * from {table}")
            stored = str(cursor.fetchall())
            assert "phq9" not in stored
            assert '"q1"' not in stored


def test_a_rotated_key_keeps_a_letter_that_nobody_opened(room):
    from depthwork.practice.vault.rotation import rotate

    made = linked(room)
    phone(made).post(f"/forms/{made.request.id}/send/", {f"q{n}": "2" for n in range(1, 8)})
    with opened(room.ana.unlocked):
        rotate(owner=room.client.id, compartment="record")
        assert actions.take_in(client=room.client, by=room.ana.person) == 1
        (one,) = asked_of(room.client.id)
    assert one.value("total") == 14


def test_a_follow_up_is_settled_by_its_form(room):
    with opened(room.ana.unlocked):
        followup = FollowUp.objects.create(
            client=room.client, treatment=room.treatment, months=3, due_on=datetime.now(UTC).date()
        )
    made = linked(room, followup=followup)
    phone(made).post(f"/forms/{made.request.id}/send/", {"q1": "1"})
    with opened(room.ana.unlocked):
        actions.take_in(client=room.client, by=room.ana.person)
    followup.refresh_from_db()
    assert followup.answer == "done"


def test_the_form_stands_on_its_own_when_nothing_can_be_written(room, monkeypatch):
    from django.db import OperationalError

    from depthwork.practice.tracking.views import filling

    made = linked(room)
    browser = phone(made)

    def down(**kwargs):
        raise OperationalError("the disk is full")

    monkeypatch.setattr(filling.actions, "send", down)
    answer = browser.post(f"/forms/{made.request.id}/send/", {"q1": "1", "country": "GB"})
    assert answer.status_code == 503
    assert "116 123" in answer.content.decode()
    assert "disk" not in answer.content.decode()


def test_audit_tells_of_the_form_and_not_of_the_answers(room):
    from depthwork.practice.audit.models import Event

    made = linked(room)
    phone(made).post(f"/forms/{made.request.id}/send/", {f"q{n}": "3" for n in range(1, 8)})
    rows = list(Event.objects.filter(client=room.client.id).values())
    verbs = {row["verb"] for row in rows}
    assert {"form.asked", "form.sent"} <= verbs
    assert "gad7" not in json.dumps(rows, default=str)
    assert not Alert.objects.exists()
