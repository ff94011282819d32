"""A search tells nothing that no page tells: who was invited finds what was agreed, under a number, and no more."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from depthwork.practice.people.models import Role
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.sources.actions import write_note
from depthwork.practice.supervision import actions
from depthwork.practice.supervision.models import Supervision
from depthwork.practice.ui import search
from depthwork.practice.ui.search_reach import reach_of
from depthwork.practice.vault.unlocked import opened
from tests.cast import client_of, treatment_of
from tests.supervising import share, supervised


@pytest.fixture
def room(cast):
    """Ana's course with two notes; Ben supervises and treats a client of his own."""
    search._indexes.clear()
    supervised(cast)
    cast.ben.person.roles = [Role.CLINICIAN, Role.SUPERVISOR]
    cast.ben.person.save()
    cast.his = treatment_of(cast.ben, client_of(cast.ben, "Wanda Pell"), hours=2)
    return cast


def said(who, words, browser=None):
    answer = (browser or who.browser()).post("/search/", {"words": words})
    assert answer.status_code == 200
    return answer.content.decode()


def nothing(page):
    return "stand nowhere in what you can open" in page


def test_who_treats_and_supervises_finds_both_and_the_invited_course_has_a_number(room):
    share(room)
    page = said(room.ben, "line of hour")
    assert "Wanda" in page
    assert "Course 1" in page
    assert "Cleo" not in page
    assert page.count("<li><p><q>") == 5


def test_every_link_of_a_search_opens(room):
    row = share(room)
    with opened(room.ben.unlocked):
        actions.comment(source=room.source, start=0, end=9, words="swept, once more", by=room.ben.person)
        actions.add_to_agenda(supervision=row, words="the swept floor", on=date.today(), by=room.ben.person)
    browser = room.ben.browser()
    page = said(room.ben, "swept", browser) + said(room.ben, "line of hour", browser)
    links = re.findall(r'<p class="cite"><a href="([^"]+)">', page)
    assert len(links) == 8
    assert {browser.get(link.replace("&amp;", "&")).status_code for link in links} == {200}


def test_nonsense_and_closed_words_get_the_same_answer(room):
    share(room)
    for words in ("xylophone", "Mine alone"):
        assert nothing(said(room.ben, words))


def test_words_of_an_hour_outside_the_agreed_days_are_not_found(room):
    with opened(room.ana.unlocked):
        write_note(session=room.hours[1], text="A kestrel over the dunes.", by=room.ana.person)
    share(room, from_day=room.hours[1].day)
    assert nothing(said(room.ben, "She swept"))
    assert "Course 1" not in said(room.ben, "line of hour 1")
    assert "kestrel" in said(room.ben, "kestrel")


def test_comments_of_others_are_not_found_by_who_may_read_the_hour_blind(room):
    share(room)
    with opened(room.ana.unlocked):
        actions.comment(source=room.source, start=0, end=9, words="a plover here", by=room.ana.person)
    assert nothing(said(room.ben, "plover"))
    assert "plover" in said(room.ana, "plover")


def test_a_blind_coder_finds_nothing_of_that_client_until_all_sheets_are_sealed(room):
    share(room)
    assert "swept" in said(room.ben, "swept")
    with opened(room.ana.unlocked):
        both = [room.ana.person, room.ben.person]
        exercise = actions.ask_for_coding(source=room.source, coders=both, by=room.ana.person)
    assert nothing(said(room.ben, "swept"))
    assert "Wanda" in said(room.ben, "line of hour")
    for who in (room.ben, room.ana):
        assert nothing(said(room.ben, "swept"))
        sheet = exercise.sheets.get(coder=who.person)
        with opened(who.unlocked):
            actions.seal_sheet(sheet=sheet, read_whole=True, by=who.person, version=sheet.version)
    assert "swept" in said(room.ben, "swept")


def test_who_came_for_training_finds_nothing(room):
    share(room, purpose="training")
    assert nothing(said(room.ben, "swept"))


def test_what_was_agreed_runs_out_without_an_event_and_the_index_is_made_anew(room):
    row = share(room)
    session = room.ben.browser().cookies["dw-session"].value
    with opened(room.ben.unlocked):
        assert len(search.search(room.ben.person, "line of hour", session=session)) == 5
        Supervision.objects.filter(id=row.id).update(ends_at=row.started_at + timedelta(microseconds=1))
        assert len(search.search(room.ben.person, "line of hour", session=session)) == 2


def test_the_index_and_a_scan_reach_equally_far(room):
    share(room)
    session = room.ben.browser().cookies["dw-session"].value
    with opened(room.ben.unlocked):
        for words in ("line of hour", "swept", "mine alone"):
            assert search.search(room.ben.person, words, session=session) == search.scan(
                room.ben.person, words
            )


def test_who_treats_alone_pays_two_queries_for_the_reach(room, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        reach_of(room.ana.person)


def test_a_hundred_invited_rows_cost_no_query_each(room, django_assert_max_num_queries):
    share(room)
    said(room.ben, "line of hour")
    browser = room.ben.browser()
    said(room.ben, "line of hour", browser)
    with django_assert_max_num_queries(90):
        said(room.ben, "line of hour", browser)


def test_a_colleague_who_covers_is_led_to_a_page_that_opens(room):
    Involvement.objects.create(
        person=room.eve.person, practice=room.practice.id, client=room.client.id, part=Part.COVER
    )
    from depthwork.practice.vault import actions as vault

    with opened(room.ana.unlocked):
        vault.share(
            owner=room.client.id, compartments=["administration"], reader=room.eve.id, purpose="cover"
        )
    browser = room.eve.browser()
    page = said(room.eve, "leave before", browser)
    for link in re.findall(r'<p class="cite"><a href="([^"]+)">', page):
        assert browser.get(link).status_code == 200


def test_sharing_opens_for_who_also_supervises_and_names_only_their_own(room):
    share(room)
    page = room.ben.browser().get(reverse("ui:sharing"))
    assert page.status_code == 200
    assert "Wanda" in page.content.decode()
    assert "Cleo" not in page.content.decode()
    assert str(room.client.id) not in page.content.decode()
