"""What is changed of plans, charges and estimates, by whom, and what is refused."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from depthwork.practice.coverage import actions, documents
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.models import Asking, Authorisation, Charge, Estimate, PayerPlan, Plan
from depthwork.practice.coverage.queries import account_of, estimates_of, missed_not_charged
from depthwork.practice.coverage.services import routine_of
from depthwork.practice.treatments.errors import Changed
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened
from tests.payer import FIRST, LAST, MADE, in_the_us, named, written_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def us(cast):
    return in_the_us(cast)


def url(us, end=""):
    return f"/clients/{us.client.id}/coverage/{end}"


def paper(us, make, by=None, **more):
    """One of the papers, made by Ana unless told otherwise."""
    who = by or us.ana
    with opened(who.unlocked):
        return make(named(us), by=who.person, made_on=MADE, **more)


def plan_facts(**more):
    return {"payer": "Northlight", "from_date": FIRST, "to_date": LAST, "diagnosis": ["F33.1"]} | more


def test_a_plan_is_written_on_its_page_and_a_second_window_overwrites_nothing(us):
    written_plan(us)
    ana = us.ana.browser()
    assert "to be believed by quillfeather" in ana.get(url(us, "words/")).content.decode()
    sent = {"from_date": "2026-02-01", "review_on": "2026-05-01", "problems": "mine", "number": "1"}
    assert ana.post(url(us, "words/"), sent).status_code == 302
    answer = ana.post(url(us, "words/"), sent | {"problems": "theirs"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "mine" in html
    assert "theirs" in html
    assert PayerPlan.objects.count() == 2


def test_a_plan_without_problems_or_with_dates_upside_down_is_refused(us):
    with pytest.raises(CoverageError, match="problems first"):
        written_plan(us, words={})
    with pytest.raises(CoverageError, match="before it begins"):
        written_plan(us, review_on=date(2026, 1, 10))
    with pytest.raises(CoverageError, match="has no words"):
        written_plan(us, goals=[{"seen": "by counting"}])
    with pytest.raises(IntegrityError), transaction.atomic():
        PayerPlan.objects.create(
            client=us.client, treatment=us.treatment, number=1, from_date=MADE, review_on=MADE
        )


def test_two_windows_on_a_plan_year_give_409_with_both(us):
    ana = us.ana.browser()
    sent = {
        "payer": "Northlight A", "from_date": "2026-01-01", "to_date": "2026-12-31", "network": "in",
        "diagnosis": "F33.1", "version": "1",
    }  # fmt: skip
    assert ana.post(f"/plans/{us.plan.id}/", sent).status_code == 302
    answer = ana.post(f"/plans/{us.plan.id}/", sent | {"payer": "Northlight B"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Northlight A" in html
    assert "Northlight B" in html
    assert 'name="version" value="2"' in html


def test_two_windows_on_an_authorisation_and_a_charge_overwrite_nothing(us):
    with opened(us.ana.unlocked):
        row = actions.add_authorisation(
            plan=us.plan, by=us.ana.person, number="NL-1", codes=["90834"], units=4, from_date=FIRST, to_date=LAST
        )  # fmt: skip
        facts = {"number": "NL-1", "codes": ["90834"], "from_date": FIRST, "to_date": LAST}
        actions.change_authorisation(row=row, by=us.ana.person, version=1, units=6, **facts)
        with pytest.raises(Changed):
            actions.change_authorisation(row=row, by=us.ana.person, version=1, units=8, **facts)
        assert Authorisation.objects.get().units == 6
        charge = Charge.objects.filter(client=us.client).first()
        actions.change_charge(charge=charge, by=us.ana.person, version=1, amount=Decimal(80))
        with pytest.raises(Changed):
            actions.change_charge(charge=charge, by=us.ana.person, version=1, amount=Decimal(70))
    assert account_of(us.client).charged == Decimal("260.00")


def test_a_plan_year_does_not_shrink_under_its_authorisation(us):
    with opened(us.ana.unlocked):
        actions.add_authorisation(
            plan=us.plan, by=us.ana.person, number="NL-1", codes=["90834"], units=4, from_date=FIRST, to_date=LAST
        )  # fmt: skip
        with pytest.raises(CoverageError, match="outside the plan year"):
            actions.change_plan(
                plan=us.plan, by=us.ana.person, version=1, **plan_facts(to_date=date(2026, 6, 30))
            )
    assert Plan.objects.get().to_date == LAST


def test_a_charge_is_never_less_than_was_received_nor_taken_out_then(us):
    with opened(us.ana.unlocked):
        charge = Charge.objects.filter(client=us.client).first()
        actions.add_payment(charge=charge, by=us.ana.person, on=MADE, amount=Decimal(50))
        with pytest.raises(CoverageError, match=r"50\.00 were received"):
            actions.change_charge(charge=charge, by=us.ana.person, version=1, amount=Decimal("49.99"))
        with pytest.raises(CoverageError, match="it stays"):
            actions.take_out_charge(charge=charge, by=us.ana.person)
        with pytest.raises(CoverageError, match="below zero"):
            actions.change_charge(charge=charge, by=us.ana.person, version=1, amount=Decimal(-1))


def test_a_missed_hour_is_offered_with_the_fee_of_its_day_and_charged_once(us):
    Session.objects.filter(client=us.client, number=3).update(status="missed_no_notice", number=None)
    Charge.objects.filter(session__day=date(2026, 1, 20)).delete()
    with opened(us.ana.unlocked):
        (one,) = missed_not_charged(us.client, until=MADE)
    assert one.fee == Decimal("90.00")
    ana = us.ana.browser()
    sent = {"session": str(one.session.id), "on": "2026-03-01", "kind": "missed", "amount": "45.00"}
    # The page offers the hours of the last half year.
    Session.objects.filter(pk=one.session.pk).update(day=datetime.now(UTC).date() - timedelta(days=7))
    assert ana.post(url(us, "charge/"), sent).status_code == 302
    row = Charge.objects.get(session=one.session)
    assert (row.kind, row.amount) == ("missed", Decimal("45.00"))
    assert ana.post(url(us, "charge/"), sent).status_code == 422


def test_a_held_hour_is_not_charged_as_missed(us):
    Charge.objects.all().delete()
    session = Session.objects.filter(client=us.client).first()
    with opened(us.ana.unlocked), pytest.raises(CoverageError, match="was not missed"):
        actions.add_charge(
            client=us.client, by=us.ana.person, on=MADE, amount=Decimal(1), kind="missed", session=session
        )


def test_an_estimate_knows_its_due_day_and_warns_of_400_above(us):
    with opened(us.ana.unlocked):
        row = actions.estimate(
            client=us.client, by=us.ana.person, booked_on=date(2026, 1, 2), first_day=date(2026, 1, 6),
            last_day=date(2026, 12, 29), lines=[("90834", 1, Decimal("90.00"))],
        )  # fmt: skip
        assert row.due_on is None  # booked two business days ahead
        actions.add_charge(client=us.client, by=us.ana.person, on=date(2026, 1, 20), amount=Decimal("219.99"))
        assert estimates_of(us.client, today=MADE)[0].warnings == ()
        actions.add_charge(client=us.client, by=us.ana.person, on=date(2026, 1, 20), amount=Decimal("0.01"))
        assert "400" in estimates_of(us.client, today=MADE)[0].warnings[0]
        said = repr(documents.good_faith(row, by=us.ana.person, made_on=MADE).document)
    for words in ("90834", "90.00 USD", "not a contract", "400 USD", "120 days"):
        assert words in said


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"first_day": date(2026, 1, 1)}, "before the day of booking"),
        ({"last_day": date(2027, 2, 1)}, "twelve months"),
        ({"lines": [("90834", 1, Decimal("-1"))]}, "below zero"),
        ({"lines": [("therapy", 1, Decimal("1"))]}, "five figures"),
        ({"lines": []}, "one or more"),
    ],
)
def test_an_estimate_that_cannot_stand_is_refused_in_words(us, more, says):
    facts = {
        "booked_on": date(2026, 1, 2), "first_day": date(2026, 1, 6), "last_day": date(2026, 6, 1),
        "lines": [("90834", 20, Decimal("90.00"))],
    }  # fmt: skip
    with opened(us.ana.unlocked), pytest.raises(CoverageError, match=says):
        actions.estimate(client=us.client, by=us.ana.person, **facts | more)
    assert not Estimate.objects.exists()


def test_a_question_is_a_file_with_its_own_number_and_says_what_it_lacks(us):
    ana = us.ana.browser()
    answer = ana.post(f"/plans/{us.plan.id}/ask/", {"services": ["30", "MH"], "on": "2026-02-03"})
    body = answer.content.decode().split("~")
    assert "attachment" in answer["Content-Disposition"]
    assert "NM1*IL*1*MARSH*CLEO****MI*FICTION-1" in body
    assert body[-4:-1] == ["SE*14*0001", "GE*1*1", "IEA*1*000000001"]
    assert ana.post(f"/plans/{us.plan.id}/ask/", {"services": ["30"], "on": "2026-02-03"}).status_code == 200
    assert list(Asking.objects.order_by("control").values_list("control", flat=True)) == [1, 2]
    with opened(us.ana.unlocked):
        actions.change_plan(plan=us.plan, by=us.ana.person, version=1, **plan_facts())
    refused = ana.post(f"/plans/{us.plan.id}/ask/", {"services": ["30"], "on": "2026-02-03"})
    assert refused.status_code == 422
    assert "The question needs the member number, in the plan" in refused.content.decode()
    assert Asking.objects.count() == 2


def test_the_parts_for_the_us_can_be_switched_off_and_invoices_stay(us):
    actions.set_office(practice=us.practice, by=us.ana.person, us_parts=False)
    ana = us.ana.browser()
    for end in ("plan/", "estimates/", "words/"):
        assert ana.get(url(us, end)).status_code == 404
    html = ana.get(url(us, "papers/")).content.decode()
    assert "Invoice" in html
    assert "Claim data" not in html
    answer = ana.post(url(us, "paper/"), {"first": FIRST, "last": LAST})
    assert 'filename="invoice.pdf"' in answer["Content-Disposition"]
    assert ana.get("/caseload/").status_code == 200


def test_a_currency_without_a_smaller_coin_takes_whole_amounts(us):
    us.practice.currency = "JPY"
    us.practice.save()
    with opened(us.ana.unlocked):
        actions.add_charge(client=named(us), by=us.ana.person, on=MADE, amount=Decimal(9000))
        with pytest.raises(CoverageError, match="whole amount"):
            actions.add_charge(client=named(us), by=us.ana.person, on=MADE, amount=Decimal("9000.50"))


def test_the_longest_code_as_a_routine_is_warned_of():
    longer, usual = (50, ("90837",)), (50, ("90834",))
    assert routine_of([longer, usual]) is None
    assert routine_of([usual, usual, usual, longer]) is None
    assert "2 of the last 4 hours" in routine_of([usual, longer, usual, longer])
    assert routine_of([(60, ("90837",))] * 5) is None


@pytest.mark.parametrize(("started", "stopped", "minutes"), [("23:40", "00:30", 50), ("17:00", "17:50", 50)])
def test_an_hour_across_midnight_keeps_its_minutes(us, started, stopped, minutes):
    session = Session.objects.filter(client=us.client, number=3).get()
    sent = {
        "status": "held",
        "late_minutes": 0,
        "started": started,
        "stopped": stopped,
        "version": session.version,
    }
    assert us.ana.browser().post(f"/hours/{session.id}/attendance/", sent).status_code == 302
    session.refresh_from_db(fields=["started_at", "stopped_at"])
    assert session.stopped_at - session.started_at == timedelta(minutes=minutes)
    assert "90834 × 1" in repr(paper(us, documents.make, first=FIRST, last=LAST).document)


def test_an_hour_that_stops_before_it_starts_is_still_refused(us):
    session = Session.objects.filter(client=us.client, number=3).get()
    before = session.stopped_at
    sent = {
        "status": "held",
        "late_minutes": 0,
        "started": "17:50",
        "stopped": "17:00",
        "version": session.version,
    }
    html = us.ana.browser().post(f"/hours/{session.id}/attendance/", sent).content.decode()
    assert "stops before it starts" in html
    session.refresh_from_db(fields=["stopped_at"])
    assert session.stopped_at == before


def test_the_caseload_and_the_thread_say_that_hours_run_out(us, django_assert_max_num_queries):
    today = datetime.now(UTC).date()
    with opened(us.ana.unlocked):
        Plan.objects.all().delete()
        plan = actions.add_plan(
            client=us.client, by=us.ana.person, payer="Northlight", from_date=today - timedelta(days=330),
            to_date=today + timedelta(days=30),
        )  # fmt: skip
        actions.add_authorisation(
            plan=plan, by=us.ana.person, number="NL-1", codes=["90834"], units=4,
            from_date=today - timedelta(days=330), to_date=today + timedelta(days=25),
        )  # fmt: skip
    hours = list(Session.objects.filter(client=us.client).order_by("number"))
    for n, hour in enumerate(hours):
        start = datetime.now(UTC) - timedelta(days=7 * (n + 1))
        Session.objects.filter(pk=hour.pk).update(
            day=start.date(), starts_at=start, started_at=None, stopped_at=None
        )
    ana = us.ana.browser()
    for page in ("/caseload/", f"/clients/{us.client.id}/"):
        assert "3 of 4 authorised hours are used; 1 is left." in ana.get(page).content.decode(), page
    with django_assert_max_num_queries(9):  # two of them for coverage, whatever the number of clients
        assert "1 of 4 left" in ana.get("/caseload/").content.decode()


def test_an_unpaid_charge_of_years_ago_can_be_paid_and_corrected(us):
    browser = us.ana.browser()
    with opened(us.ana.unlocked):
        rows = [
            actions.add_charge(
                client=named(us),
                by=us.ana.person,
                on=date(2022, 1, 3) + timedelta(days=n),
                amount=Decimal("90.00"),
                words=f"charge {n}.",
            )
            for n in range(70)
        ]
        for row in rows[2:]:
            actions.add_payment(charge=row, by=us.ana.person, on=row.on, amount=row.amount)
    page = browser.get(url(us)).content.decode()
    for row in rows[:2]:
        assert f"/{row.id}/" in page
        assert page.index(str(row.id)) < page.index(str(rows[-1].id))
    assert str(rows[2].id) not in page
    seen = page + "".join(browser.get(url(us), {"page": n}).content.decode() for n in (2, 3))
    assert all(str(row.id) in seen for row in rows)
