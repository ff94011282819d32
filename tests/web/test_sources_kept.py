"""What is kept of an hour: versions, drafts, burning, moving to the record."""

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from depthwork.practice.audit.models import Event
from depthwork.practice.record.queries import note_of_hour
from depthwork.practice.sources import actions, queries
from depthwork.practice.sources.models import Draft, Source, SourceVersion
from depthwork.practice.treatments.actions import end_treatment
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import Burned, NoKey, Refused
from depthwork.practice.vault.models import ItemKey, Keyring, Tombstone
from depthwork.practice.vault.unlocked import opened
from depthwork.transcripts import read_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def hour(cast):
    return (
        Session.objects.select_related("client__practice", "treatment__client")
        .filter(client=cast.client)
        .first()
    )


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast.ana


def kept(hour, ana, text="Late again. The coat stayed on.", **more):
    return actions.keep_note(session=hour, by=ana.person, kind="process_note", text=text, **more)


def test_two_words_are_kept(hour, ana):
    source = kept(hour, ana, "Late again.")
    [one] = queries.sources_of(hour)
    assert (one.source.id, one.version.text, one.transcript.provenance) == (source.id, "Late again.", "notes")


def test_an_empty_note_is_not_kept(hour, ana):
    with pytest.raises(CourseError, match="two words"):
        kept(hour, ana, " \n\n {hazy}{/hazy} ")


def test_an_edit_appends_and_the_earlier_version_stays(hour, ana):
    source = kept(hour, ana, "{hazy}Late{/hazy} again.")
    kept(hour, ana, "Late again. I minded.", source=source, base=1)
    assert [v.text for v in SourceVersion.objects.filter(source=source)] == [
        "Late again.",
        "Late again. I minded.",
    ]
    assert queries.version_of(source, 1).passages == [{"start": 0, "end": 4, "kind": "hazy"}]


def test_keeping_the_same_text_twice_makes_no_second_version(hour, ana):
    source = kept(hour, ana)
    assert kept(hour, ana).id == source.id
    assert kept(hour, ana, source=source, base=1).version == 1
    assert Source.objects.count() == 1


def test_two_windows_that_wrote_are_told_of_each_other(hour, ana):
    source = kept(hour, ana)
    kept(hour, ana, "from the first window", source=source, base=1)
    with pytest.raises(actions.Crossed) as crossed:
        kept(hour, ana, "from the second window", source=source, base=1)
    assert queries.version_of(crossed.value.theirs).text == "from the first window"


def test_two_windows_with_the_same_new_note_do_not_make_two(hour, ana):
    actions.save_draft(session=hour, by=ana.person, kind="process_note", words={"text": "a"}, version=0)
    kept(hour, ana, "a and more", draft_version=1)
    with pytest.raises(actions.Crossed):
        kept(hour, ana, "a and less", draft_version=1)
    assert kept(hour, ana, "a and less", draft_version=1, is_another=True)
    assert Source.objects.count() == 2


def test_of_twenty_equal_saves_one_wins(hour, ana):
    source, lost = kept(hour, ana), 0
    for n in range(20):
        try:
            actions.change_source(source=source, by=ana.person, version=1, text=f"text {n}")
        except Changed:
            lost += 1
    assert (lost, SourceVersion.objects.filter(source=source).count()) == (19, 2)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["write", "reload"])), max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_history_of_two_windows_overwrites_in_silence(hour, ana, history):
    source = actions.write_note(session=hour, text="start", by=ana.person)
    opened_at, written = {"a": 1, "b": 1}, ["start"]
    for step, (window, act) in enumerate(history):
        if act == "reload":
            opened_at[window] = Source.objects.get(pk=source.pk).version
            continue
        try:
            actions.change_source(
                source=source, by=ana.person, version=opened_at[window], text=f"{window}{step}"
            )
        except Changed:
            assert opened_at[window] < Source.objects.get(pk=source.pk).version
        else:
            opened_at[window] += 1
            written.append(f"{window}{step}")
    assert [v.text for v in SourceVersion.objects.filter(source=source)] == written


def draft(hour, ana, text, writer, seq, version):
    return actions.save_draft(
        session=hour,
        by=ana.person,
        kind="process_note",
        words={"text": text, "writer": writer, "seq": seq},
        version=version,
    )


def test_a_draft_of_another_window_is_not_overwritten(hour, ana):
    draft(hour, ana, "one", "w1", 1, 0)
    with pytest.raises(Changed):
        draft(hour, ana, "two", "w2", 1, 0)
    assert Draft.objects.get().words["text"] == "one"


def test_a_window_may_repeat_itself_when_the_answer_was_lost(hour, ana):
    draft(hour, ana, "one", "w1", 1, 0)
    draft(hour, ana, "one two", "w1", 2, 0)
    assert Draft.objects.get().words["text"] == "one two"


def test_a_saving_that_arrives_late_does_not_undo_a_newer_one(hour, ana):
    draft(hour, ana, "one", "w1", 1, 0)
    draft(hour, ana, "one two three", "w1", 3, 1)
    draft(hour, ana, "one two", "w1", 2, 1)
    assert Draft.objects.get().words["text"] == "one two three"


def test_a_draft_let_go_elsewhere_is_said(hour, ana):
    draft(hour, ana, "one", "w1", 1, 0)
    actions.drop_draft(session=hour, by=ana.person, kind="process_note")
    with pytest.raises(Changed):
        draft(hour, ana, "one two", "w1", 2, 1)


def test_a_draft_is_sealed_and_anothers_is_apart(hour, ana, cast):
    draft(hour, ana, "a secret sentence", "w1", 1, 0)
    with connection.cursor() as cursor:
        cursor.execute("select words from sources_draft")
        assert b"secret" not in bytes(cursor.fetchone()[0])
    with opened(cast.eve.unlocked), pytest.raises(NoKey):
        _ = Draft.objects.get().words


def test_the_database_keeps_one_draft_for_a_new_note(hour, ana):
    draft(hour, ana, "one", "w1", 1, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.create(
            client=hour.client, person=ana.person, session=hour, kind="process_note", words={}
        )


def test_the_database_keeps_one_text_for_each_version(hour, ana):
    source = kept(hour, ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        SourceVersion.objects.create(client=hour.client, source=source, number=1, text="x", turns=[])


def test_a_burned_note_is_gone_with_every_version_and_draft(hour, ana):
    source = kept(hour, ana)
    kept(hour, ana, "second text", source=source, base=1)
    actions.save_draft(
        session=hour, by=ana.person, kind="process_note", words={"text": "x"}, source=source, based_on=2
    )
    held = [dict(v.__dict__) for v in SourceVersion.objects.filter(source=source)]
    tombstone = actions.burn_source(source=source, by=ana.person)
    assert Source.objects.get(pk=source.pk).burned_at is not None
    assert queries.sources_of(hour) == []
    assert not Draft.objects.exists()
    assert list(SourceVersion.objects.filter(source=source).values_list("text", "turns")) == [
        (None, None),
        (None, None),
    ]
    # A copy of the ciphertext, as an old backup holds it, opens no more.
    ghost = SourceVersion(**{k: v for k, v in held[0].items() if not k.startswith("_")})
    with pytest.raises(Burned):
        _ = ghost.text
    assert ItemKey.objects.get(item=source.id).wrapped is None
    assert Tombstone.objects.get() == tombstone


def test_one_note_burns_and_its_neighbour_stays(hour, ana):
    first, second = kept(hour, ana, "first"), kept(hour, ana, "second", is_another=True)
    actions.burn_source(source=first, by=ana.person)
    assert [k.version.text for k in queries.sources_of(hour)] == ["second"]
    assert queries.version_of(second).text == "second"


def test_nothing_burns_under_a_legal_hold(hour, ana):
    source = kept(hour, ana)
    vault.hold(owner=hour.client_id, by=ana.id)
    with pytest.raises(Refused, match="legal hold"):
        actions.burn_source(source=source, by=ana.person)
    assert queries.version_of(source).text


def test_what_is_burned_is_neither_changed_nor_burned_again(hour, ana):
    source = kept(hour, ana)
    actions.burn_source(source=source, by=ana.person)
    with pytest.raises(CourseError, match="burned"):
        actions.change_source(source=source, by=ana.person, version=1, text="again")
    with pytest.raises(CourseError, match="before"):
        actions.burn_source(source=source, by=ana.person)


def end(hour, ana):
    last = Session.objects.filter(treatment=hour.treatment).order_by("-day").first()
    end_treatment(treatment=hour.treatment, by=ana.person, on=last.day, planned=True, ended_by="both")


def test_a_transcript_agreed_until_the_end_burns_at_the_end(hour, ana):
    stays = actions.add_transcript(session=hour, transcript=read_text("T: so?\n\nC: so."), by=ana.person)
    goes = actions.add_transcript(
        session=hour, transcript=read_text("T: yes?\n\nC: yes."), by=ana.person, until_end=True
    )
    end(hour, ana)
    goes.refresh_from_db()
    stays.refresh_from_db()
    assert (goes.burned_at is not None, stays.burned_at) == (True, None)


def test_a_legal_hold_keeps_it_past_the_end_and_the_log_says_so(hour, ana):
    source = actions.add_transcript(
        session=hour, transcript=read_text("T: yes?\n\nC: yes."), by=ana.person, until_end=True
    )
    vault.hold(owner=hour.client_id, by=ana.id)
    end(hour, ana)
    source.refresh_from_db()
    assert source.burned_at is None
    assert Event.objects.filter(verb="source.held_back_from_burning", object_id=str(source.id)).exists()


def test_a_passage_moves_to_the_record_and_leaves_the_note(hour, ana):
    source = kept(hour, ana, "Piano. {hazy}Her aunt?{/hazy} Sertraline 50 mg since Monday. Two men.")
    text = queries.version_of(source).text
    start = text.index("Sertraline")
    actions.move_to_record(
        source=source, by=ana.person, version=1, start=start, end=text.index(" Two"), part="medication"
    )
    now = queries.version_of(source)
    assert now.text == "Piano. Her aunt? Two men."
    assert [now.text[p["start"] : p["end"]] for p in now.passages] == ["Her aunt?"]
    assert note_of_hour(hour).medication == "Sertraline 50 mg since Monday."


def test_nothing_moves_when_the_note_was_changed_meanwhile(hour, ana):
    source = kept(hour, ana)
    kept(hour, ana, "other words entirely", source=source, base=1)
    with pytest.raises(Changed):
        actions.move_to_record(source=source, by=ana.person, version=1, start=0, end=4, part="state")
    assert note_of_hour(hour) is None


def test_a_note_is_not_moved_whole(hour, ana):
    source = kept(hour, ana, "Sertraline 50 mg.")
    with pytest.raises(CourseError, match="nothing would be left"):
        actions.move_to_record(source=source, by=ana.person, version=1, start=0, end=17, part="medication")
    assert note_of_hour(hour) is None


def test_no_note_is_stored_before_the_recovery_code_was_typed_back(hour, ana):
    Keyring.objects.filter(person=ana.person).update(recovery_confirmed_at=None)
    for act in (
        lambda: kept(hour, ana),
        lambda: draft(hour, ana, "x", "w", 1, 0),
        lambda: actions.add_material(session=hour, file=b"x", words="", about={}, by=ana.person),
    ):
        with pytest.raises(Refused, match="recovery code"):
            act()


def test_every_act_leaves_an_event_without_words(hour, ana):
    before = Event.objects.count()
    source = kept(hour, ana)
    kept(hour, ana, "another text", source=source, base=1)
    actions.burn_source(source=source, by=ana.person)
    events = list(Event.objects.filter(n__gt=before).values_list("verb", "reason"))
    assert events == [("source.kept", ""), ("source.changed", ""), ("source.burned", "")]
