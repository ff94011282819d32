"""Papers for clients and payers: what stands in each, what it refuses, and what is changed by whom."""

import json
from datetime import date
from decimal import Decimal

import pytest

from depthwork.practice.coverage import actions, documents
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.manifest import ALLOWED
from depthwork.practice.coverage.models import Charge, Paper
from depthwork.practice.coverage.queries import held_hours
from depthwork.practice.coverage.scores import names_a_score, without_scores
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
