"""Effect sizes, open trial files and published figures, by hand-worked cases and by what they must refuse."""

import math
from datetime import date
from pathlib import Path

import pytest

from depthwork.evidence.dependence import combine
from depthwork.evidence.effects import given, hedges_g, log_odds_ratio, odds_ratio_as_g
from depthwork.evidence.errors import EvidenceError
from depthwork.evidence.influence import leave_one_out, moves_most
from depthwork.evidence.metapsy import direction, read_metapsy
from depthwork.evidence.moderators import by_number, subgroups
from depthwork.evidence.own_change import after_ending
from depthwork.evidence.pooling import pool
from depthwork.evidence.published import anchor, figure, figures_of, for_clients, published, reviewed
from depthwork.evidence.small_studies import egger, funnel, trim_and_fill
from depthwork.interchange.tables import read_table, table_of

HEAD = "study;condition_arm1;condition_arm2;outcome_type;outcome_domain;instrument;mean_arm1;mean_arm2;n_arm1;n_arm2;dich_type;.event_arm1;.event_arm2;.totaln_arm1;.totaln_arm2;.g;.g_se\n"
METAPSY = Path(__file__).resolve().parents[4] / "shared" / "data" / "metapsy"


def rows(*lines):
    return table_of((HEAD + "\n".join(lines) + "\n").encode(), "trials.csv", [".g", ".g_se"])


def row(study, g, means="10;12", domain="mood", kind="msd", instrument="bdi", events=";;;;"):
    return f"{study};dyn;wl;{kind};{domain};{instrument};{means};20;20;{events};{g};0,2"


def test_positive_favours_the_therapy_whichever_way_is_better():
    better = hedges_g(8, 4, 30, 10, 4, 30, lower_is_better=True)
    assert better.value > 0
    assert hedges_g(8, 4, 30, 10, 4, 30, lower_is_better=False).value == -better.value


def test_an_odds_ratio_on_the_scale_of_g_by_hand():
    made = odds_ratio_as_g(log_odds_ratio(10, 20, 5, 20, events_are_good=True), 40)
    assert made.value == pytest.approx(
        math.log(3) * math.sqrt(3) / math.pi * (1 - 3 / (4 * 38 - 1)), rel=1e-4
    )


@pytest.mark.parametrize(
    "ask",
    [
        lambda: hedges_g(1, 0, 10, 2, 1, 10, lower_is_better=True),
        lambda: hedges_g(1, 1, 1, 2, 1, 10, lower_is_better=True),
        lambda: log_odds_ratio(0, 10, 0, 10, events_are_good=True),
        lambda: log_odds_ratio(11, 10, 1, 10, events_are_good=True),
        lambda: given(0.3, 0),
        lambda: given(float("nan"), 1),
        lambda: pool([], []),
        lambda: pool([0.1], [float("inf")]),
        lambda: combine(["a"], [0.1], [0.1], rho=-0.1),
        lambda: by_number([0.1, 0.2, 0.3], [0.1] * 3, [1, 1, 1]),
        lambda: egger([0.1, 0.2, 0.3], [0.1] * 3),
        lambda: trim_and_fill([0.1, 0.2], [0.1, 0.2]),
        lambda: leave_one_out([0.1], [0.1], ["a"]),
    ],
)
def test_what_cannot_be_computed_is_refused_in_words(ask):
    with pytest.raises(EvidenceError):
        ask()


def test_full_correlation_leaves_the_mean_variance_of_one_row():
    found = combine(["a", "a"], [0.2, 0.4], [0.04, 0.04], rho=1)
    assert found.variances[0] == pytest.approx(0.04)


def test_no_correlation_halves_the_variance_of_two_rows():
    assert combine(["a", "a"], [0.2, 0.4], [0.04, 0.04], rho=0).variances[0] == pytest.approx(0.02)


def test_the_trial_far_from_the_others_moves_the_mean_most():
    left = leave_one_out([0.3, 0.35, 0.32, 1.6], [0.02] * 4, ["a", "b", "c", "far"])
    assert moves_most(left).name == "far"
    assert moves_most(left).pooled.estimate == pytest.approx(0.97 / 3, abs=1e-9)


def test_two_groups_with_one_mean_do_not_differ():
    found = subgroups([0.1, 0.5, 0.1, 0.5], [0.02] * 4, ["a", "a", "b", "b"])
    assert found.q_between == pytest.approx(0, abs=1e-20)
    assert found.p == pytest.approx(1)


def test_a_funnel_has_its_sides_at_the_level():
    low, high = funnel([0.2, 0.4, 0.6], [0.1, 0.1, 0.1], ["a", "b", "c"]).bounds(0.1)
    assert high - low == pytest.approx(2 * 1.959964 * 0.1, abs=1e-6)


def test_a_file_in_which_negative_is_good_is_turned():
    read = read_metapsy(rows(row("A", "-0,5"), row("B", "-0,2"), row("C", "0,1", means="12;10")))
    assert [trial.toward for trial in read.trials] == [0.5, 0.2, -0.1]
    assert direction(read) == "lower"


def test_two_outcomes_with_two_signs_are_turned_each_its_own_way():
    events = "attempts;2;6;20;20"
    read = read_metapsy(
        rows(
            row("A", "-0,5"),
            row("A", "0,7", means=";", domain="suicidal behaviour", kind="dich", events=events),
        )
    )
    assert [trial.toward for trial in read.trials] == [0.5, 0.7]
    assert direction(read) is None
    assert any("different things" in note for note in read.notes)


def test_a_row_against_its_own_means_is_withheld():
    lines = [row(f"S{n}", "0,3") for n in range(10)]
    read = read_metapsy(rows(*lines, row("odd", "0,3", means="12;10")))
    assert [trial.study for trial in read.trials if trial.withheld] == ["odd"]


def test_an_outcome_whose_direction_does_not_show_is_withheld():
    read = read_metapsy(rows(row("A", "0,4", means=";", kind="dich", events="other;3;4;20;20")))
    assert read.trials[0].toward is None


def test_quality_of_life_is_withheld_since_higher_is_better():
    read = read_metapsy(rows(row("A", "0,4"), row("B", "0,4", instrument="whoqol-bref")))
    assert read.trials[1].withheld


def test_a_missing_effect_is_named():
    assert read_metapsy(rows(row("A", "0,4"), row("B", "NA"))).missing == ((3, "B"),)


@pytest.mark.data
def test_the_real_databases_show_their_signs():
    if not METAPSY.is_dir():
        pytest.skip("the open trial data are not beside the checkout")
    sides = {}
    for name in ("depression", "gad", "borderline", "ptsd"):
        read = read_metapsy(read_table(METAPSY / f"{name}-psyctr.csv", [".g", ".g_se"]))
        sides[name] = direction(read)
        assert all(one.toward for one in read.conventions), name
    assert sides == {"depression": "higher", "gad": "lower", "borderline": None, "ptsd": "higher"}


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "therapy", "id"),
    [
        ("depression", "psychodynamic", "metapsy_dep_dyn"),
        ("depression", "CBT", "metapsy_dep_cbt"),
        ("depression", "interpersonal", "metapsy_dep_ipt"),
        ("depression", "supportive", "metapsy_dep_sup"),
        ("gad", "psychodynamic", "metapsy_gad_dyn"),
        ("gad", "CBT", "metapsy_gad_cbt"),
    ],
)
def test_a_recomputed_figure_comes_out_of_the_data_again(name, therapy, id):
    if not METAPSY.is_dir():
        pytest.skip("the open trial data are not beside the checkout")
    read = read_metapsy(read_table(METAPSY / f"{name}-psyctr.csv", [".g", ".g_se"]))
    chosen = [trial for trial in read.trials if trial.therapy == therapy]
    by_study = combine([t.study for t in chosen], [t.effect for t in chosen], [t.se**2 for t in chosen])
    found = pool(by_study.effects, by_study.variances, method="DL")
    shipped = figure(id)
    assert found.estimate == pytest.approx(shipped.estimate[0], abs=5e-4)
    assert found.k == shipped.studies
    if shipped.interval:
        assert found.interval == pytest.approx(shipped.interval, abs=1e-3)
    if "moved_most" in shipped.more:
        most = moves_most(leave_one_out(by_study.effects, by_study.variances, by_study.names, method="DL"))
        assert most.name == shipped.more["moved_most"]["study"]
        assert most.pooled.estimate == pytest.approx(shipped.more["moved_most"]["without"], abs=5e-4)


def test_every_published_figure_has_a_caution_a_source_and_a_comparator():
    for one in published():
        assert one.caution, one.id
        assert one.source.authors or one.source.journal or one.source.title, one.id
        assert one.comparator, one.id


def test_figures_against_our_hopes_are_there_and_named():
    against = {one.id for one in published() if one.is_counter_evidence}
    assert {"shear_2001_panic", "driessen_2010_vs_other_post", "critique_2008_long_term"} <= against


def test_a_minus_that_favours_the_therapy_is_turned_for_the_picture():
    assert figure("wienicke_2023_ipd").in_favour == pytest.approx((0.62, 0.47, 0.76))
    assert figure("steinert_2017_post").in_favour == pytest.approx((-0.153, -0.227, -0.079))


def test_what_may_be_misprinted_or_has_no_stated_side_is_not_drawn():
    for id in ("steinert_2017_followup", "trotta_2024_vs_active", "smith_hewitt_depression_post"):
        assert figure(id).in_favour is None


def test_an_anchor_is_stable_and_an_unknown_one_refused():
    assert anchor("shear_2001_panic") == "/evidence/#shear_2001_panic"
    with pytest.raises(EvidenceError):
        anchor("nobody_1999")


def test_an_id_that_stands_twice_is_refused():
    one = {
        "id": "a", "problem": "panic", "against": "control", "claim": "c", "caution": "c", "status": "verified",
        "favours": "none", "positive": "other", "comparator": "none", "metric": "percent", "source": "s",
    }  # fmt: skip
    with pytest.raises(EvidenceError, match="stands twice"):
        figures_of({"sources": {"s": {"identifiers": "verified"}}, "figures": [one, one]})


def test_the_page_for_clients_says_what_is_unknown_and_what_else_there_is():
    problems, general = for_clients()
    assert all(problem.known and problem.unknown and problem.others for problem in problems)
    assert general


def test_the_figures_carry_the_days_of_their_review():
    read, due = reviewed()
    assert isinstance(read, date)
    assert due > read


def test_change_after_ending_by_hand():
    firsts = [10.0, 20.0] * 5
    found = after_ending(firsts, [8.0] * 10, [7.0] * 5 + [8.0] * 5, ended=14, lower_is_better=True)
    assert found.effect == pytest.approx(0.5 / math.sqrt(250 / 9))
    assert (found.reached, found.ended) == (10, 14)
    assert found.interval[0] < found.effect < found.interval[1]
