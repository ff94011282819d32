"""What is counted from codes, against worked examples and published norms."""

from __future__ import annotations

import pytest

from depthwork.coding.shelf import codebook
from depthwork.process.defenses import functioning, level_of, profile_of
from depthwork.process.dreams import benjamini_hochberg, cohen_h, contrast
from depthwork.process.episodes import most_pervasive, pervasiveness, polarities
from depthwork.process.resistance import lateness

EPISODES = [
    ["W6", "RO5-", "RS7-"], ["W6", "RO5-"], ["W1", "RO2-", "RS8-"], ["W6", "RO6+", "RS3+"],
    ["W5", "RO5-", "RS7-"], ["W6", "RS7-"], ["W1", "RO5-", "RS7-"], ["W6", "RO8+", "RS3+"],
    ["W6", "RO2-", "RS7-"], ["W1", "RO5-", "RS8-"],
]  # fmt: skip
SIGN = {"-": "negative", "+": "positive"}


def test_overall_defensive_functioning_of_the_worked_example():
    odf, se = functioning({1: 1, 2: 0, 3: 4, 4: 3, 5: 2, 6: 5, 7: 5})
    assert odf == pytest.approx(5.0)
    assert se == pytest.approx(0.3873, abs=5e-5)


def test_the_profile_of_the_worked_example_by_group():
    one_of = {level: code for code, level in reversed(list(level_of().items()))}
    counts = {1: 1, 3: 4, 4: 3, 5: 2, 6: 5, 7: 5}
    result = profile_of([one_of[k] for k, n in counts.items() for _ in range(n)])
    assert (result.immature, result.neurotic, result.mature) == pytest.approx((40, 35, 25))
    assert result.level_percent == pytest.approx({1: 5, 2: 0, 3: 20, 4: 15, 5: 10, 6: 25, 7: 25})
    assert result.odf == pytest.approx(5.0)


def test_pervasiveness_of_the_worked_example():
    expected = {
        "RO2-": 0.2, "RO5-": 0.5, "RO6+": 0.1, "RO8+": 0.1, "RS3+": 0.2, "RS7-": 0.5, "RS8-": 0.2,
        "W1": 0.3, "W5": 0.1, "W6": 0.6,
    }  # fmt: skip
    assert pervasiveness(EPISODES) == pytest.approx(expected)


@pytest.mark.parametrize(("kind", "core"), [("W", "W6"), ("RO", "RO5-"), ("RS", "RS7-")])
def test_the_core_theme_of_the_worked_example(kind, core):
    parts = [[x for x in e if x.startswith(kind)] for e in EPISODES]
    assert most_pervasive(parts) == core


@pytest.mark.parametrize("kind", ["RO", "RS"])
def test_polarities_of_the_worked_example(kind):
    parts = [{x: SIGN[x[-1]] for x in e if x.startswith(kind)} for e in EPISODES]
    result = polarities(parts)
    assert (result.positive, result.negative) == (2, 7)
    assert result.negative_share == pytest.approx(0.7778, abs=5e-5)
    assert result.episodes_with_negative == 7


@pytest.mark.parametrize(
    ("p1", "p2", "h"), [(0.67, 0.48, 0.3869), (0.45, 0.58, -0.2609), (0.5, 0.34, 0.3257), (1, 0, 3.1416)]
)
def test_cohens_h_of_the_worked_pairs(p1, p2, h):
    assert cohen_h(p1, p2) == pytest.approx(h, abs=5e-5)


def test_the_test_of_h_in_the_worked_example():
    result = contrast(0.6, 120, 0.48, 1000)
    assert (result.h, result.se, result.z) == pytest.approx((0.2414, 0.0966, 2.4984), abs=5e-5)


def test_the_norms_of_both_sexes_give_the_published_h():
    for entry in codebook("dreams").document["indicators"]:
        norm = entry.get("norm")
        if norm and norm["h"] is not None:
            scale = 1 if entry["kind"] == "index" else 100
            if entry["id"] == "sexuality_per_character":
                continue  # the published page warns that rounding moves it
            h = cohen_h(norm["male"] / scale, norm["female"] / scale)
            assert h == pytest.approx(norm["h"], abs=0.011), entry["id"]


def test_adjusted_p_values_agree_with_statsmodels():
    from statsmodels.stats.multitest import multipletests

    p = [0.001, 0.04, 0.03, 0.2, 0.5, 0.04, 0.9]
    assert benjamini_hochberg(p) == pytest.approx(list(multipletests(p, method="fdr_bh")[1]))


def test_smoothed_lateness_worked_by_hand():
    # Mean 2, sd sqrt(120 / 5); each hour on time takes the smoothed value down to .7 of itself.
    result = lateness([0, 0, 0, 0, 0, 12])
    assert result.smoothed[-1] == pytest.approx(0.7 * (2 * 0.7**5) + 0.3 * 12)
    assert result.limit[0] == pytest.approx(2 + 2 * (24**0.5) * 0.3, abs=1e-9)
