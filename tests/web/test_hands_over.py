"""A treatment goes to a colleague: proposed, taken, carried out on its day, and what each of the two then opens."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from depthwork.practice.audit.models import Event
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row
from depthwork.practice.sources.actions import write_note
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.models import FrameEvent, Handover, Session, Treatment
from depthwork.practice.vault.models import DataKey, Grant
from depthwork.practice.vault.unlocked import opened
from tests.handing import DAY, after, came, handed, plan, propose, take, today


def words_of(answer):
    return answer.content.decode()


def may(actor, permission, client):
    return allows_row(actor.person, permission, client)


def thread_of(client):
    return reverse("ui:thread", args=[client.id])


def test_it_is_proposed_on_a_page_and_stands_on_the_colleagues_today(cast):
    sent = {
        "to": str(cast.eve.id),
        "from_day": (today() + 9 * DAY).isoformat(),
        "agreed_on": today().isoformat(),
        "reads": "no",
        "line": "She likes to begin in silence.",
    }
    page = reverse("treatments:hand_over", args=[cast.client.id])
    assert cast.ana.browser().post(page, sent).status_code == 302
    row = Handover.objects.get()
    assert (row.giver_id, row.to_id, row.state) == (cast.ana.id, cast.eve.id, "proposed")
    desk = words_of(cast.eve.browser().get(reverse("ui:handed")))
    assert "Ana proposes the treatment of Cleo to you" in desk
    shown = words_of(cast.eve.browser().get(reverse("treatments:offered", args=[row.id])))
    assert "She likes to begin in silence." in shown
    assert "not answered yet" in words_of(cast.ana.browser().get(reverse("ui:handed")))


def test_today_asks_for_it_last_and_shows_it_without_a_page_around(cast):
    propose(cast)
    browser = cast.eve.browser()
    desk = words_of(browser.get(reverse("ui:today")))
    assert f'hx-get="{reverse("ui:handed")}" hx-trigger="load"' in desk
    part = words_of(browser.get(reverse("ui:handed"), HTTP_HX_REQUEST="true"))
    assert "Ana proposes the treatment of Cleo to you" in part
    assert "<html" not in part
    assert not words_of(cast.ben.browser().get(reverse("ui:handed"), HTTP_HX_REQUEST="true")).strip()


def test_before_it_is_taken_the_colleague_opens_nothing(cast):
    propose(cast)
    browser = cast.eve.browser()
    for name in ("ui:thread", "record:record", "treatments:frame", "treatments:client", "tracking:measures"):
        assert browser.get(reverse(name, args=[cast.client.id])).status_code == 404
    assert not may(cast.eve, P.SEE_ADMINISTRATION, cast.client)


def test_taken_for_today_the_colleague_treats_and_the_giver_opens_nothing(cast):
    row = propose(cast)
    page = reverse("treatments:offered", args=[row.id])
    assert cast.eve.browser().post(page, {"act": "take"}).status_code == 302
    cast.treatment.refresh_from_db(fields=["clinician"])
    assert cast.treatment.clinician_id == cast.eve.id
    assert cast.eve.browser().get(thread_of(cast.client)).status_code == 200
    assert cast.ana.browser().get(thread_of(cast.client)).status_code == 404
    assert cast.ana.browser().get(reverse("record:record", args=[cast.client.id])).status_code == 404
    assert not Grant.objects.filter(reader=cast.ana.person, data_key__owner=cast.client.id).exists()
    assert "Cleo" in words_of(cast.eve.browser().get(reverse("ui:caseload")))
    assert "Cleo" not in words_of(cast.ana.browser().get(reverse("ui:caseload")))


def test_the_colleague_reads_what_was_written_and_writes_on(cast):
    hour = cast.treatment.sessions.order_by("starts_at").first()
    with opened(cast.ana.unlocked):
        write_note(session=hour, text="She swept round the chair.", by=cast.ana.person)
    handed(cast)
    page = words_of(cast.eve.browser().get(reverse("casework:hour", args=[hour.id])))
    assert "swept round the chair" in page
    with opened(cast.eve.unlocked):
        write_note(session=hour, text="Mine, afterwards.", by=cast.eve.person)


def test_keys_are_renewed_so_that_the_giver_could_open_nothing_new(cast):
    before = set(DataKey.objects.filter(owner=cast.client.id).values_list("id", flat=True))
    handed(cast)
    living = set(DataKey.objects.filter(owner=cast.client.id, retired_at=None).values_list("id", flat=True))
    assert not living & before
    held = Grant.objects.filter(data_key__in=living, reader=cast.eve.person)
    assert {(one.purpose, one.ends_at) for one in held} == {("treatment", None)}
    office = Grant.objects.filter(data_key__in=living, reader=cast.mara.person)
    assert office.count() == 1


def test_keys_that_only_the_giver_had_compared_are_taken_on_her_word(cast):
    from depthwork.practice.vault.models import KeyPin

    KeyPin.objects.filter(person=cast.eve.person, other=cast.mara.person).delete()
    handed(cast)
    pin = KeyPin.objects.get(person=cast.eve.person, other=cast.mara.person)
    assert pin.compared_at is None
    assert not DataKey.objects.filter(owner=cast.client.id).exclude(renew_since=None).exists()
    assert Event.objects.filter(verb="keys.vouched", actor=cast.eve.id).count() == 1
    assert "Accepted on the word of whoever handed" in words_of(cast.eve.browser().get(reverse("ui:keys")))


def test_a_day_to_come_changes_nothing_until_it_is_there(cast):
    row = take(cast, propose(cast, from_day=today() + 5 * DAY))
    cast.treatment.refresh_from_db(fields=["clinician"])
    assert (row.state, cast.treatment.clinician_id) == ("taken", cast.ana.id)
    assert cast.ana.browser().get(thread_of(cast.client)).status_code == 200
    assert cast.eve.browser().get(thread_of(cast.client)).status_code == 404
    assert "You treat Cleo from" in words_of(cast.eve.browser().get(reverse("ui:handed")))


def test_the_day_comes_by_itself_and_the_keys_follow_at_the_next_sign_in(cast):
    take(cast, propose(cast, from_day=today() + 5 * DAY))
    came()
    cast.treatment.refresh_from_db(fields=["clinician"])
    assert cast.treatment.clinician_id == cast.eve.id
    assert not may(cast.ana, P.READ_RECORD, cast.client)
    assert cast.eve.browser().get(thread_of(cast.client)).status_code == 200
    with opened(cast.eve.unlocked):
        actions.settle_keys(cast.eve.person)
    held = Grant.objects.live().filter(data_key__owner=cast.client.id, reader=cast.eve.person)
    assert {one.purpose for one in held} == {"treatment"}


def test_the_house_itself_looks_each_minute_whether_a_day_has_come(cast, monkeypatch):
    from depthwork.practice.ui import minutes

    called = []
    for name in ("close_idle", "tick", "burn_what_is_due", "rederive_hours", "end_lapsed_handovers"):
        monkeypatch.setattr(minutes, name, lambda *, at: None)
    monkeypatch.setattr(minutes, "make_if_due", lambda *args, **more: None)
    monkeypatch.setattr(minutes, "carry_out_due", lambda *, at: called.append(at))
    minutes.each_minute()
    assert len(called) == 1


def test_hours_to_come_go_along_and_hours_held_stay_whose_they_were(cast):
    ours, later = plan(cast, today() + 2 * DAY), plan(cast, today() + 9 * DAY)
    take(cast, propose(cast, from_day=today() + 5 * DAY))
    after(6)
    whose = dict(Session.objects.filter(treatment=cast.treatment).values_list("id", "clinician"))
    assert whose[ours.id] == cast.ana.id
    assert whose[later.id] == cast.eve.id
    assert {who for pk, who in whose.items() if pk != later.id} == {cast.ana.id}


def test_the_thread_says_it_as_an_event_with_both_names(cast):
    handed(cast)
    event = FrameEvent.objects.get(treatment=cast.treatment, kind="clinician")
    with opened(cast.eve.unlocked):
        assert (event.on, str(event.said), event.words) == (today(), "who treats", "from Ana to Eve")
    assert "who treats" in words_of(
        cast.eve.browser().get(reverse("treatments:frame", args=[cast.client.id]))
    )


def test_the_giver_reads_the_record_until_a_day_if_she_said_so(cast):
    handed(cast, reads_until=today() + 30 * DAY)
    browser = cast.ana.browser()
    assert browser.get(reverse("record:record", args=[cast.client.id])).status_code == 200
    assert browser.get(thread_of(cast.client)).status_code == 404
    assert browser.post(reverse("record:record", args=[cast.client.id]), {}).status_code in (
        404,
        405,
        302,
        200,
    )
    assert not may(cast.ana, P.WRITE_RECORD, cast.client)
    assert not may(cast.ana, P.ANSWER_ALERT, cast.client)
    assert "you may open the record until" in words_of(browser.get(reverse("ui:handed")))
    Involvement.objects.filter(part=Part.FORMER).update(ends_at=datetime.now(UTC))
    assert browser.get(reverse("record:record", args=[cast.client.id])).status_code == 404


def test_own_notes_stay_sealed_unless_she_gives_them_along(cast):
    hour = cast.treatment.sessions.order_by("starts_at").last()
    with opened(cast.ana.unlocked):
        own = write_note(session=hour, text="Mine alone.", by=cast.ana.person, kind="countertransference")
    handed(cast)
    page = reverse("sources:source", args=[own.id])
    assert cast.eve.browser().get(page).status_code == 404
    assert "Mine alone" not in words_of(cast.eve.browser().get(reverse("casework:hour", args=[hour.id])))
    Handover.objects.update(own_notes=True)
    assert "Mine alone" in words_of(cast.eve.browser().get(page))
    assert cast.eve.browser().post(reverse("sources:edit", args=[own.id]), {"text": "x"}).status_code == 404


def test_what_stirred_in_the_giver_stands_on_no_page_of_the_colleague(cast):
    hour = cast.treatment.sessions.order_by("starts_at").last()
    with opened(cast.ana.unlocked):
        hour.after = {
            "feelings": {"bored": 3},
            "feeling_words": "a wish to flee",
            "question": "And the sister?",
        }
        hour.save(update_fields=["after"])
    handed(cast)
    coming = plan(cast, today() + 2 * DAY, clinician=cast.eve)
    before = words_of(cast.eve.browser().get(reverse("formulation:before", args=[coming.id]) + "?own=1"))
    assert "And the sister?" in before
    assert "a wish to flee" not in before
    page = reverse("formulation:after", args=[hour.id])
    assert "a wish to flee" not in words_of(cast.eve.browser().get(page))
    hour = Session.objects.get(pk=hour.pk)
    sent = {"status": "held", "line": "a new line", "version": hour.version}
    assert cast.eve.browser().post(page, sent).status_code == 302
    hour = Session.objects.get(pk=hour.pk)
    with opened(cast.eve.unlocked):
        assert hour.after["feeling_words"] == "a wish to flee"


def test_the_client_reads_with_whom_the_hours_are(cast):
    from depthwork.practice.portal.reading import own_place

    row = take(cast, propose(cast, from_day=today() + 5 * DAY))
    with opened(cast.ana.unlocked):
        found = own_place(cast.client)
    assert (found.treats, found.next_treats) == ("Ana", ("Eve", row.from_day))
    after(6)
    with opened(cast.eve.unlocked):
        found = own_place(cast.client)
    assert (found.treats, found.next_treats) == ("Eve", None)


def test_the_audit_tells_each_step_and_no_words(cast):
    handed(cast, line="She likes to begin in silence.")
    verbs = list(
        Event.objects.filter(verb__startswith="handover.").order_by("n").values_list("verb", "actor")
    )
    assert verbs == [
        ("handover.proposed", cast.ana.id),
        ("handover.taken", cast.eve.id),
        ("handover.carried_out", cast.eve.id),
    ]


def test_declined_with_a_line_the_giver_reads_it_and_the_keys_go(cast):
    row = propose(cast)
    page = reverse("treatments:offered", args=[row.id])
    sent = {"act": "decline", "line": "My Tuesdays are full."}
    assert cast.eve.browser().post(page, sent)["Location"] == reverse("ui:today")
    desk = words_of(cast.ana.browser().get(reverse("ui:handed")))
    assert "Eve does not take it" in desk
    assert "My Tuesdays are full." in desk
    assert not Grant.objects.filter(reader=cast.eve.person, data_key__owner=cast.client.id).exists()
    assert cast.eve.browser().get(page).status_code == 404


@pytest.mark.parametrize("first_taken", [False, True])
def test_the_giver_takes_it_back_before_the_day(cast, first_taken):
    row = propose(cast, from_day=today() + 5 * DAY, reads_until=today() + 30 * DAY)
    if first_taken:
        take(cast, row)
    url = reverse("treatments:withdraw_handover", args=[row.id])
    assert cast.ana.browser().post(url).status_code == 302
    row.refresh_from_db(fields=["state", "from_day"])
    assert row.state == "withdrawn"
    assert not Grant.objects.filter(purpose__in=["handover", "reading"]).exists()
    assert not DataKey.objects.filter(owner=cast.client.id).exclude(renew_since=None).exists()
    after(6)
    assert Treatment.objects.get(pk=cast.treatment.pk).clinician_id == cast.ana.id


def test_nobody_but_the_colleague_sees_a_proposal(cast):
    page = reverse("treatments:offered", args=[propose(cast).id])
    for who in (cast.ana, cast.ben, cast.mara, cast.dov, cast.rui):
        assert who.browser().get(page).status_code == 404
    assert cast.eve.browser().get(page).status_code == 200


def test_what_waits_is_listed_for_both(cast):
    plan(cast, today() - 3 * DAY)
    page = words_of(cast.ana.browser().get(reverse("treatments:hand_over", args=[cast.client.id])))
    assert "1 hour is over, and nobody said what became of it." in page
    row = handed(cast)
    assert "1 hour is over" in words_of(cast.eve.browser().get(reverse("treatments:offered", args=[row.id])))


def test_the_database_holds_one_open_proposal_and_no_gift_to_oneself(cast):
    propose(cast)
    more = {"client": cast.client, "treatment": cast.treatment, "from_day": today(), "agreed_on": today()}
    for people in ((cast.ana, cast.ben), (cast.ana, cast.ana)):
        with opened(cast.ana.unlocked), pytest.raises(IntegrityError), transaction.atomic():
            Handover.objects.create(giver=people[0].person, to=people[1].person, **more)
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.update(state="done")
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.update(reads_until=today() - DAY)


def test_thoughts_between_the_hours_are_agreed_anew_with_whoever_treats(cast):
    from depthwork.practice.portal.models import Opening

    Opening.objects.create(client=cast.client, by_client=True, by_clinician=True)
    handed(cast)
    row = Opening.objects.get()
    assert (row.by_client, row.by_clinician) == (True, False)
