"""Papers for clients and payers: what stands in each, what it refuses, and what is changed by whom."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from depthwork.practice.coverage import actions, documents
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.manifest import ALLOWED
from depthwork.practice.coverage.models import Asking, Authorisation, Charge, Estimate, Paper, PayerPlan, Plan
from depthwork.practice.coverage.queries import account_of, estimates_of, held_hours, missed_not_charged
from depthwork.practice.coverage.scores import names_a_score, without_scores
from depthwork.practice.coverage.services import routine_of
from depthwork.practice.treatments.errors import Changed
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened
from tests.payer import FIRST, LAST, MADE, WORDS, in_the_us, named, signed_note, written_plan, yes_to_scores

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


def of_record(us, make=documents.treatment_plan, **more):
    with opened(us.ana.unlocked):
        treatment = type(us.treatment).objects.select_related("client__practice").get(pk=us.treatment.pk)
        return make(treatment, by=us.ana.person, made_on=MADE, **more)


def changed(us, model, row, act, **facts):
    with opened(us.ana.unlocked):
        return act(by=us.ana.person, **{model: row}, **facts)


def plan_facts(**more):
    return {"payer": "Northlight", "from_date": FIRST, "to_date": LAST, "diagnosis": ["F33.1"]} | more


def test_a_statement_carries_the_balance_from_line_to_line(us):
    with opened(us.ana.unlocked):
        charge = Charge.objects.filter(client=us.client).order_by("on").first()
        actions.add_payment(charge=charge, by=us.ana.person, on=date(2026, 1, 8), amount=Decimal("25.10"))
    said = repr(paper(us, documents.statement, first=date(2026, 1, 7), last=date(2026, 1, 31)).document)
    # 90.00 brought forward, 25.10 received, two further hours of 90.00
    for balance in ("'90.00'", "'64.90'", "'154.90'", "'244.90'"):
        assert balance in said


def test_a_yearly_statement_counts_by_the_day_of_receipt(us):
    with opened(us.ana.unlocked):
        charge = Charge.objects.filter(client=us.client).order_by("on").first()
        actions.add_payment(
            charge=charge, by=us.ana.person, on=date(2027, 1, 2), amount=Decimal(90), source="payer"
        )
    of_2026, of_2027 = (repr(paper(us, documents.year, of=year).document) for year in (2026, 2027))
    assert "270.00 USD" in of_2026
    assert "'January', '0', '0.00', '0.00', '90.00'" in of_2027
    with pytest.raises(CoverageError, match="in 2030"):
        paper(us, documents.year, of=2030)


def test_a_claim_holds_the_coded_hours_and_no_missed_one(us):
    with opened(us.ana.unlocked):
        actions.add_charge(
            client=us.client, by=us.ana.person, on=date(2026, 1, 20), amount=Decimal(90), kind="missed"
        )
        actions.add_authorisation(
            plan=us.plan, by=us.ana.person, number="NL-7", codes=["90837"], units=4, from_date=FIRST, to_date=LAST
        )  # fmt: skip
    made = paper(us, documents.claim, first=FIRST, last=LAST)
    (one,) = made.data["claims"]
    assert [line["24D"] for line in one["24"]] == ["90834"] * 3
    assert one["boxes"]["28"] == "270.00"
    assert "2026-01-20: left out; payers do not pay for it" in made.lacks
    assert any("90834 is not a code of the authorisation" in words for words in made.lacks)


def test_an_hour_by_video_has_the_plans_place_and_modifier_and_never_11(us):
    Session.objects.filter(client=us.client).update(place="video")
    made = paper(us, documents.claim, first=FIRST, last=LAST)
    assert {(line["24B"], line["24D"]) for line in made.data["claims"][0]["24"]} == {("02", "90834 95")}


def test_an_hour_counts_as_its_charge_says(us):
    charge = Charge.objects.filter(client=us.client).order_by("on").first()
    changed(
        us, "charge", charge, actions.change_charge, version=1, amount=Decimal(90),
        service={"kind": "couple_client_present", "complexity": True},
    )  # fmt: skip
    made = paper(us, documents.make, first=FIRST, last=LAST)
    assert "90847 × 1" in repr(made.document)
    assert any("does not go with this code" in words for words in made.lacks)
    with opened(us.ana.unlocked):
        assert held_hours([us.client.id], since=FIRST)[us.client.id][0].codes == ("90847",)


def test_records_of_substance_use_go_to_a_payer_with_a_written_consent_alone(us):
    with opened(us.ana.unlocked):
        actions.change_plan(plan=us.plan, by=us.ana.person, version=1, **plan_facts(diagnosis=["F10.21"]))
    written_plan(us)
    for make in (lambda: paper(us, documents.claim, first=FIRST, last=LAST), lambda: of_record(us)):
        with pytest.raises(CoverageError, match="42 CFR Part 2"):
            make()
    said = {"part2": True, "part2_consent_on": "2026-01-06", "part2_scope": "To Northlight: dates and plan."}
    with opened(us.ana.unlocked):
        actions.change_plan(
            plan=us.plan, by=us.ana.person, version=2, **plan_facts(diagnosis=["F10.21"], claims=said)
        )
    for made in (paper(us, documents.claim, first=FIRST, last=LAST), of_record(us)):
        assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in repr(
            made.document
        )
        assert "Written consent of 2026-01-06: To Northlight: dates and plan." in repr(made.document)


def test_a_paper_without_substance_use_carries_no_such_notice(us):
    assert "42 CFR" not in repr(paper(us, documents.make, first=FIRST, last=LAST).document)


def test_in_a_substance_use_programme_every_paper_carries_the_notice(us):
    actions.set_office(practice=us.practice, by=us.ana.person, is_part2=True)
    assert "42 CFR part 2" in repr(paper(us, documents.make, first=FIRST, last=LAST).document)


def test_the_plan_pairs_each_aim_with_a_goal_and_keeps_the_clients_words_in_the_practice(us):
    written_plan(us)
    made = of_record(us)
    said = repr(made.document)
    assert "('freer relations', 'Tells one person within a day', 'her account', 'once')" in said
    assert "quillfeather" not in said
    assert {line.compartment for line in made.manifest} <= ALLOWED
    assert made.lacks == ()


def test_an_aim_without_a_goal_is_named(us):
    written_plan(us)
    written_plan(us, goals=[], number=1)
    assert "a measurable goal" in of_record(us).lacks


def test_a_score_in_the_clinicians_words_stops_the_paper_without_the_clients_yes(us):
    written_plan(us, words=WORDS | {"symptoms": "PHQ-9 from 17 to 9."})
    with pytest.raises(CoverageError, match="not agreed that scores go to the insurer") as refused:
        of_record(us)
    assert "17" not in str(refused.value)
    yes_to_scores(us)
    assert "PHQ-9 from 17 to 9." in repr(of_record(us).document)
    yes_to_scores(us, is_yes=False)
    with pytest.raises(CoverageError, match="not agreed"):
        of_record(us)


def test_asking_for_scores_without_a_yes_is_refused(us):
    written_plan(us)
    with pytest.raises(CoverageError, match="make the paper without them"):
        of_record(us, measures=["phq9"])


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        ("PHQ-9 17", True), ("phq9: 17", True), ("The GAD-7 fell to 8", True), ("a score of 21", True),
        ("AUDIT-C 11 at the start", True), ("Her PHQ-9 was mild", False), ("Slept 6 hours", False),
        ("she took back her agreement to scores in week 34", False),
        ("Audited in 2026", False), ("", False), ("26 of 26 hours used", False),
    ],
)  # fmt: skip
def test_a_score_in_words_is_known_by_its_measure_and_a_figure(words, is_one):
    assert names_a_score(words) is is_one


def test_sentences_with_a_score_are_left_out_and_counted():
    assert without_scores("PHQ-9 11. Reports abstinence; sleeps.\nGAD-7 4") == (
        "Reports abstinence; sleeps.",
        2,
    )


def test_a_progress_summary_takes_signed_notes_without_their_scores(us):
    written_plan(us)
    signed_note(us, "PHQ-9 17. Works full time.")
    made = of_record(us, documents.progress_summary, first=FIRST, last=LAST, with_notes=True)
    said = repr(made.document)
    assert "Works full time." in said
    assert "PHQ-9" not in said
    assert any(words.startswith("1 sentences of the notes hold a score") for words in made.lacks)
    assert ("Hours held", "3") in next(b for b in made.document.blocks if "Hours held" in repr(b)).items


def test_a_letter_sets_the_limit_beside_that_of_medical_care(us):
    written_plan(us)
    with opened(us.ana.unlocked):
        with pytest.raises(CoverageError, match="stands on the comparison"):
            actions.write_letter(
                plan=us.plan, by=us.ana.person, on=MADE, words={"limit": "visits", "applies": "36."}
            )
        row = actions.write_letter(
            plan=us.plan, by=us.ana.person, on=MADE,
            words={"limit": "visits", "applies": "36 visits.", "compared": "No cap on others.", "hours": 16},
        )  # fmt: skip
        row.plan.client = us.client
        treatment = type(us.treatment).objects.select_related("client__practice").get(pk=us.treatment.pk)
        said = repr(documents.parity_letter(row, treatment, by=us.ana.person, made_on=MADE).document)
    for words in ("36 visits.", "No cap on others.", "16 further hours", "comparative analysis", "Parity"):
        assert words in said


def test_the_office_makes_its_papers_and_none_of_the_record(us):
    written_plan(us)
    mara = us.mara.browser()
    html = mara.get(url(us, "papers/")).content.decode()
    assert "Superbill" in html
    assert "Treatment plan" not in html
    assert (
        mara.post(url(us, "paper/claim/"), {"first": FIRST, "last": LAST})["Content-Type"]
        == "application/pdf"
    )
    assert mara.post(url(us, "record/plan/")).status_code in (403, 404)
    assert mara.get(url(us, "words/")).status_code in (403, 404)


def test_each_paper_comes_as_a_pdf_and_leaves_a_manifest(us):
    written_plan(us)
    ana, days = us.ana.browser(), {"first": FIRST, "last": LAST}
    for end, sent in (
        ("paper/", days), ("paper/statement/", days), ("paper/year/", {"year": 2026}), ("paper/claim/", days),
        ("record/plan/", {}), ("record/progress/", days),
    ):  # fmt: skip
        answer = ana.post(url(us, end), sent)
        assert answer["Content-Type"] == "application/pdf", end
        assert answer.content.startswith(b"%PDF"), end
        assert answer["Cache-Control"] == "no-store"
    assert sorted(Paper.objects.values_list("kind", flat=True)) == [
        "claim", "plan", "progress", "statement", "superbill", "year",
    ]  # fmt: skip
    data = ana.post(url(us, "paper/claim/"), {**days, "as": "data"})
    assert json.loads(data.content)["claims"][0]["boxes"]["1a"] == "FICTION-1"
    assert "attachment" in data["Content-Disposition"]


def test_what_is_missing_is_said_before_a_paper_of_the_record(us):
    html = us.ana.browser().post(url(us, "record/plan/"), {"look": "yes"}).content.decode()
    assert "Write the plan in the payer’s words first." in html
    assert not Paper.objects.exists()


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
