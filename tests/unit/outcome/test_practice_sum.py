"""The practice in sum: counts, change with intervals, and nobody to be picked out."""

import csv
import dataclasses
from datetime import date

import numpy as np
import pytest

from depthwork.outcome.practice_sum import CONTEXT, Course, categories, practice_sum
from depthwork.outcome.reliable_change import Yardstick

PHQ9 = {"phq9": Yardstick(points=6, cutoff=10)}


def course(
    client, first=18.0, last=8.0, problem="depression", format="open", began=date(2025, 1, 7), ended=True
):
    end = date(2025, 12, 1) if ended else None
    return Course(str(client), began, end, problem, format, "phq9", first, last)


MANY = [course(n, first=12 + n % 9, last=3 + n % 13) for n in range(40)]


def test_began_ended_and_came_back_are_counted():
    back = course(0, began=date(2026, 2, 3), ended=False)
    found = practice_sum([*MANY, back], yardsticks=PHQ9)
    assert (found.began, found.ended, found.under_way, found.came_back) == (41, 40, 1, 1)
    assert practice_sum([*MANY, back], yardsticks=PHQ9, since=date(2026, 1, 1)).came_back == 1
    assert practice_sum(MANY, yardsticks=PHQ9).came_back == 0


def test_change_has_its_interval_and_its_size():
    (found,) = practice_sum(MANY, yardsticks=PHQ9).overall
    gain = np.array([one.first - one.last for one in MANY])
    half = 2.022691 * gain.std(ddof=1) / np.sqrt(40)
    assert found.change == pytest.approx(gain.mean())
    assert found.interval == pytest.approx((gain.mean() - half, gain.mean() + half), rel=1e-5)
    assert found.effect == pytest.approx(gain.mean() / np.std([one.first for one in MANY], ddof=1))
    assert found.improved.of == 40
    assert found.recovered.of == 40


def test_recovery_leaves_out_those_who_began_below_the_cutoff():
    low = [course(f"low{n}", first=6, last=5) for n in range(10)]
    (found,) = practice_sum([*MANY, *low], yardsticks=PHQ9).overall
    assert (found.recovered.of, found.improved.of) == (40, 50)


def test_a_small_group_is_withheld_and_so_is_the_one_that_would_give_it_away():
    rows = [*MANY, *[course(f"b{n}", problem="grief") for n in range(3)]]
    rows += [course(f"c{n}", problem="anxiety") for n in range(8)]
    found = {one.name: one for one in practice_sum(rows, yardsticks=PHQ9).by_problem}
    assert (found["grief"].n, found["grief"].withheld) == (None, "fewer than 5 people")
    assert found["anxiety"].n is None
    assert "worked out" in found["anxiety"].withheld
    assert found["depression"].n == 40


def test_two_courses_of_one_person_are_one_person():
    rows = [course("same", problem="grief") for _ in range(6)]
    (found,) = practice_sum(rows, yardsticks=PHQ9).overall
    assert found.withheld == "fewer than 5 people"


def test_a_count_that_would_name_someone_is_withheld():
    rows = [course(n, last=17.0) for n in range(20)] + [course(f"worse{n}", last=26.0) for n in range(2)]
    (found,) = practice_sum(rows, yardsticks=PHQ9).overall
    assert found.deteriorated.count is None
    assert found.deteriorated.withheld
    assert found.improved.count == 0


def test_no_course_carries_a_clinician_so_nobody_can_be_ranked():
    assert not {"clinician", "therapist", "by"} & {one.name for one in dataclasses.fields(Course)}


def test_a_course_without_scores_is_counted_and_shows_no_change():
    rows = [dataclasses.replace(one, first=None) for one in MANY]
    found = practice_sum(rows, yardsticks=PHQ9)
    assert (found.began, found.assessed, found.overall) == (40, 0, ())
    other = [dataclasses.replace(one, measure="unknown") for one in MANY]
    assert practice_sum(other, yardsticks=PHQ9).assessed == 0


def test_context_carries_its_source_and_its_caution():
    found = practice_sum([], yardsticks=PHQ9)
    assert found.began == 0
    assert found.context == CONTEXT
    assert all(one.source for one in CONTEXT)
    assert "they compare nothing" in found.caution


def test_impossible_dates_are_refused():
    with pytest.raises(ValueError, match="ends before it begins"):
        practice_sum([course(1, began=date(2027, 1, 1))], yardsticks=PHQ9)


def test_the_six_categories_are_all_counted():
    found = categories(MANY, PHQ9["phq9"])
    assert len(found) == 6
    assert sum(found.values()) == 40


@pytest.mark.data
def test_the_english_figure_is_the_one_in_the_published_table(data_dir):
    found = {}
    with (data_dir / "nhs_talking_therapies" / "proms_annual_england.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            place = (row["reporting_period"], row["variable_a"], row["variable_b"], row["measure_statistic"])
            if place == ("2024-25", "Depression", "Brief psychodynamic psychotherapy", "count"):
                found[row["measure_name"]] = float(row["value"])
    courses, below = found["courses_of_therapy"], found["not_caseness"]
    recovered, improved = found["ther_rel_recovery"], found["ther_improvement"]
    assert (courses - below, recovered, courses, improved) == (731, 331, 842, 504)
    text = CONTEXT[0].text
    assert "331 of the 731" in text
    assert "504 of 842" in text
    assert f"{100 * recovered / (courses - below):.1f}%" in text
    assert f"{100 * improved / courses:.1f}%" in text
