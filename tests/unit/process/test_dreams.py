"""Dreams: what is counted, and what is withheld."""

from __future__ import annotations

import pytest
from tests.codes import mark

from depthwork.process.dreams import (
    Dream,
    against_norms,
    benjamini_hochberg,
    cohen_h,
    compare,
    contrast,
    dreams_of,
    indicators,
)


def element(kind, code, start=0, **given):
    return mark(f"dream_{kind}", code, start, start + 5, **given)


def character(sex, identity, start, *, kind="kind_human", number="number_individual"):
    return [
        element("character_kind", kind, start), element("character_number", number, start),
        element("character_sex", sex, start), element("character_identity", identity, start),
    ]  # fmt: skip


DREAM = Dream(
    None,
    (
        *character("sex_male", "identity_known", 0),
        *character("sex_male", "identity_stranger", 10),
        *character("sex_female", "identity_immediate_family", 20),
        *character("sex_joint", "identity_known", 30, number="number_group"),
        element("character_kind", "kind_animal", 40),
        element("aggression", "aggression_a7", 50, role="dreamer_receives"),
        element("aggression", "aggression_a2", 60, role="dreamer_initiates"),
        element("aggression", "aggression_a6", 70, role="witnessed"),
        element("friendliness", "friendliness_f4", 80, role="dreamer_receives"),
        element("outcome", "failure", 90, role="dreamer_involved"),
        element("emotion", "emotion_sadness", 95),
        element("setting_location", "location_indoor", 99),
    ),
)


@pytest.mark.parametrize(
    ("id", "above", "below"),
    [
        ("male_female", 2, 3), ("familiarity", 3, 4), ("friends", 2, 4), ("family", 1, 4), ("group", 1, 4),
        ("animal", 1, 5), ("aggression_friendliness", 2, 3), ("befriender", 0, 1), ("aggressor", 1, 2),
        ("victimization", 1, 2), ("physical_aggression", 2, 3), ("aggression_per_character", 3, 5),
        ("self_negativity", 2, 3), ("negative_emotions", 1, 1), ("dreamer_involved_success", 0, 1),
        ("indoor", 1, 1), ("at_least_one_aggression", 1, 1), ("at_least_one_sexuality", 0, 1),
        ("at_least_one_striving", 1, 1),
    ],
)  # fmt: skip
def test_each_indicator_of_one_dream_counted_by_hand(id, above, below):
    found = indicators([DREAM])[id]
    assert (found.numerator, found.denominator) == (above, below)
    assert found.value == pytest.approx(above / below)


def test_an_indicator_without_elements_is_none():
    assert indicators([DREAM])["torso_anatomy"].value is None


def test_fewer_than_twenty_five_dreams_are_not_put_beside_norms():
    result = against_norms([DREAM] * 24, "female")
    assert result.lines == ()
    assert result.withheld == "fewer than 25 dream reports"


def test_norms_come_with_their_caution_and_departure():
    result = against_norms([DREAM] * 30, "male")
    line = next(n for n in result.lines if n.indicator.id == "male_female")
    assert line.h == pytest.approx(cohen_h(2 / 3, 0.67))
    assert line.departure == 13.6
    assert line.status == "not yet checked one by one"
    assert "1947-1950" in result.caution
    assert "75 to 100 dreams are advised; there are 30" in result.caution


def test_a_ratio_has_no_h():
    result = against_norms([DREAM] * 30, "both")
    line = next(n for n in result.lines if n.indicator.id == "aggression_per_character")
    assert line.h is None


def test_an_indicator_without_a_norm_has_no_line():
    assert "victimization" not in {n.indicator.id for n in against_norms([DREAM] * 30, "male").lines}


def test_two_series_are_compared_with_p_values_adjusted():
    other = Dream(
        None, tuple(character("sex_female", "identity_known", 10 * i)[j] for i in range(6) for j in range(4))
    )
    result = compare([DREAM] * 10, [other] * 10)
    plain, adjusted = result["male_female"]
    assert plain.h > 0
    assert adjusted >= plain.p
    assert "aggression_per_character" not in result


def test_elements_go_to_the_dream_that_holds_them():
    marks = [
        mark("dream", "dream_report", 0, 50), mark("dream", "dream_report", 100, 150),
        element("emotion", "emotion_anger", 110), element("emotion", "emotion_happiness", 70),
    ]  # fmt: skip
    first, second = dreams_of(marks)
    assert (first.elements, [m.code for m in second.elements]) == ((), ["emotion_anger"])


def test_a_source_that_is_a_dream_itself_needs_no_report_mark():
    (dream,) = dreams_of([element("emotion", "emotion_anger")])
    assert dream.report is None


@pytest.mark.parametrize(("p1", "p2"), [(1.2, 0.5), (-0.1, 0.5), (0.5, float("nan"))])
def test_h_of_what_is_no_share_is_refused(p1, p2):
    with pytest.raises(ValueError, match="between 0 and 1"):
        cohen_h(p1, p2)


def test_a_contrast_without_elements_is_refused():
    with pytest.raises(ValueError, match="denominators"):
        contrast(0.5, 0, 0.5, 10)


def test_no_p_values_are_adjusted_to_none():
    assert benjamini_hochberg([]) == []
