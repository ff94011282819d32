"""Pages and documents of coverage, and the proof that nothing of an hour reaches a payer."""

import logging
from datetime import UTC, date, datetime, timedelta
from shutil import which

import pytest

from depthwork.practice.audit.models import Event
from depthwork.practice.coverage import actions
from depthwork.practice.coverage.documents import make
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.manifest import ALLOWED, Taken
from depthwork.practice.coverage.models import Paper, Plan, Verification
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened
from depthwork.reports.pdf import pdf
from tests.payer import FIRST, LAST, MADE, in_the_us, plant, streams, text_of

pytestmark = pytest.mark.django_db
ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *231106*1406*^*00501*000000001*0*T*:~"
ANSWER = (
    ISA
    + "GS*HB*RECEIVER*SENDER*20231106*1406*1*X*005010X279A1~ST*271*1234*005010X279A1~"
    + "NM1*PR*2*NORTHLIGHT*****PI*11122~EB*1*IND*MH~EB*B*IND*MH***27*25~ZZZ*kept~SE*6*1234~GE*1*1~IEA*1*000000001~"
)


@pytest.fixture
def us(cast):
    return in_the_us(cast)


def made_of(us, by=None, first=FIRST, last=LAST):
    who = by or us.ana
    with opened(who.unlocked):
        client = type(us.client).objects.select_related("practice").get(pk=us.client.pk)
        return make(client, by=who.person, first=first, last=last, made_on=MADE)


def url(us, end=""):
    return f"/clients/{us.client.id}/coverage/{end}"


def test_a_superbill_codes_the_hours_by_their_minutes(us):
    made = made_of(us)
    assert made.document.title == "Superbill"
    said = repr(made.document)
    assert said.count("90834 × 1") == 3
    assert "F33.1" in said
    assert "270.00 USD" in said
    assert "not a bill" in said
    assert made.lacks == ()


def test_an_hour_without_times_gets_no_code_and_is_named(us):
    Session.objects.filter(client=us.client, number=2).update(stopped_at=None)
    made = made_of(us)
    assert repr(made.document).count("90834 × 1") == 2
    assert "2026-01-13: no code without start and stop" in made.lacks[0]


def test_an_hour_across_midnight_is_coded_by_its_minutes(us):
    start = datetime(2026, 1, 6, 23, 40, tzinfo=UTC)
    Session.objects.filter(client=us.client, number=1).update(
        started_at=start, stopped_at=start + timedelta(minutes=50)
    )
    assert repr(made_of(us).document).count("90834 × 1") == 3


def test_a_charge_outside_the_plan_year_is_named(us):
    Plan.objects.filter(pk=us.plan.pk).update(from_date=date(2026, 1, 10))
    assert "2026-01-06 lies outside the plan year" in made_of(us).lacks


def test_a_diagnosis_of_substance_use_is_pointed_at(us):
    with opened(us.ana.unlocked):
        us.plan.diagnosis = ["F33.1", "F10.21"]
        us.plan.save()
    assert any("42 CFR Part 2" in one for one in made_of(us).lacks)


def test_an_invoice_elsewhere_holds_no_code_and_no_diagnosis(us):
    us.practice.country = "GB"
    us.practice.save()
    made = made_of(us)
    said = repr(made.document)
    assert made.document.title == "Invoice"
    assert "90834" not in said
    assert "F33.1" not in said
    assert "NPI" not in said


def test_a_document_cannot_take_a_field_of_process_notes(us):
    session = Session.objects.filter(client=us.client).first()
    with opened(us.ana.unlocked), pytest.raises(CoverageError, match="record and administration alone"):
        Taken().of(session, "kept_line")


def test_the_manifest_names_what_was_read_and_only_allowed_compartments(us):
    manifest = made_of(us).manifest
    assert {line.compartment for line in manifest} <= ALLOWED
    assert {"treatments.session", "coverage.charge", "treatments.client"} <= {line.model for line in manifest}


def test_a_manager_without_the_keys_of_process_notes_makes_the_same_services(us):
    def services(made):
        return next(b for b in made.document.blocks if getattr(b, "caption", "") == "Services")

    assert services(made_of(us, by=us.mara)) == services(made_of(us))


@pytest.mark.skipif(not which("pdftotext"), reason="pdftotext reads the PDF back; it is not installed")
@pytest.mark.parametrize("country", ["US", "GB"])
def test_of_500_canaries_none_reaches_a_document_its_name_its_manifest_or_a_log(us, country, caplog):
    plant(us)
    us.practice.country = country
    us.practice.save()
    caplog.set_level(logging.DEBUG)
    answer = us.ana.browser().post(url(us, "paper/"), {"first": FIRST, "last": LAST})
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    assert "270.00" in text  # the document was read back
    with opened(us.ana.unlocked):
        kept = repr(Paper.objects.get().manifest)
    made = made_of(us)
    events = repr(list(Event.objects.values()))
    everything = [
        text, streams(answer.content).decode("latin-1"), str(answer.headers), kept,
        repr(made), caplog.text, events, us.ana.browser().get(url(us)).content.decode(),
    ]  # fmt: skip
    found = [n for n in range(500) if any(f"canary{n:03d}" in one for one in everything)]
    assert found == []


def test_the_same_facts_give_the_same_bytes(us):
    assert pdf(made_of(us).document) == pdf(made_of(us).document)


def test_the_page_counts_and_shows(us, django_assert_max_num_queries):
    with opened(us.ana.unlocked):
        actions.add_authorisation(
            plan=us.plan, by=us.ana.person, number="NL-000478", codes=["90834"], units=4,
            from_date=FIRST, to_date=LAST,
        )  # fmt: skip
    browser = us.ana.browser()
    browser.get(url(us))
    with django_assert_max_num_queries(40):
        html = browser.get(url(us)).content.decode()
    assert "NL-000478" in html
    assert "3 / 4" in html
    assert "270.00" in html
    assert "not a guarantee of payment" in html


def test_the_office_keeps_coverage_and_a_stranger_finds_none(us):
    assert us.mara.browser().get(url(us)).status_code == 200
    assert us.mara.browser().get(url(us, "plan/")).status_code == 200
    for who in (us.eve, us.dov, us.rui, us.cleo):
        assert who.browser().get(url(us)).status_code in (403, 404)
        assert who.browser().get(f"/plans/{us.plan.id}/authorisation/").status_code in (403, 404)


def test_a_refused_authorisation_keeps_what_was_typed(us):
    sent = {
        "number": "NL-9",
        "codes": "90834",
        "units": 4,
        "from_date": "2026-12-01",
        "to_date": "2027-02-01",
    }
    answer = us.ana.browser().post(f"/plans/{us.plan.id}/authorisation/", sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "outside the plan year" in html
    assert "NL-9" in html


def test_plans_have_no_page_outside_the_us(us):
    us.practice.country = "DE"
    us.practice.save()
    browser = us.ana.browser()
    assert browser.get(url(us, "plan/")).status_code == 404
    html = browser.get(url(us)).content.decode()
    assert "Northlight" not in html
    assert "Make an invoice" in html


def upload(us, raw, name="answer.txt"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return us.ana.browser().post(
        f"/plans/{us.plan.id}/answer/", {"file": SimpleUploadedFile(name, raw)}, follow=True
    )


def test_an_answer_that_was_kept_is_not_kept_again_by_loading_its_page(us):
    shown = upload(us, ANSWER.encode())
    assert shown.redirect_chain[-1][1] == 302
    us.ana.browser().get(shown.redirect_chain[-1][0])
    assert Verification.objects.count() == 1


def test_a_271_is_read_in_words_with_every_segment_kept(us):
    html = upload(us, ANSWER.encode()).content.decode()
    assert "Co-payment for mental health" in html
    assert "ZZZ * kept" in html
    assert "not a guarantee of payment" in html
    with opened(us.ana.unlocked):
        assert Verification.objects.get().file == ANSWER


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"hello", "ISA"),
        (ANSWER.replace("ST*271", "ST*835").encode(), "not a 271"),
        (ANSWER[:-60].split("SE*6")[0].encode(), "breaks off"),
        ("é".encode() * 200, "plain text"),
        (b"x" * 400_001, "far longer"),
    ],
)
def test_a_file_that_is_no_271_is_refused_in_words_and_nothing_is_kept(us, raw, said):
    answer = upload(us, raw)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Verification.objects.exists()


def test_nothing_charged_gives_words_and_no_paper(us):
    answer = us.ana.browser().post(
        url(us, "paper/"), {"first": "2025-01-01", "last": "2025-02-01"}, follow=True
    )
    assert "charge the hours first" in answer.content.decode()
    assert not Paper.objects.exists()


def test_what_is_missing_is_said_before_the_paper_is_made(us):
    Session.objects.filter(client=us.client, number=2).update(stopped_at=None)
    html = us.ana.browser().post(url(us, "lacks/"), {"first": FIRST, "last": LAST}).content.decode()
    assert "no code without start and stop" in html


def test_a_wrong_npi_is_refused(us):
    answer = us.ana.browser().post("/coverage/letterhead/", {"legal_name": "Ana", "npi": "1234567890"})
    assert answer.status_code == 422
