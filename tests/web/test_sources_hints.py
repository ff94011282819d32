"""What in a note may belong in the record: found by plain words, shown quietly."""

import time

import pytest

from depthwork.practice.sources.hints import hints_for


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("Takes sertraline since March.", "medication"),
        ("Now on 12.5 mg at night.", "medication"),
        ("We began late, 17:05-17:50.", "modality"),
        ("Weekly sessions from May.", "modality"),
        ("PHQ-9 was 14 today.", "state"),
        ("Diagnosis F33.1 in the letter.", "state"),
        ("Prognosis good, the letter says.", "state"),
        ("The treatment plan is due.", "plan"),
    ],
)
def test_each_item_of_the_list_is_told(line, part):
    text = f"Piano on Thursday. {line} Two men."
    [hint] = hints_for(text)
    assert (hint.part, hint.words) == (part, line)
    assert text[hint.start : hint.end] == line


@pytest.mark.parametrize(
    "line",
    [
        "He knocked to hear the doorframe.",
        "She swims twice a week.",
        "At nine he went. At ten I sat.",
        "He spoke of his mother's medication of choice: rage.",
        "Her plan was to leave.",
    ],
)
def test_the_hour_itself_is_left_alone(line):
    assert hints_for(line) == []


def test_a_page_of_hints_stays_quiet():
    assert len(hints_for("Lithium. " * 50)) == 6


def test_a_very_long_line_costs_no_time():
    started = time.perf_counter()
    hints_for("1:2 weekly 9" * 20_000)
    assert time.perf_counter() - started < 2
