"""Marks files: read and written without loss, refused whole with one clear line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes import mark, marks_file

from depthwork.coding.marks import Mark, Span
from depthwork.coding.marks_file import (
    MarksError,
    MarksFile,
    Reading,
    as_dict,
    marks_from_dict,
    marks_from_json,
    marks_to_json,
    read_marks,
    write_marks,
)

GOOD = as_dict(marks_file(mark("defense", "denial", 3, 9, level=3)))


def changed(**fields):
    entry = {**GOOD["marks"][0], **fields}
    return {**GOOD, "marks": [entry]}


def test_a_file_written_and_read_again_is_the_same(tmp_path):
    file = marks_file(
        mark("defense", "denial", 3, 9, level=3),
        mark("episode", "mother", 0, 90, figure="Mum 👩‍👧", sphere="past", completeness=2.5),
        mark("wish", "w_closeness", 5, 9, expected=True, confidence=0.8, intensity=4, why="she waits"),
    )
    write_marks(file, tmp_path / "hour.json")
    assert read_marks(tmp_path / "hour.json") == file


def test_overlapping_nested_and_equal_marks_are_kept():
    marks = (
        mark("wish", "w_closeness", 0, 10),
        mark("wish", "w_giving", 5, 15),
        mark("defense", "denial", 0, 10),
    )
    assert marks_from_json(marks_to_json(marks_file(*marks))).marks == marks


def test_an_unknown_code_and_an_old_codebook_are_read_as_they_stand():
    odd = mark("defense", "something_new", codebook_version="defenses@0.1.0")
    assert marks_from_json(marks_to_json(marks_file(odd))).marks == (odd,)


def test_a_file_that_says_nothing_of_its_reading_has_none():
    assert marks_from_dict({**GOOD, "reading": {}}).reading is None


text = st.text(st.characters(codec="utf-8"), max_size=20)
json_value = st.one_of(st.none(), st.booleans(), st.integers(-100, 100), text, st.lists(text, max_size=3))
any_mark = st.builds(
    Mark,
    source_id=text,
    span=st.tuples(st.integers(0, 50), st.integers(1, 50)).map(lambda p: Span(p[0], p[0] + p[1])),
    turn=st.integers(0, 99),
    speaker=text,
    construct=text.filter(bool),
    code=text.filter(bool),
    origin=text.filter(bool),
    status=st.sampled_from(["proposed", "confirmed", "edited", "rejected"]),
    codebook_version=text,
    attributes=st.dictionaries(text, json_value, max_size=4),
    intensity=st.one_of(st.none(), st.integers(1, 5), st.floats(1, 5)),
    confidence=st.one_of(st.none(), st.floats(0, 1)),
    quote=text,
    anchor=st.tuples(text, text),
    why=text,
)


@given(
    st.lists(any_mark, max_size=4),
    st.one_of(st.none(), st.builds(Reading, st.sampled_from(["whole", "dipped"]), st.booleans())),
    st.dictionaries(text, text, max_size=2),
)
@settings(max_examples=60, deadline=None)
def test_any_marks_survive_the_round_trip(marks, reading, books):
    file = MarksFile("hour", "", tuple(marks), books, reading)
    assert marks_from_json(marks_to_json(file)) == file


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "no marks file"),
        ({"source": "x"}, "no marks file"),
        ({**GOOD, "extra": 1}, "unknown field"),
        ({**GOOD, "text_sha256": "xyz"}, "64 hexadecimal"),
        ({**GOOD, "codebooks": []} | {"codebooks": ["a"]}, "codebooks should map"),
        ({**GOOD, "marks": {}}, "should be a list"),
        ({**GOOD, "reading": {"how": "skimmed"}}, "reading should be"),
        ({**GOOD, "reading": {"how": "whole", "blind": "yes"}}, "reading should be"),
        ({**GOOD, "marks": [3]}, "mark 1 is no mapping"),
        ({**GOOD, "marks": [{"start": 1}]}, "mark 1 lacks end, construct"),
        (changed(start=9, end=9), "mark 1 is empty"),
        (changed(start=9, end=3), "mark 1 is empty"),
        (changed(start=-1), "whole numbers"),
        (changed(start=True), "whole numbers"),
        (changed(start=1.5), "whole numbers"),
        (changed(status="maybe"), "status other than"),
        (changed(confidence=1.2), "outside 0 to 1"),
        (changed(confidence="high"), "a number for confidence"),
        (changed(intensity=10**10), "a number for intensity"),
        (changed(anchor=["one"]), "anchor"),
        (changed(attributes=[1]), "attributes"),
        (changed(attributes={"x": "y" * 30_000}), "attributes"),
        (changed(quote="x" * 100_001), "quote longer"),
        (changed(quote="\ud83d"), "half a character"),
        (changed(code=""), "empty construct"),
        (changed(colour="red"), "a field that marks do not have"),
        ({**GOOD, "marks": [GOOD["marks"][0]] * 2}, "an id that another mark has"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_is_refused_in_one_line(data, said):
    with pytest.raises(MarksError, match=said) as error:
        marks_from_dict(data)
    assert "\n" not in str(error.value)


def test_the_first_fault_is_named_with_the_number_of_the_others():
    bad = {**GOOD["marks"][0], "end": 0}
    with pytest.raises(MarksError, match=r"\(2 more\); nothing was read"):
        marks_from_dict({**GOOD, "marks": [bad, bad, bad]})


def test_no_quoted_words_stand_in_an_error():
    with pytest.raises(MarksError) as error:
        marks_from_dict(changed(quote="my mother left", end=0))
    assert "mother" not in str(error.value)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"{", "not readable as JSON in line 1"),
        (b"\xff\xfe{", "not UTF-8 at byte 0"),
        (b"[" * 200_000, "not readable as JSON"),
        (b'{"marks": [NaN]}', "NaN or Infinity"),
        (b"", "not readable as JSON"),
    ],
)
def test_a_broken_file_is_refused_by_name(tmp_path, raw, said):
    path = tmp_path / "hour.json"
    path.write_bytes(raw)
    with pytest.raises(MarksError, match=said) as error:
        read_marks(path)
    assert str(error.value).startswith("hour.json: ")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "nothing.json", tmp_path):
        with pytest.raises(MarksError):
            read_marks(path)


def test_too_many_marks_are_refused():
    with pytest.raises(MarksError, match="the most is 50,000"):
        marks_from_dict({**GOOD, "marks": [0] * 50_001})


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "hour.json"
    path.write_text("\ufeff" + json.dumps(GOOD), encoding="utf-8")
    assert len(read_marks(path).marks) == 1
