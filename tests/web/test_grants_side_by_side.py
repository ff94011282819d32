"""What was given for different purposes stands side by side: none shortens another, and each is taken back alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.supervision.models import Supervision
from depthwork.practice.tracking import actions as tracking
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.models import Break, Client, Consent
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins, rotation
from depthwork.practice.vault.errors import NoKey, Tampered
from depthwork.practice.vault.models import DataKey, Grant
from depthwork.practice.vault.unlocked import opened
from tests.cast import client_of
from tests.supervising import share as supervise

pytestmark = pytest.mark.django_db
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
LATER = SOON + timedelta(days=90)


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast


def give(cast, purpose, ends_at=None, reader=None, compartments=("record",), **more):
    vault.share(
        owner=cast.client.id, compartments=compartments, reader=(reader or cast.eve).id,
        purpose=purpose, ends_at=ends_at, **more,
    )  # fmt: skip


def holds(cast, actor=None, compartment="record"):
    actor = actor or cast.eve
    actor.unlocked.forget()
    return actor.unlocked.holds(cast.client.id, compartment)


def grants(cast, actor=None):
    return Grant.objects.filter(reader=(actor or cast.eve).person, data_key__owner=cast.client.id)


@pytest.mark.parametrize(
    ("one", "other"), list(permutations(("cover", "alerts", "supervision", "research", "office"), 2))
)
def test_two_purposes_stand_side_by_side_and_one_is_taken_back_alone(ana, one, other):
    give(ana, one, SOON)
    give(ana, other, LATER)
    assert vault.take_back(owner=ana.client.id, reader=ana.eve.id, purpose=one) == []
    assert holds(ana)
    assert vault.take_back(owner=ana.client.id, reader=ana.eve.id, purpose=other) == ["record"]
    assert not holds(ana)


@pytest.mark.parametrize("first", [LATER, None])
def test_a_shorter_share_for_the_same_purpose_shortens_nothing(ana, first):
    give(ana, "cover", first)
    give(ana, "cover", SOON)
    assert [one.ends_at for one in grants(ana)] == [first]
    with opened(ana.eve.unlocked) as eve:
        assert eve.living_key(ana.client.id, "record")


@pytest.mark.parametrize("second", [LATER, None])
def test_a_longer_share_for_the_same_purpose_takes_its_place(ana, second):
    give(ana, "cover", SOON)
    give(ana, "cover", second)
    assert [one.ends_at for one in grants(ana)] == [second]


def test_an_end_pushed_back_in_the_database_is_no_wider_grant_to_keep(ana):
    give(ana, "cover", SOON)
    grants(ana).update(ends_at=LATER + timedelta(days=900))
    give(ana, "cover", LATER)
    assert [one.ends_at for one in grants(ana)] == [LATER]
    with opened(ana.eve.unlocked) as eve:
        assert eve.living_key(ana.client.id, "record")


def test_two_consents_stand_side_by_side(ana):
    one, two = ana.treatment.id, ana.practice.id
    give(ana, "supervision", SOON, consent=one)
    give(ana, "supervision", LATER, consent=two)
    vault.take_back(owner=ana.client.id, reader=ana.eve.id, consent=one)
    assert [one.consent for one in grants(ana)] == [two]
    assert holds(ana)


@pytest.mark.parametrize("consent", [None, "given"])
def test_the_database_holds_one_grant_for_each_arrangement(ana, consent):
    give(ana, "cover", SOON, consent=ana.treatment.id if consent else None)
    row = grants(ana).get()
    row.id = ana.practice.id
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_of_two_grants_of_a_key_a_forged_one_does_not_close_the_other(ana):
    give(ana, "cover", SOON)
    give(ana, "alerts")
    for purpose in ("cover", "alerts"):
        with transaction.atomic():
            grants(ana).filter(purpose=purpose).update(signature=b"s" * 64)
            with opened(ana.eve.unlocked) as eve:
                assert eve.living_key(ana.client.id, "record")
            transaction.set_rollback(True)
    grants(ana).update(signature=b"s" * 64)
    with opened(ana.eve.unlocked) as eve, pytest.raises(Tampered):
        eve.living_key(ana.client.id, "record")


def test_a_new_key_is_not_given_to_a_grant_that_was_altered_or_has_run_out(ana):
    give(ana, "cover", SOON)
    give(ana, "supervision", SOON, reader=ana.ben)
    give(ana, "office", SOON, reader=ana.mara)
    grants(ana).update(ends_at=LATER)
    grants(ana, ana.ben).update(ends_at=datetime.now(UTC) - timedelta(hours=1))
    rotation.rotate(owner=ana.client.id, compartment="record")
    living = Grant.objects.filter(data_key__owner=ana.client.id, data_key__compartment="record")
    assert {one.reader_id for one in living} == {ana.ana.id, ana.mara.id}


# What the practice does with it


def away(cast, first, days=7, **more):
    begins = date.today() + timedelta(days=first)
    return actions.announce_break(
        treatment=cast.treatment, by=cast.ana.person, from_date=begins,
        to_date=begins + timedelta(days=days), cover=cast.eve.person, **more,
    )  # fmt: skip


def test_a_break_announced_after_a_later_one_does_not_end_its_cover(ana):
    winter = away(ana, 60)
    away(ana, 20)
    ends = grants(ana).values_list("ends_at", flat=True)
    assert {one.date() for one in ends} == {winter.to_date + timedelta(days=1)}
    part = Involvement.objects.get(person=ana.eve.person, part=Part.COVER)
    assert {part.ends_at} == set(ends)
    assert actions.opens_for_cover(winter)


def test_when_the_later_break_is_withdrawn_the_key_ends_with_the_one_that_is_left(ana):
    winter, autumn = away(ana, 60), away(ana, 20)
    actions.withdraw_break(pause=winter, by=ana.ana.person)
    part = Involvement.objects.get(person=ana.eve.person, part=Part.COVER)
    assert part.ends_at.date() <= autumn.to_date + timedelta(days=1)
    assert {one.ends_at for one in grants(ana)} == {part.ends_at}
    assert holds(ana)


def test_a_break_withdrawn_leaves_a_deputy_their_key(ana):
    tracking.name_deputy(
        client=ana.client, by=ana.ana.person, colleague=ana.eve.person, agreed_on=date.today()
    )
    actions.withdraw_break(pause=away(ana, 20), by=ana.ana.person)
    assert set(grants(ana).values_list("purpose", flat=True)) == {"alerts"}
    assert holds(ana)


def test_a_deputy_withdrawn_still_covers_the_break_and_opens_its_record(ana):
    tracking.name_deputy(
        client=ana.client, by=ana.ana.person, colleague=ana.eve.person, agreed_on=date.today()
    )
    pause = away(ana, 20)
    tracking.withdraw_deputy(client=ana.client, by=ana.ana.person)
    assert holds(ana)
    assert actions.opens_for_cover(pause)


def test_another_deputy_takes_the_key_of_the_first(ana):
    with opened(ana.ana.unlocked):
        mara = ana.mara.person
        mara.roles = ["clinician", "manager"]
        mara.save()
        for who in (ana.eve.person, mara):
            tracking.name_deputy(client=ana.client, by=ana.ana.person, colleague=who, agreed_on=date.today())
    assert not holds(ana)
    assert holds(ana, ana.mara)


def test_a_manager_who_covered_a_break_keeps_the_names_of_the_office(ana):
    mara = ana.mara.person
    actions.announce_break(
        treatment=ana.treatment, by=ana.ana.person, from_date=date.today(), to_date=date.today(), cover=mara
    )
    pause = Break.objects.get()
    actions.withdraw_break(pause=pause, by=ana.ana.person)
    assert holds(ana, ana.mara, "administration")
    assert not holds(ana, ana.mara, "record")
    with opened(ana.mara.unlocked):
        assert Client.objects.get(id=ana.client.id).name == "Cleo Marsh"


def test_an_office_key_that_has_run_out_is_offered_again(ana):
    assert actions.not_in_the_office(reader=ana.mara.person, by=ana.ana.person) == []
    grants(ana, ana.mara).update(ends_at=datetime.now(UTC) - timedelta(hours=1))
    assert actions.not_in_the_office(reader=ana.mara.person, by=ana.ana.person) == [ana.client.id]
    assert actions.show_the_office(reader=ana.mara.person, by=ana.ana.person) == 1
    assert holds(ana, ana.mara, "administration")


def test_a_colleague_who_also_treats_keeps_everything_when_a_research_consent_ends(ana):
    give(ana, "treatment", compartments=("administration", "record", "process_notes", "sud"))
    yes = actions.answer_consent(
        client=ana.client, by=ana.ana.person, purpose="research", is_yes=True, given_on=date.today()
    )
    give(ana, "research", compartments=("record", "process_notes"), consent=yes.id)
    actions.revoke_consent(consent=yes, by=ana.ana.person)
    assert set(grants(ana).values_list("purpose", flat=True)) == {"treatment"}
    assert all(holds(ana, compartment=one) for one in ("administration", "record", "process_notes", "sud"))


def test_a_supervisor_who_keeps_the_office_still_keeps_it_when_supervision_ends(cast):
    cast.ben.person.roles = ["manager", "supervisor"]
    cast.ben.person.save()
    with opened(cast.ana.unlocked):
        give(cast, "office", reader=cast.ben, compartments=("administration",))
    supervise(cast)
    with opened(cast.ana.unlocked):
        consent = Consent.objects.get(client=cast.client, purpose="supervision")
        actions.revoke_consent(consent=consent, by=cast.ana.person)
    assert holds(cast, cast.ben, "administration")
    assert not holds(cast, cast.ben, "process_notes")


def test_training_that_ends_leaves_supervision_of_another_course_standing(cast):
    first = supervise(cast)
    with opened(cast.ana.unlocked):
        second = actions.begin_treatment(client=cast.client, by=cast.eve.person, starts_on=date.today())
    supervise(cast, treatment=second, purpose="training", ends_on=date.today() + timedelta(days=3))
    part = Involvement.objects.get(person=cast.ben.person)
    assert part.ends_at == first.ends_at
    with opened(cast.ana.unlocked):
        actions.revoke_consent(
            consent=Consent.objects.get(client=cast.client, purpose="training"), by=cast.ana.person
        )
    assert holds(cast, cast.ben, "process_notes")
    part.refresh_from_db()
    assert (part.purpose, part.ends_at) == ("supervision", first.ends_at)
    assert list(Supervision.objects.filter(ended_at=None)) == [first]


def test_after_a_consent_that_ended_a_sharing_a_new_yes_can_be_shared_on(cast):
    supervise(cast)
    with opened(cast.ana.unlocked):
        actions.revoke_consent(
            consent=Consent.objects.get(client=cast.client, purpose="supervision"), by=cast.ana.person
        )
        assert Supervision.objects.get().ended_at is not None
        actions.answer_consent(
            client=cast.client, by=cast.ana.person, purpose="supervision", is_yes=True, given_on=date.today()
        )
    supervise(cast)
    assert holds(cast, cast.ben, "process_notes")


def test_the_page_of_sharing_shows_each_arrangement_with_its_own_end(ana):
    give(ana, "cover", SOON)
    give(ana, "alerts")
    page = ana.ana.browser().get("/practice/sharing/").content.decode()
    assert "(cover in a break)" in page
    assert "(answers that need a person)" in page
    assert f"{SOON:%B %Y}" in page
    assert "no end set" in page


def test_what_a_colleague_cannot_check_does_not_close_what_they_can(cast):
    """Eve holds a key of her own and is given another by someone whose keys she never compared."""
    theirs = client_of(cast.eve, "Iva Lund")
    with opened(cast.eve.unlocked):
        vault.share(owner=theirs.id, compartments=["record"], reader=cast.ana.id, purpose="treatment")
    pins.KeyPin.objects.filter(person=cast.eve.person, other=cast.ana.person).delete()
    with opened(cast.ana.unlocked):
        vault.share(owner=theirs.id, compartments=["record"], reader=cast.eve.id, purpose="cover")
    key = DataKey.objects.get(owner=theirs.id, compartment="record")
    for first in Grant.objects.filter(data_key=key, reader=cast.eve.person):
        with opened(cast.eve.unlocked) as eve:
            held = eve.held(theirs.id, "record")
            held.sort(key=lambda one: one.granter_id != first.granter_id)
            assert eve.living_key(theirs.id, "record")
    with opened(cast.eve.unlocked) as eve, pytest.raises(NoKey):
        eve.living_key(theirs.id, "nothing")
