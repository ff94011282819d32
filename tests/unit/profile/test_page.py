"""The page of a profile and its drawing."""

from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from tests.unit.profile.test_profile import full_hour

from depthwork.patterns.profile import profile_of
from depthwork.reports.hour_drawing import draw_hour
from depthwork.reports.profile_page import profile_page
from depthwork.transcripts import Transcript, Turn, transcript_of

VOID = {"meta", "br"}


class Nesting(HTMLParser):
    """Every element that opens is closed, in order."""

    def __init__(self):
        super().__init__()
        self.open, self.ids = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_startendtag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(page):
    parser = Nesting()
    parser.feed(page)
    assert not parser.open
    return parser


def test_a_page_of_several_hours_nests_and_repeats_no_id():
    found = read(
        profile_page([profile_of(full_hour()), profile_of(full_hour(40)), profile_of(transcript_of([]))])
    )
    assert len(found.ids) == len(set(found.ids)) == 8


@pytest.mark.parametrize("n", [1, 4, 30])
def test_both_drawings_are_well_formed_named_and_without_inline_style(n):
    drawn = draw_hour(profile_of(full_hour(n)))
    for svg in (drawn.wide, drawn.narrow):
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img"
        assert root.find("title").text == "Profile of the hour"
        assert root.find("desc").text == drawn.sentence
        assert not any(element.get("style") for element in root.iter())


def test_names_from_files_are_escaped():
    hour = full_hour()
    page = profile_page([profile_of(Transcript("<b>&\"'.txt", hour.format, hour.provenance, hour.turns))])
    assert "<b>" not in page
    assert "&lt;b&gt;&amp;" in page
    read(page)


def test_no_words_of_the_hour_stand_on_the_page():
    hour = transcript_of([("T", "What about the zebra?"), ("C", "zebra " * 200)])
    assert "zebra" not in profile_page([profile_of(hour)])


def test_the_table_of_runs_covers_every_word_of_the_blocks():
    found = profile_of(full_hour())
    drawn = draw_hour(found)
    assert sum(int(row[1].replace(",", "")) for row in drawn.rows) == sum(
        b.words for b in found.cycles.blocks
    )


def test_a_note_of_nine_words_has_a_page_without_a_drawing():
    found = profile_of(transcript_of([("N", "She was late again and spoke of the sea")], provenance="notes"))
    assert draw_hour(found) is None
    page = profile_page([found])
    assert "Not enough was said" in page
    read(page)


def test_with_times_the_axis_is_in_minutes():
    hour = full_hour()
    turns = tuple(Turn(t.index, t.speaker, t.text, 40.0 * t.index, 40.0 * t.index + 30) for t in hour.turns)
    assert ">0 min<" in draw_hour(profile_of(Transcript("x", "vtt", "verbatim", turns))).wide
    assert ">0 words<" in draw_hour(profile_of(hour)).wide


def test_a_page_needs_a_profile():
    with pytest.raises(ValueError, match="one profile or more"):
        profile_page([])
