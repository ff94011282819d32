"""The published rule for change that a measure brings along."""

import pytest

from depthwork.measures import measure, measures
from depthwork.outcome.reliable_change import Yardstick, change


@pytest.mark.parametrize(
    ("id", "points", "cutoff"),
    [("phq9", 6, 10), ("gad7", 4, 8), ("core10", 6, 11), ("who5", 10, 50), ("pcl5", 10, None)],
)
def test_a_measure_brings_its_rule(id, points, cutoff):
    rule = measure(id).main_score.change_rule()
    assert rule["points"] == points
    assert rule["source"]
    if cutoff is not None:
        assert rule["cutoff"] == cutoff


def test_every_rule_makes_a_yardstick():
    rules = [rule for one in measures() if one.main_score and (rule := one.main_score.change_rule())]
    assert len(rules) >= 10
    assert all(Yardstick(**rule).points > 0 for rule in rules)


def test_the_cutoff_of_a_wellbeing_scale_is_still_a_case():
    by = Yardstick(**measure("who5").main_score.change_rule())
    assert by.is_case(50)
    assert not by.is_case(51)
    assert change(30, 60, by).category == "recovered"


def test_a_measure_without_a_published_rule_has_none():
    assert measure("phq15").main_score.change_rule() is None
