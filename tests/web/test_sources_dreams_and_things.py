"""Dream reports with what came to them, and drawings and sounds."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.models import Session

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def hour(cast):
    return Session.objects.select_related("client__practice").filter(client=cast.client).first()


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


DREAM = {
    "text": "A house afloat. Somebody taps back.",
    "residue": "A houseboat on Monday.",
    "told_at": "middle",
    "element-0": "a house afloat",
    "words-0": "Her curtains.",
    "later": "",
}


def test_a_dream_keeps_its_residue_its_time_and_its_associations(cast, hour, browser):
    assert browser.post(f"/hours/{hour.id}/dream/", DREAM).status_code == 302
    source = Source.objects.get()
    html = browser.get(f"/sources/{source.id}/").content.decode()
    assert "Her curtains." in html
    assert "in the middle" in html
    assert "not in the report" not in html
    html = browser.get(f"/sources/{source.id}/edit/").content.decode()
    assert 'value="a house afloat"' in html


def test_an_association_to_words_that_are_not_in_the_dream_is_sent_back(hour, browser):
    page = browser.post(f"/hours/{hour.id}/dream/", DREAM | {"element-0": "a lighthouse"})
    html = page.content.decode()
    assert page.status_code == 422
    assert "does not stand in the report" in html
    assert "Somebody taps back." in html
    assert 'value="a lighthouse"' in html


def test_a_dream_sent_twice_is_one_dream(hour, browser):
    for _ in range(2):
        browser.post(f"/hours/{hour.id}/dream/", DREAM)
    assert Source.objects.count() == 1


def test_a_dream_changed_elsewhere_is_not_overwritten(cast, hour, browser):
    browser.post(f"/hours/{hour.id}/dream/", DREAM)
    source = Source.objects.get()
    url = f"/sources/{source.id}/edit/"
    assert browser.post(url, DREAM | {"base": "1", "later": "It came back."}).status_code == 302
    page = browser.post(url, DREAM | {"base": "1", "residue": "other"})
    assert page.status_code == 409
    source.refresh_from_db()
    assert source.version == 2


def test_the_next_dream_is_named(cast, hour, browser):
    browser.post(f"/hours/{hour.id}/dream/", DREAM)
    later = Session.objects.filter(client=cast.client).order_by("day").last()
    browser.post(f"/hours/{later.id}/dream/", DREAM | {"text": "a house afloat, again"})
    first = Source.objects.get(session=hour)
    assert "The next dream" in browser.get(f"/sources/{first.id}/").content.decode()


def test_the_draft_of_a_dream_holds_its_other_fields(hour, browser):
    words = {"text": "A house", "fields": json.dumps({"residue": "Monday", "element-3": "house"})}
    browser.post(f"/hours/{hour.id}/drafts/dream/", words)
    html = browser.get(f"/hours/{hour.id}/dream/").content.decode()
    assert "Monday" in html
    assert 'name="element-3" value="house"' in html


def test_material_is_told_by_its_bytes_sealed_and_shown(cast, hour, browser):
    data = {"file": SimpleUploadedFile("drawing.txt", PNG), "words": "My house.", "described": "A house"}
    assert browser.post(f"/hours/{hour.id}/material/", data).status_code == 302
    source = Source.objects.get()
    assert 'alt="A house"' in browser.get(f"/sources/{source.id}/").content.decode()
    file = browser.get(f"/sources/{source.id}/file/")
    assert (file.content, file["Content-Type"], file["Cache-Control"]) == (PNG, "image/png", "no-store")


@pytest.mark.parametrize(
    "data",
    [b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"MZ\x90\0", b"%PDF-1.7", b"<html>"],
)
def test_material_that_is_no_picture_and_no_sound_is_refused(hour, browser, data):
    page = browser.post(
        f"/hours/{hour.id}/material/",
        {"file": SimpleUploadedFile("drawing.png", data), "words": "x"},
    )
    assert page.status_code == 422
    assert not Source.objects.exists()


def test_words_about_material_change_and_the_thing_stays(cast, hour, browser):
    browser.post(f"/hours/{hour.id}/material/", {"file": SimpleUploadedFile("d.png", PNG), "words": "a"})
    source = Source.objects.get()
    url = f"/sources/{source.id}/edit/"
    assert browser.post(url, {"words": "b", "base": "1"}).status_code == 302
    assert browser.post(url, {"words": "c", "base": "1"}).status_code == 409
    assert browser.get(f"/sources/{source.id}/file/").content == PNG
