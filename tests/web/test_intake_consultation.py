"""The consultation's pages, the safety plan and what stands alongside."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from depthwork.practice.audit.models import Event
from depthwork.practice.intake import actions
from depthwork.practice.intake.actions.consultation import considered
from depthwork.practice.intake.models import Consultation, SafetyPlan
from depthwork.practice.intake.queries import consultation_of, safety_plan_of
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Adjunct, Goal, GoalRating, LifeEvent
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        cast.row = actions.begin_consultation(client=cast.client, by=cast.ana.person)
        yield cast


def know(cast, facts=None, readings=None, **more):
    return actions.keep_facts(
        consultation=cast.row, by=cast.ana.person, facts=facts or {}, readings=readings or {}, **more
    )


def url(name, cast):
    return reverse(f"intake:{name}", args=[cast.client.id])


def test_only_what_comes_first_is_on_the_page_until_it_is_seen_to(ana):
    know(ana, {"recurring_pattern": "confirmed"}, {"core10_q6": 1})
    page = ana.ana.browser().get(url("consultation", ana)).content.decode()
    assert "Assess safety now" in page
    assert "Something returns" not in page
    assert "CBT" not in page


def test_after_the_acknowledgement_the_rest_appears_and_the_log_holds_it(ana):
    know(ana, {"recurring_pattern": "confirmed"}, {"core10_q6": 1})
    browser = ana.ana.browser()
    key = considered(ana.row).waits_for[0].key
    browser.post(url("acknowledge", ana), {"key": key, "how": "Asked in full; plan made."})
    page = browser.get(url("consultation", ana)).content.decode()
    assert "Something returns" in page
    assert "Asked in full; plan made." in page
    assert Event.objects.filter(verb="consultation.acknowledged", actor=ana.ana.id).count() == 1


def test_an_acknowledgement_without_words_opens_nothing(ana):
    know(ana, {}, {"core10_q6": 1})
    browser = ana.ana.browser()
    browser.post(url("acknowledge", ana), {"key": considered(ana.row).waits_for[0].key, "how": "  "})
    assert "Decide" not in browser.get(url("consultation", ana)).content.decode()


def test_nothing_can_be_decided_before_safety(ana):
    know(ana, {}, {"core10_q6": 1})
    with pytest.raises(CourseError, match="must be done first"):
        actions.decide(consultation=ana.row, by=ana.ana.person, decision="brief therapy")


def test_a_decision_needs_its_person(ana):
    with pytest.raises(CourseError, match="needs the person"):
        actions.decide(consultation=ana.row, by=None, decision="brief therapy")


def test_a_decision_without_a_person_is_refused_by_the_database(ana):
    ana.row.decision = "brief therapy"
    with pytest.raises(IntegrityError), transaction.atomic():
        ana.row.save(update_fields=["decision"])


def test_setting_a_point_aside_needs_reasons(ana):
    know(ana, {"ocd_main": "confirmed"})
    with pytest.raises(CourseError, match="needs its reasons"):
        actions.decide(consultation=ana.row, by=ana.ana.person, decision="long-term", set_aside=["R5"])


def test_set_aside_without_reasons_is_refused_by_the_database(ana):
    ana.row.set_aside = ["R5"]
    with pytest.raises(IntegrityError), transaction.atomic():
        ana.row.save(update_fields=["set_aside"])


def test_the_page_says_where_reasons_are_missing(ana):
    know(ana, {"ocd_main": "confirmed"})
    answer = ana.ana.browser().post(
        url("decide", ana), {"decision": "long-term", "set_aside": ["R5"], "version": ana.row.version}
    )
    assert answer.status_code == 422
    assert b"needs its reasons" in answer.content


def test_a_decision_is_kept_with_the_points_as_they_stood(ana):
    know(ana, {"ocd_main": "confirmed"})
    ana.ana.browser().post(
        url("decide", ana),
        {
            "decision": "Exposure first, at the hospital.",
            "reasons": "It is what he wants.",
            "with_client": "on",
            "version": ana.row.version,
        },
    )
    row = Consultation.objects.get(pk=ana.row.pk)
    assert row.decided_by == ana.ana.person
    assert row.decided_on is not None
    assert [one["rule_id"] for one in row.shown["considerations_caution"]] == ["R5"]


def test_a_decided_consultation_is_read_and_not_changed(ana):
    actions.decide(consultation=ana.row, by=ana.ana.person, decision="weekly")
    with pytest.raises(CourseError, match="is decided"):
        know(ana, {"ocd_main": "confirmed"})


def test_a_new_consultation_may_follow_and_only_one_is_open(ana):
    with pytest.raises(CourseError, match="open already"):
        actions.begin_consultation(client=ana.client, by=ana.ana.person)
    actions.decide(consultation=ana.row, by=ana.ana.person, decision="weekly")
    second = actions.begin_consultation(client=ana.client, by=ana.ana.person)
    assert consultation_of(ana.client) == second


def test_two_open_consultations_are_refused_by_the_database(ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.create(client=ana.client, begun_on=date(2026, 1, 1))


def test_each_fact_keeps_who_said_it_and_when(ana):
    know(ana, {"panic_disorder": "confirmed"})
    kept = Consultation.objects.get(pk=ana.row.pk).facts["panic_disorder"]
    assert kept["by"] == str(ana.ana.id)
    assert kept["on"]


def test_a_figure_outside_its_range_is_refused(ana):
    with pytest.raises(CourseError, match="between 0 and 27"):
        know(ana, {}, {"phq9_total": 28})


def test_two_windows_on_the_facts_give_a_conflict_with_the_words_kept(ana):
    know(ana, {"panic_disorder": "confirmed"}, version=1)
    answer = ana.ana.browser().post(url("facts", ana), {"fact_depression": "confirmed", "version": 1})
    assert answer.status_code == 409
    assert "depression" not in (Consultation.objects.get(pk=ana.row.pk).facts or {})


def test_the_facts_page_keeps_what_was_answered_and_what_was_left_open(ana):
    ana.ana.browser().post(
        url("facts", ana),
        {"fact_depression": "confirmed", "reading_phq9_total": "12", "open_phq9_q9": "on", "version": 1},
    )
    row = Consultation.objects.get(pk=ana.row.pk)
    assert row.readings == {"phq9_total": 12, "phq9_q9": "left_open"}
    page = ana.ana.browser().get(url("consultation", ana)).content.decode()
    assert "PHQ-9, item 9: risk question left open" in page


def test_wishes_for_the_work_are_words(ana):
    ana.ana.browser().post(url("preferences", ana), {"help": "She waited.", "version": 1})
    assert Consultation.objects.get(pk=ana.row.pk).preferences == {"help": "She waited."}


def test_what_was_asked_and_answered_is_kept(ana):
    ana.ana.browser().post(
        url("notes", ana), {"question_1": "What happens", "answer_1": "Heart, hands.", "version": 1}
    )
    assert Consultation.objects.get(pk=ana.row.pk).notes == [
        {"question": "What happens", "answer": "Heart, hands."}
    ]


@pytest.mark.parametrize("name", ["consultation", "facts", "preferences", "notes", "consents", "safety_plan"])
def test_other_people_do_not_find_these_pages(ana, name):
    for actor in (ana.eve, ana.dov, ana.mara, ana.ben, ana.cleo, ana.rui):
        assert actor.browser().get(url(name, ana)).status_code == 404


def test_the_consents_page_asks_each_purpose_with_its_no(ana):
    page = ana.ana.browser().get(url("consents", ana)).content.decode()
    assert page.count("Not asked. Not asked is no.") == 10
    form = (
        ana.ana.browser().get(reverse("intake:consent", args=[ana.client.id, "recording"])).content.decode()
    )
    assert "If no:" in form
    assert "checked" not in form.split('name="answer"')[1][:80]


def test_an_answer_is_written_down_and_taken_back_on_the_page(ana):
    browser = ana.ana.browser()
    browser.post(
        reverse("intake:consent", args=[ana.client.id, "transcript"]),
        {
            "answer": "yes",
            "given_on": "2026-01-06",
            "how": "room",
            "lives": "treatment_ends",
            "said": "Until we end.",
        },
    )
    from depthwork.practice.treatments.consents import allows, open_answers

    assert allows(ana.client, "transcript")
    row = open_answers(ana.client, "transcript")[0]
    browser.post(reverse("intake:revoke", args=[row.id]))
    assert not allows(ana.client, "transcript")


def test_neither_yes_nor_no_is_taken_for_granted(ana):
    answer = ana.ana.browser().post(
        reverse("intake:consent", args=[ana.client.id, "research"]), {"given_on": "2026-01-06", "how": "room"}
    )
    assert answer.status_code == 200
    assert not Event.objects.filter(verb__startswith="consent.").exists()


def test_in_illinois_cues_are_not_even_asked(ana):
    ana.practice.jurisdiction = "illinois"
    ana.practice.save()
    assert ana.ana.browser().get(reverse("intake:consent", args=[ana.client.id, "cues"])).status_code == 404


def test_a_consent_of_another_client_cannot_be_taken_back(ana):
    from depthwork.practice.treatments.actions import answer_consent

    with opened(ana.dov.unlocked):
        row = answer_consent(
            client=ana.other, by=ana.dov.person, purpose="research", is_yes=True, given_on=date(2026, 1, 6)
        )
    assert ana.ana.browser().post(reverse("intake:revoke", args=[row.id])).status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None


PLAN = {
    "warning_signs": "Planning how I will look\nGood news",
    "people_to_ask": "Paulette, 555-0132, before it is a paragraph\nMerle",
    "reason": "Theo",
    "made_on": "2026-02-01",
    "based_on": "0",
}


def test_a_safety_plan_is_made_dated_and_read(ana):
    ana.ana.browser().post(url("make_safety_plan", ana), PLAN)
    plan = safety_plan_of(ana.client)
    assert plan.number == 1
    assert plan.parts["people_to_ask"][0] == {
        "name": "Paulette",
        "phone": "555-0132",
        "note": "before it is a paragraph",
    }
    page = ana.ana.browser().get(url("safety_plan", ana)).content.decode()
    assert "tel:5550132" in page
    assert "116 123" in page


def test_a_second_plan_leaves_the_first_as_it_was(ana):
    browser = ana.ana.browser()
    browser.post(url("make_safety_plan", ana), PLAN)
    browser.post(
        url("make_safety_plan", ana), {**PLAN, "warning_signs": "The piano in the dark", "based_on": "1"}
    )
    assert [one.number for one in SafetyPlan.objects.filter(client=ana.client)] == [2, 1]
    assert b"Good news" in browser.get(url("safety_plan", ana) + "?number=1").content


def test_two_windows_on_one_plan_show_both_and_lose_neither(ana):
    browser = ana.ana.browser()
    browser.post(url("make_safety_plan", ana), PLAN)
    answer = browser.post(
        url("make_safety_plan", ana), {**PLAN, "warning_signs": "The window with the glass"}
    )
    assert answer.status_code == 409
    assert b"The window with the glass" in answer.content
    assert b"Good news" in answer.content
    assert SafetyPlan.objects.count() == 1


def test_an_empty_plan_is_not_kept(ana):
    with pytest.raises(CourseError, match="empty"):
        actions.make_safety_plan(client=ana.client, by=ana.ana.person, parts={}, on=date(2026, 2, 1))


def test_a_plan_based_on_an_older_one_is_refused(ana):
    actions.make_safety_plan(
        client=ana.client, by=ana.ana.person, parts={"reason": "Theo"}, on=date(2026, 2, 1)
    )
    with pytest.raises(Changed):
        actions.make_safety_plan(
            client=ana.client, by=ana.ana.person, parts={"reason": "Kay"}, on=date(2026, 2, 1)
        )


def test_two_plans_of_one_number_are_refused_by_the_database(ana):
    for wanted in (1, 1):
        row = SafetyPlan(client=ana.client, number=wanted, made_on=date(2026, 2, 1))
        if SafetyPlan.objects.exists():
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save(force_insert=True)
        else:
            row.save(force_insert=True)


def test_a_plan_numbered_zero_is_refused_by_the_database(ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        SafetyPlan.objects.create(client=ana.client, number=0, made_on=date(2026, 2, 1))


def test_a_manager_holds_no_key_of_the_plan(ana):
    actions.make_safety_plan(
        client=ana.client, by=ana.ana.person, parts={"reason": "Theo"}, on=date(2026, 2, 1)
    )
    with opened(ana.mara.unlocked), pytest.raises(NoKey):
        _ = SafetyPlan.objects.get().parts


def test_the_plan_is_one_key_away_on_every_page_of_the_client(ana):
    browser = ana.ana.browser()
    for name in (
        "treatments:frame",
        "treatments:client",
        "ui:thread",
        "intake:consents",
        "treatments:alongside",
    ):
        page = browser.get(reverse(name, args=[ana.client.id])).content.decode()
        assert f'href="{url("safety_plan", ana)}" data-key="!"' in page


def test_goals_are_added_rated_and_closed_on_their_page(ana):
    browser = ana.ana.browser()
    page = reverse("treatments:alongside", args=[ana.client.id])
    browser.post(reverse("treatments:add_goal", args=[ana.client.id]), {"words": "To sleep", "is_own": "yes"})
    goal = Goal.objects.get()
    browser.post(reverse("treatments:rate_goal", args=[goal.id]), {"rater": "client", "value": "3"})
    assert GoalRating.objects.get().value == 3
    assert "To sleep" in browser.get(page).content.decode()
    browser.post(reverse("treatments:close_goal", args=[goal.id]))
    goal.refresh_from_db()
    assert goal.closed_on is not None


def test_a_rating_outside_ten_is_asked_for_again(ana):
    browser = ana.ana.browser()
    browser.post(reverse("treatments:add_goal", args=[ana.client.id]), {"words": "To sleep", "is_own": "yes"})
    goal = Goal.objects.get()
    browser.post(reverse("treatments:rate_goal", args=[goal.id]), {"rater": "client", "value": "11"})
    assert not GoalRating.objects.exists()


def test_adjuncts_and_events_are_added(ana):
    browser = ana.ana.browser()
    args = [ana.client.id]
    browser.post(
        reverse("treatments:add_adjunct", args=args),
        {"kind": "medication", "on": "2026-02-01", "what": "mirtazapine 15 mg"},
    )
    browser.post(
        reverse("treatments:add_event", args=args),
        {"kind": "loss", "on": "2026-02-02", "words": "the piano went"},
    )
    page = browser.get(reverse("treatments:alongside", args=args)).content.decode()
    assert "mirtazapine 15 mg" in page
    assert "the piano went" in page
    assert (Adjunct.objects.count(), LifeEvent.objects.count()) == (1, 1)


def test_a_goal_of_another_practice_is_not_there(ana):
    with opened(ana.dov.unlocked):
        from depthwork.practice.treatments.actions import add_goal

        goal = add_goal(treatment=ana.other_treatment, by=ana.dov.person, words="hers")
    answer = ana.ana.browser().post(
        reverse("treatments:rate_goal", args=[goal.id]), {"rater": "client", "value": "3"}
    )
    assert answer.status_code == 404
