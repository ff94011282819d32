"""Why a file is refused, and what was odd about it, is said in the language of the page, from a transcript to a 271."""

import ast
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from depthwork import wording
from depthwork.interchange.session_codes import code_for
from depthwork.interchange.x12 import read_271
from depthwork.practice.sources import worker
from depthwork.practice.sources.incoming import _refusal
from depthwork.practice.treatments.models import Session
from tests.web.test_refusals_translated import bare
from tests.words import PACKAGE

ERRORS = {"TranscriptError", "MarksError", "TableError", "StudyError"}
READERS = (
    *PACKAGE.glob("transcripts/*.py"), *PACKAGE.glob("interchange/annotations/*.py"), PACKAGE / "coding/marks_file.py",
    PACKAGE / "interchange/tables.py", PACKAGE / "interchange/research/study.py",
)  # fmt: skip
# Said to whoever types a command, which is English; a page never names a path.
BY_COMMAND = (
    "{}, not a file; save the hour to a file and name that",
    "{}: {}; name a table that can be read",
)


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.stem)
def test_no_reader_of_a_file_refuses_in_bare_english(path):
    left = [said for _line, said in bare(ast.parse(Path(path).read_text()), ERRORS)]
    assert [said for said in left if said not in {one.replace("{}", "") for one in BY_COMMAND}] == []


class Loud(wording.English):
    """Marks every sentence that it was asked for."""

    def gettext(self, words):
        return f"«{words}»"

    def ngettext(self, one, many, n):
        return f"«{one if n == 1 else many}»"

    def decimal(self, text):
        return text.replace(",", "·")


@pytest.fixture
def loud(monkeypatch):
    monkeypatch.setattr(wording._Lent, "reader", Loud())


FILES = {
    "a.txt": (b"", "«the file is empty"),
    "a.pdf": (b"%PDF-1.7", "«this is a PDF"),
    "a.vtt": (b"WEBVTT\n\n00:x --> 1\n", "«line 3: times should read"),
    "a.json": (b'{"segments": [', "the JSON breaks off"),
    "a.cha": (b"@Begin\nwords\n", 'begins with "@", "*", "%" or a tab'),
    "a.docx": (b"PK\x03\x04 cut", "«the Word file is damaged"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_the_fenced_reader_refuses_in_the_language_of_the_page(cast, loud, name):
    data, said = FILES[name]
    hour = Session.objects.filter(treatment=cast.treatment).first()
    file = SimpleUploadedFile(name, data)
    page = cast.ana.browser().post(f"/hours/{hour.id}/transcript/", {"file": file})
    assert page.status_code == 422
    assert said in page.content.decode().replace("&quot;", '"')


def test_large_numbers_are_written_as_the_language_writes_them(loud):
    said = {
        "refused": "x",
        "words": "more than %(most)s lines; is this a transcript?",
        "values": {"most": "1,000,000"},
    }
    assert _refusal(said) == "«more than 1·000·000 lines; is this a transcript?»"


@pytest.mark.parametrize(
    "said", [{}, {"words": "%(x)s"}, {"words": "%(x)s", "values": {"y": 1}}, {"words": "%d %", "values": {"x": 1}}, {"words": 3, "values": 4}]
)  # fmt: skip
def test_what_the_child_says_amiss_stands_as_it_was_refused(said):
    assert _refusal({"refused": "as it was", **said}) == "as it was"


def test_the_child_remembers_what_its_refusal_was_made_of(monkeypatch):
    monkeypatch.setattr(wording._Lent, "reader", wording.Remembering())
    said = worker.answer("a.vtt", b"WEBVTT\n\n00:x --> 1\n")
    assert said["values"] == {"line": 3}
    assert said["refused"] == said["words"] % said["values"]


ODD = b"WEBVTT\n\n00:05.000 --> 00:06.000\n<v Ann>do you?\n\n00:01.000 --> 00:02.000\n<v Bo>I do\n"


@pytest.mark.django_db
def test_what_was_odd_about_a_file_is_said_in_the_language_of_the_page(cast, loud):
    hour = Session.objects.filter(treatment=cast.treatment).first()
    browser = cast.ana.browser()
    browser.post(f"/hours/{hour.id}/transcript/", {"file": SimpleUploadedFile("a.vtt", ODD)})
    page = browser.get(f"/hours/{hour.id}/transcript/speakers/").content.decode()
    assert "<li>«took &quot;Ann&quot; as therapist and &quot;Bo&quot; as client" in page
    assert "<li>«times run backwards at 1 turn, first at turn 2»." in page


def test_what_was_odd_about_a_payers_answer_is_said_in_the_language_of_the_page(loud):
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'A':<15}*ZZ*{'B':<15}*260101*1200*^*00501*000000001*0*P*:~"
    read = read_271(isa + "GS*HB*A*B*20260101*1200*1*X*004010~ST*271*0001~EB*1~SE*9*0001~")
    assert len(read.warnings) == 3
    assert all(one.startswith("«") for one in (*read.warnings, read.caution))


def test_what_to_look_at_in_the_code_of_an_hour_is_said_in_the_language_of_the_page(loud):
    said = [one for minutes in (5, 20, 100) for one in code_for(minutes, kind="crisis").warnings]
    said += code_for(60, frame_minutes=50).warnings
    assert len(said) >= 4
    assert all(one.startswith("«") for one in said)
