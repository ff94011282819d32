"""Patterns, dreams and lines alike: what stands on their pages, and for whom."""

import pytest
from django.urls import reverse

from depthwork.practice.casework import actions
from depthwork.practice.casework.dreams import dreams_of_treatment
from depthwork.practice.casework.queries import hours_of
from depthwork.practice.sources import actions as sources
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened
from tests.casework import hour_with_words

pytestmark = pytest.mark.django_db

TOLD = (
    ("C", "Father came home. I wanted him to ask. He read the paper. I went up to my room."),
    ("C", "Ruth came by. I wanted her to ask. She talked about the car. I made the tea."),
    ("T", "As with your father, with me too you wait to be asked, and then you go."),
    ("C", "You looked at the clock. I wanted you to ask. You said it was time. I left."),
)
EPISODES = (
    (0, "father", "past", "I wanted him to ask", "He read the paper", "I went up to my room"),
    (1, "friend", "current", "I wanted her to ask", "She talked about the car", "I made the tea"),
    (3, "this_therapist", "therapist", "I wanted you to ask", "You said it was time", "I left"),
)


def code(actor, source, text, phrase, construct, name, **about):
    start = text.index(phrase)
    return actions.make_mark(
        source=source, by=actor.person, start=start, end=start + len(phrase), construct=construct,
        code=name, attributes=about,
    )  # fmt: skip


def told(cast, *, how="whole", number=1):
    source = hour_with_words(cast.ana, cast.client, words=TOLD, number=number)
    with opened(cast.ana.unlocked):
        transcript = actions.marks.transcript_for(source)
        text = transcript.text
        for turn, kind, sphere, wish, other, own in EPISODES:
            code(cast.ana, source, text, TOLD[turn][1], "episode", kind, sphere=sphere, completeness=5)
            code(cast.ana, source, text, wish, "wish", "w_being_understood")
            code(cast.ana, source, text, other, "response_of_other", "ro_distant", polarity="negative")
            code(cast.ana, source, text, own, "response_of_self", "rs_withdrawn", polarity="negative")
        code(
            cast.ana, source, text, TOLD[2][1], "intervention", "interpretation_transference",
            person=["therapist", "past"], conflict=["defense"],
        )  # fmt: skip
        actions.set_reading(source=source, by=cast.ana.person, how=how)
    return source


def body(actor, name, *args, **query):
    response = actor.browser().get(reverse(f"casework:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_concordance_sets_then_now_and_here_side_by_side(cast):
    told(cast)
    page = body(cast.ana, "patterns", cast.client.id)
    assert "To be heard, known and seen as one is" in page
    assert "The whole pattern stands in 3 of 3 episodes" in page
    for sphere, line in (
        ("Then", "I wanted him to ask"),
        ("Now", "I wanted her to ask"),
        ("Here", "I wanted you to ask"),
    ):
        cell = page.split(f'aria-label="{sphere}: The wish: being understood"')[1].split('role="group"')[0]
        assert line in cell


def test_every_line_opens_the_turn_it_stands_on(cast):
    source = told(cast)
    page = body(cast.ana, "patterns", cast.client.id)
    url = reverse("casework:hour", args=[source.session_id])
    assert f"{url}?source={source.id}#t2" in page


def test_the_caption_says_who_coded_knowing_what(cast):
    told(cast)
    page = body(cast.ana, "patterns", cast.client.id)
    assert "Counted from 1 hour read whole (1 knowing the case)" in page
    assert "by Ana" in page


def test_an_hour_dipped_into_gives_lines_and_no_count(cast):
    told(cast, how="dipped")
    page = body(cast.ana, "patterns", cast.client.id)
    assert "No hour was read whole, so nothing is counted" in page
    assert "3 are the least for a report" in page


def test_a_pattern_is_withheld_below_three_episodes_with_its_reason(cast):
    source = hour_with_words(cast.ana, cast.client, words=TOLD)
    with opened(cast.ana.unlocked):
        text = actions.marks.transcript_for(source).text
        code(cast.ana, source, text, TOLD[0][1], "episode", "father", sphere="past", completeness=5)
        actions.set_reading(source=source, by=cast.ana.person, how="whole")
    page = body(cast.ana, "patterns", cast.client.id)
    assert "not enough to say" in page
    assert "1 episode, 3 are the least" in page


def test_a_treatment_without_marks_offers_the_one_next_step(cast):
    hour_with_words(cast.ana, cast.client)
    page = body(cast.ana, "patterns", cast.client.id)
    assert "Open an hour and mark the first episode" in page


def test_the_triangles_open_their_lines(cast):
    told(cast)
    page = body(cast.ana, "patterns", cast.client.id)
    assert 'href="#person-therapist"' in page
    lines = page.split('id="person-therapist"')[1].split("</details>")[0]
    assert "with me too you wait to be asked" in lines


def test_the_ladder_is_withheld_below_ten_defenses(cast):
    source = hour_with_words(cast.ana, cast.client, words=TOLD)
    with opened(cast.ana.unlocked):
        text = actions.marks.transcript_for(source).text
        code(cast.ana, source, text, "I made the tea", "defense", "rationalization")
        actions.set_reading(source=source, by=cast.ana.person, how="whole")
    page = body(cast.ana, "defenses", cast.client.id)
    assert "not enough to say" in page
    assert "I made the tea" in page


def test_marks_of_a_changed_text_are_counted_where_they_stand_now(cast):
    source = told(cast)
    turns = [["C", "Something new, first.", None, None], *[[s, t, None, None] for s, t in TOLD[:2]]]
    with opened(cast.ana.unlocked):
        sources.change_source(source=source, by=cast.ana.person, version=1, turns=turns)
        hour = hours_of(cast.treatment)[0]
    text = "\n".join(t[1] for t in turns)
    assert all(text[m.span.start : m.span.end] == m.quote for m in hour.marks)
    assert len(hour.marks) == 8  # what stood in the lost turns is detached and counted nowhere


def test_a_dream_stands_with_its_residue_and_associations(cast):
    session = Session.objects.get(client=cast.client, number=2)
    with opened(cast.ana.unlocked):
        sources.write_note(
            session=session,
            text="A house with no stairs.",
            by=cast.ana.person,
            kind="dream",
            about={
                "residue": "the estate agent",
                "associations": [{"element": "stairs", "words": "listening"}],
            },
        )
        found = dreams_of_treatment(cast.treatment)
    assert [(d.hour, d.residue, d.associations) for d in found] == [
        (2, "the estate agent", [("stairs", "listening")])
    ]
    assert "A house with no stairs." in body(cast.ana, "dreams", cast.client.id)


def test_beside_the_triangles_stand_the_marked_response_and_the_acts_that_interpret(cast):
    source = told(cast)
    with opened(cast.ana.unlocked):
        text = actions.marks.transcript_for(source).text
        code(cast.ana, source, text, "You looked at the clock", "client_response", "shifts")
    page = body(cast.ana, "patterns", cast.client.id)
    assert "What followed 1 interpretation" in page
    assert "<p>You looked at the clock</p>" in page
    assert "Marked acts that interpret or support: 1, of which 1 interpret." in page


def test_a_dream_marked_in_its_hour_is_quoted_with_what_was_done(cast):
    words = (("C", "I dreamt of a house with no stairs."), ("T", "No way up to where he was."))
    source = hour_with_words(cast.ana, cast.client, words=words)
    with opened(cast.ana.unlocked):
        text = actions.marks.transcript_for(source).text
        code(cast.ana, source, text, words[0][1], "dream", "dream_report")
        code(cast.ana, source, text, words[1][1], "intervention", "interpretation_genetic")
        found = dreams_of_treatment(cast.treatment)
    assert found[0].is_quoted
    assert found[0].done == [("genetic interpretation", "No way up to where he was.")]


def alike(cast, source, phrase, **headers):
    with opened(cast.ana.unlocked):
        text = actions.marks.transcript_for(source).text
    start = text.index(phrase)
    return cast.ana.browser().get(
        reverse("casework:alike", args=[source.id]), {"start": start, "end": start + len(phrase)}
    )


def test_something_like_a_line_is_found_over_the_whole_treatment(cast):
    source = hour_with_words(cast.ana, cast.client, words=TOLD)
    hour_with_words(cast.ana, cast.client, number=2, words=(("C", "He read the paper again, all evening."),))
    page = alike(cast, source, "He read the paper").content.decode()
    assert "He read the paper again, all evening." in page
    assert "Hour 2, turn 1, client" in page


def test_lines_alike_never_come_from_another_client(cast):
    source = hour_with_words(cast.ana, cast.client, words=TOLD)
    hour_with_words(cast.dov, cast.other, words=(("C", "He read the paper again, all evening."),))
    assert "all evening" not in alike(cast, source, "He read the paper").content.decode()


def test_words_that_are_not_in_the_text_are_refused(cast):
    source = hour_with_words(cast.ana, cast.client, words=TOLD)
    url = reverse("casework:alike", args=[source.id])
    assert cast.ana.browser().get(url, {"start": 5, "end": 99999}).status_code == 422
    assert cast.ana.browser().get(url, {"start": "x"}).status_code == 404


@pytest.mark.parametrize("name", ["patterns", "defenses", "dreams"])
def test_nobody_else_opens_the_patterns_of_a_client(cast, name):
    for actor in (cast.mara, cast.eve, cast.dov, cast.rui, cast.cleo, cast.ben):
        url = reverse(f"casework:{name}", args=[cast.client.id])
        assert actor.browser().get(url).status_code == 404


def test_the_patterns_ask_few_queries(cast, django_assert_max_num_queries):
    told(cast)
    told(cast, number=2)
    browser = cast.ana.browser()
    url = reverse("casework:patterns", args=[cast.client.id])
    browser.get(url)
    with django_assert_max_num_queries(18):
        browser.get(url)
