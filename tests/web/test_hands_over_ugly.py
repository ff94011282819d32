"""What may stand in the way of handing a treatment over: each is refused, or waits, and says why."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from depthwork.practice.people.actions import disable
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.supervision.models import Supervision
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Break, Handover, Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.models import Grant, KeyPin, Keyring
from depthwork.practice.vault.unlocked import opened
from tests.handing import DAY, after, handed, plan, propose, take, today
from tests.supervising import share


def words_of(answer):
    return answer.content.decode()


def refused(cast, **more):
    with pytest.raises(CourseError) as caught:
        propose(cast, **more)
    assert not Handover.objects.exists()
    assert not Grant.objects.filter(purpose="handover").exists()
    return str(caught.value)


def test_not_to_oneself_nor_to_another_practice_nor_to_who_does_not_treat(cast):
    assert "somebody else of this practice" in refused(cast, to=cast.ana.person)
    assert "somebody else of this practice" in refused(cast, to=cast.dov.person)
    assert "goes to a clinician" in refused(cast, to=cast.mara.person)


def test_not_to_a_closed_sign_in(cast):
    disable(person=cast.eve.person, by=cast.mara.person)
    assert "sign-in is closed" in refused(cast)


def test_not_to_a_colleague_who_has_no_keys_yet(cast):
    Keyring.objects.filter(person=cast.eve.person).update(recovery_confirmed_at=None)
    assert "has not set up their keys yet" in refused(cast)


def test_not_before_each_has_compared_the_others_keys(cast):
    KeyPin.objects.filter(person=cast.eve.person, other=cast.ana.person).delete()
    assert "has not compared your keys yet" in refused(cast)
    KeyPin.objects.filter(person=cast.ana.person, other=cast.eve.person).delete()
    assert "compare key fingerprints" in refused(cast)


def test_not_to_a_colleague_who_is_kept_out(cast):
    with opened(cast.ana.unlocked):
        actions.keep_out(client=cast.client, other=cast.eve.person, by=cast.ana.person)
    assert "kept out" in refused(cast)


def test_not_of_a_treatment_that_has_ended(cast):
    with opened(cast.ana.unlocked):
        actions.end_treatment(
            treatment=cast.treatment, by=cast.ana.person, on=today(), planned=True, ended_by="both"
        )
    assert "has ended" in refused(cast)
    page = reverse("treatments:hand_over", args=[cast.client.id])
    assert cast.ana.browser().get(page).status_code == 404
    frame = cast.ana.browser().get(reverse("treatments:frame", args=[cast.client.id])).content.decode()
    assert "what has ended is not handed over" in frame
    assert reverse("disclosure:client", args=[cast.client.id]) in frame
    assert page not in frame


def test_not_where_the_colleague_has_a_course_with_the_client(cast):
    with opened(cast.ana.unlocked):
        Treatment.objects.create(client=cast.client, clinician=cast.eve.person, starts_on=today())
    assert "has a course with the client already" in refused(cast)


@pytest.mark.parametrize(
    "more",
    [
        {"from_day": today() - DAY},
        {"from_day": today() + 400 * DAY},
        {"agreed_on": today() + DAY},
        {"reads_until": today() - DAY},
        {"reads_until": today() + 500 * DAY},
    ],
)
def test_days_that_do_not_fit_are_refused(cast, more):
    refused(cast, **more)


def test_a_second_proposal_waits_for_the_first(cast):
    propose(cast)
    with pytest.raises(Changed):
        propose(cast, from_day=today() + DAY)


def test_two_windows_answer_once(cast):
    row = propose(cast, from_day=today() + 5 * DAY)
    again = Handover.objects.select_related("client__practice", "treatment", "giver", "to").get(pk=row.pk)
    take(cast, row)
    with opened(cast.eve.unlocked), pytest.raises(Changed):
        actions.decline_handover(handover=again, by=cast.eve.person)
    page = reverse("treatments:offered", args=[row.id])
    said = words_of(cast.eve.browser().post(page, {"act": "take"}, follow=True))
    assert "This was answered or taken back meanwhile" in said


def test_taken_back_in_one_window_it_is_not_taken_in_the_other(cast):
    row = propose(cast)
    with opened(cast.ana.unlocked):
        actions.withdraw_handover(
            handover=Handover.objects.select_related("client").get(), by=cast.ana.person
        )
    with opened(cast.eve.unlocked), pytest.raises(CourseError):
        actions.take_handover(handover=row, by=cast.eve.person)
    assert Treatment.objects.get(pk=cast.treatment.pk).clinician_id == cast.ana.id


def test_keys_that_were_exchanged_since_open_nothing_and_say_so(cast):
    row = propose(cast)
    KeyPin.objects.filter(person=cast.eve.person, other=cast.ana.person).delete()
    page = words_of(cast.eve.browser().get(reverse("treatments:offered", args=[row.id])))
    assert "The keys do not open for you: compare keys with Ana" in page
    assert "Cleo" not in page
    assert cast.eve.browser().get(reverse("ui:handed")).status_code == 200
    with opened(cast.eve.unlocked), pytest.raises(CourseError, match="compare keys with Ana"):
        actions.take_handover(handover=row, by=cast.eve.person)


def test_a_proposal_that_nobody_answers_ends_by_itself(cast):
    row = propose(cast)
    Handover.objects.update(from_day=today() - 70 * DAY)
    row.refresh_from_db(fields=["state", "from_day"])
    with opened(cast.eve.unlocked), pytest.raises(CourseError, match="has run out"):
        actions.take_handover(handover=row, by=cast.eve.person)
    propose(cast)
    assert sorted(Handover.objects.values_list("state", flat=True)) == ["proposed", "withdrawn"]


def test_the_minutes_take_its_keys_back(cast):
    propose(cast)
    actions.end_lapsed_handovers(at=datetime.now(UTC) + timedelta(days=62))
    assert Handover.objects.get().state == "withdrawn"
    assert not Grant.objects.filter(purpose="handover").exists()


def test_a_colleague_long_away_loses_no_key(cast):
    take(cast, propose(cast, from_day=today() + 5 * DAY))
    after(6)
    after(300)
    actions.end_lapsed_handovers(at=datetime.now(UTC) + timedelta(days=300))
    held = Grant.objects.filter(data_key__owner=cast.client.id, reader=cast.eve.person)
    assert {one.ends_at for one in held} == {None}
    assert cast.eve.browser().get(reverse("ui:thread", args=[cast.client.id])).status_code == 200


def test_a_colleague_whose_keys_are_gone_by_then_does_not_begin(cast):
    take(cast, propose(cast, from_day=today() + 5 * DAY))
    Grant.objects.filter(reader=cast.eve.person).delete()
    after(6)
    assert Treatment.objects.get(pk=cast.treatment.pk).clinician_id == cast.ana.id
    page = words_of(cast.ana.browser().get(reverse("treatments:hand_over", args=[cast.client.id])))
    assert "their keys are not ready any more" in page


def test_the_ending_of_the_treatment_takes_the_proposal_along(cast):
    take(cast, propose(cast, from_day=today() + 5 * DAY))
    with opened(cast.ana.unlocked):
        actions.end_treatment(
            treatment=cast.treatment, by=cast.ana.person, on=today(), planned=False, ended_by="client"
        )
    assert Handover.objects.get().state == "withdrawn"
    assert not Grant.objects.filter(purpose="handover").exists()


def test_a_colleague_whose_sign_in_closes_before_the_day_does_not_begin(cast):
    take(cast, propose(cast, from_day=today() + 5 * DAY))
    disable(person=cast.eve.person, by=cast.mara.person)
    after(6)
    assert Treatment.objects.get(pk=cast.treatment.pk).clinician_id == cast.ana.id
    page = words_of(cast.ana.browser().get(reverse("treatments:hand_over", args=[cast.client.id])))
    assert "As things stand it cannot begin: this person’s sign-in is closed." in page


def test_the_giver_may_have_left_by_then(cast):
    take(cast, propose(cast, from_day=today() + 5 * DAY))
    disable(person=cast.ana.person, by=cast.mara.person)
    after(6)
    assert Treatment.objects.get(pk=cast.treatment.pk).clinician_id == cast.eve.id
    assert cast.eve.browser().get(reverse("ui:thread", args=[cast.client.id])).status_code == 200


def test_whoever_covered_the_break_covers_nothing_once_they_treat(cast):
    with opened(cast.ana.unlocked):
        actions.announce_break(
            treatment=cast.treatment, by=cast.ana.person, from_date=today(), to_date=today() + 20 * DAY,
            cover=cast.eve.person,
        )  # fmt: skip
    handed(cast)
    assert Break.objects.get().cover is None
    now = datetime.now(UTC)
    standing = Involvement.objects.filter(person=cast.eve.person, client=cast.client.id)
    parts = {one.part for one in standing if one.ends_at is None or one.ends_at > now}
    assert parts == {Part.CLINICIAN}


def test_supervision_that_the_giver_arranged_ends_with_her_part(cast):
    share(cast)
    handed(cast)
    assert Supervision.objects.get().ended_at is not None
    assert not Grant.objects.filter(reader=cast.ben.person, data_key__owner=cast.client.id).exists()


def test_a_legal_hold_goes_along(cast):
    vault.hold(owner=cast.client.id, by=cast.ana.id)
    handed(cast)
    assert vault.is_held(cast.client.id)
    with opened(cast.eve.unlocked), pytest.raises(vault.Refused):
        vault.shred(owner=cast.client.id, by=cast.eve.id)


def test_sharing_taken_back_takes_the_proposal_back(cast):
    propose(cast)
    sent = {"act": "take_back", "client": str(cast.client.id), "reader": str(cast.eve.id)}
    assert cast.ana.browser().post(reverse("ui:sharing"), sent).status_code == 302
    assert Handover.objects.get().state == "withdrawn"


def test_hours_that_lie_on_hours_of_the_colleague_are_said_before_it_is_taken(cast):
    from tests.cast import client_of, treatment_of

    mine = treatment_of(cast.eve, client_of(cast.eve, "Ida Brook"))
    plan(cast, today() + 3 * DAY, clinician=cast.eve, treatment=mine)
    plan(cast, today() + 3 * DAY)
    row = propose(cast)
    page = words_of(cast.eve.browser().get(reverse("treatments:offered", args=[row.id])))
    assert "lies on another hour of yours" in page


def test_a_giver_with_another_course_keeps_part_and_keys(cast):
    with opened(cast.ana.unlocked):
        other = Treatment.objects.create(
            client=cast.client, clinician=cast.ana.person, starts_on=today(), state="consultation"
        )
    handed(cast)
    assert other.pk
    assert cast.ana.browser().get(reverse("record:record", args=[cast.client.id])).status_code == 200


def test_an_open_desk_proposes_nothing(cast):
    import time

    from depthwork.practice.people.middleware import TYPED

    browser = cast.ana.browser(typed=False)
    store = browser.session
    store[TYPED] = int(time.time()) - 600
    store.save()
    page = reverse("treatments:hand_over", args=[cast.client.id])
    assert "Your passphrase again" in words_of(browser.get(page))


def test_whoever_the_giver_named_for_an_emergency_keeps_nothing_of_the_client(cast):
    from depthwork.practice.treatments.actions import emergency
    from depthwork.practice.vault.models import EscrowShare

    with opened(cast.ana.unlocked):
        emergency.name_two(first=cast.eve.person, second=cast.ben.person, by=cast.ana.person)
    assert EscrowShare.objects.filter(data_key__owner=cast.client.id).exists()
    handed(cast)
    assert not EscrowShare.objects.filter(data_key__owner=cast.client.id).exists()
