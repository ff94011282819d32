"""Sharing a course: with a consent, for a time, under a number and no name; and what is left when it ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from depthwork.practice.policy.models import Involvement
from depthwork.practice.sources.actions import write_note
from depthwork.practice.sources.models import SourceVersion
from depthwork.practice.supervision import actions
from depthwork.practice.supervision.models import Supervision
from depthwork.practice.supervision.queries import open_for
from depthwork.practice.treatments.actions.consent import revoke_consent
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client, Consent
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.models import Grant, KeyPin
from depthwork.practice.vault.unlocked import opened
from tests.supervising import TOMORROW, agree, share, supervised, text_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast):
    return supervised(cast)


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


def test_a_desk_shows_what_is_shared_with_its_owner_and_no_longer_than_it_is(room):
    row = share(room)
    course = reverse("supervision:course", args=[row.id])
    desk, agenda = "/supervision/", "/supervision/agenda/"
    assert course in room.ben.browser().get(desk).content.decode()
    for path in (desk, agenda):
        page = room.eve.browser().get(path).content.decode()
        assert course not in page
        assert "Course 1" not in page
    with opened(room.ana.unlocked):
        actions.end_supervision(supervision=row, by=room.ana.person)
    for path in (desk, agenda):
        page = room.ben.browser().get(path).content.decode()
        assert course not in page
        assert "Course 1" not in page


def test_a_name_that_fell_in_an_hour_is_read_there_and_the_pages_of_sharing_say_so(room):
    """A number stands for the client on the desk; what was written of an hour is read as it was written."""
    with opened(room.ana.unlocked):
        named = write_note(
            session=room.hours[1], text="Cleo came late, by the side door.", by=room.ana.person
        )
    text = room.ben.browser().get(text_url(share(room), named)).content.decode()
    assert "Cleo came late" in text
    for page in ("supervision:invite", "supervision:client"):
        said = room.ana.browser().get(reverse(page, args=[room.client.id])).content.decode()
        assert "ames that fell in an hour stand in its text" in said
