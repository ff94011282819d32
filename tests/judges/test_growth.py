"""The growth model against statsmodels, lme4, its own plain version and exact answers."""

import shutil
import subprocess

import numpy as np
import pytest

from depthwork.outcome.growth import closed_form, growth, six_sums
from depthwork.outcome.growth_inference import degrees_of_freedom, person_lines
from depthwork.outcome.mixed import Sums, evaluator


def simulated(people=60, times=8, seed=7, missing=0.2, sd=(5.0, 0.7), noise=4.0):
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), times)
    time = np.tile(np.arange(times, dtype=float), people)
    u = rng.multivariate_normal(
        [0, 0], [[sd[0] ** 2, -0.3 * sd[0] * sd[1]], [-0.3 * sd[0] * sd[1], sd[1] ** 2]], people
    )
    score = 60 + u[person, 0] + (-0.8 + u[person, 1]) * time + rng.normal(0, noise, people * times)
    keep = rng.random(people * times) > missing
    return person[keep], time[keep], score[keep]


def by_statsmodels(person, time, score):
    from statsmodels.regression.mixed_linear_model import MixedLM

    exog = np.column_stack([np.ones_like(time), time])
    return MixedLM(score, exog, person, exog_re=exog).fit(reml=True, method=["bfgs", "lbfgs"])


def test_the_optimum_is_that_of_statsmodels():
    person, time, score = simulated()
    ours, theirs = growth(person, time, score), by_statsmodels(person, time, score)
    assert ours.reml_deviance == pytest.approx(-2 * theirs.llf, abs=1e-4)
    assert ours.reml_deviance <= -2 * theirs.llf + 1e-6
    assert [ours.intercept, ours.slope] == pytest.approx(list(theirs.fe_params), rel=1e-4)
    # Theirs come from the curvature in all parameters, ours (as lme4's) from X'V^-1X alone.
    assert [ours.se_intercept, ours.se_slope] == pytest.approx(list(theirs.bse_fe), rel=5e-3)
    assert ours.covariance_random == pytest.approx(np.asarray(theirs.cov_re), rel=5e-3)
    assert ours.sd_residual**2 == pytest.approx(theirs.scale, rel=1e-3)


def test_each_person_s_line_is_that_of_statsmodels():
    person, time, score = simulated()
    theirs = by_statsmodels(person, time, score)
    people, intercept, slope = person_lines(growth(person, time, score))
    for index in (0, 7, 31):
        u = theirs.random_effects[people[index]]
        expected = np.asarray(theirs.fe_params) + np.asarray(u)
        assert [intercept[index], slope[index]] == pytest.approx(expected, rel=5e-3)


@pytest.mark.parametrize("seed", range(5))
def test_the_plain_version_agrees_with_the_fast_one(seed):
    rng = np.random.default_rng(seed)
    sums = six_sums(*simulated(people=15, seed=seed))
    xx = np.stack([np.stack([sums.n, sums.t], -1), np.stack([sums.t, sums.tt], -1)], -2)
    plain = evaluator(Sums(xx, np.stack([sums.y, sums.ty], -1), sums.yy, sums.n_rows), 2)
    factor = np.tril(rng.normal(size=(2, 2)))
    for g in (factor @ factor.T, np.zeros((2, 2)), np.diag([1.0, 0.0])):
        ours, oracle = closed_form(sums)(g), plain(g)
        for name in ("beta", "inverse", "rss", "log_det", "residual", "shrink"):
            assert getattr(ours, name) == pytest.approx(getattr(oracle, name), rel=1e-8, abs=1e-10), name


def test_the_gradient_is_that_of_the_deviance():
    sums = six_sums(*simulated(people=20))
    evaluate, free = closed_form(sums), sums.n_rows - 2

    def deviance(theta):
        factor = np.array([[theta[0], 0], [theta[1], theta[2]]])
        parts = evaluate(factor @ factor.T)
        value = free * (1 + np.log(2 * np.pi * parts.rss / free)) + parts.log_det
        slope = 2 * (parts.shrink - free / parts.rss * parts.residual) @ factor
        return value, slope[np.tril_indices(2)]

    theta = np.array([0.9, -0.2, 0.4])
    numeric = [(deviance(theta + step)[0] - deviance(theta - step)[0]) / 2e-5 for step in 1e-5 * np.eye(3)]
    assert deviance(theta)[1] == pytest.approx(numeric, rel=1e-5)


def test_equal_complete_data_have_the_exact_standard_error_and_degrees_of_freedom():
    person, time, score = simulated(people=20, times=6, missing=-1)
    fitted = growth(person, time, score)
    slopes = np.array([np.polyfit(time[person == one], score[person == one], 1)[0] for one in range(20)])
    assert fitted.slope == pytest.approx(slopes.mean())
    assert fitted.se_slope == pytest.approx(slopes.std(ddof=1) / np.sqrt(20), rel=1e-6)
    found = degrees_of_freedom(fitted)
    assert [found.df_intercept, found.df_slope] == pytest.approx([19, 19], rel=1e-4)
    half = 2.093024 * fitted.se_slope
    assert found.interval_slope == pytest.approx((fitted.slope - half, fitted.slope + half), rel=1e-5)


R_CODE = """
suppressMessages(library(lme4)); all <- read.csv('%s')
ctl <- lmerControl(optimizer='bobyqa', calc.derivs=FALSE, optCtrl=list(rhoend=1e-10))
for (k in unique(all$k)) {
  f <- suppressWarnings(suppressMessages(lmer(y ~ t + (t | p), all[all$k == k,], REML=TRUE, control=ctl)))
  v <- as.data.frame(VarCorr(f)); s <- sqrt(diag(as.matrix(vcov(f))))
  cat(sprintf('%%.12f', c(REMLcrit(f), fixef(f), s, v$sdcor)), '\\n')
}
"""
SHAPES = ({}, {"people": 200, "times": 12, "seed": 2}, {"sd": (6.0, 0.02), "seed": 11})


@pytest.fixture(scope="module")
def lme4(tmp_path_factory):
    """lme4's fit of every shape, one start of R for all: that costs seconds."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    path = tmp_path_factory.mktemp("lme4") / "d.csv"
    rows = [
        np.c_[np.full(len(data[0]), k), np.column_stack(data)]
        for k, data in enumerate(simulated(**s) for s in SHAPES)
    ]
    np.savetxt(path, np.vstack(rows), delimiter=",", header="k,p,t,y", comments="", fmt="%.17g")
    run = subprocess.run(["Rscript", "-e", R_CODE % path], capture_output=True, text=True, check=False)
    if "there is no package called" in run.stderr:
        pytest.skip("lme4 is not installed in R")
    assert run.returncode == 0, run.stderr
    return [[float(word) for word in line.split()] for line in run.stdout.splitlines()]


@pytest.mark.parametrize("shape", range(len(SHAPES)))
def test_the_optimum_is_that_of_lme4_to_1e_5(lme4, shape):
    ours = growth(*simulated(**SHAPES[shape]))
    deviance, b0, b1, se0, se1, sd0, sd1, r, residual = lme4[shape]
    assert ours.reml_deviance == pytest.approx(deviance, abs=1e-5)
    assert [ours.intercept, ours.slope] == pytest.approx([b0, b1], rel=1e-5)
    assert [ours.se_intercept, ours.se_slope] == pytest.approx([se0, se1], rel=1e-4)
    assert [ours.sd_intercept, ours.sd_residual] == pytest.approx([sd0, residual], rel=1e-4)
    assert ours.sd_slope == pytest.approx(sd1, rel=1e-3, abs=1e-4)
    if ours.correlation is not None and not ours.is_singular:
        assert ours.correlation == pytest.approx(r, abs=1e-3)


def test_the_sleep_study_has_the_published_fit(tmp_path):
    """Bates et al. (2015), doi:10.18637/jss.v067.i01, section 5; the data come with lme4."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    path = tmp_path / "sleep.csv"
    code = f"write.csv(lme4::sleepstudy, '{path}', row.names=FALSE)"
    if subprocess.run(["Rscript", "-e", code], capture_output=True, check=False).returncode:
        pytest.skip("lme4 is not installed in R")
    score, days, subject = np.genfromtxt(path, delimiter=",", skip_header=1, dtype=str).T
    fitted = growth(np.char.strip(subject, '"'), days.astype(float), score.astype(float))
    assert fitted.reml_deviance == pytest.approx(1743.6, abs=0.05)
    assert [fitted.intercept, fitted.slope] == pytest.approx([251.405, 10.467], abs=5e-4)
    assert [fitted.se_intercept, fitted.se_slope] == pytest.approx([6.825, 1.546], abs=6e-4)
    sds = [fitted.sd_intercept, fitted.sd_slope, fitted.sd_residual]
    assert sds == pytest.approx([24.74, 5.92, 25.59], abs=6e-3)
    assert fitted.correlation == pytest.approx(0.07, abs=5e-3)
    found = degrees_of_freedom(fitted)
    assert [found.df_intercept, found.df_slope] == pytest.approx([17, 17], abs=1e-2)
