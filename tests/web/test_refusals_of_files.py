"""Why a file is refused is said in the language of the page, from the reader of transcripts to that of a payer's answer."""

import ast
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from depthwork import wording
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
