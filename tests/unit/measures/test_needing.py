"""The published rules are the rules that raise alerts."""

import pytest

from depthwork.measures import alerts, measure, measures, score
from depthwork.measures.needing import needs


def lines(name, **more):
    return [(one.question, one.answer, one.when) for one in needs(measure(name), **more)]


def test_the_rules_of_the_phq9_are_published_as_they_are():
    assert lines("phq9") == [
        ("question 9", "1 or more", "the same day"),
        ("question 9", "2 or more", "at once"),
        ("question 9", "no answer", "in the next hour"),
    ]


def test_questions_and_answers_are_named_by_their_words_where_these_are_at_hand():
    (first, *_rest) = needs(measure("phq9"), with_words=True)
    assert "better off dead" in first.question
    assert first.answer == "“Several days” or more"


def test_a_rule_over_several_questions_names_them_once():
    (rule, left) = needs(measure("core_om"))
    assert rule.question.count("question") == 6
    assert rule.answer == "for any of them: 1 or more"
    assert left.answer == "no answer"


def test_a_rule_of_two_parts_says_both():
    (rule,) = needs(measure("dw_session_checkin"))
    assert rule.answer == "question 5: 6 or more or the mean of questions 1–4: less than 5"


def test_a_risk_question_without_a_rule_is_published_as_asked_about_when_left_open():
    assert lines("pcl5")[-1] == ("question 16", "no answer", "in the next hour")


@pytest.mark.parametrize("definition", measures(), ids=lambda one: one.id)
def test_every_rule_and_every_open_risk_question_stands_in_the_table(definition):
    found = needs(definition)
    assert len(found) >= len(definition.alerts)
    assert [one.level for one in found[: len(definition.alerts)]] == [
        rule.level for rule in definition.alerts
    ]
    assert bool(found) == bool(definition.alerts or definition.risk_items)


def test_what_the_table_says_of_item_9_is_what_happens():
    for value, level in ((1, "same_day"), (2, "immediate"), (3, "immediate")):
        raised = {one.level for one in alerts(measure("phq9"), {"q9": value})}
        assert level in raised
        assert level in {
            one.level for one in needs(measure("phq9")) if one.answer == f"{min(value, 2)} or more"
        }
    assert score(measure("phq9"), [0] * 8 + [None, 0]).alerts[0].level == "ask_in_session"
