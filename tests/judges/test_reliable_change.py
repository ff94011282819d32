"""Reliable change and clinical significance against published figures and worked tables."""

import csv

import numpy as np
import pytest

from depthwork.coding.tails import t_quantile, wilson
from depthwork.outcome.reliable_change import (
    CATEGORIES,
    Yardstick,
    change,
    cutoffs,
    reliable_change,
    reliable_points,
    standard_error_of_difference,
    standard_error_of_measurement,
    yardstick,
)
from depthwork.outcome.talking_therapies import course


@pytest.mark.parametrize(
    ("sd", "r", "se", "difference", "points"),
    [
        (10.5, 0.961, 2.073584, 2.932490, 5.747681),
        (6.396073, 0.931, 1.680111, 2.376036, 4.657030),
        (7.5, 0.80, 3.354102, 4.743416, 9.297096),
    ],
)
def test_errors_are_those_of_the_published_cases(sd, r, se, difference, points):
    assert standard_error_of_measurement(sd, r) == pytest.approx(se, abs=1e-6)
    assert standard_error_of_difference(sd, r) == pytest.approx(difference, abs=1e-6)
    assert reliable_points(sd, r) == pytest.approx(points, abs=2e-6)
    assert reliable_points(sd, r, 0.90) == pytest.approx(1.645 * difference, abs=2e-6)


def test_another_level_takes_the_quantile_of_the_normal_curve():
    assert reliable_points(7.5, 0.80, 0.99) == pytest.approx(2.5758293 * 4.743416, abs=5e-6)


def test_the_example_of_jacobson_and_truax():
    assert reliable_change(32.5, 47.5, sd=7.5, reliability=0.80) == pytest.approx(3.1623, abs=5e-5)
    found = cutoffs(clinical=(40, 7.5), general=(60, 7.5))
    assert (found.a, found.b, found.c) == (55, 45, 50)
    changed = change(
        32.5, 47.5, yardstick(sd=7.5, reliability=0.80, higher_is_better=True, cutoff=50, case_at_cutoff=True)
    )
    assert changed.category == "reliably_improved"


@pytest.mark.parametrize(
    ("sd", "r", "level", "points"),
    [
        (7.7, 0.90, 0.95, 6.75),
        (7.7, 0.90, 0.90, 5.66),
        (6, 0.89, 0.95, 5.5),
        (6, 0.84, 0.95, 6.7),
        (5, 0.92, 0.95, 3.9),
        (16, 0.94, 0.95, 10.9),
        (16, 0.82, 0.95, 18.8),
        (0.61, 0.90, 0.95, 0.53),
        (5.8, 0.82, 0.95, 6.8),
    ],
)
def test_reliable_points_of_known_measures(sd, r, level, points):
    assert reliable_points(sd, r, level) == pytest.approx(points, abs=0.055)


def test_the_clinical_cutoff_of_the_core_10():
    assert cutoffs(clinical=(19.7, 7.7), general=(4.7, 4.8)).c == pytest.approx(10.46, abs=0.005)


@pytest.mark.parametrize(
    ("phq", "gad", "case", "recovery", "improvement", "reliable_recovery", "deterioration"),
    [
        ((16, 8), (12, 6), True, True, True, True, False),
        ((11, 9), (9, 7), True, True, False, False, False),
        ((20, 12), (15, 10), True, False, True, False, False),
        ((9, 9), (7, 7), False, None, False, None, False),
        ((12, 18), (9, 9), True, False, False, False, True),
        ((16, 9), (8, 12), True, False, False, False, False),
    ],
)
def test_a_course_by_the_rules_of_talking_therapies(
    phq, gad, case, recovery, improvement, reliable_recovery, deterioration
):
    found = course(phq, gad)
    assert (found.was_case, found.recovery, found.reliable_improvement) == (case, recovery, improvement)
    assert (found.reliable_recovery, found.reliable_deterioration) == (reliable_recovery, deterioration)


BDI = Yardstick(points=8, cutoff=14)


@pytest.mark.parametrize(
    ("before", "after", "category", "direction"),
    [
        (30, 10, "recovered", "improved"),
        (30, 14, "reliably_improved", "improved"),
        (30, 13, "recovered", "improved"),
        (30, 22, "reliably_improved", "improved"),
        (30, 23, "no_reliable_change", "none"),
        (18, 12, "no_reliable_change", "none"),
        (30, 38, "reliably_deteriorated", "deteriorated"),
        (12, 3, "started_below_cutoff", "improved"),
        (12, 12, "started_below_cutoff", "none"),
        (12, 25, "reliably_deteriorated", "deteriorated"),
        (None, 10, "not_assessable", None),
        (30, float("nan"), "not_assessable", None),
    ],
)
def test_each_of_the_six_categories(before, after, category, direction):
    found = change(before, after, BDI)
    assert (found.category, found.direction) == (category, direction)
    assert category in CATEGORIES
    assert (found.withheld is not None) == (category == "not_assessable")


def test_six_categories_and_no_other():
    assert len(CATEGORIES) == 6


def test_where_higher_is_better_everything_turns_round():
    by = Yardstick(points=10, higher_is_better=True, cutoff=50)
    assert change(30, 55, by).category == "recovered"
    assert change(60, 45, by).category == "reliably_deteriorated"
    assert change(30, 50, by).category == "reliably_improved"
    assert change(30, 55, by).points == 25


def test_a_published_rule_includes_its_points_and_an_index_does_not():
    assert change(20, 14, Yardstick(points=6)).direction == "improved"
    by = yardstick(sd=7.5, reliability=0.80)
    assert change(20, 20 - by.points, by).direction == "none"


def test_without_a_cutoff_nobody_recovers_or_starts_below():
    assert change(30, 2, Yardstick(points=8)).category == "reliably_improved"


@pytest.mark.data
def test_change_in_a_real_trial_agrees_with_a_plain_count(data_dir):
    with (data_dir / "change_examples" / "claus_2020.csv").open() as file:
        rows = list(csv.DictReader(file))
    by = yardstick(sd=7.0, reliability=0.80, cutoff=14)
    seen = 0
    for id in {row["id"] for row in rows}:
        scores = {float(row["time"]): float(row["bdi"]) for row in rows if row["id"] == id and row["bdi"]}
        if not {1.0, 4.0} <= set(scores):
            continue
        index = float(reliable_change(scores[1.0], scores[4.0], sd=7.0, reliability=0.80))
        found = change(scores[1.0], scores[4.0], by)
        expected = "improved" if index < -1.96 else "deteriorated" if index > 1.96 else "none"
        assert found.direction == expected
        seen += 1
    assert seen > 20


def test_the_t_quantile_is_that_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    for df in (1, 2, 3.5, 10, 19.2, 120, 5000, 1e6):
        for probability in (0.01, 0.2, 0.6, 0.9, 0.975, 0.9995):
            assert t_quantile(probability, df) == pytest.approx(stats.t.ppf(probability, df), rel=1e-9)


def test_the_wilson_interval_is_that_of_statsmodels():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    for part, whole in ((0, 10), (3, 10), (10, 10), (331, 731)):
        expected = proportion.proportion_confint(part, whole, method="wilson")
        assert wilson(part, whole) == pytest.approx(expected, abs=1e-9)


def test_numbers_of_an_array_are_judged_like_plain_ones():
    assert change(np.float64(12), np.float64(12), BDI) == change(12, 12, BDI)
    assert change(np.float64(30), np.float64(10), BDI).category == "recovered"


def test_arrays_keep_their_shape():
    assert reliable_change(np.array([18, 20]), np.array([8, 20]), sd=7.5, reliability=0.8).shape == (2,)
