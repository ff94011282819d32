"""The likeness of passages against a case worked by hand."""

import math

import pytest

from depthwork.patterns.likeness import like_this
from depthwork.transcripts import transcript_of


def test_the_score_is_the_one_worked_by_hand():
    # Three units of 2, 4 and 3 words; "gate" stands in two of them (once, twice), "locked" in one.
    hour = transcript_of([("C", "gate locked"), ("C", "gate wide gate open"), ("C", "nothing at all")])
    first = like_this("locked gate", [hour])[0]
    n, mean = 3, 3.0
    gate = math.log(1 + (n - 2 + 0.5) / (2 + 0.5))
    locked = math.log(1 + (n - 1 + 0.5) / (1 + 0.5))
    damp = 1.2 * (1 - 0.75 + 0.75 * 2 / mean)
    by_hand = (gate + locked) * 2.2 / (1 + damp)
    assert first.score == pytest.approx(by_hand, rel=1e-12)
    assert first.score == pytest.approx(1.67991, abs=1e-5)
