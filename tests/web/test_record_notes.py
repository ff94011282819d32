"""A progress note: written, signed, and from then on only added to."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from depthwork.practice.audit.models import Event
from depthwork.practice.record import actions, queries
from depthwork.practice.record.models import Addendum, ProgressNote, Signature
from depthwork.practice.record.signing import Standing
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import rotation
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
WORDS = {
    "times": {"start": "17:02", "stop": "17:50"},
    "modality": "individual, in the room",
    "state": "Sleeps five hours; works.",
    "plan": "Continue weekly.",
    "risk": "Asked; denies.",
    "medication": "none",
}


@pytest.fixture
def hour(cast):
    return Session.objects.select_related("client", "treatment__client").filter(client=cast.client).first()


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast.ana


def begun(hour, ana, **words):
    return actions.begin_progress_note(
        treatment=hour.treatment, session=hour, by=ana.person, on=hour.day, **(words or WORDS)
    )


def signed(hour, ana):
    note = begun(hour, ana)
    return actions.sign_progress_note(note=note, by=ana.person, version=1)


def cells(table, row):
    with connection.cursor() as cursor:
        cursor.execute(f'select * from "{table}" where id=%s', [row.id.hex])
        return cursor.fetchone()


def test_a_note_keeps_its_parts_and_is_sealed(hour, ana):
    note = begun(hour, ana)
    again = queries.note_named(note.id)
    assert (again.state, again.plan, again.times["stop"]) == (
        "Sleeps five hours; works.",
        "Continue weekly.",
        "17:50",
    )
    assert b"five hours" not in b"".join(
        c for c in cells("record_progress_note", note) if isinstance(c, bytes)
    )


def test_a_signed_note_is_not_changed_by_its_action(hour, ana):
    note = signed(hour, ana)
    with pytest.raises(CourseError, match="addendum"):
        actions.change_progress_note(note=note, by=ana.person, version=1, state="Sleeps well.")
    assert queries.note_named(note.id).state == "Sleeps five hours; works."


@pytest.mark.parametrize("part", ["state", "plan", "risk", "medication", "modality", "times"])
def test_the_database_refuses_a_change_of_a_signed_note(hour, ana, part):
    note = signed(hour, ana)
    before = cells("record_progress_note", note)
    row = ProgressNote.objects.get(id=note.id)
    setattr(row, part, {"start": "9:00"} if part == "times" else "something else")
    with pytest.raises(IntegrityError, match="addendum"), transaction.atomic():
        row.save()
    assert cells("record_progress_note", note) == before


@pytest.mark.parametrize(
    "change",
    [
        {"signed_at": None, "signed_by": None},
        {"on": date(2020, 1, 1)},
        {"session": None},
        {"version": 9},
        {"state": None},
    ],
)
def test_a_signed_note_cannot_be_unsigned_redated_moved_or_emptied(hour, ana, change):
    note = signed(hour, ana)
    with pytest.raises(IntegrityError, match="addendum"), transaction.atomic():
        ProgressNote.objects.filter(id=note.id).update(**change)


def test_a_signed_note_is_not_deleted_by_itself(hour, ana):
    note = signed(hour, ana)
    with pytest.raises(CourseError):
        actions.let_go_progress_note(note=note, by=ana.person)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgressNote.objects.filter(id=note.id).delete()


def test_an_addendum_stands_under_the_note_with_its_date_and_is_not_changed(hour, ana):
    note = signed(hour, ana)
    added = actions.add_addendum(note=note, words=" She rang: six hours, not five. ", by=ana.person)
    [leaf] = queries.opened_notes([queries.note_named(note.id)])
    assert [(one.addendum.words, one.standing) for one in leaf.added] == [
        ("She rang: six hours, not five.", Standing.HOLDS)
    ]
    added.words = "otherwise"
    with pytest.raises(IntegrityError, match="addendum"), transaction.atomic():
        added.save()


def test_an_addendum_needs_a_signed_note_and_words(hour, ana):
    note = begun(hour, ana)
    with pytest.raises(CourseError, match="not signed"):
        actions.add_addendum(note=note, words="more", by=ana.person)
    note = actions.sign_progress_note(note=note, by=ana.person, version=1)
    with pytest.raises(CourseError, match="empty"):
        actions.add_addendum(note=note, words="  ", by=ana.person)


def test_the_signature_holds_over_a_rotation_of_the_keys(hour, ana):
    note = signed(hour, ana)
    actions.add_addendum(note=note, words="six hours", by=ana.person)
    before = cells("record_progress_note", note)
    assert rotation.rotate(owner=note.client_id, compartment="record") > 0
    assert cells("record_progress_note", note) != before
    [leaf] = queries.opened_notes([queries.note_named(note.id)])
    assert leaf.standing is Standing.HOLDS
    assert leaf.note.state == "Sleeps five hours; works."
    assert leaf.added[0].standing is Standing.HOLDS


def test_words_changed_behind_the_database_break_the_signature(hour, ana):
    note = signed(hour, ana)
    with connection.cursor() as cursor:
        on = " on record_progress_note" if connection.vendor == "postgresql" else ""
        cursor.execute(f"drop trigger record_progress_note_stands{on}")
    row = ProgressNote.objects.get(id=note.id)
    row.risk = "Not asked."
    row.save()
    [leaf] = queries.opened_notes([queries.note_named(note.id)])
    assert leaf.standing is Standing.BROKEN


def test_a_signature_cannot_be_lent_to_another_note(hour, ana):
    note = signed(hour, ana)
    other = Session.objects.select_related("client", "treatment__client").filter(client=note.client)[1]
    second = signed(other, ana)
    assert bytes(Signature.objects.get(note=note).value) != bytes(Signature.objects.get(note=second).value)


def test_an_empty_note_is_not_signed(hour, ana):
    note = begun(hour, ana, modality="by video")
    with pytest.raises(CourseError, match="nothing yet"):
        actions.sign_progress_note(note=note, by=ana.person, version=1)


def test_a_note_is_signed_once(hour, ana):
    note = signed(hour, ana)
    with pytest.raises(CourseError, match="once"):
        actions.sign_progress_note(note=note, by=ana.person, version=1)


def test_of_twenty_equal_saves_one_wins(hour, ana):
    note = begun(hour, ana)
    lost = 0
    for n in range(20):
        try:
            actions.change_progress_note(note=note, by=ana.person, version=1, state=f"state {n}")
        except Changed:
            lost += 1
    assert lost == 19
    assert queries.note_named(note.id).state == "state 0"


def test_an_hour_has_one_progress_note(hour, ana):
    begun(hour, ana)
    with pytest.raises(Changed):
        begun(hour, ana)
    assert ProgressNote.objects.filter(session=hour).count() == 1


def test_an_hour_to_come_has_no_progress_note(hour, ana):
    Session.objects.filter(id=hour.id).update(status="planned", number=None)
    hour.refresh_from_db()
    with pytest.raises(CourseError, match="still to come"):
        begun(hour, ana)


def test_a_note_that_stops_before_it_starts_is_refused(hour, ana):
    with pytest.raises(CourseError, match="two times"):
        begun(hour, ana, times={"start": "18:00", "stop": "17:00"}, state="x")


def test_a_passage_goes_into_the_hours_note_and_under_it_once_signed(hour, ana):
    first = actions.take_into_record(session=hour, part="medication", words="sertraline 50 mg", by=ana.person)
    actions.take_into_record(session=hour, part="medication", words="from Monday", by=ana.person)
    note = queries.note_named(first.id)
    assert note.medication == "sertraline 50 mg\nfrom Monday"
    actions.sign_progress_note(note=note, by=ana.person, version=note.version)
    actions.take_into_record(session=hour, part="plan", words="review in May", by=ana.person)
    assert [a.words for a in Addendum.objects.filter(note=note)] == ["review in May"]


def test_the_plan_keeps_its_versions_and_one_of_two_writers_wins(hour, ana):
    keep = {"treatment": hour.treatment, "by": ana.person, "from_date": date(2026, 1, 6)}
    actions.keep_plan(**keep, words={"aims": "to stay"}, number=0)
    actions.keep_plan(**keep, words={"aims": "to stay and say so"}, number=1)
    with pytest.raises(Changed):
        actions.keep_plan(**keep, words={"aims": "other"}, number=1)
    assert queries.plan_of(hour.treatment).words["aims"] == "to stay and say so"
    assert [p.words["aims"] for p in queries.plans_of(hour.treatment)][-1] == "to stay"


def test_a_manager_holds_no_key_to_the_record(cast, hour, ana):
    note = begun(hour, ana)
    with opened(cast.mara.unlocked), pytest.raises(NoKey):
        _ = queries.note_named(note.id).state


def test_every_act_leaves_one_event_without_words(hour, ana):
    before = Event.objects.count()
    note = signed(hour, ana)
    actions.add_addendum(note=note, words="more", by=ana.person)
    events = Event.objects.filter(n__gt=before).values_list("verb", "reason")
    assert [verb for verb, _ in events] == [
        "progress_note.written",
        "progress_note.signed",
        "progress_note.added_to",
    ]
    assert {reason for _, reason in events} == {""}


def test_the_whole_client_can_still_be_erased_once_its_keys_are_gone(hour, ana, cast):
    signed(hour, ana)
    with pytest.raises(IntegrityError, match="addendum"), transaction.atomic():
        cast.client.delete()
    vault.shred(owner=cast.client.id, by=ana.id)
    cast.client.delete()
    assert not ProgressNote.objects.exists()
