"""The office sees which clients have no clinician from a day on, and asks; it proposes and opens nothing."""

from django.urls import reverse

from depthwork.practice.audit.models import Event
from depthwork.practice.people.actions import disable
from depthwork.practice.treatments.models import Handover, Leaving
from tests.handing import DAY, propose, take, today

PAGE = "/clients/without-clinician/"


def words_of(answer):
    return answer.content.decode()


def leaves(cast, days=30):
    sent = {"act": "leaves", "person": str(cast.ana.id), "last_day": (today() + days * DAY).isoformat()}
    return cast.mara.browser().post(PAGE, sent)


def test_only_the_office_has_the_list(cast):
    assert cast.mara.browser().get(PAGE).status_code == 200
    for who in (cast.ana, cast.eve, cast.ben, cast.rui, cast.cleo):
        assert who.browser().get(PAGE).status_code == 404


def test_a_last_day_puts_the_clients_on_the_list(cast):
    assert "Cleo Marsh" not in words_of(cast.mara.browser().get(PAGE))
    assert leaves(cast).status_code == 302
    page = words_of(cast.mara.browser().get(PAGE))
    assert "Cleo Marsh" in page
    assert "proposed to nobody" in page


def test_the_question_stands_on_the_colleagues_today_and_leads_to_the_page(cast):
    leaves(cast)
    asked = {"act": "ask", "person": str(cast.ana.id)}
    assert cast.mara.browser().post(PAGE, asked).status_code == 302
    desk = words_of(cast.ana.browser().get(reverse("ui:handed")))
    assert "The office asks who goes on with your clients after" in desk
    assert reverse("treatments:hand_over", args=[cast.client.id]) in desk
    assert Event.objects.filter(verb="colleague.asked_who_goes_on", actor=cast.mara.id).count() == 1


def test_a_client_leaves_the_list_once_a_colleague_has_taken_it_in_time(cast):
    leaves(cast)
    row = propose(cast, from_day=today() + 20 * DAY)
    assert "not answered yet" in words_of(cast.mara.browser().get(PAGE))
    take(cast, row)
    page = words_of(cast.mara.browser().get(PAGE))
    assert "Cleo Marsh" not in page
    assert "Somebody goes on with each of their clients." in page


def test_a_closed_sign_in_leaves_clients_without_a_clinician_now(cast):
    disable(person=cast.ana.person, by=cast.mara.person)
    page = words_of(cast.mara.browser().get(PAGE))
    assert "Cleo Marsh" in page
    assert "This sign-in is closed." in page


def test_a_client_whose_name_the_office_does_not_open_stands_by_a_code(cast):
    from depthwork.practice.vault.models import Grant

    Grant.objects.filter(reader=cast.mara.person).delete()
    leaves(cast)
    page = words_of(cast.mara.browser().get(PAGE))
    assert "Cleo" not in page
    assert cast.client.id.hex[:6] in page


def test_the_office_can_propose_nothing(cast):
    page = reverse("treatments:hand_over", args=[cast.client.id])
    assert cast.mara.browser().get(page).status_code == 404
    assert cast.mara.browser().post(page, {"to": str(cast.eve.id)}).status_code == 404
    assert not Handover.objects.exists()


def test_they_stay_after_all(cast):
    leaves(cast)
    cast.mara.browser().post(PAGE, {"act": "stays", "person": str(cast.ana.id)})
    assert not Leaving.objects.exists()


def test_a_stranger_is_nobody_to_ask(cast):
    for person in (str(cast.dov.id), "no id", ""):
        assert cast.mara.browser().post(PAGE, {"act": "ask", "person": person}).status_code == 404


def test_many_clients_cost_no_more_queries(cast, django_assert_max_num_queries):
    leaves(cast)
    browser = cast.mara.browser()
    with django_assert_max_num_queries(20):
        browser.get(PAGE)


def test_before_a_sign_in_is_closed_the_list_is_one_step_away(cast):
    page = words_of(cast.mara.browser().get(reverse("ui:member", args=[cast.ana.id])))
    assert PAGE in page
