"""The page of an hour: what is shown to whom, and when."""

import pytest
from django.urls import reverse

from depthwork.practice.casework import actions
from depthwork.practice.casework.models import CuesKept, MarkRow, ReadingRow
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.sources import actions as sources
from depthwork.practice.treatments.actions import revoke_consent
from depthwork.practice.treatments.models import Consent, Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened
from tests.casework import ENGINE, KnownEngine, agree, hour_with_words, note_of, use

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(cast):
    return hour_with_words(cast.ana, cast.client)


@pytest.fixture
def engine(monkeypatch):
    return use(monkeypatch, KnownEngine(*ENGINE))


@pytest.fixture
def agreed(cast):
    agree(cast.ana, cast.client, cast.treatment)


def page(actor, hour, **query):
    return actor.browser().get(reverse("casework:hour", args=[hour.session_id]), query)


def words(response):
    return response.content.decode()


def supervise(cast):
    with opened(cast.ana.unlocked):
        vault.share(
            owner=cast.client.id,
            compartments=["administration", "process_notes"],
            reader=cast.ben.id,
            purpose="supervision",
        )
    Involvement.objects.create(
        person=cast.ben.person, practice=cast.practice.id, client=cast.client.id, part=Part.SUPERVISOR
    )


def mark(actor, source, phrase, construct, code, **attributes):
    with opened(actor.unlocked):
        text = actions.marks.transcript_for(source).text
        start = text.index(phrase)
        return actions.make_mark(
            source=source,
            by=actor.person,
            start=start,
            end=start + len(phrase),
            construct=construct,
            code=code,
            attributes=attributes,
        )


def test_the_hour_shows_its_turns_with_hanging_numbers(cast, source, engine):
    body = words(page(cast.ana, source))
    assert 'id="t2"' in body
    assert "My father never asked." in body
    assert '<span class="stage">(laughs)</span>' in body


def test_an_hour_with_no_mark_is_worth_opening(cast, source, engine):
    response = page(cast.ana, source)
    assert response.status_code == 200
    assert "line of hour 1" in words(response)
    assert reverse("casework:profile", args=[source.session_id]) in words(response)


def test_an_hour_without_any_source_opens(cast, engine):
    session = Session.objects.get(client=cast.client, number=2)
    response = cast.ana.browser().get(reverse("casework:hour", args=[session.id]))
    assert response.status_code == 200
    assert "a note of two words" in words(response)


def test_a_note_of_nine_words_opens_with_its_hazy_passage(cast, engine):
    text = "Piano. Her sister, or the aunt? Two men, strap."
    source = note_of(cast.ana, cast.client, text, passages=[{"start": 7, "end": 31, "kind": "hazy"}])
    body = words(page(cast.ana, source))
    assert "few-words" in body
    assert '<span class="hazy" title="hazy">Her sister, or the aunt?</span>' in body
    assert "Line 1 is hazy" in body


def test_a_mark_is_underlined_and_tied_to_its_entry(cast, source, engine):
    row = mark(cast.ana, source, "I wanted him to ask me", "wish", "w_being_understood")
    body = words(page(cast.ana, source))
    assert f'aria-details="e-{row.id}">I wanted him to ask me<sup>1</sup></mark>' in body
    assert f'id="e-{row.id}"' in body
    assert "being understood" in body


def test_a_manager_and_a_stranger_get_no_hour(cast, source, engine):
    for actor in (cast.mara, cast.dov, cast.eve, cast.rui, cast.cleo):
        assert page(actor, source).status_code == 404


def test_reading_an_hour_is_an_event(cast, source, engine):
    from depthwork.practice.audit.models import Event

    page(cast.ana, source)
    assert Event.objects.filter(verb="hour.read", object_id=str(source.session_id)).count() == 1


def test_a_source_of_another_hour_is_not_opened_through_this_one(cast, source, engine):
    other = hour_with_words(cast.ana, cast.client, number=2)
    assert page(cast.ana, source, source=str(other.id)).status_code == 404


# Cues


def test_no_cue_is_shown_without_agreement(cast, source, engine):
    body = words(page(cast.ana, source))
    assert 'class="entry cue"' not in body
    assert CuesKept.objects.get(source=source).engine == "known@1"
    with opened(cast.ana.unlocked):
        assert CuesKept.objects.get(source=source).cues["cues"] is None


def test_no_cue_is_shown_before_the_clinician_has_left_a_line(cast, source, engine, agreed):
    with opened(cast.ana.unlocked):
        session = Session.objects.get(pk=source.session_id)
        session.kept_line = None
        session.save(update_fields=["kept_line"])
    body = words(page(cast.ana, source))
    assert 'class="entry cue"' not in body
    assert "Skip, and see the cues" in body


def test_a_kept_line_opens_the_cues(cast, source, engine, agreed):
    body = words(page(cast.ana, source))
    assert body.count('class="entry cue"') == 3
    assert "The words say it." in body


def test_skipping_opens_the_cues(cast, source, engine, agreed):
    with opened(cast.ana.unlocked):
        session = Session.objects.get(pk=source.session_id)
        session.kept_line = None
        session.save(update_fields=["kept_line"])
    browser = cast.ana.browser()
    browser.post(reverse("casework:skip", args=[source.session_id]))
    assert words(browser.get(reverse("casework:hour", args=[source.session_id]))).count("entry cue") == 3


def test_a_jurisdiction_without_cues_closes_them(cast, source, engine, agreed, monkeypatch):
    monkeypatch.setattr("depthwork.practice.casework.gate.cues_possible", lambda practice: False)
    body = words(page(cast.ana, source))
    assert "entry cue" not in body
    assert "jurisdiction profile has no cues" in body


def test_a_consent_that_was_taken_back_closes_the_cues_at_the_next_request(cast, source, engine, agreed):
    browser = cast.ana.browser()
    url = reverse("casework:hour", args=[source.session_id])
    assert "entry cue" in words(browser.get(url))
    with opened(cast.ana.unlocked):
        revoke_consent(consent=Consent.objects.get(purpose="cues"), by=cast.ana.person)
    body = words(browser.get(url))
    assert "entry cue" not in body
    assert "no consent for cues" in body
    with opened(cast.ana.unlocked):
        assert CuesKept.objects.get(source=source).cues["cues"] is None


def test_ten_cues_at_most_then_the_rest_on_request(cast, engine, agreed):
    turns = [("T", "Yes?"), *[("C", f"I made the dinner, number {n}.") for n in range(14)]]
    source = hour_with_words(cast.ana, cast.client, words=turns)
    body = words(page(cast.ana, source))
    assert body.count('class="entry cue"') == 10
    assert "4 more cues rest." in body
    assert words(page(cast.ana, source, cues="all")).count('class="entry cue"') == 14


def test_cues_are_computed_once_for_a_text(cast, source, engine, agreed):
    page(cast.ana, source)
    page(cast.ana, source)
    assert engine.asked == 1


def test_a_supervisor_meets_no_cue(cast, source, engine, agreed):
    supervise(cast)
    assert "entry cue" not in words(page(cast.ben, source))


def test_switching_cues_off_deletes_what_was_proposed(cast, source, engine, agreed):
    browser = cast.ana.browser()
    browser.get(reverse("casework:hour", args=[source.session_id]))
    browser.post(reverse("casework:switch", args=[cast.treatment.id]), {"on": "no"})
    assert CuesKept.objects.count() == 0
    assert "entry cue" not in words(page(cast.ana, source))


def test_what_i_have_marked_is_not_proposed_to_me(cast, source, engine, agreed):
    mark(cast.ana, source, "I wanted him to ask me", "wish", "w_closeness")
    assert words(page(cast.ana, source)).count('class="entry cue"') == 2


# Passages to read again


def test_a_passage_is_shown_at_once_without_agreement_or_line(cast, source, engine):
    body = words(page(cast.ana, source))
    assert "To read again" in body
    assert "wake up" in body
    assert "confidence" not in body


def test_a_passage_is_answered_and_stays(cast, source, engine):
    browser = cast.ana.browser()
    url = reverse("casework:hour", args=[source.session_id])
    browser.get(url)
    with opened(cast.ana.unlocked):
        passage = CuesKept.objects.get(source=source).cues["passages"][0]
    browser.post(reverse("casework:answer", args=[source.id, passage["id"]]), {"answer": "in_the_hour"})
    body = words(browser.get(url))
    assert "Dealt with in the hour." in body
    assert "To read again" in body


def test_a_passage_has_no_other_answer(cast, source, engine):
    browser = cast.ana.browser()
    browser.get(reverse("casework:hour", args=[source.session_id]))
    with opened(cast.ana.unlocked):
        passage = CuesKept.objects.get(source=source).cues["passages"][0]
    response = browser.post(
        reverse("casework:answer", args=[source.id, passage["id"]]), {"answer": "dismissed"}
    )
    assert response.status_code == 422


# Readings


def test_a_second_reader_chooses_before_the_codes_are_shown(cast, source, engine):
    mark(cast.ana, source, "I made the dinner", "response_of_self", "rs_helpful")
    supervise(cast)
    body = words(page(cast.ben, source))
    assert "1 code of another reader is here." in body
    assert 'class="entry"' not in body


def test_a_blind_reader_sees_only_their_own_codes_until_they_finish(cast, source, engine):
    mark(cast.ana, source, "I made the dinner", "response_of_self", "rs_helpful")
    supervise(cast)
    browser = cast.ben.browser()
    reading = reverse("casework:reading", args=[source.id])
    browser.post(reading, {"blind": "yes"})
    url = reverse("casework:hour", args=[source.session_id])
    assert "helpful</em>" not in words(browser.get(url))
    browser.post(reading, {"how": "whole", "finished": "yes"})
    assert "helpful</em>" in words(browser.get(url))
    row = ReadingRow.objects.get(source=source, coder=cast.ben.person)
    assert row.is_blind
    assert row.how == "whole"


def test_who_has_seen_the_codes_cannot_become_blind(cast, source, engine):
    supervise(cast)
    browser = cast.ben.browser()
    reading = reverse("casework:reading", args=[source.id])
    browser.post(reading, {"blind": "no"})
    assert browser.post(reading, {"blind": "yes"}).status_code == 422


def test_marks_of_a_changed_text_are_found_again_or_set_apart(cast, source, engine):
    kept = mark(cast.ana, source, "I wanted him to ask me", "wish", "w_being_understood")
    gone = mark(cast.ana, source, "I made the dinner", "response_of_self", "rs_helpful")
    with opened(cast.ana.unlocked):
        turns = [
            ["C", "Before anything else.", None, None],
            ["C", "My father never asked. I wanted him to ask me, just once, how it was.", None, None],
        ]
        sources.change_source(source=source, by=cast.ana.person, version=1, turns=turns)
    body = words(page(cast.ana, source))
    assert f'aria-details="e-{kept.id}">I wanted him to ask me' in body
    assert "No longer in the text" in body
    assert "I made the dinner" in body
    assert MarkRow.objects.filter(id=gone.id).exists()


def test_a_burned_source_leaves_no_mark_to_read(cast, source, engine):
    row = mark(cast.ana, source, "I made the dinner", "response_of_self", "rs_helpful")
    with opened(cast.ana.unlocked):
        sources.burn_source(source=source, by=cast.ana.person)
    assert "I made the dinner" not in words(
        cast.ana.browser().get(reverse("casework:hour", args=[source.session_id]))
    )
    assert (
        cast.ana.browser().post(reverse("casework:remove", args=[row.id]), {"version": 1}).status_code == 404
    )


def test_a_filter_leaves_one_construct_in_the_margin(cast, source, engine):
    mark(cast.ana, source, "I wanted him to ask me", "wish", "w_being_understood")
    mark(cast.ana, source, "I made the dinner", "response_of_self", "rs_helpful")
    body = words(page(cast.ana, source, only="wish"))
    assert "being understood" in body
    assert "helpful</i>" not in body


def test_an_interpretation_shows_its_next_three_turns(cast, source, engine):
    mark(cast.ana, source, "As with your father", "intervention", "interpretation_genetic", person=["past"])
    body = words(page(cast.ana, source))
    assert "What became of it" in body
    assert '<span class="n">6 C</span>' in body


def test_what_is_set_perhaps_also_here_is_dashed(cast, source, engine):
    mark(cast.ana, source, "My father never asked.", "wish", "w_closeness", displaced=True)
    assert 'class="displaced"' in words(page(cast.ana, source))


def test_the_profile_comes_on_its_own_and_as_a_page(cast, source, engine):
    url = reverse("casework:profile", args=[source.session_id])
    browser = cast.ana.browser()
    assert "<html" in words(browser.get(url))
    assert "<html" not in words(browser.get(url, headers={"HX-Request": "true"}))


def test_the_page_of_an_hour_asks_few_queries(cast, source, engine, agreed, django_assert_max_num_queries):
    for phrase in ("I wanted him", "to ask me", "I made the dinner"):
        mark(cast.ana, source, phrase, "wish", "w_closeness")
    browser = cast.ana.browser()
    url = reverse("casework:hour", args=[source.session_id])
    browser.get(url)
    with django_assert_max_num_queries(24):
        browser.get(url)
