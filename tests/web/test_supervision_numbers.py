"""A shared course keeps its number; every hour agreed can be reached; each course of a client is its own."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from depthwork.practice.sources.actions import write_note
from depthwork.practice.supervision import actions
from depthwork.practice.supervision.models import Supervision
from depthwork.practice.treatments.models import Session, Treatment
from depthwork.practice.vault.unlocked import opened
from tests import cast as people
from tests.supervising import agree, share, supervised, text_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast):
    return supervised(cast)


def a_second_client(room):
    client = people.client_of(room.ana, "Noor Aziz")
    treatment = people.treatment_of(room.ana, client, hours=1)
    with opened(room.ana.unlocked):
        kept = room.client
        room.client = client
        agree(room)
        room.client = kept
    return treatment


def course(who, row):
    return who.browser().get(reverse("supervision:course", args=[row.id])).content.decode()


def test_a_course_keeps_its_number_when_another_sharing_ends(room):
    first = share(room)
    second = share(room, treatment=a_second_client(room))
    assert "Course 2" in course(room.ben, second)
    with opened(room.ana.unlocked):
        actions.end_supervision(supervision=first, by=room.ana.person)
    words = course(room.ben, second)
    assert "Course 2" in words
    assert "Course 1" not in words
    third = share(room)
    assert third.number == 3
    with pytest.raises(IntegrityError), transaction.atomic():
        Supervision.objects.filter(pk=third.pk).update(number=second.number)


def test_a_number_is_not_given_again_when_the_course_that_had_it_is_gone(room):
    second = share(room, treatment=a_second_client(room))
    assert second.number == 1
    second.delete()
    assert share(room).number == 2


def test_the_hour_the_desk_and_the_agenda_say_the_same_number(room):
    with opened(room.ana.unlocked):
        ended = share(room)
        actions.end_supervision(supervision=ended, by=room.ana.person)
    row = share(room)
    browser = room.ben.browser()
    hour = reverse("casework:hour", args=[room.hours[0].id])
    for path in (hour, text_url(row, room.source), reverse("supervision:agenda")):
        words = browser.get(path).content.decode()
        assert "Course 2" in words
        assert "Course 1" not in words


def test_both_courses_of_a_client_who_came_back_are_open_to_who_was_invited_to_both(room):
    first = share(room)
    with opened(room.ana.unlocked):
        Treatment.objects.filter(pk=room.treatment.pk).update(state="ended")
    later = people.treatment_of(room.ana, room.client, hours=2, start=date(2026, 9, 1))
    second = share(room, treatment=later)
    with opened(room.ana.unlocked):
        hour = later.sessions.order_by("starts_at").first()
        text = write_note(session=hour, text="She came back with a key.", by=room.ana.person)
    browser = room.ben.browser()
    assert "She came back with a key." in browser.get(text_url(second, text)).content.decode()
    assert "She swept round" in browser.get(text_url(first, room.source)).content.decode()
    sent = {"turn": "1", "words": "Whose key?"}
    answer = browser.post(reverse("supervision:comment", args=[text.id]), sent)
    assert answer["Location"].startswith(text_url(second, text))
    assert browser.get(text_url(first, text)).status_code == 404


def test_older_hours_stand_on_further_pages_at_no_query_an_hour(room, django_assert_max_num_queries):
    row = share(room)
    day = room.hours[-1].day
    with opened(room.ana.unlocked):
        for n in range(70):
            at = room.hours[-1].starts_at + timedelta(days=n + 1)
            Session.objects.create(
                client=room.client, treatment=room.treatment, clinician=room.ana.person, number=100 + n,
                day=day + timedelta(days=n + 1), wall_time=room.hours[-1].wall_time, zone="Europe/London",
                starts_at=at, status="held",
            )  # fmt: skip
    browser = room.ben.browser()
    path = reverse("supervision:course", args=[row.id])
    browser.get(path)
    with django_assert_max_num_queries(40):
        newest = browser.get(path).content.decode()
    assert "<time>169</time>" in newest
    assert "<time>1</time>" not in newest
    oldest = browser.get(path, {"page": "2"}).content.decode()
    assert "<time>1</time>" in oldest
    assert f"?source={room.source.id}" in oldest
    assert str(room.own.id) not in oldest


def test_a_clinician_finds_their_own_open_sheet_where_they_asked_for_it(room):
    share(room)
    with opened(room.ana.unlocked):
        made = actions.ask_for_coding(
            source=room.source, coders=[room.ana.person, room.ben.person], by=room.ana.person
        )
    sheet = made.sheets.get(coder=room.ana.person)
    browser = room.ana.browser()
    path = reverse("supervision:client", args=[room.client.id])
    words = browser.get(path).content.decode()
    assert reverse("supervision:sheet", args=[sheet.id]) in words
    assert reverse("supervision:desk") in words
    browser.post(reverse("supervision:seal", args=[sheet.id]), {"version": 1, "read_whole": "1"})
    words = browser.get(path).content.decode()
    assert reverse("supervision:sheet", args=[sheet.id]) not in words
    assert "not all sheets are sealed" in words
