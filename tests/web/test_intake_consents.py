"""A yes, a No and a yes taken back: each binds from the next request on."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from depthwork.practice.audit.models import Event
from depthwork.practice.people.models import Practice
from depthwork.practice.policy.jurisdiction import profile, profiles
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.sources import actions as sources
from depthwork.practice.sources.actions import burning
from depthwork.practice.sources.editing import access_line
from depthwork.practice.sources.queries import version_of
from depthwork.practice.sources.signals import burn_at_sign_in
from depthwork.practice.treatments import actions, consents
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Consent, FollowUp, Session
from depthwork.practice.ui import doctor, minutes
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.unlocked import opened
from depthwork.transcripts import transcript_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 6)


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast


def say(cast, purpose, is_yes=True, **more):
    more.setdefault("given_on", DAY)
    return actions.answer_consent(
        client=cast.client, by=cast.ana.person, purpose=purpose, is_yes=is_yes, **more
    )


def test_what_was_not_asked_is_not_allowed(ana):
    assert not consents.allows(ana.client, "cues")


def test_a_no_is_kept_as_an_answer_and_allows_nothing(ana):
    row = say(ana, "recording", False)
    assert not consents.allows(ana.client, "recording")
    assert consents.open_answers(ana.client, "recording") == [row]


def test_a_yes_taken_back_binds_at_the_next_question(ana):
    row = say(ana, "cues")
    assert consents.allows(ana.client, "cues")
    actions.revoke_consent(consent=row, by=ana.ana.person)
    assert not consents.allows(ana.client, "cues")


def test_a_yes_ends_on_its_day(ana):
    say(ana, "research", ends_on=DAY + timedelta(days=30))
    assert consents.allows(ana.client, "research", on=DAY + timedelta(days=30))
    assert not consents.allows(ana.client, "research", on=DAY + timedelta(days=31))


def test_a_no_to_one_person_stands_before_a_general_yes(ana):
    say(ana, "supervision")
    say(ana, "supervision", False, person=ana.ben.person)
    assert consents.allows(ana.client, "supervision")
    assert not consents.allows(ana.client, "supervision", person=ana.ben.person)


def test_a_second_answer_takes_the_place_of_the_first_which_stays_to_be_read(ana):
    say(ana, "research", False)
    say(ana, "research", True, given_on=DAY + timedelta(days=7))
    assert consents.allows(ana.client, "research")
    assert Consent.objects.filter(client=ana.client, purpose="research").count() == 2


def test_the_words_of_the_client_are_sealed(ana):
    say(ana, "supervision", words={"said": "if you quote me you show me"})
    with connection.cursor() as cursor:
        cursor.execute("select words from treatments_consent")
        assert b"quote me" not in bytes(cursor.fetchone()[0])


def test_only_a_yes_that_stands_can_be_taken_back(ana):
    row = say(ana, "research", False)
    with pytest.raises(CourseError, match="only a yes"):
        actions.revoke_consent(consent=row, by=ana.ana.person)


def test_an_answer_about_someone_of_another_practice_is_refused(ana):
    with pytest.raises(CourseError, match="not of this practice"):
        say(ana, "supervision", person=ana.dov.person)


def test_two_open_answers_to_one_question_are_refused_by_the_database(ana):
    say(ana, "research")
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(client=ana.client, purpose="research", is_yes=True, given_on=DAY)


def test_two_open_answers_about_one_person_are_refused_by_the_database(ana):
    say(ana, "supervision", person=ana.ben.person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(
            client=ana.client, purpose="supervision", person=ana.ben.person, is_yes=True, given_on=DAY
        )


def test_a_revocation_without_a_person_is_refused_by_the_database(ana):
    row = say(ana, "research")
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=row.pk).update(revoked_at="2026-02-01T00:00:00Z")


def test_a_no_cannot_be_revoked_in_the_database_either(ana):
    row = say(ana, "research", False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=row.pk).update(revoked_at="2026-02-01T00:00:00Z", revoked_by=ana.ana.person)


def test_a_life_until_a_day_needs_its_day_in_the_database(ana):
    row = say(ana, "transcript", lives="treatment_ends")
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=row.pk).update(lives="day")


def test_taking_supervision_back_closes_what_the_supervisor_could_open(ana):
    row = say(ana, "supervision")
    vault.share(
        owner=ana.client.id,
        compartments=["process_notes"],
        reader=ana.ben.id,
        purpose="supervision",
        consent=row.id,
    )
    Involvement.objects.create(
        person=ana.ben.person,
        practice=ana.practice.id,
        client=ana.client.id,
        part=Part.SUPERVISOR,
        purpose="supervision",
    )
    with opened(ana.ben.unlocked):
        assert Session.objects.filter(client=ana.client).first().kept_line
    actions.revoke_consent(consent=row, by=ana.ana.person)
    with opened(ana.ben.unlocked), pytest.raises(NoKey):
        _ = Session.objects.filter(client=ana.client).first().kept_line
    assert Involvement.objects.get(person=ana.ben.person).ends_at is not None
    assert Session.objects.filter(client=ana.client).first().kept_line == "line of hour 1"


def test_a_client_without_keys_of_the_notes_can_take_supervision_back(ana):
    row = say(ana, "supervision")
    vault.share(
        owner=ana.client.id,
        compartments=["process_notes"],
        reader=ana.ben.id,
        purpose="supervision",
        consent=row.id,
    )
    with opened(ana.cleo.unlocked):
        actions.revoke_consent(consent=row, by=ana.cleo.person)
    with opened(ana.ben.unlocked), pytest.raises(NoKey):
        _ = Session.objects.filter(client=ana.client).first().kept_line


def test_each_answer_leaves_one_line_in_the_audit(ana):
    row = say(ana, "cues")
    actions.revoke_consent(consent=row, by=ana.ana.person)
    verbs = list(Event.objects.filter(object_id=str(row.id)).order_by("n").values_list("verb", flat=True))
    assert verbs == ["consent.yes", "consent.revoked"]


@pytest.fixture
def with_transcript(ana):
    hour = Session.objects.filter(treatment=ana.treatment).first()
    words = transcript_of([("C", "I left before you came.")])
    ana.source = sources.add_transcript(session=hour, transcript=words, by=ana.ana.person)
    return ana


def end(cast):
    actions.end_treatment(
        treatment=cast.treatment, by=cast.ana.person, on=date(2026, 4, 1), planned=True, ended_by="both"
    )


def test_a_transcript_agreed_until_the_end_is_burned_with_the_ending(with_transcript):
    say(with_transcript, "transcript", lives="treatment_ends")
    end(with_transcript)
    with_transcript.source.refresh_from_db()
    assert with_transcript.source.burned_at is not None
    assert version_of(with_transcript.source).text is None


def test_a_transcript_agreed_for_as_long_as_the_record_outlives_the_ending(with_transcript):
    say(with_transcript, "transcript", lives="record")
    end(with_transcript)
    with_transcript.source.refresh_from_db()
    assert with_transcript.source.burned_at is None


def test_under_a_legal_hold_the_transcript_stays_due(with_transcript):
    say(with_transcript, "transcript", lives="treatment_ends")
    vault.hold(owner=with_transcript.client.id, by=with_transcript.ana.id)
    end(with_transcript)
    with_transcript.source.refresh_from_db()
    assert with_transcript.source.burned_at is None
    due = consents.transcripts_to_burn([with_transcript.client.id], on=date(2026, 4, 2))
    assert [one.treatment_id for one in due] == [with_transcript.treatment.id]


def test_a_transcript_is_due_from_the_day_its_consent_was_taken_back(with_transcript):
    row = say(with_transcript, "transcript", lives="record")
    assert consents.transcripts_to_burn([with_transcript.client.id], on=date(2030, 1, 1)) == []
    actions.revoke_consent(consent=row, by=with_transcript.ana.person)
    assert consents.transcripts_to_burn([with_transcript.client.id], on=date(2030, 1, 1))


def is_burned(cast):
    cast.source.refresh_from_db()
    return cast.source.burned_at is not None


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_a_transcript_agreed_until_a_day_lives_through_that_day_and_is_burned_on_the_next(with_transcript):
    say(with_transcript, "transcript", lives="day", ends_on=date(2026, 3, 1))
    assert sources.burn_what_is_due(at=noon(date(2026, 3, 1))) == 0
    assert sources.burn_what_is_due(at=noon(date(2026, 3, 2))) == 1
    assert is_burned(with_transcript)
    assert Event.objects.filter(
        verb="source.burned_as_agreed", object_id=str(with_transcript.source.id)
    ).exists()
    assert sources.burn_what_is_due(at=noon(date(2026, 3, 2))) == 0


def test_a_transcript_agreed_until_the_last_follow_up_is_burned_on_the_day_after_it(
    with_transcript, monkeypatch
):
    say(with_transcript, "transcript", lives="follow_ups_end")
    for months, due_on, answer in (
        (6, date(2026, 10, 1), FollowUp.Answer.AGREED),
        (12, date(2027, 4, 1), FollowUp.Answer.DECLINED),
    ):
        FollowUp.objects.create(
            client=with_transcript.client,
            treatment=with_transcript.treatment,
            months=months,
            due_on=due_on,
            answer=answer,
        )
    monkeypatch.setattr(burning, "today_at", lambda practice: date(2026, 4, 1))
    end(with_transcript)
    assert sources.burn_what_is_due(at=noon(date(2026, 10, 1))) == 0
    assert sources.burn_what_is_due(at=noon(date(2026, 10, 2))) == 1


@pytest.mark.parametrize(("answer", "stays"), [(FollowUp.Answer.DECLINED, 0), (None, 30)])
def test_without_an_agreed_follow_up_it_goes_with_the_ending_or_after_a_month_to_agree_one(
    with_transcript, monkeypatch, answer, stays
):
    say(with_transcript, "transcript", lives="follow_ups_end")
    if answer:
        FollowUp.objects.create(
            client=with_transcript.client,
            treatment=with_transcript.treatment,
            months=6,
            due_on=date(2026, 10, 1),
            answer=answer,
        )
    monkeypatch.setattr(burning, "today_at", lambda practice: date(2026, 4, 1))
    end(with_transcript)
    sources.burn_what_is_due(at=noon(date(2026, 4, 1) + timedelta(days=stays)))
    assert is_burned(with_transcript) is (stays == 0)
    sources.burn_what_is_due(at=noon(date(2026, 4, 1) + timedelta(days=stays + 1)))
    assert is_burned(with_transcript)


def test_a_no_after_a_yes_burns_the_transcript(with_transcript):
    say(with_transcript, "transcript", lives="record")
    say(with_transcript, "transcript", False, given_on=DAY + timedelta(days=3))
    assert sources.burn_what_is_due(at=noon(DAY + timedelta(days=3))) == 1


def test_a_yes_after_a_no_keeps_it(with_transcript):
    say(with_transcript, "transcript", lives="record")
    say(with_transcript, "transcript", False)
    say(with_transcript, "transcript", lives="record", given_on=DAY + timedelta(days=1))
    assert sources.burn_what_is_due(at=noon(date(2030, 1, 1))) == 0


def outliving(look):
    (ask,) = [one for one in doctor.LATER if one.__name__ == "_nothing_outlives_its_agreement"]
    return ask(look)


def test_a_legal_hold_is_respected_noted_once_and_said_by_the_doctor(with_transcript, tmp_path):
    say(with_transcript, "transcript", lives="day", ends_on=date(2026, 3, 1))
    vault.hold(owner=with_transcript.client.id, by=with_transcript.ana.id)
    for _ in range(3):
        assert sources.burn_what_is_due(at=noon(date(2026, 3, 9))) == 0
    assert Event.objects.filter(verb="source.held_back_from_burning").count() == 1
    told = outliving(doctor.Look(tmp_path, noon(date(2026, 3, 9))))
    assert (told.level, told.code) == ("hint", "outlived_held")
    assert not is_burned(with_transcript)


def test_the_doctor_says_what_outlived_its_agreement(with_transcript, tmp_path):
    look = doctor.Look(tmp_path, noon(date(2026, 3, 9)))
    assert outliving(look) is None
    say(with_transcript, "transcript", lives="day", ends_on=date(2026, 3, 1))
    assert outliving(look).code == "outlived"


def test_a_sign_in_burns_what_is_due(with_transcript):
    say(with_transcript, "transcript", lives="day", ends_on=date(2026, 3, 1))
    with_transcript.ana.browser()
    burn_at_sign_in(sender=None, request=None, user=with_transcript.ana.person)
    assert is_burned(with_transcript)


def test_another_clinicians_sign_in_touches_nothing_of_this_client(with_transcript):
    say(with_transcript, "transcript", lives="day", ends_on=date(2026, 3, 1))
    burn_at_sign_in(sender=None, request=None, user=with_transcript.dov.person)
    assert not is_burned(with_transcript)


def test_serving_burns_once_an_hour(with_transcript, monkeypatch):
    asked = []
    monkeypatch.setattr(minutes, "burn_what_is_due", lambda at: asked.append(at))
    monkeypatch.setattr(minutes, "_last_hour", [])
    for minute in (10, 11, 59, 60, 61):
        minutes.each_minute(at=noon(date(2026, 3, 9)) + timedelta(minutes=minute))
    assert len(asked) == 2


def test_the_consents_page_says_that_the_transcripts_are_burned(with_transcript):
    say(with_transcript, "transcript", lives="day", ends_on=date(2026, 3, 1))
    page = with_transcript.ana.browser().get(f"/clients/{with_transcript.client.id}/consents/")
    assert "2 March 2026" in page.content.decode()
    assert "they are burned" in page.content.decode()


def test_every_jurisdiction_names_its_sources_and_the_day_of_its_next_review():
    for one in profiles():
        assert one.sources
        assert one.review.review_due > date(2026, 1, 1)
        assert set(one.ask) <= set(Consent.Purpose.values)


def test_illinois_proposes_nothing_and_has_no_switch_for_all(ana):
    ana.practice.jurisdiction = "illinois"
    assert not consents.cues_possible(ana.practice)
    assert not any(one.cues_practice_wide for one in profiles())


def test_recording_transcript_and_cues_are_three_questions_wherever_cues_are_possible():
    for one in profiles():
        asked = {"recording", "transcript", "cues"} if one.cues_possible else {"recording", "transcript"}
        assert asked <= set(one.ask)


def test_an_unknown_jurisdiction_is_read_as_the_careful_one():
    assert profile("atlantis").id == "default"
    assert profile("../../etc/passwd").id == "default"


def test_the_editor_says_what_the_practices_profile_says(ana):
    assert "depends" in access_line(Practice(country="JP"))
    assert access_line(Practice(country="GB", jurisdiction="uk")) == profile("uk").editor_line
