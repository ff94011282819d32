"""Who is spoken of: names told from things, pronouns led to their person, the client of a note."""

import pytest

from depthwork.cues.turns import describe
from depthwork.cues.when import child_age
from depthwork.transcripts.model import transcript_of


def spoken_of(*said):
    """Labels of the people of each turn, with the word that means them."""
    return [
        [(m.person.label, view.reading.text[m.start : m.end]) for m in view.mentions]
        for view in describe(transcript_of(said))
    ]


@pytest.mark.parametrize(
    "line",
    [
        "The Wi-Fi's back and the board was quiet.",
        "They put me up to a hundred in June.",
        "I near cut my own head off.",
        "The Lexapro's the same.",
    ],
)
def test_things_months_and_places_are_nobody(line):
    assert spoken_of(("C", line)) == [[]]


def test_an_unlisted_name_is_told_by_what_people_do():
    ((first,),) = spoken_of(("C", "Yesterday Thandolwethu rang me twice."))
    assert first == ("Thandolwethu", "Thandolwethu")


def test_the_mothers_boyfriend_is_a_stepfather_and_he_is_that_man():
    (found,) = spoken_of(("C", "It was Mum's bloke. He shouted."))
    assert found == [("stepfather", "Mum's bloke"), ("stepfather", "He")]


def test_a_name_in_the_next_sentence_is_no_second_name():
    (found,) = spoken_of(("C", "I went with my auntie. Alan stayed."))
    assert [label for label, _ in found] == ["aunt", "Alan"]


def test_the_client_of_a_note_is_no_figure():
    first, second = spoken_of(
        ("N", "S. came early. She said that her brother has not called. He is in Leeds."),
        ("N", "She left at ten."),
    )
    assert {label for label, _ in first} == {"brother"}
    assert second == []


def test_a_paragraph_of_a_note_that_names_nobody_is_about_its_client():
    told = spoken_of(
        ("N", "S. came early. She laughed."),
        ("N", "Her mother rang. The mother wants the key, and the mother always gets it."),
        ("N", "She left at ten."),
    )
    assert [label for label, _ in told[1]][-1] == "mother"
    assert told[2] == []


def test_a_note_opens_with_its_client():
    assert spoken_of(("N", "Mr Teo, 44, came late. He has been reading."), ("N", "He said little.")) == [
        [],
        [],
    ]


def test_a_note_may_leave_out_whose_brother_it_is():
    told = spoken_of(("N", "S. came early."), ("N", "Brother coming at the weekend."))
    assert told[1] == [("brother", "Brother")]


@pytest.mark.parametrize(
    ("said", "young"),
    [
        ("i'm seven and he puts me on his shoulders", True),
        ("i am nine", True),
        ("i'm ten minutes late", False),
        ("i'm seven stone", False),
    ],
)
def test_a_memory_in_the_present_tense_names_a_childhood_age(said, young):
    assert child_age(said.split()) is young
