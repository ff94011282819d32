"""What a page says to whoever opens it first: to a manager, a supervisor and a client as to a clinician."""

import re
from datetime import date

import pytest
from django.urls import reverse

from depthwork.practice.supervision import actions as supervising
from depthwork.practice.treatments.actions import answer_consent
from depthwork.practice.treatments.models import Consent
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened
from tests import cast as people
from tests.supervising import share, supervised

pytestmark = pytest.mark.django_db


def words(who, url):
    return re.sub(r"\s+", " ", who.browser().get(url).content.decode())


def test_who_invites_reads_what_each_role_opens_and_what_the_link_does(cast):
    page = words(cast.mara, "/practice/invite/")
    assert "Opens no record and no process note." in page
    assert "makes a sign-in with keys of its own" in page
    assert "Has a place of their own" not in page  # a client is not invited here
    assert "Opens no record and no process note." in words(cast.mara, f"/practice/people/{cast.eve.id}/")


def test_who_treats_nobody_is_offered_no_will_and_told_whose_would_stand_there(cast):
    page = words(cast.mara, "/practice/will/")
    assert "Seal the will" not in page
    assert "No will names you." in page
    assert "Seal the will" in words(cast.ana, "/practice/will/")


def test_the_page_for_an_emergency_is_empty_for_nobody(cast):
    page = words(cast.ben, "/practice/emergency/")
    assert "Nobody has named you." in page
    assert "If you cannot be reached" not in page
    assert "Nobody has named you." not in words(cast.ana, "/practice/emergency/")


def test_a_token_is_offered_only_what_its_maker_can_open(cast):
    page = words(cast.mara, "/practice/tokens/")
    assert 'value="administration"' in page
    assert 'value="record"' not in page
    assert 'value="process_notes"' not in page
    assert 'value="process_notes"' in words(cast.ana, "/practice/tokens/")


def test_the_office_reads_of_a_treatment_that_client_and_clinician_agree_on(cast):
    new = people.client_of(cast.ana, "Mina Roth", office=(cast.mara,))
    url = reverse("treatments:client", args=[new.id])
    assert "when client and clinician have agreed on one" in words(cast.mara, url)
    assert "when the two of you have agreed on one" in words(cast.ana, url)


def test_a_supervisor_tells_courses_apart_and_sees_how_much_waits(cast):
    room = supervised(cast)
    row = share(room)
    for words_ in ("first point", "second point"):
        with opened(cast.ana.unlocked):
            supervising.add_to_agenda(supervision=row, words=words_, on=date.today(), by=cast.ana.person)
    page = words(cast.ben, reverse("supervision:desk"))
    assert '<span class="unseen">Course 1: </span>A client of' in page
    assert "2 points to speak of" in page


def test_a_supervisor_without_a_record_is_not_shown_a_row_of_noughts(cast):
    page = words(cast.ben, reverse("tracking:practice_sum"))
    assert "Nothing can be counted for you" in page
    assert "0 began" not in page


def test_a_client_reads_the_treatment_first_among_what_they_agreed_to(cast):
    people.pin_each_other(cast.ana, cast.cleo)
    with opened(cast.ana.unlocked):
        for purpose in ("cues", "forms", "treatment"):
            answer_consent(
                client=cast.client,
                by=cast.ana.person,
                purpose=purpose,
                is_yes=True,
                given_on=cast.treatment.starts_on,
            )
        vault.share(
            owner=cast.client.id,
            compartments=["administration", "record"],
            reader=cast.cleo.id,
            purpose="own place",
        )
    page = words(cast.cleo, "/place/")
    named = [str(Consent.Purpose(one).label).capitalize() for one in ("treatment", "cues", "forms")]
    places = [page.index(f'<th scope="row">{one}</th>') for one in named]
    assert places == sorted(places)


def test_a_client_is_no_role_at_the_head_of_a_page_and_finds_the_way_back(cast):
    page = words(cast.cleo, "/account/2fa/")
    assert "<summary>You</summary>" in page
    assert '<a href="/place/">Your place</a>' in page


def test_the_list_of_forms_says_in_three_words_that_the_text_came_along(cast):
    assert "<td>With the program</td>" in words(cast.mara, "/practice/forms/")


def test_no_page_of_a_new_client_leads_to_one_that_does_not_open(cast):
    new = people.client_of(cast.ana, "Mina Roth", office=(cast.mara,))
    browser = cast.ana.browser()
    begin = f"/clients/{new.id}/"
    waiting, known, dead = [begin], {begin}, []
    for url in waiting:
        answer = browser.get(url)
        if answer.status_code >= 400:
            dead.append(url)
            continue
        page = answer.content.decode() if "html" in answer.headers["Content-Type"] else ""
        for link in re.findall(r'href="(/[^"#?]*)', page):
            if str(new.id) in link and link not in known:
                known.add(link)
                waiting.append(link)
    assert dead == []
    assert len(known) > 20


def test_the_form_offered_first_is_the_one_about_the_hour_and_the_rest_stand_by_name(cast):
    page = words(cast.ana, reverse("tracking:ask", args=[cast.client.id]))
    offered = re.search(r'<select name="measure".*?</select>', page).group(0)
    assert re.search(r'value="(\w+)" selected', offered).group(1) == "dw_session_checkin"
    names = [name.casefold() for name in re.findall(r">([^<>]+)</option>", offered)]
    assert names == sorted(names)


@pytest.mark.parametrize(("mode", "is_said"), [("room", False), ("clinician", True)])
def test_what_is_said_to_the_clinician_stands_on_no_screen_that_is_handed_over(cast, mode, is_said):
    asked = {"measure": "asq", "mode": mode, "for_hour": ""}
    browser = cast.ana.browser()
    answer = browser.post(reverse("tracking:ask", args=[cast.client.id]), asked, follow=True)
    page = answer.content.decode()
    assert "have you wished you were dead" in page
    assert ("Ask the patient." in page) is is_said


def test_a_treatment_that_begins_goes_on_to_its_frame_and_plans_no_series_before(cast):
    new = people.client_of(cast.ana, "Mina Roth")
    browser = cast.ana.browser()
    begin = reverse("treatments:begin", args=[new.id])
    answer = browser.post(begin, {"starts_on": "2026-02-01", "format": "open_ended"}, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == reverse("treatments:agree", args=[new.id])
    page = words(cast.ana, reverse("treatments:frame", args=[new.id]))
    assert "Plan the series" not in page
    assert "before the first hour" in words(cast.ana, reverse("ui:caseload"))
