"""The client's own copy is a page to read; it is looked at before it is given, and what is left out has a reason."""

from datetime import UTC, date, datetime

import pytest

from depthwork.interchange.parcel import unpacked
from depthwork.practice.disclosure import actions
from depthwork.practice.disclosure.models import Disclosure
from depthwork.practice.people.models import Practice
from depthwork.practice.record.models import ProgressNote
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.tracking.models import Request
from depthwork.practice.treatments.models import Client, Goal, GoalRating, Treatment
from depthwork.practice.vault.unlocked import opened
from tests.cast import everybody
from tests.moving import standing

pytestmark = pytest.mark.django_db
FORM = {f"q{n}": "2" for n in range(1, 9)} | {"q9": "0"}


@pytest.fixture(scope="module")
def cast_once(django_db_setup, django_db_blocker):
    with standing(django_db_blocker):
        made = everybody()
        browser = made.ana.browser()
        browser.post(
            f"/clients/{made.client.id}/measures/ask/", {"measure": "phq9", "mode": "room", "for_hour": ""}
        )
        with opened(made.ana.unlocked):
            _fill(made)
        yield made


def _fill(made):
    client, treatment, ana = made.client, made.treatment, made.ana.person
    goal = Goal.objects.create(client=client, treatment=treatment, words="to stay when it is quiet", order=1)
    GoalRating.objects.create(client=client, goal=goal, on=date(2026, 1, 8), by="client", value=3)
    ProgressNote.objects.create(
        client=client, treatment=treatment, on=date(2026, 1, 6), state="Steady.", created_by=ana, signed_by=ana,
        signed_at=datetime(2026, 1, 6, 19, 5, tzinfo=UTC),
    )  # fmt: skip
    drawn = Source.objects.create(
        client=client, treatment=treatment, kind="material", provenance="notes", created_by=ana
    )
    SourceVersion.objects.create(
        client=client, source=drawn, number=1, text="A house.", turns=[["N", "A house.", None, None]], file=b"\x89PNG",
        about={"name": "house.png"}, created_by=ana,
    )  # fmt: skip
    said = Source.objects.create(
        client=client, treatment=treatment, kind="process_note", provenance="notes", created_by=ana
    )
    SourceVersion.objects.create(
        client=client, source=said, number=1, text="What her sister told me.", created_by=ana,
        turns=[["N", "What her sister told me.", None, None]], about={},
    )  # fmt: skip


@pytest.fixture
def cast(cast_once, db):
    cast_once.client = Client.objects.select_related("practice").get(id=cast_once.client.id)
    cast_once.treatment = Treatment.objects.select_related("client__practice").get(id=cast_once.treatment.id)
    return cast_once


def post(cast, path, data=None):
    return cast.ana.browser().post(f"/clients/{cast.client.id}/giving-out/{path}", data or {})


def look(cast):
    return cast.ana.browser().get(f"/clients/{cast.client.id}/giving-out/own-copy/look/")


def in_the_uk(cast, *compartments):
    Practice.objects.filter(id=cast.client.practice_id).update(jurisdiction="uk")
    with opened(cast.ana.unlocked):
        actions.give_release(
            client=cast.client, by=cast.ana.person, purpose="own_access", compartments=compartments, to_whom="Cleo",
            signed_on=date(2026, 1, 6),
        )  # fmt: skip


def copy(cast, data=None):
    made = post(cast, "own-copy/", data)
    assert made.status_code == 200
    manifest, files = unpacked(made.content)
    return manifest, files, files["read me first.html"].decode()


def test_a_form_is_read_by_its_questions_its_answers_and_the_range_of_its_score(cast):
    from django.urls import reverse

    cast.ana.browser().post(reverse("tracking:room_send", args=[Request.objects.get().id]), FORM)
    page = copy(cast)[2]
    assert "<h3>Depression (PHQ-9)</h3>" in page
    assert "<dt>Little interest or pleasure in doing things</dt><dd>More than half the days (2)</dd>" in page
    assert "<dt>score</dt><dd>16 of 0 to 27 (moderately severe)</dd>" in page
    assert "hash" not in page


def test_a_goal_a_signer_and_days_are_in_words(cast):
    page = copy(cast)[2]
    assert "<dt>8 January 2026</dt><dd>3 of 10, by the client</dd>" in page
    assert "<dt>signed by</dt><dd>Ana</dd>" in page
    assert "<dt>on</dt><dd>6 January 2026</dd>" in page


def test_no_moment_of_a_machine_stands_on_a_german_page(cast):
    Practice.objects.filter(id=cast.client.practice_id).update(language="de")
    page = copy(cast)[2]
    assert "2026-01-0" not in page
    assert "8. Januar 2026" in page


def test_a_drawing_is_a_link_to_its_file(cast):
    in_the_uk(cast, "record", "process_notes")
    _manifest, files, page = copy(cast)
    name = next(one for one in files if one.startswith("files/"))
    assert f'<a href="{name}">house.png</a>' in page
    assert files[name] == b"\x89PNG"


def test_what_was_given_out_stands_in_the_copy(cast):
    assert "What was given out, to whom" not in copy(cast)[2]
    post(cast, "fhir/", {"for": "insurer"})
    page = copy(cast)[2]
    assert "<h2>What was given out, to whom</h2>" in page
    assert "<dt>for whom</dt><dd>an insurer</dd>" in page
    assert "<dt>holds</dt><dd>administration, record</dd>" in page


def test_the_page_before_shows_what_the_client_will_read(cast):
    in_the_uk(cast, "record", "process_notes")
    text = look(cast).content.decode()
    assert "What her sister told me." in text
    assert "to stay when it is quiet" in text
    assert not Disclosure.objects.exists()


def test_a_client_who_wants_the_record_alone_gets_the_record(cast):
    in_the_uk(cast, "record")
    assert "What her sister told me." not in look(cast).content.decode()
    manifest, files, page = copy(cast)
    assert manifest["compartments"] == ["administration", "record"]
    assert "What her sister told me." not in b"".join(files.values()).decode(errors="replace")
    assert "Steady." in page


def asked_for(cast):
    """The form as the page gives it, everything ticked."""
    import re

    text = look(cast).content.decode()
    keys = re.findall(r'name="had" value="([^"]+)"', text)
    return {"had": keys, "goes": list(keys)}


def test_a_text_is_left_out_with_its_reason_and_nowhere_else_either(cast):
    in_the_uk(cast, "record", "process_notes")
    data = asked_for(cast)
    with opened(cast.ana.unlocked):
        said = next(str(one.id) for one in Source.objects.filter(kind="process_note"))
    data["goes"].remove(f"sources.source:{said}")
    data[f"why sources.source:{said}"] = "her sister confided it"
    manifest, files, page = copy(cast, data)
    assert "What her sister told me." not in b"".join(files.values()).decode(errors="replace")
    assert "A house." in page
    assert [one["because"] for one in manifest["left_out"]] == ["her sister confided it"]
    assert "her sister confided it" in page
    with opened(cast.ana.unlocked):
        assert Disclosure.objects.get().manifest["left_out"] == {
            f"sources.source:{said}": "her sister confided it"
        }


def test_what_is_left_out_without_a_reason_is_asked_again(cast):
    data = asked_for(cast)
    data["goes"].remove("goals")
    asked = post(cast, "own-copy/", data)
    assert asked.status_code == 422
    assert "why it is left out" in asked.content.decode()
    assert not Disclosure.objects.exists()


def test_without_the_chapter_of_process_notes_none_goes(cast):
    in_the_uk(cast, "record", "process_notes")
    data = asked_for(cast)
    data["goes"].remove("notes")
    data["why notes"] = "she asked for the record alone"
    manifest, files, _page = copy(cast, data)
    assert manifest["compartments"] == ["administration", "record"]
    assert not any("sources" in name for name in files)
    assert Disclosure.objects.get().compartments == ["administration", "record"]


@pytest.mark.parametrize("who", ["eve", "ben", "mara", "dov"])
def test_only_the_clinician_of_the_treatment_looks(cast, who):
    address = f"/clients/{cast.client.id}/giving-out/own-copy/look/"
    assert getattr(cast, who).browser().get(address).status_code == 404
