"""Claims box by box, federal holidays, every due day of an estimate, and a question about a dependent."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from depthwork.interchange.claims import Biller, ClaimError, Service, Someone, claims_of, lacking
from depthwork.interchange.estimates import add_business_days, business_days_between, estimate_due
from depthwork.interchange.holidays import federal_holidays, holidays_around
from depthwork.interchange.session_codes import code_for, rules
from depthwork.interchange.x12 import Inquiry, read_271, write_270

CLEO = Someone("Marsh", "Cleo", date(1990, 4, 9), "F", "1 Quay")
ANA = Biller("Ana Ross", "1234567893", "00-1", "1 Quay", "555-0100", "", "", "AB12")


def service(n, **more):
    facts = {
        "on": date(2026, 1, 1) + timedelta(weeks=n), "place": "11", "code": "90834", "modifiers": (), "units": 1,
        "charge": Decimal("140.10"), "paid": Decimal("25.00"), "authorisation": "NL-1",
    }  # fmt: skip
    return Service(**facts | more)


def claims(services, **more):
    facts = {
        "client": CLEO, "insured": CLEO, "relation": "self", "member_id": "M1", "group": "", "payer": "Northlight",
        "diagnoses": ["F33.1", "F10.21"], "biller": ANA, "made_on": date(2026, 4, 1),
    }  # fmt: skip
    return claims_of(services, **facts | more)


def test_a_claim_holds_six_lines_and_a_further_one_the_rest():
    made = claims([service(n) for n in range(8)])
    assert [len(one.lines) for one in made] == [6, 2]
    assert [dict(one.boxes)["28"] for one in made] == ["840.60", "280.20"]
    assert [dict(one.boxes)["29"] for one in made] == ["150.00", "50.00"]


def test_one_authorisation_stands_in_a_claim():
    made = claims([service(0), service(1, authorisation="NL-2"), service(2)])
    assert [(dict(one.boxes)["23"], len(one.lines)) for one in made] == [("NL-1", 2), ("NL-2", 1)]


def test_the_boxes_are_those_of_the_form():
    (one,) = claims([service(0, place="02", modifiers=("95",))])
    boxes, line = dict(one.boxes), dict(one.lines[0])
    assert boxes["1a"] == "M1"
    assert boxes["2"] == "Marsh, Cleo"
    assert boxes["3"] == "04/09/1990 F"
    assert boxes["21"] == "0 A. F33.1 B. F10.21"
    assert boxes["33a"] == "1234567893"
    assert line == {
        "24A": "01/01/2026 01/01/2026", "24B": "02", "24D": "90834 95", "24E": "AB", "24F": "140.10", "24G": "1",
        "24J": "1234567893",
    }  # fmt: skip
    assert one.as_data()["24"] == [line]


def test_at_most_four_diagnoses_are_pointed_at():
    (one,) = claims([service(0)], diagnoses=["F33.1", "F10.21", "F41.1", "F60.3", "F43.10"])
    assert dict(one.lines[0])["24E"] == "ABCD"


@pytest.mark.parametrize(
    ("services", "more", "says"),
    [
        ([], {}, "start and stop"),
        ([service(0)], {"diagnoses": []}, "diagnosis"),
        ([service(0)], {"diagnoses": ["F33.1"] * 13}, "twelve"),
        ([service(0)], {"relation": "cousin"}, "relation"),
    ],
)
def test_what_no_claim_can_be_made_of_is_said(services, more, says):
    with pytest.raises(ClaimError, match=says):
        claims(services, **more)


def test_what_a_payer_would_send_back_is_named():
    (one,) = claims([service(0)], member_id="", client=Someone("Marsh", "Cleo", None, "", "1 Quay"))
    assert lacking(one) == ("box 1a: the member number", "box 3: the client's date of birth")


# The days on which the holidays are kept, as the Office of Personnel Management lists them.
OPM = {
    2026: ["01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25"],
    2027: ["01-01", "01-18", "02-15", "05-31", "06-18", "07-05", "09-06", "10-11", "11-11", "11-25", "12-24"],
}


@pytest.mark.parametrize("year", sorted(OPM))
def test_federal_holidays_are_those_of_the_published_list(year):
    assert federal_holidays(year) == {date.fromisoformat(f"{year}-{day}") for day in OPM[year]}


def test_a_new_year_on_a_saturday_is_kept_in_the_year_before():
    assert date(2027, 12, 31) in federal_holidays(2028)


@pytest.mark.parametrize("ahead", range(31))
@pytest.mark.parametrize(
    "booked", [date(2026, 3, 2), date(2026, 6, 29), date(2026, 11, 20), date(2026, 12, 24)]
)
def test_an_estimate_is_due_by_business_days_ahead_also_over_weekends_and_holidays(booked, ahead):
    free = holidays_around(booked)
    service = add_business_days(booked, ahead, free)
    assert business_days_between(booked, service, free) == ahead
    due = estimate_due(booked=booked, service=service, holidays=free)
    after = None if ahead < 3 else 1 if ahead < 10 else 3
    assert due.on == (None if after is None else add_business_days(booked, after, free))
    assert due.on is None or (due.on.weekday() < 5 and due.on not in free)


@pytest.mark.parametrize(
    ("booked", "service", "due"),
    [
        # Worked by hand: Thanksgiving is 26 November 2026, a Thursday.
        (date(2026, 11, 20), date(2026, 11, 24), None),  # Mon, Tue: two
        (date(2026, 11, 20), date(2026, 11, 25), date(2026, 11, 23)),  # three: within one
        (date(2026, 11, 25), date(2026, 11, 30), None),  # Fri, Mon: two, the holiday is none
        (date(2026, 11, 25), date(2026, 12, 1), date(2026, 11, 27)),  # three; the next business day is Friday
        (date(2026, 11, 20), date(2026, 12, 4), date(2026, 11, 23)),  # nine
        (date(2026, 11, 20), date(2026, 12, 7), date(2026, 11, 25)),  # ten: within three
    ],
)
def test_due_days_over_a_thanksgiving(booked, service, due):
    assert estimate_due(booked=booked, service=service, holidays=holidays_around(booked)).on == due


@pytest.mark.parametrize("kind", sorted(rules()["kinds"]))
def test_every_boundary_minute_of_every_kind(kind):
    for one in rules()["kinds"][kind]:
        ends = {one["from"], one.get("to", 400)}
        for minute in ends:
            found = [code for code, _ in code_for(minute, kind=kind).codes]
            assert found[: len(one["codes"])] == one["codes"], (kind, minute)


def test_a_question_about_a_dependent_names_the_holder_and_the_client():
    ask = Inquiry(
        "NORTHLIGHT", "NL1", "ANA ROSS", "1234567893", "M1", "Marsh", "Hal", date(1960, 1, 2), date(2026, 1, 6),
        dependent=("Marsh", "Cleo", date(1990, 4, 9)),
    )  # fmt: skip
    text = write_270(ask, made_at=datetime(2026, 1, 5, 9), control=7)
    body = text.split("~")
    assert body.index("HL*3*2*22*1") < body.index("NM1*IL*1*MARSH*HAL****MI*M1") < body.index("HL*4*3*23*0")
    assert "NM1*03*1*MARSH*CLEO" in body
    segments = body.index("SE*16*0007") - body.index("ST*270*0007*005010X279A1") + 1
    assert segments == 16
    assert read_271(text.replace("ST*270", "ST*271")).warnings == ()
