"""A supervisor reads, marks and comments: exactly what was granted, in their own colour, and speaks of it."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from depthwork.practice.formulation import actions as formulation
from depthwork.practice.sources.actions import burn_source, write_note
from depthwork.practice.supervision import actions
from depthwork.practice.supervision.models import Comment
from depthwork.practice.treatments.actions import keep_line
from depthwork.practice.treatments.models import LifeEvent
from depthwork.practice.vault.errors import Burned
from depthwork.practice.vault.unlocked import opened
from tests import cast as people
from tests.supervising import NOTE, hour_url, share, supervised, text_url, wishes

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast):
    return supervised(cast)


def test_a_supervisor_opens_the_hour_itself_under_the_courses_number(room):
    share(room)
    page = room.ben.browser().get(hour_url(room))
    words = page.content.decode()
    assert page.status_code == 200
    assert "Course 1" in words
    assert "Cleo" not in words
    assert "Mine alone" not in words
    assert "Write the note" not in words
    assert f"{room.hours[0].day:%B %Y}" not in words


def test_a_supervisors_mark_stands_on_the_hour_in_its_own_colour(room):
    share(room)
    browser = room.ben.browser()
    browser.post(reverse("casework:reading", args=[room.source.id]), {"blind": "no"})
    sent = {"start": 0, "end": 15, "construct": "wish", "code": wishes()[0], "attributes": "{}"}
    assert browser.post(reverse("casework:make", args=[room.source.id]), sent).status_code == 302
    seen = room.ana.browser().get(hour_url(room)).content.decode()
    assert 'class="entry another"' in seen
    assert '<mark id="s1" class="another"' in seen
    own = {"start": 0, "end": 3, "construct": "wish", "code": wishes()[0], "attributes": "{}"}
    room.ana.browser().post(reverse("casework:make", args=[room.source.id]), own)
    assert room.ana.browser().get(hour_url(room)).content.decode().count('class="entry another"') == 1


def test_a_comment_made_on_the_hour_stands_beside_its_words_for_both(room):
    share(room)
    browser = room.ben.browser()
    browser.post(reverse("casework:reading", args=[room.source.id]), {"blind": "no"})
    sent = {"turn": "1", "quote": "round the chair", "words": "And under it?", "next": "hour"}
    answer = browser.post(reverse("supervision:comment", args=[room.source.id]), sent)
    assert answer["Location"].startswith(hour_url(room))
    for who in (room.ben, room.ana):
        words = who.browser().get(hour_url(room)).content.decode()
        assert "And under it?" in words
        assert 'class="entry comment"' in words
    assert "withdraw" in browser.get(hour_url(room)).content.decode()
    one = Comment.objects.get()
    back = browser.post(reverse("supervision:withdraw", args=[one.id]), {"next": "hour"})
    assert back["Location"].startswith(hour_url(room))
    assert not Comment.objects.exists()


def test_a_comment_is_withdrawn_from_the_shared_text_by_who_wrote_it_and_nobody_else(room):
    row = share(room)
    room.ben.browser().post(reverse("casework:reading", args=[room.source.id]), {"blind": "no"})
    with opened(room.ben.unlocked):
        one = actions.comment(source=room.source, start=0, end=9, words="And under it?", by=room.ben.person)
    text = reverse("supervision:text", args=[row.id, room.source.id])
    door = reverse("supervision:withdraw", args=[one.id])
    mine, theirs = (who.browser().get(text).content.decode() for who in (room.ben, room.ana))
    assert "And under it?" in mine
    assert "And under it?" in theirs
    assert door in mine
    assert door not in theirs


def test_who_reads_the_hour_blind_meets_no_comment_of_others(room):
    share(room)
    with opened(room.ana.unlocked):
        actions.comment(source=room.source, start=0, end=9, words="Look here.", by=room.ana.person)
    browser = room.ben.browser()
    assert "Look here." not in browser.get(hour_url(room)).content.decode()
    browser.post(reverse("casework:reading", args=[room.source.id]), {"blind": "no"})
    assert "Look here." in browser.get(hour_url(room)).content.decode()


def test_an_hour_outside_the_agreed_days_can_neither_be_opened_nor_marked_nor_searched(room):
    share(room, from_day=room.hours[1].day)
    browser = room.ben.browser()
    sent = {"start": 0, "end": 15, "construct": "wish", "code": wishes()[0], "attributes": "{}"}
    with opened(room.ana.unlocked):
        inside = write_note(session=room.hours[1], text=NOTE, by=room.ana.person)
    assert browser.get(hour_url(room)).status_code == 404
    assert browser.get(hour_url(room, 1)).status_code == 200
    assert browser.post(reverse("casework:make", args=[room.source.id]), sent).status_code == 404
    alike = reverse("casework:alike", args=[inside.id])
    assert browser.get(alike, {"start": 0, "end": 15}).status_code == 404


def test_the_clinicians_own_note_can_neither_be_marked_nor_opened_by_its_address(room):
    share(room)
    browser = room.ben.browser()
    sent = {"start": 0, "end": 4, "construct": "wish", "code": wishes()[0], "attributes": "{}"}
    assert browser.post(reverse("casework:make", args=[room.own.id]), sent).status_code == 404
    assert browser.get(hour_url(room), {"source": str(room.own.id)}).status_code == 404


def test_the_hour_of_a_course_costs_few_queries(room, django_assert_max_num_queries):
    share(room)
    browser = room.ben.browser()
    browser.get(hour_url(room))
    with django_assert_max_num_queries(34):
        browser.get(hour_url(room))


def test_a_comment_stands_beside_its_words_and_burns_with_them(room):
    row = share(room)
    browser = room.ben.browser()
    sent = {"turn": "1", "quote": "round the chair", "words": "And under it?"}
    assert browser.post(reverse("supervision:comment", args=[room.source.id]), sent).status_code == 302
    assert "And under it?" in browser.get(text_url(row, room.source)).content.decode()
    with opened(room.ana.unlocked):
        burn_source(source=room.source, by=room.ana.person)
        with pytest.raises(Burned):
            _ = Comment.objects.get().words


def test_a_comment_on_words_that_do_not_stand_there_is_kept_from_landing(room):
    share(room)
    sent = {"turn": "1", "quote": "nothing of the kind", "words": "x"}
    answer = room.ben.browser().post(reverse("supervision:comment", args=[room.source.id]), sent)
    assert answer.status_code == 422
    assert not Comment.objects.exists()


def test_a_supervisor_who_is_removed_in_mid_reading_cannot_send_the_comment(room):
    row = share(room)
    browser = room.ben.browser()
    browser.get(text_url(row, room.source))
    with opened(room.ana.unlocked):
        actions.end_supervision(supervision=row, by=room.ana.person)
    answer = browser.post(
        reverse("supervision:comment", args=[room.source.id]), {"turn": "1", "words": "late"}
    )
    assert answer.status_code == 404
    assert not Comment.objects.exists()


def test_the_agenda_takes_up_what_was_wished_after_an_hour(room):
    share(room)
    with opened(room.ana.unlocked):
        keep_line(session=room.hours[2], by=room.ana.person, line="x", after={"wished_to": ["extend"]})
    page = room.ana.browser().get("/supervision/agenda/").content.decode()
    assert "to extend the treatment" in page


def everything_a_login_meets(browser, start, *, most=80):
    """The text of every page that can be reached by links, by its address; one that does not open fails the test."""
    waiting, pages = [start], {}
    for path in waiting:
        answer = browser.get(path, follow=True)
        assert answer.status_code == 200, path
        pages[path] = answer.content.decode() if "text/" in answer["Content-Type"] else ""
        assert len(pages) < most
        for link in re.findall(r'(?:href|hx-get)="([^"]+)"', pages[path]):
            to = urlsplit(link)
            if (
                not to.netloc
                and to.path.startswith("/")
                and not to.path.startswith(("/static/", "/sign-out"))
            ):
                bare = to.path + (f"?{to.query}" if to.query else "")
                if bare.replace("&amp;", "&") not in waiting:
                    waiting.append(bare.replace("&amp;", "&"))
    return pages


def planted(room):
    """Words in every place where a course keeps some; gives those of the day that is going to be shared."""
    ana, (before, shared, later) = room.ana.person, room.hours
    with opened(room.ana.unlocked):
        for hour, word in ((before, "word-before"), (shared, "word-granted"), (later, "word-later")):
            write_note(session=hour, text=f"She said {word}.", by=ana)
        write_note(session=shared, text="I felt word-mine.", by=ana, kind="countertransference")
        keep_line(session=shared, by=ana, line="word-kept", after={"question": "word-question"})
        LifeEvent.objects.create(
            client=room.client, treatment=room.treatment, on=date(2026, 1, 2), kind="move", words="word-event"
        )
        room.treatment.private_core_conflict = "word-conflict"
        room.treatment.focus = "word-focus"
        room.treatment.save()
        version = formulation.begin_version(treatment=room.treatment, titles=["What returns"], by=ana)
        formulation.add_statement(
            formulation=version, section=version.sections[0]["key"], words="word-statement", by=ana
        )
        formulation.keep_version(formulation=version, by=ana)
        other = people.client_of(room.ana, "Noor Word-other")
        course = people.treatment_of(room.ana, other, hours=1)
        write_note(session=course.sessions.get(), text="word-of-another-client", by=ana)
    return shared


def test_a_supervisors_login_shows_exactly_what_was_granted(room):
    shared = planted(room)
    share(room, from_day=shared.day, to_day=shared.day)
    pages = everything_a_login_meets(room.ben.browser(), "/")
    assert hour_url(room, 1) in pages
    met = set(re.findall(r"[Ww]ord-[a-z-]+", " ".join(pages.values())))
    assert met == {"word-granted", "word-kept"}  # what was said in the hour, and the line that was kept of it
    kept_back = ("line of hour", "Cleo", "Marsh", "cleo@", "Noor")
    assert not any(words in page for page in pages.values() for words in kept_back)


def test_with_the_whole_course_come_its_hours_and_the_formulation_and_nothing_of_the_record(room):
    planted(room)
    share(room)
    pages = everything_a_login_meets(room.ben.browser(), "/")
    met = set(re.findall(r"[Ww]ord-[a-z-]+", " ".join(pages.values())))
    assert met == {"word-before", "word-granted", "word-kept", "word-later", "word-statement"}


def test_after_the_end_the_same_login_meets_nothing_of_it(room):
    planted(room)
    row = share(room)
    browser = room.ben.browser()
    before = everything_a_login_meets(browser, "/")
    with opened(room.ana.unlocked):
        actions.end_supervision(supervision=row, by=room.ana.person)
    assert "ord-" not in " ".join(everything_a_login_meets(browser, "/").values())
    courses = [path for path in before if "/hours/" in path or re.search(r"/supervision/[0-9a-f-]{36}", path)]
    assert len(courses) > 3
    assert {browser.get(path).status_code for path in courses} == {404}
