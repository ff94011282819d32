"""A record is opened without its clinician by two together, for a day, and both clinician and client read of it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from shamir_mnemonic.utils import MnemonicError

from depthwork.practice.audit.models import Event
from depthwork.practice.keeping import escrow
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.actions import emergency
from depthwork.practice.treatments.actions.keeping_out import keep_out
from depthwork.practice.treatments.actions.renewing import renew_all, renew_what_is_due
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import NoKey, Refused, Tampered, VaultError
from depthwork.practice.vault.models import DataKey, Escrow, EscrowShare, Grant, KeyPin
from depthwork.practice.vault.primitives import seal_to
from depthwork.practice.vault.recovery import from_shares, in_two_shares
from depthwork.practice.vault.unlocked import opened
from tests.cast import client_of, pin_each_other

PAGE = "/practice/emergency/"


def named(cast, first=None, second=None):
    with opened(cast.ana.unlocked):
        return emergency.name_two(
            first=(first or cast.eve).person, second=(second or cast.mara).person, by=cast.ana.person
        )


def both(cast, *, asks=None, joins=None, reason="danger_self"):
    asks, joins = asks or cast.eve, joins or cast.mara
    with opened(asks.unlocked):
        emergency.ask(client=cast.client.id, reason=reason, by=asks.person)
    with opened(joins.unlocked):
        emergency.open_together(client=cast.client.id, by=joins.person)


def record_key(cast, actor):
    """Whether this person holds the key of the record."""
    with opened(actor.unlocked) as unlocked:
        return unlocked.holds(cast.client.id, "record")


@pytest.fixture
def two(cast):
    """Eve, a clinician, and Mara, who manages, are named by Ana."""
    named(cast)
    return cast


@pytest.mark.parametrize("asks", ["eve", "mara"])
def test_two_together_open_the_record_for_the_clinician_among_them(two, asks):
    asks, joins = (two.eve, two.mara) if asks == "eve" else (two.mara, two.eve)
    both(two, asks=asks, joins=joins)
    page = two.eve.browser().get(f"/clients/{two.client.id}/record/")
    assert page.status_code == 200
    assert not record_key(two, two.mara)
    assert two.mara.browser().get(f"/clients/{two.client.id}/record/").status_code == 404


def test_one_alone_opens_nothing(two):
    with opened(two.eve.unlocked):
        emergency.ask(client=two.client.id, reason="danger_self", by=two.eve.person)
        with pytest.raises(CourseError, match="has not released"):
            emergency.open_together(client=two.client.id, by=two.eve.person)
        with pytest.raises(Refused):
            escrow.open_together(
                two.client.id, readers=[two.eve.id], ends_at=datetime.now(UTC) + timedelta(hours=1),
                now=datetime.now(UTC),
            )  # fmt: skip
    assert not record_key(two, two.eve)
    assert two.eve.browser().get(f"/clients/{two.client.id}/record/").status_code == 404


def test_process_notes_stay_closed(two):
    both(two)
    session = Session.objects.filter(client=two.client).first()
    with opened(two.eve.unlocked), pytest.raises(NoKey):
        _ = session.kept_line
    assert not EscrowShare.objects.filter(data_key__compartment="process_notes").exists()


def test_it_ends_by_itself_after_a_day(two):
    both(two)
    ends = Grant.objects.filter(reader=two.eve.id, purpose="emergency").values_list("ends_at", flat=True)
    assert {round((one - datetime.now(UTC)) / timedelta(hours=1)) for one in ends} == {24}
    past = datetime.now(UTC) - timedelta(seconds=1)
    Involvement.objects.filter(purpose="emergency").update(ends_at=past)
    assert two.eve.browser().get(f"/clients/{two.client.id}/record/").status_code == 404


def test_a_longer_end_cannot_be_written_into_the_database(two):
    both(two)
    Grant.objects.filter(purpose="emergency").update(ends_at=datetime.now(UTC) + timedelta(days=9))
    with opened(two.eve.unlocked) as unlocked, pytest.raises(Tampered):
        unlocked.living_key(two.client.id, "record")


def test_what_was_released_waits_a_day_and_no_longer(two):
    with opened(two.eve.unlocked):
        emergency.ask(client=two.client.id, reason="medical", by=two.eve.person)
    EscrowShare.objects.exclude(released=None).update(released_at=datetime.now(UTC) - timedelta(hours=25))
    with opened(two.mara.unlocked), pytest.raises(CourseError, match="more than a day ago"):
        emergency.open_together(client=two.client.id, by=two.mara.person)
    assert escrow.forget_old() > 0
    assert not EscrowShare.objects.exclude(released=None).exists()


def test_a_release_is_used_up_by_one_opening(two):
    both(two)
    with opened(two.mara.unlocked), pytest.raises(CourseError, match="has not released"):
        emergency.open_together(client=two.client.id, by=two.mara.person)


def test_two_managers_cannot_be_named(cast):
    cast.eve.person.roles = ["manager"]
    cast.eve.person.save()
    with pytest.raises(CourseError, match="a manager opens no record"):
        named(cast)


def test_who_was_a_clinician_when_named_and_is_none_now_opens_nothing(two):
    two.eve.person.roles = ["supervisor"]
    two.eve.person.save()
    with pytest.raises(CourseError, match="a manager opens no record"):
        both(two)


def test_a_colleague_who_is_kept_out_acts_in_no_emergency(two):
    keep_out(client=two.client, other=two.eve.person, by=two.ana.person)
    with pytest.raises(CourseError, match="nobody has named you"):
        both(two)


def test_of_a_client_from_whom_one_is_kept_out_nothing_is_divided(cast):
    keep_out(client=cast.client, other=cast.eve.person, by=cast.ana.person)
    named(cast)
    assert not EscrowShare.objects.exists()


def test_a_closed_sign_in_joins_nobody(two):
    with opened(two.eve.unlocked):
        emergency.ask(client=two.client.id, reason="danger_self", by=two.eve.person)
    two.eve.person.is_active = False
    two.eve.person.save()
    with opened(two.mara.unlocked), pytest.raises(CourseError, match="nobody has named you"):
        emergency.open_together(client=two.client.id, by=two.mara.person)


def test_who_was_not_named_sees_no_name_and_opens_nothing(two):
    assert "Cleo" not in two.ben.browser().get(PAGE).content.decode()
    two.ben.browser().post(PAGE, {"act": "ask", "client": two.client.id, "reason": "medical"})
    two.ben.browser().post(PAGE, {"act": "open", "client": two.client.id})
    assert not Event.objects.filter(verb__in=("emergency.asked", "emergency.opened")).exists()


def test_the_two_have_to_have_compared_keys_with_each_other(cast):
    KeyPin.objects.filter(person=cast.eve.id, other=cast.mara.id).delete()
    with pytest.raises(VaultError, match="not compared keys with each other"):
        named(cast)


def test_the_page_does_it_with_the_passphrase_of_both(two):
    late = two.eve.browser(typed=False).post(
        PAGE, {"act": "ask", "client": two.client.id, "reason": "danger_self"}
    )
    assert "passphrase_again" in late.content.decode()
    assert not Event.objects.filter(verb="emergency.asked").exists()
    asked = two.eve.browser().post(PAGE, {"act": "ask", "client": two.client.id, "reason": "danger_self"})
    assert asked.status_code == 302
    page = two.mara.browser().get(PAGE).content.decode()
    assert "Eve released their half" in page
    assert "the client may be in danger" in page
    late = two.mara.browser(typed=False).post(PAGE, {"act": "open", "client": two.client.id})
    assert "passphrase_again" in late.content.decode()
    assert not record_key(two, two.eve)
    assert two.mara.browser().post(PAGE, {"act": "open", "client": two.client.id}).status_code == 302
    assert record_key(two, two.eve)
    assert "Cleo" in two.eve.browser().get("/today/").content.decode()


def test_the_clinician_names_two_on_the_page(cast):
    sent = {"act": "name", "first": cast.eve.id, "second": cast.ben.id}
    assert cast.ana.browser().post(PAGE, sent).status_code == 302
    assert Escrow.objects.get().second_id == cast.ben.id
    assert cast.ana.browser().post(PAGE, {"act": "nobody"}).status_code == 302
    assert not EscrowShare.objects.exists()


@pytest.mark.parametrize(
    "sent", [{"first": "", "second": ""}, {"first": "nobody", "second": "nobody"}], ids=["empty", "foreign"]
)
def test_a_name_that_is_none_is_said_on_the_page(cast, sent):
    assert cast.ana.browser().post(PAGE, {"act": "name", **sent}).status_code == 422
    assert not Escrow.objects.exists()


def test_the_same_person_twice_is_refused_with_a_sentence(cast):
    browser = cast.ana.browser()
    browser.post(PAGE, {"act": "name", "first": cast.eve.id, "second": cast.eve.id})
    assert "name two colleagues" in browser.get(PAGE).content.decode()
    assert not Escrow.objects.exists()


def test_the_clinician_reads_on_today_who_opened_it_and_why(two):
    said = "A record was opened without you"
    assert said not in two.ana.browser().get("/today/").content.decode()
    both(two)
    page = two.ana.browser().get("/today/").content.decode()
    assert said in page
    assert "opened by Mara, Eve: the client may be in danger." in page
    assert "End it now" in page
    assert said not in two.eve.browser().get("/today/").content.decode()


def test_the_clinician_ends_it_before_its_day_is_over(two):
    both(two)
    key = DataKey.objects.get(owner=two.client.id, compartment="record", retired_at=None).id
    assert two.ana.browser().post(PAGE, {"act": "end", "client": two.client.id}).status_code == 302
    assert not record_key(two, two.eve)
    assert two.eve.browser().get(f"/clients/{two.client.id}/record/").status_code == 404
    assert DataKey.objects.get(owner=two.client.id, compartment="record", retired_at=None).id != key
    assert "End it now" not in two.ana.browser().get("/today/").content.decode()


def test_nobody_else_ends_it(two):
    both(two)
    two.eve.browser().post(PAGE, {"act": "end", "client": two.client.id})
    assert record_key(two, two.eve)


def test_the_client_reads_it_in_their_own_place(two):
    pin_each_other(two.ana, two.cleo)
    with opened(two.ana.unlocked):
        vault.share(
            owner=two.client.id,
            compartments=["administration", "record"],
            reader=two.cleo.id,
            purpose="own place",
        )
    both(two, reason="unreached")
    page = two.cleo.browser().get("/place/").content.decode()
    assert "Opened in an emergency" in page
    assert "Mara, Eve opened your record, because the client asks for help" in page


def test_the_audit_says_each_step_with_its_reason(two):
    both(two)
    told = Event.objects.filter(verb__startswith="emergency.", client=two.client.id).order_by("n")
    assert [(one.verb, one.actor, one.reason) for one in told] == [
        ("emergency.asked", two.eve.id, "danger_self"),
        ("emergency.opened", two.mara.id, "danger_self"),
    ]
    page = two.mara.browser().get("/practice/audit/").content.decode()
    assert "opened a record together with a colleague, in an emergency" in page
    assert "Records opened in an emergency: 1" in page


def test_without_a_reason_from_the_list_nothing_is_released(two):
    with opened(two.eve.unlocked), pytest.raises(CourseError, match="say why"):
        emergency.ask(client=two.client.id, reason="curious", by=two.eve.person)


def test_a_renewed_key_is_divided_with_its_renewal(two):
    with opened(two.ana.unlocked):
        renew_all(client=two.client.id, by=two.ana.person)
    both(two)
    assert two.eve.browser().get(f"/clients/{two.client.id}/record/").status_code == 200


def test_a_client_who_came_later_is_divided_when_today_opens(two):
    later = client_of(two.ana, "Lou Later")
    two.ana.browser().get("/today/")
    assert EscrowShare.objects.filter(data_key__owner=later.id).count() == 4
    assert "Lou Later" in two.eve.browser().get(PAGE).content.decode()


def test_two_who_treat_the_same_client_may_name_the_same_colleague(two):
    Involvement.objects.create(
        person=two.ben.person, practice=two.practice.id, client=two.client.id, part=Part.CLINICIAN
    )
    with opened(two.ana.unlocked):
        vault.share(
            owner=two.client.id,
            compartments=["administration", "record"],
            reader=two.ben.id,
            purpose="treatment",
        )
    with opened(two.ben.unlocked):
        emergency.name_two(first=two.eve.person, second=two.mara.person, by=two.ben.person)
    both(two)
    assert record_key(two, two.eve)


def test_nothing_is_divided_twice(two):
    before = set(EscrowShare.objects.values_list("id", flat=True))
    two.ana.browser().get("/today/")
    assert set(EscrowShare.objects.values_list("id", flat=True)) == before


def test_of_an_ended_treatment_the_shares_go(two):
    Client.objects.filter(id=two.client.id).update(state=Client.State.ENDED)
    two.ana.browser().get("/today/")
    assert not EscrowShare.objects.exists()


def test_with_a_client_who_is_erased_the_shares_are_destroyed(two):
    with opened(two.ana.unlocked):
        vault.shred(owner=two.client.id, by=two.ana.id)
    assert not EscrowShare.objects.exists()


def test_two_who_were_exchanged_in_the_database_are_not_given_anything(two):
    Escrow.objects.update(second=two.ben.id)
    client_of(two.ana, "Lou Later")
    with opened(two.ana.unlocked), pytest.raises(Tampered):
        emergency.refresh(two.ana.person)


def test_keepers_whose_keys_changed_stop_no_page_and_it_is_said(two):
    client_of(two.ana, "Lou Later")
    Escrow.objects.update(second=two.ben.id)
    assert two.ana.browser().get("/today/").status_code == 200
    assert "is not as you wrote it" in two.ana.browser().get(PAGE).content.decode()


def test_shares_that_were_exchanged_open_nothing(two):
    with opened(two.eve.unlocked):
        emergency.ask(client=two.client.id, reason="medical", by=two.eve.person)
    forged = seal_to(two.mara.unlocked.keys.box_public, in_two_shares(b"x" * 32)[0])
    EscrowShare.objects.exclude(released=None).update(released=forged)
    with opened(two.mara.unlocked), pytest.raises(Tampered):
        emergency.open_together(client=two.client.id, by=two.mara.person)
    assert not record_key(two, two.eve)


def test_one_share_tells_nothing_of_the_key(two):
    with opened(two.ana.unlocked) as unlocked:
        key = unlocked.living_key(two.client.id, "record")[1].raw
    row = EscrowShare.objects.filter(data_key__compartment="record", keeper=two.eve.id).first()
    share = two.eve.unlocked.keys.open_box(bytes(row.sealed_share))
    assert key.hex() not in share.hex()
    with pytest.raises(MnemonicError):
        from_shares(share)


def test_the_keys_are_renewed_after_it_ended(two):
    both(two)
    key = DataKey.objects.get(owner=two.client.id, compartment="record", retired_at=None).id
    Grant.objects.filter(purpose="emergency").update(ends_at=datetime.now(UTC) - timedelta(minutes=1))
    with opened(two.ana.unlocked):
        renew_what_is_due(two.ana.person)
    assert DataKey.objects.get(owner=two.client.id, compartment="record", retired_at=None).id != key


@pytest.mark.parametrize(
    "wrong", [lambda c: {"first": c.eve, "second": c.eve}, lambda c: {"first": c.ana, "second": c.eve}]
)
def test_the_database_refuses_two_that_are_not_two_others(cast, wrong):
    ids = {f"{name}_id": one.id for name, one in wrong(cast).items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Escrow.objects.create(person_id=cast.ana.id, signature=b"", written_at=datetime.now(UTC), **ids)


def test_a_share_without_its_time_is_refused_by_the_database(two):
    with pytest.raises(IntegrityError), transaction.atomic():
        EscrowShare.objects.update(released=b"x")


def test_the_parts_of_an_emergency_are_named_as_such(two):
    both(two)
    part = Involvement.objects.get(person=two.eve.id, client=two.client.id)
    assert (part.part, part.purpose) == (Part.COVER, "emergency")


def test_moments_stand_in_the_practices_own_time(two):
    two.practice.time_zone = "Asia/Tokyo"
    two.practice.save()
    both(two)
    there = datetime.now(UTC).astimezone(ZoneInfo("Asia/Tokyo"))
    page = two.ana.browser().get("/today/").content.decode()
    assert any(f"{moment:%-d %B, %H:%M}" in page for moment in (there, there - timedelta(minutes=1)))
