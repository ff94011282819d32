"""The words of a licensed form: shown where a person confirmed the licence, and nowhere else."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.utils import timezone

import depthwork
from depthwork.measures import measure
from depthwork.practice.audit.models import Event
from depthwork.practice.tracking import actions
from depthwork.practice.tracking.errors import TrackingError
from depthwork.practice.tracking.models import OwnText, Request
from depthwork.practice.tracking.queries.answers import asked_of
from depthwork.practice.tracking.queries.own_text import form_of, forms_with_words
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
QUESTIONS = [f"Invented question {n} of a licensed form" for n in range(1, 13)]
URL = "/practice/forms/wai_sr/"


@pytest.fixture
def room(cast, settings):
    cache.clear()
    settings.PUBLIC_ORIGIN = "https://practice.example"
    return cast


def body(**more):
    given = {
        "licence": "Letter of the Society, 3 May 2026, folder L",
        "items": "\n".join(QUESTIONS),
        "answers": "1 = Seldom\n2 = Sometimes\n3 = Fairly often\n4 = Very often\n5 = Always",
        "language": "en",
        "confirmed_on": timezone.localdate().isoformat(),
        "confirms": "on",
    }
    return given | more


def bring(room, **more):
    return room.mara.browser().post(URL, body(**more))


def ask(room, **more):
    with opened(room.ana.unlocked):
        return actions.ask(
            client=room.client, by=room.ana.person, measure_id="wai_sr", **{"mode": "room"} | more
        )


def test_a_form_whose_words_nobody_confirmed_cannot_be_asked(room):
    with pytest.raises(TrackingError, match="words of this form"):
        ask(room)


def test_a_person_who_confirms_the_licence_brings_the_words(room):
    assert bring(room).status_code == 302
    row = OwnText.objects.get()
    assert (row.confirmed_by, row.measure) == (room.mara.person, "wai_sr")
    page = room.ana.browser().get("/practice/forms/").content.decode()
    assert "Letter of the Society" in page
    assert "confirmed the licence on" in page
    assert Event.objects.filter(verb="item_text.confirmed", reason="wai_sr").count() == 1


def test_the_form_is_asked_in_those_words_and_scored_by_the_same_key(room):
    bring(room)
    made = ask(room)
    page = room.ana.browser().get(f"/room/{made.request.id}/").content.decode()
    assert QUESTIONS[4] in page
    assert "Fairly often" in page
    with opened(room.ana.unlocked):
        given = {f"q{n}": 4 for n in range(1, 13)}
        actions.send(request_id=made.request.id, token=None, given=given, by=room.ana.person)
        (one,) = asked_of(room.client.id)
    assert one.value("total") == 48
    assert one.result["changed_since_asked"] is False
    assert one.result["hash"] != measure("wai_sr").hash


def test_a_client_reads_them_by_link(room):
    bring(room)
    with opened(room.ana.unlocked):
        answer_consent(
            client=room.client,
            by=room.ana.person,
            purpose="forms",
            is_yes=True,
            given_on=datetime.now(UTC).date(),
        )
    made = ask(room, mode="link", treatment=room.treatment)
    browser = Browser()
    browser.post(f"/f/{made.token}/")
    assert QUESTIONS[0] in browser.get(f"/forms/{made.request.id}/").content.decode()


def test_another_practice_never_sees_them(room):
    bring(room)
    assert not form_of(room.dov.person.practice_id, "wai_sr").has_text
    assert "wai_sr" not in {one.id for one in forms_with_words(room.dov.person.practice_id)}
    assert "Letter of the Society" not in room.dov.browser().get("/practice/forms/").content.decode()


def test_the_library_and_so_every_export_stays_without_them(room):
    bring(room)
    assert not measure("wai_sr").has_text


def test_only_pages_that_ask_a_form_read_them():
    """Whatever exports a score takes the form from the library, which has no words of a practice's own."""
    source, may = Path(depthwork.__file__).parent, {"practice/tracking"}
    readers = {
        str(path.relative_to(source).parent)
        for path in source.rglob("*.py")
        if re.search(r"\bown_text", path.read_text(encoding="utf-8"))
    }
    assert {name for name in readers if not any(name.startswith(one) for one in may)} == set()


def test_words_that_are_taken_out_are_gone_and_the_form_is_asked_no_more(room):
    bring(room)
    made = ask(room)
    room.mara.browser().post(URL, {"take_out": "yes"})
    row = OwnText.objects.get()
    assert row.words == {}
    assert row.taken_out_by == room.mara.person
    page = room.ana.browser().get(f"/room/{made.request.id}/")
    assert page.status_code == 410
    assert QUESTIONS[0] not in page.content.decode()
    with pytest.raises(TrackingError, match="words of this form"):
        ask(room)


def test_words_brought_anew_take_the_place_of_the_old(room):
    bring(room)
    bring(room, items="\n".join(f"Other question {n}" for n in range(12)))
    assert OwnText.objects.filter(taken_out_at=None).count() == 1
    assert form_of(room.practice.id, "wai_sr").items[0].text == "Other question 0"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"licence": " "}, "licence or agreement"),
        ({"confirms": ""}, "I have read the licence"),
        ({"items": "\n".join(QUESTIONS[:11])}, "12 questions and 11 lines"),
        ({"answers": "Seldom"}, "Line 1 is no answer"),
        ({"answers": "q99: 1 = Seldom"}, "Line 1 is no answer"),
        ({"answers": "9 = Far out"}, "does not score"),
        ({"confirmed_on": (datetime.now(UTC) + timedelta(days=3)).date().isoformat()}, "lies ahead"),
    ],
)
def test_words_that_do_not_fit_are_named_and_nothing_is_kept(room, more, said):
    page = bring(room, **more)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not OwnText.objects.exists()


def test_the_words_of_a_free_form_are_not_replaced(room):
    assert room.mara.browser().get("/practice/forms/phq9/").status_code == 404
    assert room.mara.browser().get("/practice/forms/nothing/").status_code == 404
    with pytest.raises(TrackingError, match="not edited"):
        actions.confirm_text(
            by=room.mara.person, measure_id="phq9", words={}, licence="x", on=timezone.localdate()
        )


@pytest.mark.parametrize("who", ["ben", "cleo", "rui"])
def test_nobody_else_brings_words(room, who):
    assert getattr(room, who).browser().post(URL, body()).status_code == 404
    assert not OwnText.objects.exists()


@pytest.mark.parametrize("change", [{"licence": ""}, {"taken_out_at": datetime.now(UTC)}])
def test_the_database_holds_what_a_text_needs(room, change):
    bring(room)
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnText.objects.update(**change)


def test_the_database_holds_one_text_in_use(room):
    bring(room)
    row = OwnText.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnText.objects.create(
            practice=row.practice, measure="wai_sr", licence="x", confirmed_by=row.confirmed_by,
            confirmed_on=row.confirmed_on,
        )  # fmt: skip


def test_the_list_of_forms_costs_few_queries(room, django_assert_max_num_queries):
    bring(room)
    browser = room.ana.browser()
    browser.get("/practice/forms/")
    with django_assert_max_num_queries(9):
        browser.get("/practice/forms/")


def test_asking_a_form_stays_one_row(room):
    bring(room)
    ask(room)
    assert Request.objects.count() == 1
