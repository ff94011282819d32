"""The referential operator against the printed vectors and a plain double loop; its summary by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from depthwork.language.dictionaries import plain, vividness
from depthwork.language.hour import spoken
from depthwork.language.smoothing import smooth, weights
from depthwork.language.withheld import Withheld
from depthwork.process.referential import covariation, curve_of, referential
from depthwork.transcripts import transcript_of

DAAP = json.loads((Path(__file__).parent / "vectors_process.json").read_text())["daap"]
SERIES = {
    "step50": [0.0] * 25 + [1.0] * 25,
    "step400": [0.0] * 200 + [1.0] * 200,
    "impulse50": [1.0] + [0.5] * 49,
}


def test_the_weights_are_those_printed():
    assert weights().sum() == pytest.approx(DAAP["total_weight"], abs=5e-11)
    assert weights().shape == (199,)
    for distance, weight in DAAP["w"].items():
        assert weights()[99 + int(distance)] == pytest.approx(weight, rel=1e-12, abs=1e-15)
        assert weights()[99 - int(distance)] == weights()[99 + int(distance)]


@pytest.mark.parametrize("name", SERIES)
def test_the_smoothed_series_are_those_printed(name):
    smoothed, vector = smooth(SERIES[name]), DAAP[name]
    for at, value in vector["at"].items():
        assert smoothed[int(at)] == pytest.approx(value, abs=5e-7)
    found = curve_of(smoothed)
    assert found.mean == pytest.approx(vector["mean"], abs=1e-12)
    assert found.mean_high == pytest.approx(vector["mhigh"], abs=5e-7)
    assert found.high_share == vector["hprop"]


def test_a_step_against_its_reverse_covaries_fully_the_other_way():
    step = smooth(SERIES["step50"])
    found = covariation(step, step[::-1], neutrals=(0.5, 0.5))
    assert found == pytest.approx(DAAP["covar_step_vs_reverse"], abs=1e-12)


def test_covariation_has_no_value_where_a_curve_never_leaves_neutral():
    assert covariation([0.5, 0.5], [0.1, 0.9], neutrals=(0.5, 0.5)) is None


def test_covariation_refuses_curves_of_two_lengths():
    with pytest.raises(ValueError, match="same words"):
        covariation([0.1], [0.1, 0.2], neutrals=(0.5, 0.5))


def oracle(values):
    """The operator as its formula reads, word by word."""
    n, w = len(values), weights()
    folded = [*values, *reversed(values)]
    return [sum(w[d + 99] * folded[(i + d) % (2 * n)] for d in range(-99, 100)) / w.sum() for i in range(n)]


@pytest.mark.parametrize("n", [1, 2, 3, 50, 95, 96, 97, 199, 260])
def test_smoothing_equals_the_formula_read_word_by_word(n):
    values = np.random.default_rng(n).random(n)
    np.testing.assert_allclose(smooth(values), oracle(values.tolist()), atol=1e-9, rtol=0)


def hour(*texts):
    return spoken(transcript_of([("C", text) for text in texts]))


def test_turns_are_pooled_by_their_words_not_averaged():
    lamp = plain("lamp", ["lamp"])
    found = referential(hour("lamp " * 30, "word " * 90), lamp)
    assert found.curve.mean == pytest.approx(30 / 120)
    assert found.curve.high_share == 30 / 120
    assert found.curve.mean_high == pytest.approx(0.5)
    assert found.covered == 30 / 120
    assert [turn.turn for turn in found.turns] == [0, 1]


def test_a_turn_of_twenty_four_words_is_left_out():
    found = referential(hour("lamp " * 24, "lamp " * 25), vividness())
    assert [turn.turn for turn in found.turns] == [1]
    assert found.curve.words == 25


def test_without_a_long_turn_the_measure_is_withheld():
    assert referential(hour("lamp " * 24), vividness()) == Withheld(
        "referential", "no turn of 25 words or more"
    )


def test_a_curve_without_words_is_refused():
    with pytest.raises(ValueError, match="one word or more"):
        curve_of([])


def test_a_neutral_turn_is_nowhere_high():
    found = referential(hour("xyzzy " * 130), vividness())
    assert found.curve.high_share == 0.0
    assert found.curve.mean_high == 0.0
