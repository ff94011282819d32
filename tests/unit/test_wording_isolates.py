"""Names inside sentences: isolated where they run from right to left, and otherwise as they are."""

import pytest

from depthwork.wording import Remembering, Told, isolated, runs_leftwards, said_again


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
