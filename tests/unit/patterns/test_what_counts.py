"""What patterns are counted from, and what stands beside them without being counted."""

from __future__ import annotations

import pytest
from tests.codes import DIPPED, WHOLE, Reading, hour, mark, told

from depthwork.patterns import Treatment, patterns, patterns_apart
from depthwork.patterns.told import told_in


def episodes(hours, **given):
    return told_in(Treatment(hours, **given))


def one(start=0, sphere="past", **given):
    return told(start, sphere, "w_care_help", "ro_distant", "rs_withdrawn", **given)


def test_hours_read_whole_give_counts():
    assert len(episodes([hour(1, *one())]).counted) == 1


@pytest.mark.parametrize("reading", [DIPPED, None])
def test_hours_dipped_into_give_lines_and_no_counts(reading):
    found = patterns([hour(n, *one()) for n in range(1, 4)] + [hour(4, *one(), reading=reading)])
    assert found.ccrt.episodes == 3
    row = found.concordance.rows[0]
    assert (row.all.n, len(row.then)) == (3, 4)
    assert [line.counted for line in row.then] == [True, True, True, False]


@pytest.mark.parametrize("status", ["proposed", "rejected"])
def test_proposed_and_rejected_marks_are_neither_counted_nor_shown(status):
    found = episodes([hour(1, *one(status=status))])
    assert found.episodes == ()


def test_an_edited_cue_is_an_accepted_code():
    found = patterns_apart([hour(1, *one(status="edited", origin="cue:rules@1"))])
    assert found.together.caption.accepted == 4
    assert found.unaided is None


def test_a_detached_mark_is_never_counted():
    text = "q" * 40 + "x" * 100
    treatment = Treatment(
        [hour(1, mark("defense", "denial", 0, 10), mark("defense", "humor", 60, 70), text=text)]
    )
    assert [m.code for _, marks in treatment.each() for m in marks] == ["denial"]
    assert treatment.caption.detached == 1
    assert "1 detached and not counted" in treatment.caption.sentence


def test_perhaps_also_here_is_drawn_dashed_in_the_column_here_and_never_counted():
    perhaps = mark("wish", "w_care_help", 300, 310, displaced=True)
    found = patterns([hour(n, *one()) for n in range(1, 4)] + [hour(4, perhaps)])
    row = found.concordance.rows[0]
    assert row.all.n == 3
    assert [(line.displaced, line.counted, line.hour) for line in row.here] == [(True, False, 4)]
    assert found.concordance.columns["here"] == 0


def test_a_link_that_the_client_makes_alone_is_shown_and_never_counted():
    link = mark("client_link", "client_link", 0, 10, person=["past", "therapist"])
    found = patterns([hour(1, link)])
    assert found.triangles.counts.n == 0
    assert [line.counted for line in found.triangles.client_links] == [False]
    assert found.caption.unaided == 0


def test_a_passage_of_risk_is_in_no_pattern_and_no_caption():
    found = patterns([hour(1, mark("risk", "self_harm", 0, 9))])
    assert found.caption.unaided == 0
    assert found.themes == ()


def test_an_episode_told_in_fragments_is_shown_and_not_counted():
    found = episodes([hour(1, *one(completeness=2))])
    assert (len(found.episodes), len(found.counted)) == (1, 0)
    assert not found.episodes[0].line.counted
    assert not any(line.counted for line in found.episodes[0].lines())


def test_a_component_outside_every_episode_is_a_line_without_a_count():
    found = patterns([hour(n, *one()) for n in (1, 2, 3)] + [hour(4, mark("wish", "w_care_help", 500, 510))])
    row = found.concordance.rows[0]
    assert row.all.n == 3
    assert [line.counted for line in row.unplaced] == [False]


def test_two_coders_of_one_hour_do_not_count_double():
    ana = one()
    ben = one(origin="coder:ben")
    found = episodes([hour(1, *ana, *ben)])
    assert len(found.counted) == 1
    assert Treatment([hour(1, *ana, *ben)]).caption.coders == ("ana",)


def test_of_two_coders_one_coding_can_be_chosen():
    ben = told(3, "past", "w_giving", "ro_helpful", "rs_helpful", origin="coder:ben")
    given = [hour(1, *one(), *ben)]
    assert patterns(given).ccrt.episodes == 2
    assert patterns(given, coder="ben").ccrt.components[0].code == "w_giving"
    assert patterns_apart(given, coder="ana").together.ccrt.episodes == 1


def test_a_code_that_was_made_unaided_and_accepted_too_is_unaided():
    treatment = Treatment(
        [hour(1, mark("defense", "denial", origin="cue:rules@1"), mark("defense", "denial", id="b"))]
    )
    assert (treatment.caption.unaided, treatment.caption.accepted) == (1, 0)


def test_unaided_and_accepted_codes_are_reported_apart():
    hours = [hour(n, *one(), *one(200, "therapist", origin="cue:rules@1.0")) for n in range(1, 4)]
    found = patterns_apart(hours)
    assert found.mixed
    assert found.together.ccrt.episodes == 6
    assert (found.unaided.ccrt.episodes, found.accepted.ccrt.episodes) == (3, 3)
    assert found.unaided.ccrt.by_sphere["past"] == 3
    assert found.accepted.ccrt.by_sphere["therapist"] == 3


def test_codes_of_one_kind_are_not_computed_twice():
    found = patterns_apart([hour(1, *one())])
    assert found.unaided is found.together
    assert found.accepted is None
    assert not found.mixed


def test_the_caption_says_who_coded_knowing_what_from_which_sources():
    hours = [
        hour(1, *one()),
        hour(2, *one(origin="cue:rules@1.0"), reading=Reading("whole", False), provenance="notes"),
        hour(3, *one(), reading=DIPPED),
    ]
    caption = patterns(hours).caption
    assert caption.sentence == (
        "Counted from 2 hours read whole (1 blind, 1 knowing the case); 1 hour dipped into give lines only; "
        "codes: 8 made unaided, 4 accepted from cues, by ana; sources: 1 notes, 1 verbatim."
    )
    assert caption.engines == ("rules@1.0",)
    assert caption.codebooks == ("figures@1.0.0", "relationship@1.0.0")


def test_a_transcript_and_a_note_of_one_hour_are_one_hour():
    sources = [hour(1, *one()), hour(1, *one(), provenance="notes"), hour(2, *one(), reading=DIPPED)]
    caption = patterns(sources).caption
    assert (caption.hours_whole, caption.hours_dipped, caption.blind) == (1, 1, 1)
    assert patterns(sources).late_from is None


def test_the_caption_calls_coders_by_the_names_it_is_given():
    caption = patterns([hour(1, *one(origin="coder:7f3"))]).caption
    assert "by 7f3" in caption.sentence
    assert "by Ana Keller" in caption.in_words({"7f3": "Ana Keller"})


def test_without_an_hour_read_whole_the_caption_says_that_nothing_is_counted():
    caption = patterns([hour(1, *one(), reading=None)]).caption
    assert caption.sentence.startswith("No hour was read whole, so nothing is counted")


def test_no_hours_give_empty_patterns():
    found = patterns([])
    assert found.concordance is None
    assert found.ccrt.episodes == 0
    assert found.ladder.profile.withheld
    assert found.late_from is None


def test_hours_are_put_in_order_by_number():
    found = patterns([hour(n, *one()) for n in (3, 1, 2)])
    assert [line.hour for line in found.concordance.rows[0].then] == [1, 2, 3]


def test_the_same_hours_give_the_same_patterns():
    hours = [hour(n, *one(), *one(200, "therapist")) for n in range(1, 7)]
    assert patterns(hours) == patterns(list(reversed(hours)))


def test_a_line_knows_all_that_a_page_shows():
    found = patterns([hour(n, *one(figure="Mum", speaker="C")) for n in (1, 2, 3)])
    line = found.concordance.rows[0].then[0]
    assert (line.hour, line.shown_turn, line.speaker, line.figure, line.sphere) == (1, 1, "C", "Mum", "past")
    assert line.quote == "q" * 10
    assert line.mark_id
    assert line.date.isoformat() == "2026-01-12"
    assert (line.code, line.unaided, WHOLE.is_whole) == ("w_care_help", True, True)
