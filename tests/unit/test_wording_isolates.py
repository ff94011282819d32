"""Names inside sentences: isolated where they run from right to left, and otherwise as they are."""

import datetime as dt
import re
import shutil
import subprocess

import pytest

from depthwork.reports.blocks import Document, Paragraph
from depthwork.reports.pdf import pdf
from depthwork.wording import Remembering, Told, isolated, runs_isolated, runs_leftwards, said_again


@pytest.mark.parametrize("name", ["נועה", "سارة", "ܫܡܐ", "ﬡ", "Noa נועה"])
def test_a_name_with_letters_from_right_to_left_is_isolated(name):
    assert isolated(name) == f"\u2068{name}\u2069"


@pytest.mark.parametrize("name", ["", "Cleo", "Ærøskøbing", "王芳", "Ελένη", "\u2068x\u2069", "😀"])
def test_any_other_name_stays_as_it_is(name):
    assert not runs_leftwards(name)
    assert isolated(name) == name


def test_a_sentence_is_remembered_with_its_values_and_said_again():
    words = "line %(line)s: more than %(most)s cues; split the file by hour"
    told = Remembering().gettext(words) % {"line": 3, "most": "250,000"}
    assert told == "line 3: more than 250,000 cues; split the file by hour"
    assert isinstance(told, Told)
    assert said_again(told.words, told.values) == told


def test_a_sentence_without_values_is_remembered_too():
    told = Remembering().gettext("the file is empty; 100 %")
    assert said_again(told.words, told.values) == told


@pytest.mark.parametrize(
    ("line", "isolates"),
    [
        ("For נועה לוי, 3 hours", "For \u2068נועה לוי\u2069, 3 hours"),
        ("נועה and سارة, 2", "\u2068נועה\u2069 and \u2068سارة\u2069, 2"),
        ("נועה, לוי (2026) ש", "\u2068נועה, לוי (2026) ש\u2069"),
        ("one\nנ\nתו", "one\n\u2068נ\u2069\n\u2068תו\u2069"),
        ("Cleo Marsh, 3", "Cleo Marsh, 3"),
    ],
)
def test_runs_from_right_to_left_are_isolated_in_a_line(line, isolates):
    assert runs_isolated(line) == isolates


def test_a_figure_after_a_name_from_right_to_left_is_set_to_the_right_of_it():
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    document = Document(
        title="Letter", compartment="record", about="x", contains="x", for_whom="x", made_on=dt.date(2026, 11, 24),
        blocks=(Paragraph("For נועה לוי, 37 hours held"),),
    )  # fmt: skip
    done = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=pdf(document), capture_output=True, check=True
    )
    places = {
        word: float(x)
        for x, word in re.findall(r'xMin="([0-9.]+)"[^>]*>([^<]+)</word>', done.stdout.decode())
    }
    name = [x for word, x in places.items() if runs_leftwards(word)]
    assert name
    assert max(name) < places["37"] < places["hours"]
