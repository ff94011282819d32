"""What followed an interpretation, the share of interpretive acts, and matching turn by turn."""

import pytest

from depthwork.coding.marks import Mark, Span
from depthwork.coding.marks_file import Reading
from depthwork.language.hour import spoken
from depthwork.patterns.corners import triangles
from depthwork.patterns.hours import Hour, Treatment
from depthwork.patterns.profile import profile_of
from depthwork.process.matching import match, percentages
from depthwork.reports.profile_words import lines_of
from depthwork.transcripts import transcript_of

ASKED = "The roses want water, and you said that the spade cuts the soil, but it was the office where you sat and read the memo of the boss again."
SAID = "I never read it, and you know that I did not want it, so I went out to the roses, because they want nothing from me in there."


def test_matching_turn_by_turn_is_that_of_the_two_turns():
    found = profile_of(transcript_of([("T", ASKED), ("C", SAID), ("T", "Yes."), ("C", "No.")]))
    (one,) = found.turn_matching()
    first, second = spoken(transcript_of([("T", ASKED), ("C", SAID)]))
    assert (one.turn, one.answers) == (1, 0)
    assert one.value == pytest.approx(match(percentages(first.words), percentages(second.words)).value)
    assert found.as_dict()["turn_matching"] == [{"turn": 1, "answers": 0, "value": one.value}]


def test_a_note_and_short_turns_withhold_it_with_the_reason():
    for turns, reason in (
        ([("T", "Yes."), ("C", "No.")], "no answer of 25 words"),
        ([("N", SAID)], "one voice"),
    ):
        found = profile_of(transcript_of(turns)).as_dict()
        assert found["turn_matching"] is None
        assert reason in next(p["reason"] for p in found["withheld"] if p["measure"] == "turn_matching")


@pytest.mark.parametrize(("pairs", "shown"), [(2, False), (3, True)])
def test_its_range_stands_on_the_page_from_three_answers_on(pairs, shown):
    found = profile_of(transcript_of([pair for _ in range(pairs) for pair in (("T", ASKED), ("C", SAID))]))
    told = {line.name: line.found for line in lines_of(found)}
    assert ("Matching, turn by turn" in told) is shown
    if shown:
        assert f"over {pairs} answers of 25 words or more" in told["Matching, turn by turn"]


def marked(construct, code, turn, at, speaker="T", **attributes):
    return Mark(
        "s", Span(at, at + 2), turn, speaker, construct, code, "coder:ana", "confirmed", "1",
        id=f"{construct}-{turn}", attributes=attributes, quote="ab",
    )  # fmt: skip


MARKS = (
    marked("intervention", "interpretation_other", 0, 0),
    marked("client_response", "elaborates", 1, 10, "C"),
    marked("intervention", "interpretation_other", 8, 50),
    marked("intervention", "question", 9, 60),
    marked("intervention", "advice", 10, 70),
)


def test_each_interpretation_stands_beside_the_marked_response_to_it():
    found = triangles(Treatment([Hour("h", 1, None, Reading("whole", True), "verbatim", MARKS)]))
    told = [(said.turn, answer and answer.code) for said, answer in found.responses]
    assert told == [(0, "elaborates"), (8, None)]


def test_interpretive_acts_are_counted_among_those_that_interpret_or_support():
    whole = Hour("h", 1, None, Reading("whole", True), "verbatim", MARKS)
    assert triangles(Treatment([whole])).interpretive_acts == (2, 3)
    dipped = Hour("h", 1, None, Reading("dipped", True), "verbatim", MARKS)
    assert triangles(Treatment([dipped])).interpretive_acts == (0, 0)
