"""Two windows on one note: one text of both, by what they began from."""

from hypothesis import given
from hypothesis import strategies as st

from depthwork.practice.treatments.merging import merged, paragraphs

BASE = "one\n\ntwo\n\nthree"


def test_changes_in_different_places_are_both_taken():
    made = merged(base=BASE, mine="one, mine\n\ntwo\n\nthree", theirs="one\n\ntwo\n\nthree, theirs")
    assert made.text == "one, mine\n\ntwo\n\nthree, theirs"
    assert made.clashes == 0


def test_a_change_in_the_same_place_keeps_both_with_this_windows_first():
    made = merged(base=BASE, mine="one\n\nmine\n\nthree", theirs="one\n\ntheirs\n\nthree")
    assert made.text == "one\n\nmine\n\ntheirs\n\nthree"
    assert made.clashes == 1


def test_what_one_side_took_out_and_the_other_left_alone_is_out():
    assert merged(base=BASE, mine="one\n\nthree", theirs=BASE).text == "one\n\nthree"


def test_what_one_side_took_out_and_the_other_changed_stays():
    made = merged(base=BASE, mine="one\n\nthree", theirs="one\n\ntwo, more\n\nthree")
    assert "two, more" in made.text


def test_two_new_texts_stand_one_under_the_other():
    assert merged(base="", mine="mine", theirs="theirs").text == "mine\n\ntheirs"


def test_the_same_words_twice_stand_once():
    assert merged(base="", mine="same", theirs="same").text == "same"


PIECES = st.lists(st.sampled_from("abcdef"), max_size=6).map("\n\n".join)


@given(base=PIECES, mine=PIECES, theirs=PIECES)
def test_no_paragraph_that_a_side_wrote_is_lost(base, mine, theirs):
    made = paragraphs(merged(base=base, mine=mine, theirs=theirs).text)
    began = set(paragraphs(base))
    for side in (mine, theirs):
        assert {part for part in paragraphs(side) if part not in began} <= set(made)


@given(base=PIECES, mine=PIECES)
def test_against_an_unchanged_other_side_the_result_is_what_stands_here(base, mine):
    assert merged(base=base, mine=mine, theirs=base).text == mine
    assert merged(base=base, mine=base, theirs=mine).text == mine
