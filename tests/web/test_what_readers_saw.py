"""What readers of the pages saw: a future hour is no past one, a draft says so on paper, and one word means one thing."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from depthwork.patterns.concordance import Tally
from depthwork.practice.casework.page.patterns import of_words
from depthwork.practice.record import actions as record
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast


def page(actor, url, **query):
    answer = actor.browser().get(url, query)
    assert answer.status_code == 200, url
    return answer.content.decode()


# The door ------------------------------------------------------------------------------------------------


def test_a_lost_passphrase_leads_to_the_recovery_code_and_to_no_mail(cast, client):
    for browser in (client, cast.ana.browser()):
        assert browser.get("/account/password/reset/").headers["Location"] == "/recover/"


@pytest.mark.parametrize("rest", ["confirm-email/", "password/reset/done/", "login/code/"])
def test_pages_of_a_login_by_mail_are_not_there(cast, rest):
    assert cast.ana.browser().get(f"/account/{rest}").status_code == 404


def test_a_closed_account_is_told_so_in_our_words(client):
    assert "This account is closed" in client.get("/account/inactive/").content.decode()


def test_pages_of_ones_own_sign_in_lead_on_to_the_others_of_the_practice(ana):
    for url in ("/recovery-code/", "/account/password/set/", "/practice/sum/"):
        shown = page(ana.ana, url)
        assert 'href="/practice/keys/"' in shown, url
        assert 'href="/practice/checked/"' in shown, url


# Hours ---------------------------------------------------------------------------------------------------


def test_of_an_hour_to_come_nothing_is_preselected_and_nothing_is_past(ana):
    hour = actions.plan_hour(
        treatment=ana.treatment, by=ana.ana.person, day=TODAY + timedelta(days=3), wall_time=time(9)
    )
    assert "checked" not in page(ana.ana, f"/hours/{hour.id}/after/").split('name="late_minutes"')[0]
    frame = page(ana.ana, f"/clients/{ana.client.id}/frame/")
    assert "cancel or correct" in frame
    assert "what became of it" not in frame
    today = page(ana.ana, "/today/", day=hour.day.isoformat())
    assert f"/hours/{hour.id}/before/" in today
    assert f"/hours/{hour.id}/after/" not in today


def test_after_the_end_the_frame_is_only_corrected_reopened_or_followed_up(ana):
    actions.end_treatment(
        treatment=ana.treatment,
        by=ana.ana.person,
        on=TODAY - timedelta(days=1),
        planned=True,
        ended_by="both",
    )
    frame = page(ana.ana, f"/clients/{ana.client.id}/frame/")
    for gone in ("Change the frame", "Plan the series", "Announce a break"):
        assert gone not in frame
    for stays in ("Correct the ending", "Reopen the treatment", "Agree a follow-up"):
        assert stays in frame
    assert "No plan was written." in page(ana.ana, f"/clients/{ana.client.id}/record/")
    assert "Write the plan" not in page(ana.ana, f"/clients/{ana.client.id}/record/")


# On paper ------------------------------------------------------------------------------------------------


def test_a_progress_note_that_is_not_signed_says_so_with_its_writer_on_paper(ana):
    hour = Session.objects.filter(client=ana.client).first()
    note = record.begin_progress_note(
        treatment=hour.treatment, session=hour, by=ana.ana.person, on=hour.day, state="Sleeps."
    )
    head = page(ana.ana, f"/progress-notes/{note.id}/").split('class="sheet-head"')[1].split("</p>")[0]
    assert f"Draft, not signed; written by {ana.ana.person}" in head


def test_the_form_that_keeps_somebody_out_names_nobody_until_asked(ana):
    shown = page(ana.ana, "/practice/sharing/")
    form = shown.split("Kept out")[1]
    assert "Nobody is kept out." in form
    assert '<form method="post" class="no-print">' in form
    assert form.count('required><option value="">') == 2


def test_what_is_printed_is_dated_as_printed(ana):
    assert "printed " in page(ana.ana, f"/clients/{ana.client.id}/record/").split("sheet-head")[1][:200]


# Words ---------------------------------------------------------------------------------------------------


def test_two_numbers_held_against_each_other_are_figures():
    assert (of_words(Tally(7, 13)), of_words(Tally(2, 3))) == ("7 of 13", "2 of 3")


def test_words_that_return_take_no_focus_by_themselves(ana):
    shown = render_to_string("casework/returning_fold.html", {"client": ana.client})
    assert "data-quiet" in shown.split(">")[0]


def test_an_open_amount_is_not_called_paid(ana):
    from depthwork.practice.coverage.actions import add_charge

    add_charge(client=ana.client, by=ana.ana.person, on=TODAY, words="A report", amount=Decimal(1240))
    shown = page(ana.ana, f"/clients/{ana.client.id}/coverage/")
    assert "write down a payment" in shown
    assert "1,240.00" in shown
