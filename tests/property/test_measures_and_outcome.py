"""Properties that hold for any answers and any scores."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from depthwork.measures import LEVELS, MeasureError, alerts, asked, measure, measures, score
from depthwork.outcome.alliance import control_chart, rupture_repair
from depthwork.outcome.reliable_change import CATEGORIES, Yardstick, change
from depthwork.outcome.sudden_gains import sudden_changes

IDS = [one.id for one in measures()]
POINTS = st.floats(0, 100, allow_nan=False)
COURSE = st.lists(st.one_of(st.none(), st.integers(0, 60)), max_size=30)


@st.composite
def answered(draw):
    one = measure(draw(st.sampled_from(IDS)))
    made = {}
    for item in one.items:
        if item.is_text:
            continue
        low, high = item.range or (0, 0)
        choices = list(item.values) or list(range(int(low), int(high) + 1))
        choices += ["NA"] * item.allow_na + ["REFUSED"] * item.allow_refused + [None]
        made[item.id] = draw(st.sampled_from(choices))
    return one, made


@settings(max_examples=300, deadline=None)
@given(answered())
def test_any_possible_answers_give_a_score_or_a_reason(pair):
    one, answers = pair
    result = score(one, answers)
    for made in result.scores.values():
        assert (made.value is None) == (made.withheld is not None)
        rule = one.score_rule(made.id)
        if made.value is not None and rule.range:
            assert rule.range[0] <= made.value <= rule.range[1]
    assert all(alert.level in LEVELS for alert in result.alerts)


@settings(max_examples=300, deadline=None)
@given(answered())
def test_no_risk_question_is_passed_over_in_silence(pair):
    one, answers = pair
    result = score(one, answers)
    for item in one.risk_items:
        if answers[item.id] in (None, "REFUSED") and item.id in result.unanswered:
            assert result.alerts


@settings(max_examples=300, deadline=None)
@given(answered(), st.randoms(use_true_random=False))
def test_an_alert_raised_on_the_way_is_never_taken_back(pair, random):
    """Whatever was raised while filling in still stands when the form is finished."""
    one, answers = pair
    order = [name for name, answer in answers.items() if answer is not None]
    random.shuffle(order)
    given_so_far, raised = {}, set()
    for name in order:
        given_so_far[name] = answers[name]
        now = {alert.id for alert in alerts(one, given_so_far)}
        if not one.gate and not one.skip_rules:
            assert raised <= now
        raised = now
    assert raised <= {alert.id for alert in score(one, answers).alerts}


@settings(max_examples=200, deadline=None)
@given(answered())
def test_what_is_asked_is_always_part_of_the_form(pair):
    one, answers = pair
    assert set(asked(one, answers)) <= {item.id for item in one.items}


ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9))


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=5), ANYTHING, max_size=5))
def test_any_nonsense_is_refused_in_one_line_or_scored(answers):
    complaint = ""
    try:
        score(measure("phq9"), answers)
    except MeasureError as error:
        complaint = str(error)
    assert "\n" not in complaint
    assert len(complaint) < 200


@given(POINTS, POINTS, st.floats(0.1, 50), st.one_of(st.none(), POINTS), st.booleans())
def test_every_pair_of_scores_has_one_category(before, after, points, cutoff, higher):
    by = Yardstick(points=points, higher_is_better=higher, cutoff=cutoff)
    found = change(before, after, by)
    assert found.category in CATEGORIES
    assert found.withheld is None
    if found.category == "recovered":
        assert found.began_as_case
        assert not found.ended_as_case
        assert found.direction == "improved"
    if found.direction == "deteriorated":
        assert found.category == "reliably_deteriorated"


@settings(deadline=None)
@given(COURSE, st.floats(1, 20))
def test_gains_of_a_course_are_losses_of_its_mirror(scores, cut):
    mirror = [None if one is None else 60 - one for one in scores]
    forth = sudden_changes(scores, cut=cut, share=0.0)
    back = sudden_changes(mirror, cut=cut, share=0.0)
    turned = {"gain": "loss", "loss": "gain"}
    assert [(one.kind, one.before) for one in forth] == [(turned[one.kind], one.before) for one in back]


@settings(deadline=None)
@given(COURSE)
def test_a_chart_has_figures_or_a_reason(scores):
    chart, found = control_chart(scores), rupture_repair(scores)
    assert (chart.sigma is None) == (chart.withheld is not None)
    assert (found.sd_within is None) == (found.withheld is not None)
    for one in found.episodes:
        assert one.peak < one.trough
        assert one.repaired_at is None or one.trough < one.repaired_at <= one.trough + 5
        assert scores[one.peak] - scores[one.trough] == one.drop
        assert one.drop >= found.sd_used or np.isclose(one.drop, found.sd_used)
