"""A record of several treatments from another system, on the pages: each hour and form with its own treatment."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from depthwork.interchange.annotations.arriving import is_annotations
from depthwork.practice.tracking.models import Request
from depthwork.practice.treatments.models import Client, Session
from tests.unit.interchange.test_foreign_courses import FIRST_COURSE, SECOND_COURSE, two_courses

pytestmark = pytest.mark.django_db


def arrived(cast):
    browser = cast.ana.browser()
    file = SimpleUploadedFile("record.json", json.dumps(two_courses()).encode())
    answer = browser.post("/take-in/", {"file": file, "without": "on"}, follow=True)
    return Client.objects.order_by("-created_at").first(), answer.content.decode()


def test_hours_are_counted_in_each_treatment_from_one(cast):
    client, page = arrived(cast)
    hours = Session.objects.filter(client=client).order_by("starts_at").values_list("treatment", "number")
    assert [(str(course), number) for course, number in hours] == [
        (FIRST_COURSE, 1), (FIRST_COURSE, 2), (SECOND_COURSE, 1), (SECOND_COURSE, 2),
    ]  # fmt: skip
    assert "7 entries named no treatment; they stand with the one that was under way on their day." in page


def test_a_form_stands_with_its_treatment_and_one_from_before_with_none(cast):
    client, _page = arrived(cast)
    courses = [str(one) for one in Request.objects.filter(client=client).order_by("on").values_list("treatment", flat=True)]  # fmt: skip
    assert courses == ["None", FIRST_COURSE, SECOND_COURSE]


XML = b'<?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir"><type value="collection"/></Bundle>'


def test_a_record_in_xml_is_told_that_json_is_needed(cast):
    answer = cast.ana.browser().post("/take-in/", {"file": SimpleUploadedFile("record.xml", XML)})
    assert "FHIR as XML is not taken in" in answer.content.decode()
    assert not is_annotations(XML)
    assert is_annotations(b'<?xml version="1.0"?><xmi:XMI/>')


def test_a_record_in_utf_16_is_read(cast):
    file = SimpleUploadedFile("record.json", json.dumps(two_courses()).encode("utf-16"))
    answer = cast.ana.browser().post("/take-in/", {"file": file, "without": "on"})
    assert answer.status_code == 302
