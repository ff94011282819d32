"""Two windows on one thing, and a form sent twice: nothing is made twice, nobody overwrites unseen."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest

from depthwork.practice.record import actions as record
from depthwork.practice.record.models import Addendum, ProgressNote
from depthwork.practice.treatments.models import (
    Adjunct,
    Client,
    Goal,
    LifeEvent,
    Session,
    Treatment,
)
from depthwork.practice.vault.unlocked import opened
from tests.course import note_of, series

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
TUESDAYS, THURSDAYS = [(1, time(17))], [(3, time(18))]


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


def planned(cast):
    return Session.objects.filter(treatment=cast.treatment, status="planned").order_by("starts_at")


def test_two_windows_on_a_client_s_contact_show_both(ana, browser):
    path = f"/clients/{ana.client.id}/about/edit/"
    version = re.search(r'name="version" value="(\d+)"', browser.get(path).content.decode())[1]
    sent = {"name": "Cleo Marsh", "called": "Cleo", "version": version}
    assert browser.post(path, sent | {"phone": "555-0100"}).status_code == 302
    page = browser.post(path, sent | {"phone": "555-0199"})
    html = page.content.decode()
    assert page.status_code == 409
    assert "555-0100" in html
    assert 'value="555-0199"' in html
    fresh = re.search(r'name="version" value="(\d+)"', html)[1]
    assert browser.post(path, sent | {"phone": "555-0199", "version": fresh}).status_code == 302
    assert Client.objects.get(pk=ana.client.pk).contact["phone"] == "555-0199"


def test_an_hour_moved_in_two_windows_is_moved_once(ana, browser):
    hour = series(ana)[0]
    sent = {"day": (hour.day + timedelta(days=1)).isoformat(), "wall_time": "09:00", "version": hour.version}
    assert browser.post(f"/hours/{hour.id}/move/", sent).status_code == 302
    assert browser.post(f"/hours/{hour.id}/move/", sent | {"wall_time": "10:00"}).status_code == 409
    hour.refresh_from_db()
    assert hour.wall_time == time(9)


# Forms sent twice ----------------------------------------------------------------------------------------

FORMS = [
    (Goal, "/clients/{client}/alongside/goal/", {"words": "to stay", "is_own": "yes"}, "words"),
    (Adjunct, "/clients/{client}/alongside/work/", {"kind": "medication", "on": "2026-02-01", "what": "sertraline"}, "what"),
    (LifeEvent, "/clients/{client}/alongside/event/", {"kind": "loss", "on": "2026-02-01", "words": "the dog"}, "words"),
]  # fmt: skip


def once_of(browser, path):
    return re.search(r'name="once" value="([0-9a-f-]{36})"', browser.get(path).content.decode())[1]


@pytest.mark.parametrize(("model", "path", "sent", "field"), FORMS)
def test_a_form_sent_twice_makes_one_row_and_other_words_another(ana, browser, model, path, sent, field):
    path = path.format(client=ana.client.id)
    before, id = model.objects.count(), once_of(browser, path)
    for _ in range(2):
        assert browser.post(path, sent | {"once": id}).status_code == 302
    assert model.objects.count() == before + 1
    browser.post(path, sent | {"once": id, field: "something else"})
    assert model.objects.count() == before + 2


def test_a_client_and_a_treatment_sent_twice_are_made_once(ana, browser):
    id, before = once_of(browser, "/clients/new/"), Client.objects.count()
    pages = [browser.post("/clients/new/", {"name": "New Person", "once": id}).url for _ in range(2)]
    assert pages[0] == pages[1]
    assert Client.objects.count() == before + 1
    begin = f"/clients/{id}/treatment/begin/"
    sent = {"starts_on": "2026-02-01", "format": "open_ended", "once": once_of(browser, begin)}
    for _ in range(2):
        assert browser.post(begin, sent).status_code == 302
    assert Treatment.objects.filter(client=id).count() == 1


def test_an_id_of_another_practice_is_neither_opened_nor_taken(ana, browser):
    before = Client.objects.count()
    page = browser.post("/clients/new/", {"name": "New Person", "once": str(ana.other.id)})
    assert str(ana.other.id) not in page.url
    assert Client.objects.count() == before + 1


def test_a_letter_and_an_addendum_sent_twice_stand_once(ana, browser):
    path = f"/clients/{ana.client.id}/record/new/"
    sent = {"on": "2026-02-01", "state": "A call.", "once": once_of(browser, path)}
    for _ in range(2):
        browser.post(path, sent)
    note = ProgressNote.objects.get()
    note = record.sign_progress_note(note=note, by=ana.ana.person, version=note.version)
    more = {"words": "It was Tuesday.", "once": once_of(browser, f"/progress-notes/{note.id}/")}
    for _ in range(2):
        browser.post(f"/progress-notes/{note.id}/addendum/", more)
    assert Addendum.objects.count() == 1
    browser.post(f"/progress-notes/{note.id}/addendum/", more | {"words": "And Wednesday."})
    assert Addendum.objects.count() == 2


# A progress note in two windows --------------------------------------------------------------------------


def was(note):
    return {f"was_{part}": getattr(note, part) or "" for part in ("modality", *ProgressNote.PARTS)}


def test_what_either_window_changed_is_in_the_note_made_of_both(ana, browser):
    note = note_of(ana)
    path, began = (
        f"/progress-notes/{note.id}/",
        {"on": note.on.isoformat(), "version": note.version, **was(note)},
    )
    browser.post(path, began | {"state": "Slept.\n\nEats again.", "plan": "Weekly."})
    page = browser.post(path, began | {"state": "Slept.", "plan": "Twice a week."})
    html = page.content.decode()
    assert page.status_code == 409
    assert "Made of both" in html or "made of both" in html
    assert "Slept.\n\nEats again.</textarea>" in html.replace("\r", "").replace("&#x27;", "'")
    assert "Twice a week.</textarea>" in html
    version = re.search(r'name="version" value="(\d+)"', html)[1]
    assert int(version) == 2
    assert ProgressNote.objects.get().plan == "Weekly."


def test_where_both_changed_the_same_place_both_stand(ana, browser):
    note = note_of(ana)
    path, began = (
        f"/progress-notes/{note.id}/",
        {"on": note.on.isoformat(), "version": note.version, **was(note)},
    )
    browser.post(path, began | {"state": "Slept.", "plan": "Monthly."})
    html = browser.post(path, began | {"state": "Slept.", "plan": "Twice a week."}).content.decode()
    assert "Twice a week.\n\nMonthly.</textarea>" in html.replace("\r", "")
    assert "In 1 place both windows changed the same" in html


def test_a_new_progress_note_saves_itself_while_it_is_written(ana, browser):
    hour = Session.objects.filter(client=ana.client).first()
    sent = {"on": hour.day.isoformat(), "state": "Half a sen"}
    path = f"/hours/{hour.id}/progress-note/"
    page = browser.get(path).content.decode()
    assert f'data-autosave="{path}"' in page
    answer = browser.post(path, sent, headers={"X-Autosave": "1", "Accept": "application/json"}).json()
    note = ProgressNote.objects.get()
    assert answer["url"] == f"/progress-notes/{note.id}/"
    assert answer["seal"]
    assert note.state == "Half a sen"


def test_a_dream_changed_in_two_windows_is_made_of_both(ana, browser):
    hour = Session.objects.filter(client=ana.client).first()
    first = {
        "text": "A house afloat.\n\nSomebody taps.",
        "element-0": "A house afloat",
        "words-0": "Curtains.",
    }
    browser.post(f"/hours/{hour.id}/dream/", first)
    from depthwork.practice.sources.models import Source

    source = Source.objects.get()
    path = f"/sources/{source.id}/edit/"
    browser.post(
        path, first | {"base": 1, "residue": "A houseboat.", "element-1": "taps", "words-1": "A clock."}
    )
    page = browser.post(path, first | {"base": 1, "later": "It came back."})
    html = page.content.decode()
    assert page.status_code == 409
    for words in ("A houseboat.", "It came back.", "A clock.", "Curtains."):
        assert words in html
    assert 'name="base" value="2"' in html


# Afterwards ----------------------------------------------------------------------------------------------
