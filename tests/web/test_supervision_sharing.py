"""A supervisor reads what was shared, for as long as it is shared, under a number and no name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from depthwork.practice.policy.models import Involvement
from depthwork.practice.sources.actions import burn_source, write_note
from depthwork.practice.sources.models import SourceVersion
from depthwork.practice.supervision import actions
from depthwork.practice.supervision.actions.coding import take_own_marks
from depthwork.practice.supervision.models import CodingSheet, Comment, Supervision
from depthwork.practice.supervision.queries import compared, open_for
from depthwork.practice.treatments.actions.consent import answer_consent, revoke_consent
from depthwork.practice.treatments.consents import open_answers
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Client, Consent
from depthwork.practice.vault.errors import Burned, NoKey
from depthwork.practice.vault.models import Grant, KeyPin
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
TOMORROW = date.today() + timedelta(days=1)
NOTE = "She swept round the chair.\n\nShe would like to be asked, though nobody asks."


def agree(cast, purpose="supervision", **more):
    """The client says yes; written down by the clinician."""
    given = {"is_yes": True, "given_on": date.today(), "words": {"said": "yes, and not the dreams"}}
    return answer_consent(client=cast.client, by=cast.ana.person, purpose=purpose, **given | more)


def share(cast, **more):
    with opened(cast.ana.unlocked):
        for purpose in ("supervision", "training"):
            if not open_answers(cast.client, purpose):
                agree(cast, purpose)
    given = {
        "treatment": cast.treatment,
        "supervisor": cast.ben.person,
        "purpose": "supervision",
        "words": "weekly supervision",
        "ends_on": TOMORROW + timedelta(days=30),
        "by": cast.ana.person,
    }
    with opened(cast.ana.unlocked):
        return actions.invite(**given | more)


@pytest.fixture
def room(cast):
    with opened(cast.ana.unlocked):
        cast.hours = list(cast.treatment.sessions.order_by("starts_at"))
        cast.source = write_note(session=cast.hours[0], text=NOTE, by=cast.ana.person)
        cast.own = write_note(
            session=cast.hours[0], text="Mine alone.", by=cast.ana.person, kind="countertransference"
        )
    return cast


def text_url(row, source):
    return reverse("supervision:text", args=[row.id, source.id])


def test_before_it_is_shared_a_supervisor_finds_nothing(room):
    with opened(room.ben.unlocked), pytest.raises(NoKey):
        _ = SourceVersion.objects.get(source=room.source).text


def test_a_supervisor_reads_the_text_that_was_shared(room):
    row = share(room)
    page = room.ben.browser().get(text_url(row, room.source))
    assert page.status_code == 200
    assert "She swept round the chair." in page.content.decode()


def test_a_supervisor_is_shown_no_name(room):
    row = share(room)
    browser = room.ben.browser()
    pages = [browser.get(u) for u in ("/supervision/", reverse("supervision:course", args=[row.id]),
                                      text_url(row, room.source), "/supervision/agenda/")]  # fmt: skip
    assert [p.status_code for p in pages] == [200] * 4
    assert not any("Cleo" in p.content.decode() for p in pages)
    with opened(room.ben.unlocked), pytest.raises(NoKey):
        _ = Client.objects.get(id=room.client.id).name


def test_the_clinicians_own_note_is_not_shared(room):
    row = share(room)
    assert room.ben.browser().get(text_url(row, room.own)).status_code == 404


def test_an_hour_outside_the_agreed_days_is_not_shown(room):
    row = share(room, from_day=room.hours[1].day)
    assert room.ben.browser().get(text_url(row, room.source)).status_code == 404


def test_the_first_request_after_the_end_finds_nothing(room):
    row = share(room)
    browser = room.ben.browser()
    assert browser.get(text_url(row, room.source)).status_code == 200
    with opened(room.ana.unlocked):
        actions.end_supervision(supervision=row, by=room.ana.person)
    denied = [browser.get(u).status_code for u in (text_url(row, room.source),
              reverse("supervision:course", args=[row.id]), reverse("ui:thread", args=[room.client.id]))]  # fmt: skip
    assert denied == [404, 404, 404]
    assert open_for(room.ben.person) == []


def test_a_key_kept_from_before_opens_no_new_note(room):
    row = share(room)
    with opened(room.ben.unlocked) as ben:
        held, old = ben.living_key(room.client.id, "process_notes")
    with opened(room.ana.unlocked):
        actions.end_supervision(supervision=row, by=room.ana.person)
        fresh = write_note(session=room.hours[1], text="Written afterwards.", by=room.ana.person)
        assert SourceVersion.objects.get(source=fresh).text == "Written afterwards."
    from depthwork.practice.vault import primitives as p
    from depthwork.practice.vault.models import ItemKey

    wrapped = bytes(ItemKey.objects.get(item=fresh.id).wrapped)
    assert p.key_id_of(wrapped) != held.key_id
    assert Grant.objects.filter(reader=room.ben.person).count() == 0
    with opened(room.ben.unlocked), pytest.raises(NoKey):
        _ = SourceVersion.objects.get(source=fresh).text
    with opened(room.ana.unlocked):
        assert SourceVersion.objects.get(source=room.source).text.startswith("She swept")
    assert old


def test_access_ends_by_itself_on_the_day_agreed(room):
    row = share(room)
    past = datetime.now(UTC) - timedelta(seconds=1)
    begun = past - timedelta(days=2)
    Supervision.objects.filter(pk=row.pk).update(started_at=begun, ends_at=past)
    Grant.objects.filter(reader=room.ben.person).update(ends_at=past)
    Involvement.objects.filter(person=room.ben.person).update(ends_at=past)
    assert room.ben.browser().get(text_url(row, room.source)).status_code == 404


def test_an_end_date_pushed_back_in_the_database_opens_nothing(room):
    from depthwork.practice.vault.errors import Tampered

    share(room)
    Grant.objects.filter(reader=room.ben.person).update(ends_at=datetime.now(UTC) + timedelta(days=900))
    with opened(room.ben.unlocked), pytest.raises(Tampered):
        _ = SourceVersion.objects.get(source=room.source).text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"ends_on": date.today() - timedelta(days=1)}, "lies in the past"),
        ({"ends_on": date.today() + timedelta(days=800)}, "a year at most"),
        ({"words": "  "}, "in a few words"),
        ({"purpose": "curiosity"}, "a purpose is one of"),
    ],
)
def test_a_sharing_that_does_not_hold_is_refused(room, more, said):
    with pytest.raises(CourseError, match=said):
        share(room, **more)
    assert not Grant.objects.filter(reader=room.ben.person).exists()


def test_without_a_consent_nothing_is_shared(room):
    with opened(room.ana.unlocked):
        agree(room, is_yes=False)
    with pytest.raises(CourseError, match="hold no yes"):
        share(room)
    assert not Grant.objects.filter(reader=room.ben.person).exists()


def test_a_no_to_one_supervisor_keeps_that_one_out(room):
    with opened(room.ana.unlocked):
        agree(room)
        agree(room, is_yes=False, person=room.ben.person)
    with pytest.raises(CourseError, match="hold no yes"):
        share(room)


def test_a_yes_to_supervision_is_none_to_training(room):
    with opened(room.ana.unlocked):
        agree(room, "supervision")
        agree(room, "training", is_yes=False)
    with pytest.raises(CourseError, match="hold no yes"):
        share(room, purpose="training")


def test_a_sharing_does_not_outlive_the_consent(room):
    with opened(room.ana.unlocked):
        agree(room, ends_on=TOMORROW)
    with pytest.raises(CourseError, match="the client agreed until"):
        share(room)
    row = share(room, ends_on=TOMORROW)
    with opened(room.ana.unlocked):
        assert row.terms["consent"]["words"] == "yes, and not the dreams"


def test_a_consent_that_is_taken_back_closes_the_course_at_the_next_request(room):
    row = share(room)
    browser = room.ben.browser()
    assert browser.get(text_url(row, room.source)).status_code == 200
    with opened(room.ana.unlocked):
        revoke_consent(
            consent=Consent.objects.get(client=room.client, purpose="supervision"), by=room.ana.person
        )
    assert browser.get(text_url(row, room.source)).status_code == 404
    assert browser.get(reverse("casework:hour", args=[room.hours[0].id])).status_code == 404


def hour_url(room, n=0):
    return reverse("casework:hour", args=[room.hours[n].id])


def test_a_supervisor_opens_the_hour_itself_under_the_courses_number(room):
    share(room)
    page = room.ben.browser().get(hour_url(room))
    words = page.content.decode()
    assert page.status_code == 200
    assert "Course 1" in words
    assert "Cleo" not in words
    assert "Mine alone" not in words
    assert "Write the note" not in words
    assert f"{room.hours[0].day:%B %Y}" not in words


def test_a_supervisors_mark_stands_on_the_hour_in_its_own_colour(room):
    share(room)
    browser = room.ben.browser()
    browser.post(reverse("casework:reading", args=[room.source.id]), {"blind": "no"})
    sent = {"start": 0, "end": 15, "construct": "wish", "code": _codes()[0], "attributes": "{}"}
    assert browser.post(reverse("casework:make", args=[room.source.id]), sent).status_code == 302
    seen = room.ana.browser().get(hour_url(room)).content.decode()
    assert 'class="entry another"' in seen
    assert '<mark id="s1" class="another"' in seen
    own = {"start": 0, "end": 3, "construct": "wish", "code": _codes()[0], "attributes": "{}"}
    room.ana.browser().post(reverse("casework:make", args=[room.source.id]), own)
    assert room.ana.browser().get(hour_url(room)).content.decode().count('class="entry another"') == 1


def test_a_comment_made_on_the_hour_stands_beside_its_words_for_both(room):
    share(room)
    browser = room.ben.browser()
    browser.post(reverse("casework:reading", args=[room.source.id]), {"blind": "no"})
    sent = {"turn": "1", "quote": "round the chair", "words": "And under it?", "next": "hour"}
    answer = browser.post(reverse("supervision:comment", args=[room.source.id]), sent)
    assert answer["Location"].startswith(hour_url(room))
    for who in (room.ben, room.ana):
        words = who.browser().get(hour_url(room)).content.decode()
        assert "And under it?" in words
        assert 'class="entry comment"' in words
    assert "withdraw" in browser.get(hour_url(room)).content.decode()
    one = Comment.objects.get()
    back = browser.post(reverse("supervision:withdraw", args=[one.id]), {"next": "hour"})
    assert back["Location"].startswith(hour_url(room))
    assert not Comment.objects.exists()


def test_who_reads_the_hour_blind_meets_no_comment_of_others(room):
    share(room)
    with opened(room.ana.unlocked):
        actions.comment(source=room.source, start=0, end=9, words="Look here.", by=room.ana.person)
    browser = room.ben.browser()
    assert "Look here." not in browser.get(hour_url(room)).content.decode()
    browser.post(reverse("casework:reading", args=[room.source.id]), {"blind": "no"})
    assert "Look here." in browser.get(hour_url(room)).content.decode()


def test_an_hour_outside_the_agreed_days_can_neither_be_opened_nor_marked_nor_searched(room):
    share(room, from_day=room.hours[1].day)
    browser = room.ben.browser()
    sent = {"start": 0, "end": 15, "construct": "wish", "code": _codes()[0], "attributes": "{}"}
    with opened(room.ana.unlocked):
        inside = write_note(session=room.hours[1], text=NOTE, by=room.ana.person)
    assert browser.get(hour_url(room)).status_code == 404
    assert browser.get(hour_url(room, 1)).status_code == 200
    assert browser.post(reverse("casework:make", args=[room.source.id]), sent).status_code == 404
    alike = reverse("casework:alike", args=[inside.id])
    assert browser.get(alike, {"start": 0, "end": 15}).status_code == 404


def test_the_clinicians_own_note_can_neither_be_marked_nor_opened_by_its_address(room):
    share(room)
    browser = room.ben.browser()
    sent = {"start": 0, "end": 4, "construct": "wish", "code": _codes()[0], "attributes": "{}"}
    assert browser.post(reverse("casework:make", args=[room.own.id]), sent).status_code == 404
    assert browser.get(hour_url(room), {"source": str(room.own.id)}).status_code == 404


def test_the_hour_of_a_course_costs_few_queries(room, django_assert_max_num_queries):
    share(room)
    browser = room.ben.browser()
    browser.get(hour_url(room))
    with django_assert_max_num_queries(34):
        browser.get(hour_url(room))


def test_someone_of_another_practice_cannot_be_invited(room):
    with pytest.raises(CourseError, match="of this practice"):
        share(room, supervisor=room.dov.person)


def test_nothing_is_shared_before_keys_were_compared(room):
    KeyPin.objects.filter(person=room.ana.person, other=room.ben.person).delete()
    with pytest.raises(CourseError, match="compare key fingerprints"):
        share(room)
    assert not Supervision.objects.exists()


def test_a_wrong_fingerprint_is_not_accepted(room):
    with opened(room.ana.unlocked), pytest.raises(CourseError, match="share nothing"):
        actions.accept_keys(other=room.ben.person, fingerprint="1234 5678", by=room.ana.person)


def test_a_course_is_shared_with_one_person_once(room):
    row = share(room)
    with pytest.raises(CourseError, match="shared with them already"):
        share(room)
    with pytest.raises(IntegrityError), transaction.atomic():
        Supervision.objects.create(
            client=room.client, treatment=room.treatment, supervisor=room.ben.person, invited_by=room.ana.person,
            consented_on=date.today(), started_at=row.started_at, ends_at=row.ends_at,
        )  # fmt: skip


@pytest.mark.parametrize(
    "change", [{"ended_at": datetime.now(UTC)}, {"ends_at": datetime(2020, 1, 1, tzinfo=UTC)}]
)
def test_the_database_holds_a_supervisions_pairs(room, change):
    row = share(room)
    with pytest.raises(IntegrityError), transaction.atomic():
        Supervision.objects.filter(pk=row.pk).update(**change)


def test_a_comment_stands_beside_its_words_and_burns_with_them(room):
    row = share(room)
    browser = room.ben.browser()
    sent = {"turn": "1", "quote": "round the chair", "words": "And under it?"}
    assert browser.post(reverse("supervision:comment", args=[room.source.id]), sent).status_code == 302
    assert "And under it?" in browser.get(text_url(row, room.source)).content.decode()
    with opened(room.ana.unlocked):
        burn_source(source=room.source, by=room.ana.person)
        with pytest.raises(Burned):
            _ = Comment.objects.get().words


def test_a_comment_on_words_that_do_not_stand_there_is_kept_from_landing(room):
    share(room)
    sent = {"turn": "1", "quote": "nothing of the kind", "words": "x"}
    answer = room.ben.browser().post(reverse("supervision:comment", args=[room.source.id]), sent)
    assert answer.status_code == 422
    assert not Comment.objects.exists()


def test_a_supervisor_who_is_removed_in_mid_reading_cannot_send_the_comment(room):
    row = share(room)
    browser = room.ben.browser()
    browser.get(text_url(row, room.source))
    with opened(room.ana.unlocked):
        actions.end_supervision(supervision=row, by=room.ana.person)
    answer = browser.post(
        reverse("supervision:comment", args=[room.source.id]), {"turn": "1", "words": "late"}
    )
    assert answer.status_code == 404
    assert not Comment.objects.exists()


@pytest.fixture
def coding(room):
    room.row = share(room)
    with opened(room.ana.unlocked):
        room.exercise = actions.ask_for_coding(
            source=room.source, coders=[room.ana.person, room.ben.person], by=room.ana.person
        )
    room.first = CodingSheet.objects.get(exercise=room.exercise, coder=room.ana.person)
    room.second = CodingSheet.objects.get(exercise=room.exercise, coder=room.ben.person)
    return room


def test_a_blind_coder_sees_the_text_and_nothing_else_of_the_client(coding):
    browser = coding.ben.browser()
    page = browser.get(reverse("supervision:sheet", args=[coding.second.id]))
    assert page.status_code == 200
    assert "Hour 1" not in page.content.decode()
    closed = [text_url(coding.row, coding.source), reverse("supervision:course", args=[coding.row.id]),
              reverse("ui:thread", args=[coding.client.id]),
              reverse("supervision:sheet", args=[coding.first.id])]  # fmt: skip
    assert [browser.get(u).status_code for u in closed] == [404] * 4


def _mark(sheet, actor, start, end, code):
    with opened(actor.unlocked):
        row = CodingSheet.objects.select_related("source", "exercise").get(pk=sheet.pk)
        actions.add_mark(
            sheet=row, start=start, end=end, construct="wish", code=code, by=actor.person, version=row.version
        )


def _seal(sheet, actor):
    with opened(actor.unlocked):
        row = CodingSheet.objects.select_related("source", "exercise").get(pk=sheet.pk)
        return actions.seal_sheet(sheet=row, read_whole=True, by=actor.person, version=row.version)


def _codes():
    from depthwork.coding.shelf import codes_for

    return list(codes_for("wish"))[:2]


def test_nothing_opens_before_both_are_sealed(coding):
    _mark(coding.second, coding.ben, 0, 8, _codes()[0])
    assert _seal(coding.second, coding.ben) is False
    browser = coding.ben.browser()
    assert browser.get(reverse("supervision:agreement", args=[coding.exercise.id])).status_code == 404
    assert browser.get(text_url(coding.row, coding.source)).status_code == 404
    assert _seal(coding.first, coding.ana) is True
    assert browser.get(reverse("supervision:agreement", args=[coding.exercise.id])).status_code == 200
    assert browser.get(text_url(coding.row, coding.source)).status_code == 200


def test_agreement_is_counted_from_the_sealed_sheets(coding):
    same, other = _codes()
    for sheet, actor, codes in (
        (coding.first, coding.ana, (same, same)),
        (coding.second, coding.ben, (same, other)),
    ):
        _mark(sheet, actor, 0, 8, codes[0])
        _mark(sheet, actor, 10, 20, codes[1])
        _seal(sheet, actor)
    with opened(coding.ana.unlocked):
        coding.exercise.refresh_from_db()
        told = compared(coding.exercise)[0].comparison.constructs["wish"]
    assert (told.units, told.percent, told.span_f1) == (2, 50.0, 1.0)


def test_a_sealed_sheet_does_not_change(coding):
    _seal(coding.first, coding.ana)
    with pytest.raises(Changed, match="sealed"):
        _mark(coding.first, coding.ana, 0, 8, _codes()[0])


def test_a_sheet_is_its_coders_own(coding):
    with opened(coding.ana.unlocked), pytest.raises(CourseError, match="somebody else"):
        actions.seal_sheet(sheet=coding.second, read_whole=True, by=coding.ana.person, version=1)


def test_a_sheet_set_aside_opens_the_client_again(coding):
    with opened(coding.ben.unlocked):
        actions.set_aside(sheet=coding.second, by=coding.ben.person, version=1)
    assert coding.ben.browser().get(text_url(coding.row, coding.source)).status_code == 200


def test_accepted_cues_do_not_enter_a_blind_sheet(coding):
    with opened(coding.ana.unlocked):
        assert take_own_marks(sheet=coding.first, by=coding.ana.person, version=1) == 0


def test_what_is_settled_is_a_consensus_beside_the_sheets(coding):
    code = _codes()[0]
    _mark(coding.first, coding.ana, 0, 8, code)
    _seal(coding.first, coding.ana)
    _seal(coding.second, coding.ben)
    with opened(coding.ana.unlocked):
        coding.exercise.refresh_from_db()
        mark = CodingSheet.objects.get(pk=coding.first.pk).marks[0]["id"]
        actions.settle(
            exercise=coding.exercise, chosen=[mark], by=coding.ana.person, version=1, is_finished=True
        )
        assert [m["origin"] for m in coding.exercise.consensus] == ["consensus"]
        with pytest.raises(Changed):
            actions.settle(exercise=coding.exercise, chosen=[], by=coding.ana.person, version=2)


def test_who_came_for_training_sees_their_sheet_only(room):
    row = share(room, purpose="training")
    with opened(room.ana.unlocked):
        actions.ask_for_coding(
            source=room.source, coders=[room.ana.person, room.ben.person], by=room.ana.person
        )
    browser = room.ben.browser()
    sheet = CodingSheet.objects.get(coder=room.ben.person)
    assert browser.get(reverse("supervision:sheet", args=[sheet.id])).status_code == 200
    assert browser.get(text_url(row, room.source)).status_code == 404
    assert browser.get(reverse("supervision:course", args=[row.id])).status_code == 404


def test_a_text_that_is_not_shared_cannot_be_coded(room):
    with opened(room.ana.unlocked), pytest.raises(CourseError, match="share the course"):
        actions.ask_for_coding(
            source=room.source, coders=[room.ana.person, room.ben.person], by=room.ana.person
        )


def test_the_agenda_takes_up_what_was_wished_after_an_hour(room):
    share(room)
    from depthwork.practice.treatments.actions import keep_line

    with opened(room.ana.unlocked):
        keep_line(session=room.hours[2], by=room.ana.person, line="x", after={"wished_to": ["extend"]})
    page = room.ana.browser().get("/supervision/agenda/").content.decode()
    assert "to extend the treatment" in page
