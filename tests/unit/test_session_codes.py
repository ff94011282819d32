"""Minutes to code: every boundary minute, and what is warned of."""

from datetime import UTC, date, datetime

import pytest

from depthwork.interchange.estimates import add_business_days, business_days_between, estimate_due
from depthwork.interchange.session_codes import (
    CodeError,
    code_for,
    further_units,
    may_add_complexity,
    minutes_between,
    npi_is_valid,
    rules,
)


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        (0, None),
        (15, None),
        (16, "90832"),
        (37, "90832"),
        (38, "90834"),
        (52, "90834"),
        (53, "90837"),
        (75, "90837"),
        (110, "90837"),
    ],
)
def test_individual_minutes_to_code(minutes, code):
    assert code_for(minutes).codes == (((code, 1),) if code else ())


@pytest.mark.parametrize(
    ("minutes", "code"),
    [(15, None), (16, "90833"), (37, "90833"), (38, "90836"), (52, "90836"), (53, "90838")],
)
def test_minutes_with_a_medical_visit(minutes, code):
    assert code_for(minutes, kind="with_medical_visit").codes == (((code, 1),) if code else ())


@pytest.mark.parametrize(("minutes", "code"), [(25, None), (26, "90847"), (90, "90847")])
def test_couple_minutes(minutes, code):
    assert code_for(minutes, kind="couple_client_present").codes == (((code, 1),) if code else ())


def test_a_crisis_of_29_minutes_is_an_ordinary_session():
    assert code_for(29, kind="crisis").codes == (("90832", 1),)


@pytest.mark.parametrize("minutes", [30, 74])
def test_a_crisis_up_to_74_minutes_is_one_code(minutes):
    assert code_for(minutes, kind="crisis").codes == (("90839", 1),)


@pytest.mark.parametrize(
    ("minutes", "rule", "units"),
    [
        (75, "beyond_74", 1),
        (75, "half_of_next_block", 0),
        (89, "half_of_next_block", 0),
        (90, "half_of_next_block", 1),
        (104, "beyond_74", 1),
        (105, "beyond_74", 2),
        (120, "half_of_next_block", 2),
    ],
)
def test_further_crisis_time_follows_the_payer_setting(minutes, rule, units):
    assert further_units(minutes, rule=rule) == units
    assert dict(code_for(minutes, kind="crisis", further_crisis=rule).codes).get("90840", 0) == units


def test_the_ranges_of_each_kind_leave_no_minute_out_and_none_twice():
    for kind, ranges in rules()["kinds"].items():
        for minute in range(ranges[0]["from"], 400):
            assert sum(r["from"] <= minute <= r.get("to", 10**9) for r in ranges) == 1, (kind, minute)


def test_a_routine_longer_code_than_the_frame_is_warned_of():
    assert any("routine" in w for w in code_for(53, frame_minutes=50).warnings)
    assert not any("routine" in w for w in code_for(53, frame_minutes=60).warnings)


def test_start_and_stop_are_required():
    with pytest.raises(CodeError, match="both required"):
        minutes_between(datetime(2026, 1, 1, 17, tzinfo=UTC), None)


def test_a_session_across_midnight_keeps_its_minutes():
    assert (
        minutes_between(datetime(2026, 1, 1, 23, 40, tzinfo=UTC), datetime(2026, 1, 2, 0, 30, tzinfo=UTC))
        == 50
    )
    with pytest.raises(CodeError, match="across midnight"):
        minutes_between(datetime(2026, 1, 1, 23, 40, tzinfo=UTC), datetime(2026, 1, 1, 0, 30, tzinfo=UTC))


def test_no_descriptor_text_is_shipped():
    words = {
        w
        for kind in rules()["kinds"].values()
        for r in kind
        for code in r["codes"]
        for w in code.split()
        if not w.isdigit()
    }
    assert words == set()


def test_complexity_goes_with_some_codes_only():
    assert may_add_complexity("90834")
    assert not may_add_complexity("90839")
    assert not may_add_complexity("90847")


def test_npi_check_digits():
    assert [
        npi_is_valid(n) for n in ("1999999984", "1234567893", "1234567890", "", "12345", "12345678９3")
    ] == [True, True, False, False, False, False]


@pytest.mark.parametrize(("ahead", "due_after"), [(2, None), (3, 1), (9, 1), (10, 3)])
def test_estimates_are_due_by_business_days_ahead(ahead, due_after):
    booked = date(2026, 3, 2)
    service = add_business_days(booked, ahead)
    assert business_days_between(booked, service) == ahead
    due = estimate_due(booked=booked, service=service)
    assert due.on == (None if due_after is None else add_business_days(booked, due_after))


def test_an_estimate_asked_for_is_due_within_three_business_days():
    assert estimate_due(booked=date(2026, 3, 2), asked_on=date(2026, 3, 6)).on == date(2026, 3, 11)


def test_holidays_do_not_count():
    assert business_days_between(date(2026, 12, 24), date(2026, 12, 28), {date(2026, 12, 25)}) == 1
