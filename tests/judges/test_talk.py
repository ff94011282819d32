"""Who speaks, and short answers to open questions, worked by hand."""

import pytest

from depthwork.language.hour import spoken
from depthwork.language.withheld import Withheld
from depthwork.process.talk import is_open_question, minimal_responses, talk_share
from depthwork.transcripts import transcript_of

BOTH = {"speaker": "C", "other": "T"}


def hour(*pairs):
    return spoken(transcript_of(pairs))


def test_talk_share_is_the_clients_part_of_the_words():
    assert talk_share(hour(("T", "one two " * 10), ("C", "one two three " * 20)), **BOTH) == 60 / 80


def test_talk_share_is_withheld_for_one_speaker():
    assert talk_share(hour(("C", "word " * 90)), **BOTH) == Withheld("talk_share", "one speaker only")


def test_talk_share_is_withheld_under_fifty_words():
    assert isinstance(talk_share(hour(("C", "word " * 20), ("T", "word " * 20)), **BOTH), Withheld)


@pytest.mark.parametrize(
    "text",
    [
        "What was it like?",
        "So, um, how did you feel about that?",
        "I see. And why then?",
        "Tell me more about the house.",
        "Say more.",
        "Can you describe it?",
        "I wonder what that was like?",
        "(leans in) What comes up?",
    ],
)
def test_questions_that_leave_the_answer_open(text):
    assert is_open_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "Was it Tuesday?",
        "How long?",
        "What time did you go?",
        "",
        "What a day.",
        "You felt alone.",
        "?",
        "...",
        "(what?)",
    ],
)
def test_questions_that_close_and_no_questions(text):
    assert not is_open_question(text)


def test_three_short_answers_in_a_row_are_a_run():
    answers = ["Fine.", "I don't know.", "(shrugs)", "We went to the sea again.", "Nothing."]
    pairs = [pair for answer in answers for pair in (("T", "What was it like?"), ("C", answer))]
    found = minimal_responses(hour(*pairs, ("T", "Why?")), **BOTH)
    assert (found.open_questions, found.answered, found.count, found.longest_run) == (6, 5, 4, 3)
    assert found.turns == (1, 3, 5, 9)
    assert found.has_run


def test_short_answers_are_withheld_without_an_open_question():
    assert isinstance(minimal_responses(hour(("T", "Was it late?"), ("C", "Yes.")), **BOTH), Withheld)
