"""Conditions of a form: what each says of given answers, what is settled while answers still come, where it points."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depthwork.measures.rules import (
    OPS,
    All,
    Any_,
    Compare,
    Missing,
    Not,
    certain,
    compiled,
    item_that_holds,
    parse,
    references,
)

NAMES = ("q1", "q2", "q3")
ANSWERS = (None, 0, 1, 2, "NA", "REFUSED")
leaf = st.one_of(
    st.builds(Compare, st.sampled_from(NAMES), st.sampled_from(sorted(OPS)), st.integers(0, 2)),
    st.builds(Missing, st.sampled_from(NAMES)),
)
conditions = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.builds(All, st.tuples(inner, inner)), st.builds(Any_, st.tuples(inner, inner)), st.builds(Not, inner)
    ),
    max_leaves=5,
)  # fmt: skip


def says(condition, values):
    """What a condition says, written down as its definition reads."""
    match condition:
        case Compare(ref=ref, op=op, value=bound):
            return isinstance(values[ref], int) and OPS[op](values[ref], bound)
        case Missing(ref=ref):
            return values[ref] is None
        case All(parts=parts):
            return all(says(one, values) for one in parts)
        case Any_(parts=parts):
            return any(says(one, values) for one in parts)
        case Not(part=part):
            return not says(part, values)


def as_data(condition):
    match condition:
        case Compare(ref=ref, op=op, value=value):
            return {"ref": ref, "op": op, "value": value}
        case Missing(ref=ref):
            return {"ref": ref, "op": "missing"}
        case All(parts=parts):
            return {"all": [as_data(one) for one in parts]}
        case Any_(parts=parts):
            return {"any": [as_data(one) for one in parts]}
        case Not(part=part):
            return {"not": as_data(part)}


@given(conditions)
def test_a_condition_says_what_its_definition_says(condition):
    holds = compiled(condition)
    for given_answers in product(ANSWERS, repeat=3):
        values = dict(zip(NAMES, given_answers, strict=True))
        assert holds(values) == says(condition, values)


@given(conditions)
def test_a_condition_comes_back_from_its_data(condition):
    assert parse(as_data(condition)) == condition
    assert set(references(condition)) <= set(NAMES)


@given(conditions, st.tuples(*[st.sampled_from(ANSWERS)] * 3))
def test_what_is_settled_stays_so_whatever_answers_still_come(condition, so_far):
    values = dict(zip(NAMES, so_far, strict=True))
    settled = certain(condition, values)
    open_ones = [name for name in NAMES if values[name] is None]
    for rest in product((0, 1, 2, "NA", "REFUSED"), repeat=len(open_ones)):
        whole = {**values, **dict(zip(open_ones, rest, strict=True))}
        counted = {name: None if answer == "REFUSED" else answer for name, answer in whole.items()}
        assert settled is None or settled == says(condition, counted)


def test_a_count_that_can_only_grow_settles_at_least_and_nothing_else():
    values, grows = {"many": 3}, {"many"}
    assert certain(Compare("many", ">=", 2), values, grows) is True
    assert certain(Compare("many", ">", 2), values, grows) is True
    assert certain(Compare("many", ">=", 4), values, grows) is None
    assert certain(Compare("many", "<=", 5), values, grows) is None
    assert certain(Compare("many", "<=", 5), values) is True


def test_an_alert_points_at_the_first_question_that_holds():
    items = {"q1", "q2"}
    at_least = Compare("q2", ">=", 1)
    assert item_that_holds(at_least, {"q2": 1}, items) == "q2"
    assert item_that_holds(at_least, {"q2": 0}, items) is None
    assert item_that_holds(at_least, {"q2": "NA"}, items) is None
    assert item_that_holds(Compare("total", ">=", 1), {"total": 9}, items) is None
    assert item_that_holds(Missing("q1"), {}, items) == "q1"
    assert item_that_holds(Missing("q1"), {"q1": "REFUSED"}, items) == "q1"
    assert item_that_holds(Missing("q1"), {"q1": 0}, items) is None
    assert item_that_holds(Any_((Compare("q1", ">=", 1), at_least)), {"q1": 0, "q2": 2}, items) == "q2"
    assert item_that_holds(All((Compare("q1", ">=", 1),)), {"q1": 0}, items) is None
    assert item_that_holds(Not(at_least), {"q2": 0}, items) is None


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        ([], "a mapping, not list"),
        ({"all": []}, "takes a list of conditions"),
        ({"any": [{"ref": "q1", "op": "missing"}], "not": {}}, "nothing beside it"),
        ({"not": {"ref": "q1", "op": "missing"}, "ref": "q1"}, "one condition and nothing beside it"),
        ({"ref": "q1"}, "needs `ref`, `op` and `value`"),
        ({"ref": "q1", "op": "~", "value": 1}, "unknown comparison"),
        ({"ref": "q1", "op": "==", "value": True}, "must be a number"),
    ],
)
def test_what_is_no_condition_is_refused_by_its_part(raw, complaint):
    with pytest.raises(ValueError, match=complaint):
        parse(raw)
