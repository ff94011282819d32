"""Marks, cues and undo: what an act does, and what it refuses."""

import json

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from depthwork.cues.engine import EngineError
from depthwork.practice.audit.models import Event
from depthwork.practice.casework import actions
from depthwork.practice.casework import engine as engine_of
from depthwork.practice.casework.bridge import mark_of
from depthwork.practice.casework.errors import Changed, MarkError
from depthwork.practice.casework.models import CuesKept, MarkRow, ReadingRow
from depthwork.practice.casework.proposed import proposals_for
from depthwork.practice.casework.queries import hours_of, mark_named, marks_of_source
from depthwork.practice.sources.actions import burn_source
from depthwork.practice.treatments.models import Treatment
from depthwork.practice.vault.unlocked import opened
from tests.casework import ENGINE, KnownEngine, agree, hour_with_words, use

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(cast):
    return hour_with_words(cast.ana, cast.client)


@pytest.fixture
def cues(cast, source, monkeypatch):
    """The kept cues of the hour, after its page was opened once."""
    use(monkeypatch, KnownEngine(*ENGINE))
    agree(cast.ana, cast.client, cast.treatment)
    cast.ana.browser().get(reverse("casework:hour", args=[source.session_id]))
    with opened(cast.ana.unlocked):
        return CuesKept.objects.get(source=source).cues["cues"]


def made(cast, source, **changed):
    given = {"start": 50, "end": 72, "construct": "wish", "code": "w_closeness", "attributes": {}} | changed
    with opened(cast.ana.unlocked):
        return actions.make_mark(source=source, by=cast.ana.person, **given)


def test_a_mark_made_by_hand_is_an_unaided_code(cast, source):
    row = made(cast, source)
    with opened(cast.ana.unlocked):
        mark = mark_of(MarkRow.objects.get(id=row.id))
    assert mark.is_unaided
    assert mark.codebook_version.startswith("relationship@")
    assert mark.quote
    assert mark.anchor[0]


def test_nothing_of_a_mark_stands_in_clear(cast, source):
    made(cast, source)
    with connection.cursor() as cursor:
        cursor.execute("select * from casework_mark")
        stored = b" ".join(
            bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in cursor.fetchone()
        )
    assert b"wish" not in stored
    assert b"closeness" not in stored


@pytest.mark.parametrize(
    "changed",
    [
        {"start": 5, "end": 5},
        {"start": -1, "end": 5},
        {"start": 0, "end": 99_999},
        {"code": "no_such_code"},
        {"construct": "no_such_construct"},
        {"attributes": {"sphere": "past"}},
        {"attributes": {"expected": "yes"}},
        {"construct": "theme", "code": "theme"},
    ],
)
def test_a_mark_that_does_not_fit_is_refused(cast, source, changed):
    with pytest.raises(MarkError):
        made(cast, source, **changed)
    assert MarkRow.objects.count() == 0


def test_a_refusal_holds_no_words_of_the_client(cast, source):
    response = cast.ana.browser().post(
        reverse("casework:make", args=[source.id]),
        {"start": 0, "end": 99_999, "construct": "wish", "code": "w_closeness"},
        headers={"HX-Request": "true"},
    )
    assert response.status_code == 422
    assert response.content.decode() == "those words are not in the text; select them again"


@pytest.mark.parametrize("sent", ["[1]", "{", '{"a": {"b": 1}}', "[" * 5000, '{"a": null}'])
def test_attributes_that_cannot_be_read_are_refused(cast, source, sent):
    response = cast.ana.browser().post(
        reverse("casework:make", args=[source.id]),
        {"start": 0, "end": 9, "construct": "wish", "code": "w_closeness", "attributes": sent},
    )
    assert response.status_code == 422
    assert MarkRow.objects.count() == 0


def test_marking_across_turns_keeps_both_turns(cast, source):
    row = made(cast, source, start=20, end=120)
    with opened(cast.ana.unlocked):
        assert "\n" in mark_of(MarkRow.objects.get(id=row.id)).quote


def test_an_edit_keeps_what_was_before_and_undo_returns_to_it(cast, source):
    row = made(cast, source)
    browser = cast.ana.browser()
    response = browser.post(
        reverse("casework:edit", args=[row.id]),
        {"start": 50, "end": 72, "construct": "wish", "code": "w_autonomy", "version": 1},
    )
    assert response.status_code == 302
    with opened(cast.ana.unlocked):
        assert marks_of_source(source)[0].code == "w_autonomy"
    browser.post(reverse("casework:undo", args=[source.id]))
    with opened(cast.ana.unlocked):
        assert marks_of_source(source)[0].code == "w_closeness"


def test_a_lost_race_shows_both_versions_and_overwrites_nothing(cast, source):
    row = made(cast, source)
    browser = cast.ana.browser()
    edit = reverse("casework:edit", args=[row.id])
    sent = {"start": 50, "end": 72, "construct": "wish", "version": 1}
    browser.post(edit, sent | {"code": "w_autonomy"})
    response = browser.post(edit, sent | {"code": "w_control"})
    assert response.status_code == 409
    assert "w_autonomy" in response.content.decode()
    assert "w_control" in response.content.decode()
    with opened(cast.ana.unlocked):
        assert marks_of_source(source)[0].code == "w_autonomy"


def test_a_stale_version_is_refused_by_the_action(cast, source):
    row = made(cast, source)
    with opened(cast.ana.unlocked), pytest.raises(Changed):
        actions.remove_mark(mark=MarkRow.objects.get(id=row.id), by=cast.ana.person, version=7)


def test_a_removed_mark_is_counted_nowhere_and_undo_brings_it_back(cast, source):
    row = made(cast, source)
    browser = cast.ana.browser()
    browser.post(reverse("casework:remove", args=[row.id]), {"version": 1})
    with opened(cast.ana.unlocked):
        assert marks_of_source(source) == []
        assert hours_of(cast.treatment)[0].marks == ()
    browser.post(reverse("casework:undo", args=[source.id]))
    with opened(cast.ana.unlocked):
        assert len(marks_of_source(source)) == 1


def test_undo_goes_back_over_several_acts(cast, source):
    browser = cast.ana.browser()
    for start in (0, 30, 60):
        browser.post(
            reverse("casework:make", args=[source.id]),
            {"start": start, "end": start + 9, "construct": "wish", "code": "w_closeness"},
        )
    for left in (2, 1, 0):
        browser.post(reverse("casework:undo", args=[source.id]))
        assert MarkRow.objects.count() == left
    assert browser.post(reverse("casework:undo", args=[source.id])).status_code == 422


def test_the_mark_of_a_burned_text_is_found_by_nobody(cast, source):
    row = made(cast, source)
    assert mark_named(row.id) == row
    with opened(cast.ana.unlocked):
        burn_source(source=source, by=cast.ana.person)
    assert mark_named(row.id) is None


@pytest.mark.parametrize("act", ["made", "accepted", "edited", "removed"])
def test_nobody_undoes_the_mark_of_another(cast, source, act):
    row = made(cast, source)
    with opened(cast.ana.unlocked):
        with pytest.raises(MarkError, match="nothing left to undo"):
            actions.undo(source=source, by=cast.eve.person, act=act, what=row.id)
        assert len(marks_of_source(source)) == 1


def test_nobody_changes_the_mark_of_another(cast, source):
    row = made(cast, source)
    for actor in (cast.eve, cast.dov, cast.mara, cast.ben):
        response = actor.browser().post(reverse("casework:remove", args=[row.id]), {"version": 1})
        assert response.status_code == 404
    with opened(cast.ana.unlocked), pytest.raises(MarkError):
        actions.remove_mark(mark=MarkRow.objects.get(id=row.id), by=cast.ben.person, version=1)


# Cues


def test_an_accepted_cue_is_a_code_that_is_not_unaided(cast, source, cues):
    cast.ana.browser().post(reverse("casework:accept", args=[source.id, cues[0]["id"]]))
    with opened(cast.ana.unlocked):
        mark = marks_of_source(source)[0]
        left = CuesKept.objects.get(source=source).cues["cues"]
    assert (mark.status, mark.origin, mark.is_unaided) == ("confirmed", "cue:known@1", False)
    assert mark.why == "The words say it."
    assert mark.confidence == cues[0]["confidence"]
    assert len(left) == len(cues) - 1


def test_a_cue_changed_before_it_is_accepted_is_edited(cast, source, cues):
    cue = cues[0]
    cast.ana.browser().post(
        reverse("casework:accept", args=[source.id, cue["id"]]),
        {
            "start": cue["start"],
            "end": cue["end"],
            "construct": cue["construct"],
            "code": "w_acceptance_love",
            "attributes": json.dumps({"expected": True}),
        },
    )
    with opened(cast.ana.unlocked):
        mark = marks_of_source(source)[0]
    assert (mark.status, mark.code, mark.attributes) == ("edited", "w_acceptance_love", {"expected": True})


def test_a_dismissed_cue_is_deleted_and_a_count_stays(cast, source, cues):
    cast.ana.browser().post(reverse("casework:dismiss", args=[source.id, cues[0]["id"]]))
    with opened(cast.ana.unlocked):
        left = CuesKept.objects.get(source=source).cues["cues"]
    assert [c["id"] for c in left] == [c["id"] for c in cues[1:]]
    assert ReadingRow.objects.get(source=source, coder=cast.ana.person).dismissed == 1
    assert MarkRow.objects.count() == 0


def test_undo_of_a_dismissal_asks_the_engine_again(cast, source, cues):
    browser = cast.ana.browser()
    browser.post(reverse("casework:dismiss", args=[source.id, cues[1]["id"]]))
    browser.post(reverse("casework:undo", args=[source.id]))
    with opened(cast.ana.unlocked):
        assert CuesKept.objects.get(source=source).cues["cues"] == cues
    assert ReadingRow.objects.get(source=source, coder=cast.ana.person).dismissed == 0


def test_undo_of_an_accepted_cue_puts_the_cue_back(cast, source, cues):
    browser = cast.ana.browser()
    browser.post(reverse("casework:accept", args=[source.id, cues[0]["id"]]))
    browser.post(reverse("casework:undo", args=[source.id]))
    with opened(cast.ana.unlocked):
        assert marks_of_source(source) == []
        assert len(CuesKept.objects.get(source=source).cues["cues"]) == len(cues)


def test_a_cue_is_answered_once(cast, source, cues):
    url = reverse("casework:accept", args=[source.id, cues[0]["id"]])
    browser = cast.ana.browser()
    assert browser.post(url).status_code == 302
    assert browser.post(url).status_code == 422
    assert MarkRow.objects.count() == 1


def test_no_cue_is_accepted_where_cues_are_closed(cast, source, cues):
    Treatment.objects.filter(pk=cast.treatment.pk).update(cues=False)
    assert (
        cast.ana.browser().post(reverse("casework:accept", args=[source.id, cues[0]["id"]])).status_code
        == 422
    )


def test_the_id_of_a_cue_says_nothing_of_it_and_stays_the_same(source, cues, cast):
    with opened(cast.ana.unlocked):
        again = engine_of.propose(
            actions.marks.transcript_for(source), source=source.id, version=source.version
        )
    assert [c["id"] for c in again.cues] == [c["id"] for c in cues]


def test_a_cue_whose_quote_is_not_in_the_text_is_dropped(cast, source, monkeypatch):
    class Wrong(KnownEngine):
        def propose(self, transcript):
            from dataclasses import replace

            return [replace(p, quote="other words") for p in super().propose(transcript)]

    use(monkeypatch, Wrong(*ENGINE))
    with opened(cast.ana.unlocked):
        found = engine_of.propose(actions.marks.transcript_for(source), source=source.id, version=1)
    assert found.cues == []
    assert found.passages == []


def test_each_act_writes_one_event_without_clinical_words(cast, source, cues):
    before = Event.objects.count()
    with opened(cast.ana.unlocked):
        actions.accept_cue(source=source, cue_id=cues[0]["id"], by=cast.ana.person)
    assert Event.objects.count() == before + 1
    event = Event.objects.order_by("-n").first()
    assert event.verb == "cue.accepted"
    assert event.reason == ""


def test_what_became_of_an_interpretation_is_kept(cast, source):
    row = made(cast, source, construct="intervention", code="interpretation_genetic")
    cast.ana.browser().post(
        reverse("casework:became", args=[row.id]), {"became": "taken_further", "version": 1}
    )
    with opened(cast.ana.unlocked):
        assert marks_of_source(source)[0].attributes["became"] == "taken_further"


# Constraints


def test_the_database_keeps_no_proposal_as_a_mark(cast, source):
    row = made(cast, source)
    with pytest.raises(IntegrityError), transaction.atomic():
        MarkRow.objects.filter(pk=row.pk).update(status="proposed")


def test_one_person_has_one_reading_of_a_source(cast, source):
    made(cast, source)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReadingRow.objects.create(client=cast.client, source=source, coder=cast.ana.person)


def test_an_hour_is_read_whole_or_dipped_into(cast, source):
    made(cast, source)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReadingRow.objects.update(how="skimmed")


def test_a_passage_has_three_answers(cast, source, cues):
    from depthwork.practice.casework.models import PassageAnswer

    with opened(cast.ana.unlocked):
        passage = CuesKept.objects.get(source=source).cues["passages"][0]
        actions.answer_passage(
            source=source, passage_id=passage["id"], by=cast.ana.person, answer="not_about_risk"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        PassageAnswer.objects.update(answer="low")


def test_cues_are_kept_once_for_each_text(cast, source, cues):
    with opened(cast.ana.unlocked), pytest.raises(IntegrityError), transaction.atomic():
        CuesKept.objects.create(
            client=cast.client, source=source, source_version=1, engine="known@1", cues={}
        )


def test_another_engine_proposes_cues_and_our_own_finds_the_passages(cast, source, monkeypatch, settings):
    class Other(KnownEngine):
        name = "other"

    own = KnownEngine(("I'd rather not wake up", "risk", "suicide_passive"))
    other = Other(("I made the dinner", "response_of_self", "rs_helpful"))
    settings.CUE_ENGINE = "other"
    monkeypatch.setattr(
        engine_of.engines, "engine", lambda name="depthwork": other if name == "other" else own
    )
    with opened(cast.ana.unlocked):
        found = engine_of.propose(actions.marks.transcript_for(source), source=source.id, version=1)
    assert found.engine == "other@1"
    assert [c["code"] for c in found.cues] == ["rs_helpful"]
    assert [p["code"] for p in found.passages] == ["suicide_passive"]


def test_an_engine_that_fails_leaves_the_hour_whole_and_says_so(cast, source, monkeypatch, settings, cues):
    class Down(KnownEngine):
        name = "down"

        def propose(self, transcript):
            raise EngineError("the local model does not answer; is it running?")

    own = KnownEngine(("I'd rather not wake up", "risk", "suicide_passive"))
    down = Down()
    settings.CUE_ENGINE = "down"
    monkeypatch.setattr(engine_of.engines, "engine", lambda name="depthwork": down if name == "down" else own)
    cache.clear()
    with opened(cast.ana.unlocked):
        transcript = actions.marks.transcript_for(source)
        found = proposals_for(source, transcript, with_cues=True)
        again = proposals_for(source, transcript, with_cues=True)
        row = CuesKept.objects.get(source=source, engine="down@1")
        assert row.cues["cues"] is None
    cache.clear()
    assert found.silent == again.silent == "the local model does not answer; is it running?"
    assert found.cues == []
    assert [p["code"] for p in found.passages] == ["suicide_passive"]


def test_an_engine_that_cannot_be_made_is_named_and_costs_only_its_cues(cast, source, settings):
    settings.CUE_ENGINE = "nobody"
    cache.clear()
    with opened(cast.ana.unlocked):
        found = proposals_for(source, actions.marks.transcript_for(source), with_cues=True)
    cache.clear()
    assert found.engine == "nobody"
    assert "no cue engine is called" in found.silent


def test_the_hour_opens_and_says_that_the_engine_is_silent(cast, source, settings):
    agree(cast.ana, cast.client, cast.treatment)
    settings.CUE_ENGINE = "nobody"
    cache.clear()
    browser = cast.ana.browser()
    browser.post(reverse("casework:skip", args=[source.session_id]))
    page = browser.get(reverse("casework:hour", args=[source.session_id]))
    cache.clear()
    assert page.status_code == 200
    assert "No cues just now" in page.content.decode()
    assert "rather not wake up" in page.content.decode()
