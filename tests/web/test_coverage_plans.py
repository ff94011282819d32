"""Plans and authorisations: what is counted, what is warned of, what is refused."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from depthwork.practice.coverage import actions
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.models import Authorisation, Charge, Payment, Plan, Verification
from depthwork.practice.coverage.queries import account_of, plan_pages, warnings_for, warnings_of
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def us(cast):
    cast.practice.country, cast.practice.currency = "US", "USD"
    cast.practice.save()
    cast.client.practice.refresh_from_db()
    with opened(cast.ana.unlocked):
        yield cast


def plan_of(us, **more):
    facts = {"payer": "Northlight", "from_date": FIRST, "to_date": LAST} | more
    return actions.add_plan(client=us.client, by=us.ana.person, **facts)


def authorised(us, plan, **more):
    facts = {
        "number": "NL-1", "codes": ["90834"], "units": 4,
        "from_date": date(2026, 1, 1), "to_date": date(2026, 3, 31),
    }  # fmt: skip
    return actions.add_authorisation(plan=plan, by=us.ana.person, **facts | more)


def page_of(us, today=date(2026, 1, 25)):
    return plan_pages(us.client, today=today)[0]


def test_units_are_counted_from_held_hours_between_the_dates_both_included(us):
    authorised(us, plan_of(us), from_date=date(2026, 1, 6), to_date=date(2026, 1, 13))
    assert page_of(us).lines[0].used == 2  # held on 6, 13 and 20 January


def test_a_missed_hour_takes_no_unit(us):
    authorised(us, plan_of(us))
    Session.objects.filter(client=us.client, number=3).update(status="missed_no_notice", number=None)
    assert page_of(us).lines[0].used == 2


def test_three_quarters_of_the_units_are_warned_of_and_less_is_not(us):
    row = authorised(us, plan_of(us), to_date=date(2026, 6, 30))
    today = date(2026, 2, 1)
    assert warnings_of(row, 2, today=today) == ()
    assert warnings_of(row, 3, today=today) == ("3 of 4 authorised hours are used; 1 is left.",)
    assert "All 4" in warnings_of(row, 4, today=today)[0]


def test_the_end_is_warned_of_from_21_days_before(us):
    row = authorised(us, plan_of(us))
    said = {d: len(warnings_of(row, 0, today=row.to_date - timedelta(days=d))) for d in (22, 21, 1, 0, -1)}
    assert said == {22: 0, 21: 1, 1: 1, 0: 1, -1: 0}


def test_an_hour_goes_to_the_authorisation_that_names_its_code(us):
    plan = plan_of(us)
    authorised(us, plan)
    authorised(us, plan, number="NL-2", codes=["90837"])
    start = datetime(2026, 1, 6, 17, tzinfo=UTC)
    Session.objects.filter(client=us.client, number=1).update(
        started_at=start, stopped_at=start + timedelta(minutes=53)
    )
    by_number = {line.row.number: line.used for line in page_of(us).lines}
    # Two hours carry no times: each authorisation counts them, so that neither runs out unseen.
    assert by_number == {"NL-1": 2, "NL-2": 3}


def test_a_code_outside_the_authorisation_is_said(us):
    authorised(us, plan_of(us))
    start = datetime(2026, 1, 6, 17, tzinfo=UTC)
    Session.objects.filter(client=us.client, number=1).update(
        started_at=start, stopped_at=start + timedelta(minutes=30)
    )
    assert any("does not name" in words for words in page_of(us).lines[0].warnings)


def test_overlapping_authorisations_of_a_code_are_refused_in_words(us):
    plan = plan_of(us)
    authorised(us, plan)
    with pytest.raises(
        CoverageError, match="90834 is already authorised from 1 January 2026 to 31 March 2026"
    ):
        authorised(us, plan, from_date=date(2026, 3, 31), to_date=date(2026, 5, 1))
    assert Authorisation.objects.count() == 1


def test_dates_outside_the_plan_year_are_refused_in_words(us):
    with pytest.raises(CoverageError, match="outside the plan year, 1 January 2026 to 31 December 2026"):
        authorised(us, plan_of(us), to_date=date(2027, 1, 1))


def test_two_plan_years_do_not_overlap(us):
    plan_of(us)
    with pytest.raises(CoverageError, match="overlap"):
        plan_of(us, from_date=LAST, to_date=date(2027, 12, 30))


def test_a_code_that_is_no_code_is_refused(us):
    plan = plan_of(us)
    for codes in ([], ["9083"], ["psychotherapy"], ["90834x"], ["٩٠٨٣٤"]):
        with pytest.raises(CoverageError, match="five figures"):
            authorised(us, plan, codes=codes)


def test_visits_of_the_plan_year_are_counted_with_those_used_elsewhere(us):
    plan_of(us, visit_limit=10, used_elsewhere=5)
    page = page_of(us)
    assert page.used == 8
    assert page.warnings == ("8 of 10 visits of the plan year are used.",)


def test_a_caseload_is_warned_in_three_queries(us, django_assert_max_num_queries):
    authorised(us, plan_of(us))
    with django_assert_max_num_queries(3):
        found = warnings_for([us.client.id], today=date(2026, 1, 25))
    assert "3 of 4" in found[us.client.id][0]


def test_a_telephone_call_needs_a_name_and_a_reference(us):
    plan = plan_of(us)
    with pytest.raises(CoverageError, match="name of the person and the reference"):
        actions.add_verification(
            plan=plan, by=us.ana.person, on=FIRST, how="telephone", words={"with": "Dot"}
        )
    assert not Verification.objects.exists()


def test_a_practice_outside_the_us_has_no_plans(cast):
    with opened(cast.ana.unlocked), pytest.raises(CoverageError, match="invoices"):
        plan_of(cast)


def test_a_negative_fee_is_refused_in_words_and_by_the_database(us):
    with pytest.raises(CoverageError, match="below zero"):
        actions.add_charge(client=us.client, by=us.ana.person, on=FIRST, amount=Decimal("-0.01"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.create(client=us.client, on=FIRST, amount=Decimal("-0.01"))


def test_the_database_refuses_upside_down_dates_and_no_units(us):
    plan = plan_of(us)
    for bad in (
        lambda: Plan.objects.create(client=us.client, from_date=LAST, to_date=FIRST),
        lambda: Authorisation.objects.create(
            client=us.client, plan=plan, from_date=LAST, to_date=FIRST, units=1
        ),
        lambda: Authorisation.objects.create(
            client=us.client, plan=plan, from_date=FIRST, to_date=LAST, units=0
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            bad()


def test_held_hours_are_charged_once_at_the_fee_of_the_frame(us):
    until = date(2026, 2, 1)
    assert actions.charge_hours(client=us.client, by=us.ana.person, until=until) == (3, 0)
    assert actions.charge_hours(client=us.client, by=us.ana.person, until=until) == (0, 0)
    assert account_of(us.client).charged == Decimal("270.00")


def test_cents_add_up_and_no_payment_exceeds_its_charge(us):
    charge = actions.add_charge(client=us.client, by=us.ana.person, on=FIRST, amount=Decimal("0.30"))
    for _ in range(2):
        actions.add_payment(charge=charge, by=us.ana.person, on=FIRST, amount=Decimal("0.10"))
    assert account_of(us.client).balance == Decimal("0.10")
    with pytest.raises(CoverageError, match=r"0\.10 is open"):
        actions.add_payment(charge=charge, by=us.ana.person, on=FIRST, amount=Decimal("0.11"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(client=us.client, charge=charge, on=FIRST, amount=Decimal(0))


def test_an_odd_amount_is_refused_in_words(us):
    for amount in ("0.001", "NaN", "Infinity", "99999999.00"):
        with pytest.raises(CoverageError, match="amount"):
            actions.add_charge(client=us.client, by=us.ana.person, on=FIRST, amount=Decimal(amount))
    assert not Charge.objects.exists()
