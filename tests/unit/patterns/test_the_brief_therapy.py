"""The brief therapy of the fiction: its concordance shows the pattern that its authors wrote into it.

She wishes to be heard as she means it; what she confides is taken up, carried on and told well; she clears the plates.
Her uncle in the barber's chair, her partner, and the therapist with his folder stand in the three columns.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from depthwork.coding.marks_file import read_marks
from depthwork.patterns.hours import Hour
from depthwork.patterns.overview import Patterns, patterns

GOLD = Path(__file__).parents[3] / "demo" / "gold"


@pytest.fixture(scope="module")
def found() -> Patterns:
    hours = []
    for file in sorted(GOLD.glob("brief-*.json")):
        read = read_marks(file)
        number = int(file.stem.removeprefix("brief-"))
        hours.append(Hour(file.stem, number, None, read.reading, "verbatim", read.marks))
    assert len(hours) == 16
    return patterns(hours)


def test_its_core_is_the_one_that_was_written(found: Patterns) -> None:
    assert found.ccrt.core is not None
    assert found.ccrt.core.codes == {
        "wish": "w_being_understood",
        "response_of_other": "ro_controlling",
        "response_of_self": "rs_withdrawn",
    }
    assert found.ccrt.episodes == 39


def test_each_part_stands_then_now_and_here(found: Patterns) -> None:
    assert found.concordance is not None
    for row in found.concordance.rows:
        assert len(row.then) >= 3, row.part
        assert len(row.now) >= 3, row.part
        assert len(row.here) >= 3, row.part


@pytest.mark.parametrize(
    ("part", "column", "words"),
    [
        ("response_of_other", "then", "by Monday it was the best story he ever had"),
        ("response_of_other", "now", "He told it beautifully."),
        ("response_of_other", "here", "And you've taken it down the road in a folder."),
        ("response_of_self", "then", "I did the whole floor"),
        ("response_of_self", "now", "I cleared. I got the plates"),
        ("response_of_self", "here", "And I said, that's very plausible."),
    ],
)
def test_the_lines_that_carry_it_stand_in_their_column(
    found: Patterns, part: str, column: str, words: str
) -> None:
    assert found.concordance is not None
    row = next(one for one in found.concordance.rows if one.part == part)
    assert any(words in line.quote for line in getattr(row, column))


def test_what_others_take_over_falls_and_counter_examples_are_shown(found: Patterns) -> None:
    assert found.concordance is not None
    other = next(one for one in found.concordance.rows if one.part == "response_of_other")
    assert other.early.n / other.early.of > 2 * other.late.n / other.late.of
    assert found.concordance.counter_count > 10
