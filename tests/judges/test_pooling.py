"""Pooling against metafor (through Rscript, where installed), statsmodels, scipy and a published test vector."""

import csv
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from depthwork.coding import tails
from depthwork.evidence.bootstrap import bootstrap, plain
from depthwork.evidence.effects import hedges_g, log_odds_ratio, log_risk_ratio
from depthwork.evidence.heterogeneity import METHODS
from depthwork.evidence.influence import leave_one_out
from depthwork.evidence.moderators import by_category, by_number
from depthwork.evidence.pooling import equivalence, pool
from depthwork.evidence.small_studies import egger, trim_and_fill

Y = np.array([0.1, 0.3, 0.35, 0.65, 0.45, 0.15, -0.05, 0.5])
V = np.array([0.033, 0.033, 0.05, 0.009, 0.05, 0.013, 0.04, 0.02])


def simulated(seed, k, tau, lean=0.0):
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.01, 0.25, k)
    y = rng.normal(0.4 + lean * np.sqrt(v), np.sqrt(v + tau**2))
    return y, v, rng.normal(10, 3, k), np.array(["a", "b", "c"])[np.arange(k) % 3]


SETS = {
    "vector": (Y, V, np.arange(8.0), np.array(["a", "b", "c"])[np.arange(8) % 3]),
    "twelve": simulated(1, 12, 0.3),
    "alike": simulated(2, 20, 0.0),
    "leaning": simulated(3, 30, 0.1, lean=2.5),
    "wide": simulated(4, 60, 0.9),
    "five": simulated(5, 5, 0.4),
}


@pytest.mark.parametrize(
    ("method", "tau2", "mean"),
    [
        ("DL", 0.0442899285, 0.3220508661),
        ("REML", 0.0372151733, 0.3242608469),
        ("PM", 0.0304109342, 0.3270428456),
    ],
)
def test_the_published_vector_comes_out_to_ten_places(method, tau2, mean):
    found = pool(Y, V, method=method)
    assert found.tau2 == pytest.approx(tau2, abs=5e-11)
    assert found.estimate == pytest.approx(mean, abs=1e-10)


@pytest.mark.parametrize("name", SETS)
def test_moments_and_paule_mandel_are_those_of_statsmodels(name):
    from statsmodels.stats.meta_analysis import combine_effects

    y, v = SETS[name][:2]
    for method, theirs in (("DL", "dl"), ("PM", "pm")):
        other = combine_effects(y, v, method_re=theirs)
        if other.tau2 < 0:  # theirs is not cut off at 0; ours is
            assert pool(y, v, method=method).tau2 == 0
            continue
        ours = pool(y, v, method=method)
        assert ours.tau2 == pytest.approx(other.tau2, abs=1e-6)
        assert ours.estimate == pytest.approx(other.mean_effect_re, abs=1e-6)
        assert ours.se == pytest.approx(other.sd_eff_w_re, abs=1e-6)
        assert ours.q == pytest.approx(other.q, abs=1e-8)
        scaled = pool(y, v, method=method, hartung_knapp=True)
        assert scaled.se == pytest.approx(other.sd_eff_w_re_hksj, abs=1e-6)


@pytest.mark.parametrize("df", [1, 2, 3, 8, 29, 398, 1000])
def test_tails_are_those_of_scipy(df):
    from scipy import stats

    for x in (0.05, 1.0, 2.5, 40.0, 700.0):
        assert tails.chi2_upper(x, df) == pytest.approx(stats.chi2.sf(x, df), abs=1e-13)
        assert tails.t_two_sided(x, df) == pytest.approx(2 * stats.t.sf(x, df), abs=1e-13)
    for p in (0.01, 0.6, 0.95, 0.975, 0.9995):
        assert tails.t_quantile(p, df) == pytest.approx(stats.t.ppf(p, df), rel=1e-11)


@pytest.mark.parametrize("df", [0.7, 2.5, 41.3, 1001, 25_000.5, 2e6])
def test_tails_of_broken_and_many_degrees_are_those_of_scipy(df):
    from scipy import stats

    for x in (0.05, 1.0, 2.5, 6.0):
        assert tails.t_two_sided(x, df) == pytest.approx(2 * stats.t.sf(x, df), rel=1e-7, abs=1e-12)
    for p in (0.01, 0.6, 0.975, 0.9995):
        assert tails.t_quantile(p, df) == pytest.approx(stats.t.ppf(p, df), rel=1e-8)


@pytest.mark.parametrize("bad", [(0.0, 3), (1.0, 3), (0.5, 0), (0.975, -1)])
def test_a_quantile_of_nothing_is_refused(bad):
    with pytest.raises(ValueError, match="t_quantile needs"):
        tails.t_quantile(*bad)


def test_restricted_likelihood_is_at_its_top():
    y, v = SETS["wide"][:2]

    def likelihood(tau2):
        w = 1 / (v + tau2)
        mean = w @ y / w.sum()
        return -0.5 * (np.log(v + tau2).sum() + np.log(w.sum()) + w @ (y - mean) ** 2)

    at = pool(y, v).tau2
    assert all(likelihood(at) >= likelihood(at + step) for step in (-1e-4, 1e-4, -0.05, 0.3))


def test_the_compiled_bootstrap_agrees_with_the_plain_one():
    y, v = SETS["wide"][:2]
    pytest.importorskip("numba")
    fast, slow = (bootstrap(y, v, seed=4, times=500, compiled=way) for way in (True, False))
    assert fast.means == pytest.approx(slow.means, abs=1e-8)
    assert fast.compiled
    assert not slow.compiled


def test_a_draw_of_every_trial_once_is_the_pooled_mean():
    drawn = np.arange(8, dtype=np.int32)[None, :]
    assert plain(Y, V, drawn)[0] == pytest.approx(pool(Y, V).estimate, abs=1e-9)


def test_equivalence_by_hand():
    # estimate .1, se .1, margin .25: z = 3.5 and 1.5, so p = .0668; 90% interval -.0645 to .2645.
    found = equivalence(pool([0.1], [0.01]), margin=0.25)
    assert found.p == pytest.approx(0.0668072, abs=1e-6)
    assert found.interval == pytest.approx((-0.0644854, 0.2644854), abs=1e-6)
    assert not found.is_equivalent


# metafor -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def metafor(tmp_path_factory):
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed; metafor cannot judge")
    folder = tmp_path_factory.mktemp("metafor")
    for name, (y, v, x, g) in SETS.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["y", "v", "x", "g"])
            writer.writerows(
                [repr(float(a)), repr(float(b)), repr(float(c)), d]
                for a, b, c, d in zip(y, v, x, g, strict=True)
            )
    script = Path(__file__).with_name("metafor.R")
    run = subprocess.run(
        ["Rscript", str(script), str(folder)], capture_output=True, text=True, timeout=300, check=False
    )
    if "there is no package called" in run.stderr:
        pytest.skip("R has no metafor; it cannot judge")
    assert run.returncode == 0, run.stderr
    found: dict[str, dict[str, float]] = {}
    for line in run.stdout.splitlines():
        data, name, value = line.split()
        found.setdefault(data, {})[name] = float(value)
    return found


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", SETS)
def test_a_pooled_mean_is_that_of_metafor(metafor, name, method):
    y, v = SETS[name][:2]
    ours, theirs = pool(y, v, method=method), metafor[name]
    for what, value, near in (
        ("estimate", ours.estimate, 1e-6),
        ("se", ours.se, 1e-6),
        ("tau2", ours.tau2, 1e-6),
        ("i2", ours.i2, 1e-4),
        ("q", ours.q, 1e-4),
        ("qp", ours.q_p, 1e-9),
        ("low", ours.interval[0], 1e-6),
        ("high", ours.interval[1], 1e-6),
        ("p", ours.p, 1e-6),
    ):
        assert value == pytest.approx(theirs[f"{method}_{what}"], abs=near), what


@pytest.mark.parametrize("name", SETS)
def test_hartung_knapp_and_prediction_are_those_of_metafor(metafor, name):
    y, v = SETS[name][:2]
    theirs, scaled = metafor[name], pool(y, v, hartung_knapp=True)
    assert [scaled.se, *scaled.interval, scaled.p] == pytest.approx(
        [theirs["hk_se"], theirs["hk_low"], theirs["hk_high"], theirs["hk_p"]], abs=1e-6
    )
    assert pool(y, v).prediction == pytest.approx((theirs["pi_low"], theirs["pi_high"]), abs=1e-6)


@pytest.mark.parametrize("name", SETS)
def test_a_moderator_is_that_of_metafor(metafor, name):
    y, v, x, groups = SETS[name]
    theirs, line = metafor[name], by_number(y, v, x)
    zero, one = line.coefficients
    for what, value in (
        ("b0", zero.estimate),
        ("b1", one.estimate),
        ("se0", zero.se),
        ("se1", one.se),
        ("tau2", line.tau2),
        ("i2", line.i2),
        ("qe", line.q_residual),
        ("qm", line.q_moderator),
        ("qmp", line.q_moderator_p),
    ):
        assert value == pytest.approx(theirs[f"mod_{what}"], abs=2e-6, rel=1e-6), what
    scaled = by_number(y, v, x, hartung_knapp=True).coefficients
    assert [scaled[0].se, scaled[1].se, scaled[1].p] == pytest.approx(
        [theirs["modhk_se0"], theirs["modhk_se1"], theirs["modhk_p1"]], abs=2e-6
    )
    grouped = by_category(y, v, list(groups))
    assert [grouped.coefficients[1].estimate, grouped.coefficients[2].estimate] == pytest.approx(
        [theirs["cat_b1"], theirs["cat_b2"]], abs=2e-6
    )
    assert grouped.q_moderator == pytest.approx(theirs["cat_qm"], abs=1e-4)
    assert grouped.tau2 == pytest.approx(theirs["cat_tau2"], abs=2e-6)


@pytest.mark.parametrize("name", SETS)
def test_influence_is_that_of_metafor(metafor, name):
    y, v = SETS[name][:2]
    theirs = metafor[name]
    for at, one in enumerate(leave_one_out(y, v, [str(n) for n in range(len(y))]), 1):
        for what, value in (
            ("l1o_estimate", one.pooled.estimate),
            ("l1o_tau2", one.pooled.tau2),
            ("rstudent", one.residual),
            ("cooks", one.cooks),
            ("dffits", one.dffits),
            ("covr", one.covariance_ratio),
            ("weight", one.weight),
        ):
            assert value == pytest.approx(theirs[f"{what}_{at}"], abs=1e-5, rel=1e-5), (what, at)


@pytest.mark.parametrize("name", SETS)
def test_eggers_line_is_that_of_metafor(metafor, name):
    y, v = SETS[name][:2]
    ours, theirs = egger(y, v), metafor[name]
    assert [ours.slope, ours.se, ours.p] == pytest.approx(
        [theirs["egger_slope"], theirs["egger_se"], theirs["egger_p"]], rel=1e-6
    )


@pytest.mark.parametrize("name", SETS)
def test_trim_and_fill_is_that_of_metafor(metafor, name):
    y, v = SETS[name][:2]
    ours, theirs = trim_and_fill(y, v), metafor[name]
    assert ours.missing == theirs["fill_k0"]
    assert ours.pooled.estimate == pytest.approx(theirs["fill_estimate"], abs=1e-5)
    assert ours.pooled.tau2 == pytest.approx(theirs["fill_tau2"], abs=1e-5)
    if ours.missing:
        assert (ours.side == "right") == bool(theirs["fill_right"])


def test_effect_sizes_are_those_of_metafor(metafor):
    theirs = metafor["sizes"]
    g = hedges_g(8.9, 4.5, 45, 11.3, 4.8, 50, lower_is_better=True)
    assert (-g.value, g.variance) == pytest.approx((theirs["g"], theirs["gv"]), rel=1e-10)
    for name, made in (
        ("or", log_odds_ratio(12, 40, 7, 38, events_are_good=True)),
        ("rr", log_risk_ratio(12, 40, 7, 38, events_are_good=True)),
        ("orz", log_odds_ratio(0, 20, 5, 20, events_are_good=True)),
    ):
        assert (made.value, made.variance) == pytest.approx((theirs[name], theirs[name + "v"]), rel=1e-10)
