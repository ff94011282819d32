"""Scores, labels and alerts from answers."""

import pytest

from depthwork.measures import MeasureError, alerts, asked, measure, measures, score
from depthwork.measures.compute import round_half_up

EXAMPLES = [(one.id, index) for one in measures() for index in range(len(one.examples))]


@pytest.mark.parametrize(("id", "index"), EXAMPLES)
def test_a_worked_example_comes_out_as_written(id, index):
    one = measure(id)
    example = one.examples[index]
    result = score(one, example["answers"])
    found = {name: made.value for name, made in result.scores.items()}
    found |= {f"{name}.band": made.band for name, made in result.scores.items()}
    found |= {name: made.label for name, made in result.labels.items()}
    found["alerts"] = [alert.id for alert in result.alerts]
    for name, expected in example["expect"].items():
        if isinstance(expected, int | float):
            assert found[name] == pytest.approx(expected, abs=0.006), name
        else:
            assert found[name] == expected, name


def test_there_are_52_definitions_and_126_worked_examples():
    assert len(measures()) == 52
    assert len(EXAMPLES) == 126


def test_an_unanswered_item_is_never_scored_as_zero():
    made = score(measure("phq9"), {"q1": 3, "q9": 0}).scores["total"]
    assert made.value is None
    assert made.withheld == "7 of 9 answers missing, at most 2 may be"
    assert (made.answered, made.missing) == (2, 7)


def test_a_sum_with_few_missing_answers_is_prorated_and_rounded_half_up():
    assert score(measure("phq9"), [1, 1, None, 1, 1, 1, 1, 0, 0]).scores["total"].value == 7
    assert round_half_up(2.5) == 3
    assert round_half_up(-0.5) == 0


def test_an_answer_that_does_not_apply_leaves_the_calculation():
    made = score(measure("b_ipf"), [2, "NA", 3, 4, "NA", "NA", 1]).scores["percent"]
    assert (made.value, made.answered, made.missing) == (41.67, 4, 0)


def test_a_form_on_which_nothing_applies_has_no_score_and_says_why():
    made = score(measure("b_ipf"), ["NA"] * 7).scores["percent"]
    assert (made.value, made.withheld) == (None, "no item applies")


def test_a_count_with_missing_answers_is_a_lower_bound():
    result = score(measure("asq"), {"q1": 1})
    made = result.scores["n_positive"]
    assert (made.value, made.is_lower_bound, made.missing) == (1, True, 3)


def test_a_label_does_not_fall_to_its_default_while_an_answer_is_missing():
    assert score(measure("phq9"), {"q1": 0}).labels["syndrome"].label == "incomplete"


def test_a_closed_gate_answers_the_rest_and_an_unanswered_gate_does_not():
    assert score(measure("pc_ptsd_5"), {"gate": 0}).scores["total"].value == 0
    assert score(measure("pc_ptsd_5"), {}).scores["total"].value is None
    assert asked(measure("pc_ptsd_5"), {"gate": 0}) == ("gate",)
    assert len(asked(measure("pc_ptsd_5"), {"gate": 1})) == 6


def test_a_question_that_was_not_asked_is_not_missing():
    result = score(measure("asq"), [0, 0, 0, 0, None])
    assert result.labels["screen"].label == "negative"
    assert result.alerts == ()
    assert "q5" not in asked(measure("asq"), [0, 0, 0, 0])
    assert "q5" in asked(measure("asq"), [0, 0, 1, 0])


def test_an_unanswered_question_about_risk_is_asked_in_the_session():
    raised = score(measure("core10"), {"q1": 2}).alerts
    assert [(alert.id, alert.level, alert.item) for alert in raised] == [
        ("q6_unanswered", "ask_in_session", "q6")
    ]


def test_a_missing_risk_answer_is_raised_once():
    raised = score(measure("phq9"), {"q1": 0}).alerts
    assert [(alert.id, alert.level, alert.item) for alert in raised] == [
        ("phq9_item9_missing", "ask_in_session", "q9")
    ]


def test_a_refused_answer_counts_as_missing_and_not_as_no():
    result = score(measure("asq"), {"q1": 0, "q2": 0, "q3": "REFUSED", "q4": 0})
    assert [alert.id for alert in result.alerts] == ["asq_incomplete"]
    assert result.labels["screen"].label == "incomplete_or_refused_treat_as_non_acute_positive"


def test_an_alert_names_the_item_that_raised_it():
    assert [alert.item for alert in score(measure("core_om"), {"q16": 2}).alerts][:1] == ["q16"]


def test_the_most_urgent_level_is_known_without_changing_the_order():
    result = score(measure("phq9"), [0] * 8 + [2])
    assert [alert.level for alert in result.alerts] == ["same_day", "immediate"]
    assert result.most_urgent == "immediate"
    assert score(measure("phq9"), [0] * 9).most_urgent is None


def test_while_a_form_is_filled_in_only_what_is_settled_is_raised():
    one = measure("phq9")
    assert alerts(one, {}) == ()
    assert alerts(one, {"q1": 3}) == ()
    assert [alert.id for alert in alerts(one, {"q9": 1})] == ["phq9_item9_any"]
    assert [alert.id for alert in alerts(one, {"q9": 3})] == ["phq9_item9_any", "phq9_item9_frequent"]


def test_a_count_that_can_only_grow_raises_early():
    assert [alert.id for alert in alerts(measure("asq"), {"q4": 1})] == ["asq_positive"]
    assert [alert.id for alert in alerts(measure("asq"), {"q4": 1, "q5": 1})] == ["asq_acute", "asq_positive"]


def test_a_refusal_is_settled_and_raises_early():
    assert [alert.id for alert in alerts(measure("asq"), {"q1": "REFUSED"})] == ["asq_incomplete"]


def test_half_a_form_raises_nothing_on_a_prorated_score():
    one = measure("dw_session_checkin")
    assert alerts(one, {"q1": 1, "q2": 1, "q3": 1}) == ()
    assert [alert.id for alert in alerts(one, {"q1": 1, "q2": 1, "q3": 1, "q4": 1})] == ["possible_rupture"]
    assert [alert.id for alert in alerts(one, {"q5": 6})] == ["possible_rupture"]


def test_a_triage_word_is_kept_for_the_instrument_and_never_shown():
    label = score(measure("cssrs_screener"), [1, 0, None, None, None, 0, None]).labels["triage"]
    assert label.shown is False


def test_a_score_says_which_definition_it_was_made_with():
    result = score(measure("gad7"), [0] * 7)
    assert (result.version, result.definition_hash) == (1, measure("gad7").hash)
    assert len(result.definition_hash) == 64


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ({"q1": 4}, "phq9.q1: 4 is not among the answers; expected 0, 1, 2 or 3"),
        ({"q1": -1}, "phq9.q1: -1 is not among the answers"),
        ({"q1": "2"}, "found text; numbers stand without quotes"),
        ({"q1": True}, "found true or false"),
        ({"q1": 1.5}, "whole numbers only"),
        ({"q1": float("nan")}, "leave an unanswered item out or write null"),
        ({"q1": float("inf")}, "leave an unanswered item out or write null"),
        ({"q1": [2]}, "found a list"),
        ({"q1": "NA"}, "found text"),
        ({"Q1": 2}, "there is no item 'Q1'"),
        ({1: 2}, "there is no item '1'"),
        ([0] * 11, "11 answers for 10 items"),
        ("000000000", "answers must be an object"),
        (None, "answers must be an object"),
        (3, "answers must be an object"),
    ],
)
def test_an_impossible_answer_is_refused_with_one_clear_line(answers, complaint):
    for call in (score, alerts, asked):
        with pytest.raises(MeasureError, match=None) as caught:
            call(measure("phq9"), answers)
        assert complaint in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_whole_number_written_with_a_point_is_the_same_answer():
    assert score(measure("phq2"), {"q1": 2.0, "q2": 1}).scores["total"].value == 3


def test_a_line_to_mark_takes_fractions_and_a_list_of_answers_does_not():
    assert score(measure("ors"), [5.5, 6, 5, 6]).scores["total"].value == 22.5
    with pytest.raises(MeasureError, match="whole numbers only"):
        score(measure("wsas"), [5.5, 6, 5, 6, 1])


def test_free_text_is_kept_out_of_complaints():
    with pytest.raises(MeasureError) as caught:
        score(measure("dw_session_checkin"), {"note": 7, "q1": 3})
    assert str(caught.value) == "dw_session_checkin.note: expected text; write it in quotation marks"


def test_five_hundred_items_are_refused_in_one_line():
    with pytest.raises(MeasureError, match="500 answers for 10 items"):
        score(measure("phq9"), [1] * 500)
