"""T13: nothing of an hour reaches a payer: not a paper, its file, name, metadata, manifest, nor a log."""

import logging
import re
from datetime import date
from decimal import Decimal
from shutil import which

import pytest

from depthwork.practice.audit.models import Event
from depthwork.practice.coverage import actions
from depthwork.practice.coverage.models import Letter, Paper, Plan
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened
from tests.payer import (
    FIRST,
    LAST,
    in_the_us,
    plant,
    signed_note,
    streams,
    text_of,
    written_plan,
    yes_to_scores,
)
from tests.trust.figures import Tried, figure

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not which("pdftotext"), reason="pdftotext reads the PDF back; it is not installed"),
]
CANARY = re.compile(r"canary\d{3}quill")


@pytest.fixture
def us(cast):
    """A practice in the US in which every paper can be made."""
    us = in_the_us(cast)
    yes_to_scores(us)
    written_plan(us)
    signed_note(us, "Works full time.")
    with opened(us.ana.unlocked):
        actions.estimate(
            client=us.client, by=us.ana.person, booked_on=date(2026, 1, 2), first_day=date(2026, 1, 6),
            last_day=date(2026, 12, 29), lines=[("90834", 46, Decimal("90.00"))],
        )  # fmt: skip
        actions.write_letter(
            plan=us.plan, by=us.ana.person, on=date(2026, 2, 1),
            words={"limit": "visits", "applies": "36 visits.", "compared": "No cap on others."},
        )  # fmt: skip
        Plan.objects.filter(pk=us.plan.pk).update(to_date=date(2030, 12, 31))
    return us


def given_out(us):
    """Every paper and file that can leave the practice, by name: bytes and headers."""
    from depthwork.practice.coverage.models import Estimate

    at, days = f"/clients/{us.client.id}/coverage/", {"first": FIRST, "last": LAST}
    asked = {
        "bill": (f"{at}paper/", days),
        "statement": (f"{at}paper/statement/", days),
        "year": (f"{at}paper/year/", {"year": 2026}),
        "claim": (f"{at}paper/claim/", days),
        "claim data": (f"{at}paper/claim/", {**days, "as": "data"}),
        "estimate": (f"/estimates/{Estimate.objects.get().id}/paper/", {}),
        "plan": (f"{at}record/plan/", {"measure": "phq9"}),
        "progress": (f"{at}record/progress/", {**days, "notes": "yes", "measure": "phq9"}),
        "letter": (f"/letters/{Letter.objects.get().id}/paper/", {}),
        "question": (f"/plans/{us.plan.id}/ask/", {"services": ["30"], "on": "2026-02-03"}),
    }
    browser = us.ana.browser()
    return {name: browser.post(path, sent) for name, (path, sent) in asked.items()}


def everything(us, answers, log):
    """All that can be read of them: text, unpacked streams, headers, what was kept, audit, log, the pages."""
    parts = [log, repr(list(Event.objects.values()))]
    for answer in answers.values():
        raw = answer.content
        parts += [str(answer.headers), streams(raw).decode("latin-1")]
        if raw.startswith(b"%PDF"):
            parts.append(text_of(raw))
    with opened(us.ana.unlocked):
        parts += [repr(row.manifest) for row in Paper.objects.select_related("client")]
    browser = us.ana.browser()
    parts += [
        browser.get(f"/clients/{us.client.id}/coverage/{end}").content.decode()
        for end in ("", "papers/", "words/", "estimates/")
    ]
    return parts


@figure(
    "T13",
    tried="500 words planted in process notes, transcripts, marks, kept lines and a formulation, and every paper, "
    "file, name, metadata, manifest, page of coverage and log",
    passes="0 of 500",
)
def test_of_500_canaries_none_reaches_any_paper_file_name_metadata_or_log(us, caplog):
    plant(us)
    caplog.set_level(logging.DEBUG)
    answers = given_out(us)
    kinds = {name: answer["Content-Type"].split(";")[0] for name, answer in answers.items()}
    assert kinds.pop("claim data") == "application/json"
    assert kinds.pop("question") == "text/plain"
    assert set(kinds.values()) == {"application/pdf"}, kinds
    assert "270.00" in text_of(answers["bill"].content)  # the papers were read back
    assert "Tells one person within a day" in text_of(answers["plan"].content)
    found = {word for part in everything(us, answers, caplog.text) for word in CANARY.findall(part)}
    assert found == set()
    return Tried(500, f"0 in {len(answers)} papers")


def test_the_search_finds_a_canary_that_is_planted_in_the_record(us, caplog):
    with opened(us.ana.unlocked):
        charge = Session.objects.filter(client=us.client).first().charges.get()
        actions.change_charge(
            charge=charge, by=us.ana.person, version=1, amount=charge.amount, words="canary007quill"
        )
    signed = given_out(us)
    found = {word for part in everything(us, signed, caplog.text) for word in CANARY.findall(part)}
    assert found == {"canary007quill"}
    assert "canary007quill" in text_of(signed["statement"].content)
