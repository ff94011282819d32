"""The pages of the record."""

import pytest

from depthwork.practice.record import actions, queries
from depthwork.practice.record.models import Addendum, PlanVersion, ProgressNote
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
SENT = {
    "on": "2026-01-06",
    "start": "17:02",
    "stop": "17:50",
    "state": "Sleeps five hours.",
    "risk": "Asked; denies.",
}


@pytest.fixture
def hour(cast):
    return (
        Session.objects.select_related("client__practice", "treatment__client")
        .filter(client=cast.client)
        .first()
    )


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


def written(cast, hour, sign=False):
    with opened(cast.ana.unlocked):
        row = actions.begin_progress_note(
            treatment=hour.treatment,
            session=hour,
            by=cast.ana.person,
            on=hour.day,
            state="Sleeps five hours.",
        )
        return actions.sign_progress_note(note=row, by=cast.ana.person, version=1) if sign else row


def test_a_note_is_written_signed_and_stands_in_the_record(cast, hour, browser):
    page = browser.post(f"/hours/{hour.id}/progress-note/", SENT | {"sign": "yes"})
    note = ProgressNote.objects.get()
    assert page["Location"] == f"/progress-notes/{note.id}/"
    assert note.is_signed
    html = browser.get(f"/clients/{cast.client.id}/record/").content.decode()
    assert "Sleeps five hours." in html
    assert "Signed by Ana" in html
    assert "17:02" in html


def test_a_note_can_wait_for_its_signature(cast, hour, browser):
    browser.post(f"/hours/{hour.id}/progress-note/", SENT)
    assert not ProgressNote.objects.get().is_signed
    assert "Not signed yet" in browser.get(f"/clients/{cast.client.id}/record/").content.decode()


def test_an_edit_of_a_signed_note_changes_nothing_and_keeps_the_words_that_came(cast, hour, browser):
    note = written(cast, hour, sign=True)
    page = browser.post(f"/progress-notes/{note.id}/", SENT | {"state": "Sleeps well now.", "version": "1"})
    html = page.content.decode()
    assert page.status_code == 409
    assert "write an addendum" in html
    assert "Sleeps well now." in html
    with opened(cast.ana.unlocked):
        assert queries.note_named(note.id).state == "Sleeps five hours."


def test_an_addendum_is_added_with_its_date(cast, hour, browser):
    note = written(cast, hour, sign=True)
    browser.post(f"/progress-notes/{note.id}/addendum/", {"words": "Six, she says now."})
    html = browser.get(f"/progress-notes/{note.id}/").content.decode()
    assert "Six, she says now." in html
    assert "Added by Ana" in html
    assert browser.post(f"/progress-notes/{note.id}/addendum/", {"words": " "}).status_code == 422
    assert Addendum.objects.count() == 1


def test_two_windows_see_both_texts(cast, hour, browser):
    note = written(cast, hour)
    url = f"/progress-notes/{note.id}/"
    assert browser.post(url, SENT | {"state": "one", "version": "1"}).status_code == 302
    page = browser.post(url, SENT | {"state": "two", "version": "1"})
    html = page.content.decode()
    assert page.status_code == 409
    assert "<dd>one</dd>" in html
    assert "two\n\none</textarea>" in html
    assert 'name="version" value="2"' in html


def test_a_second_note_for_the_hour_is_shown_the_first(cast, hour, browser):
    note = written(cast, hour)
    page = browser.post(f"/hours/{hour.id}/progress-note/", SENT | {"state": "mine"})
    html = page.content.decode()
    assert page.status_code == 409
    assert "Sleeps five hours." in html
    assert "mine\n\nSleeps five hours.</textarea>" in html
    assert f'action="/progress-notes/{note.id}/"' in html
    assert ProgressNote.objects.count() == 1


def test_a_note_saves_itself_while_it_is_written(cast, hour, browser):
    note = written(cast, hour)
    head = {"HTTP_X_AUTOSAVE": "1", "HTTP_ACCEPT": "application/json"}
    answer = browser.post(f"/progress-notes/{note.id}/", SENT | {"version": "1"}, **head)
    assert answer.json()["version"] == 2
    assert browser.post(f"/progress-notes/{note.id}/", SENT | {"version": "1"}, **head).status_code == 409


def test_times_that_run_backwards_come_back_with_the_mend(hour, browser):
    page = browser.post(f"/hours/{hour.id}/progress-note/", SENT | {"stop": "16:00"})
    assert page.status_code == 422
    assert "stops before it starts" in page.content.decode()


def test_an_unsigned_note_can_be_taken_out_and_a_signed_one_not(cast, hour, browser):
    note = written(cast, hour)
    browser.post(f"/progress-notes/{note.id}/let-go/")
    assert not ProgressNote.objects.exists()
    note = written(cast, hour, sign=True)
    browser.post(f"/progress-notes/{note.id}/let-go/")
    assert ProgressNote.objects.exists()


def test_a_call_between_hours_has_a_note_of_its_own(cast, hour, browser):
    page = browser.post(f"/clients/{cast.client.id}/record/new/", SENT)
    assert page.status_code == 302
    assert ProgressNote.objects.get().session is None


def test_the_plan_is_kept_in_versions(cast, hour, browser):
    url = f"/clients/{cast.client.id}/record/plan/"
    sent = {"from_date": "2026-01-06", "aims": "to stay", "number": "0"}
    assert browser.post(url, sent).status_code == 302
    assert browser.post(url, sent | {"aims": "other"}).status_code == 409
    assert browser.post(url, sent | {"aims": "to stay and say so", "number": "1"}).status_code == 302
    assert PlanVersion.objects.count() == 2
    html = browser.get(f"/clients/{cast.client.id}/record/").content.decode()
    assert "to stay and say so" in html


@pytest.mark.parametrize("who", ["eve", "mara", "rui", "dov", "cleo"])
def test_nobody_else_opens_the_record(cast, hour, who):
    note = written(cast, hour)
    stranger = getattr(cast, who).browser()
    for url in (
        f"/clients/{cast.client.id}/record/",
        f"/clients/{cast.client.id}/record/plan/",
        f"/clients/{cast.client.id}/record/new/",
        f"/hours/{hour.id}/progress-note/",
        f"/progress-notes/{note.id}/",
    ):
        assert stranger.get(url).status_code == 404, url


def test_the_record_of_many_notes_costs_few_queries(cast, hour, browser, django_assert_max_num_queries):
    for session in Session.objects.select_related("client", "treatment__client").filter(client=cast.client):
        written(cast, session, sign=True)
    url = f"/clients/{cast.client.id}/record/"
    browser.get(url)
    with django_assert_max_num_queries(16):
        assert browser.get(url).status_code == 200


def test_no_word_of_a_process_note_stands_in_the_record(cast, hour, browser):
    html = browser.get(f"/clients/{cast.client.id}/record/").content.decode()
    assert "line of hour" not in html
