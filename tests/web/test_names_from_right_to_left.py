"""A name in Hebrew or Arabic stands in its line and does not turn it round: pages print it between two isolates."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from depthwork.practice.config.names import Named, named
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
NAME, CALLED, CLINICIAN = "נועה לוי", "נועה", "سارة حداد"
OPENS, CLOSES = "\u2068", "\u2069"


@pytest.fixture
def hebrew(cast):
    with opened(cast.ana.unlocked):
        cast.client.name, cast.client.called = NAME, CALLED
        cast.client.save()
    Person.objects.filter(id=cast.ana.id).update(display_name=CLINICIAN)
    cast.hour = Session.objects.filter(treatment=cast.treatment).order_by("starts_at").last()
    return cast


def shown(cast, path, who="ana"):
    page = getattr(cast, who).browser().get(path)
    assert page.status_code == 200, path
    return page.content.decode()


def stands_alone(text, name):
    """Every time the name is printed, the isolates stand around it; and it is printed."""
    found = [m.start() for m in re.finditer(re.escape(name), text)]
    return bool(found) and all(
        text[:at].rpartition(CLOSES)[2].count(OPENS) == 1 and CLOSES in text[at:].partition(OPENS)[0]
        for at in found
    )


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/caseload/", CALLED), ("/clients/{client}/", CALLED), ("/clients/{client}/about/", NAME), ("/hours/{hour}/", CALLED),
        ("/hours/{hour}/before/?name=1", NAME), ("/clients/{client}/record/", CALLED), ("/clients/{client}/giving-out/", CALLED),
        ("/clients/{client}/frame/", CALLED), ("/today/", CLINICIAN), ("/practice/audit/", CLINICIAN), ("/practice/", CLINICIAN),
    ],
)  # fmt: skip
def test_a_name_from_right_to_left_stands_between_isolates(hebrew, path, name):
    shown(hebrew, f"/clients/{hebrew.client.id}/")  # so that the audit has something to say
    assert stands_alone(shown(hebrew, path.format(client=hebrew.client.id, hour=hebrew.hour.id)), name)


def test_the_audit_names_a_client_from_right_to_left_in_a_cell_of_their_own(hebrew):
    shown(hebrew, f"/clients/{hebrew.client.id}/")
    assert stands_alone(shown(hebrew, "/practice/audit/"), CALLED)


def test_initials_stand_between_isolates_too(hebrew):
    assert f"{OPENS}נ.ל.{CLOSES}" in shown(hebrew, f"/clients/{hebrew.client.id}/")


def test_a_form_holds_the_name_as_it_was_typed(hebrew):
    page = shown(hebrew, f"/clients/{hebrew.client.id}/about/edit/")
    assert re.search(rf'name="name" value="{NAME}"', page)


def test_a_name_stays_plain_where_it_is_kept(hebrew):
    with opened(hebrew.ana.unlocked):
        row = Client.objects.get(id=hebrew.client.id)
        assert (row.name, f"{row.called}, 3") == (NAME, f"{CALLED}, 3")
        row.save()
        assert Client.objects.get(id=row.id).name == NAME
    assert Person.objects.get(id=hebrew.ana.id).display_name == CLINICIAN


def test_a_name_is_escaped_like_any_other_word():
    assert Named("<b>שם").__html__() == f"{OPENS}&lt;b&gt;שם{CLOSES}"
    assert type(named("Cleo <b>")) is str


def test_a_refused_file_with_a_name_from_right_to_left_says_so_in_its_place(hebrew):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("שעה.xmi", "<x/>")
    page = hebrew.ana.browser().post(
        f"/clients/{hebrew.client.id}/giving-out/marks-in/",
        {"marks-file": SimpleUploadedFile("marks.zip", held.getvalue()), "marks-coder": ""},
    )
    assert f"{OPENS}שעה.xmi{CLOSES}: " in page.content.decode()
