"""Sudden gains against the cases and counts that the suddengains package publishes."""

import csv

import numpy as np
import pytest

from depthwork.outcome.sudden_gains import CRITICAL, judged_intervals, on_sessions, step, sudden_changes

NA = None


@pytest.mark.parametrize(
    ("before", "after", "gain", "difference", "critical"),
    [
        ((28, 19, 23), (11, 12, NA), True, 11.8333, 11.7889),
        ((28, 19, 23), (12, 13, NA), False, 10.8333, 11.7889),
        ((28, 19, 23), (12, 14, NA), False, 10.3333, 12.0018),
        ((28, 25, 28), (11, 12, NA), True, 15.5, 4.6844),
        ((28, 26, 28), (11, 12, NA), True, 15.8333, 3.2697),
        ((35, 37, 34), (24, 24, 21), True, 12.3333, 4.5339),
        ((32, 31, 33), (5, 6, 7), True, 26.0, 2.7764),
    ],
)
def test_a_published_case_is_judged_as_published(before, after, gain, difference, critical):
    judged = step([*before, *after], 2, cut=7)
    assert judged.holds is gain
    assert judged.difference == pytest.approx(difference, abs=5e-5)
    assert judged.critical == pytest.approx(critical, abs=5e-5)


@pytest.mark.parametrize(
    ("scores", "steps"),
    [
        ([35, 37, 23, 23, 24, 21], [(1, 2)]),
        ([35, 37, 34, 34, 24, 21], [(3, 4)]),
        ([35, 37, 34, 37, 37, 37], []),
    ],
)
def test_a_published_sequence_has_its_gain_where_published(scores, steps):
    found = sudden_changes(scores, cut=7)
    assert [(one.before, one.after) for one in found if one.kind == "gain"] == steps


def test_a_published_loss_is_a_loss():
    (found,) = sudden_changes([5, NA, 7, 16, 12, 14], cut=7)
    assert (found.kind, found.points) == ("loss", 9)


def test_the_critical_values_are_those_of_t():
    stats = pytest.importorskip("scipy.stats")
    for df, value in CRITICAL.items():
        assert value == pytest.approx(stats.t.ppf(0.975, df), rel=1e-10)


@pytest.mark.data
def test_a_real_data_set_has_the_published_counts(data_dir):
    """24 gains of 15 people, 8 with several; tutorial of suddengains, `describe_sg`."""
    gains, firsts, several = [], [], 0
    with (data_dir / "suddengains" / "sgdata.csv").open() as file:
        for row in csv.DictReader(file):
            scores = [float(row[f"bdi_s{n}"]) if row[f"bdi_s{n}"] else None for n in range(1, 13)]
            found = [one for one in sudden_changes(scores, cut=7) if one.kind == "gain"]
            gains += found
            firsts += found[:1]
            several += len(found) > 1
    points, first = (np.array([one.points for one in group]) for group in (gains, firsts))
    assert (len(gains), len(firsts), several) == (24, 15, 8)
    assert sum(one.reversed_at is not None for one in gains) == 4
    assert sum(one.reversed_at is not None for one in firsts) == 3
    assert (round(points.mean(), 2), round(points.std(ddof=1), 2)) == (11.0, 3.43)
    assert (round(first.mean(), 2), round(first.std(ddof=1), 2)) == (11.4, 3.98)


def test_intervals_that_can_be_judged_are_counted():
    assert judged_intervals([30, 29, 28, 27, 26, 25]) == 3
    assert judged_intervals([30, NA, 28, NA, 26, NA]) == 0
    assert judged_intervals([30, 29]) == 0


def test_a_session_without_a_score_is_a_gap_and_no_neighbour():
    times, scores = on_sessions([1, 2, 4, 5, 6], [28, 25, 11, 12, 12])
    assert times.tolist() == [1, 2, 3, 4, 5, 6]
    assert np.isnan(scores[2])
    assert sudden_changes(scores, cut=7) == ()
    assert [(one.before, one.after) for one in sudden_changes([28, 25, 11, 12, 12], cut=7)] == [(1, 2)]


@pytest.mark.parametrize("longer", [3, 4, 9, 1000])
def test_how_long_a_gap_is_makes_no_difference_to_the_steps_around_it(longer):
    before, after = [35, 37, 23, 23, 24], [33, 34, 20, 20, 21]
    whole = sudden_changes([*before, *[NA] * longer, *after], cut=7)
    times, scores = on_sessions(
        [*range(1, 6), *range(6 + longer, 11 + longer)],
        [*before, *after],
    )
    found = sudden_changes(scores, cut=7)
    assert [(one.kind, one.points) for one in found] == [(one.kind, one.points) for one in whole]
    assert [times[one.after] for one in found] == [one.after + 1 for one in whole]
    assert len(found) == 2


def test_sessions_that_are_not_numbered_one_by_one_are_refused():
    for times in ([1, 1], [2, 1], [1, 1.5]):
        with pytest.raises(ValueError, match="numbered"):
            on_sessions(times, [20, 10])
