"""T31: every possible PHQ-9 raises exactly the alerts that item 9 calls for."""

from itertools import product

from depthwork.measures import alerts, measure, score

EXPECTED = {
    0: (),
    1: ("phq9_item9_any",),
    2: ("phq9_item9_any", "phq9_item9_frequent"),
    3: ("phq9_item9_any", "phq9_item9_frequent"),
}


def test_all_262144_answer_vectors_of_the_phq9_raise_the_right_alerts():
    phq9, seen = measure("phq9"), 0
    names = [f"q{number}" for number in range(1, 10)]
    for vector in product(range(4), repeat=9):
        raised = alerts(phq9, dict(zip(names, vector, strict=True)))
        assert tuple(alert.id for alert in raised) == EXPECTED[vector[8]], vector
        seen += 1
    assert seen == 262_144


def test_the_finished_form_raises_the_same_alerts_and_the_right_total():
    phq9 = measure("phq9")
    for vector in product(range(4), repeat=9):
        if vector[1:5] != (vector[0],) * 4:  # every sum and every item 9, without every order
            continue
        result = score(phq9, list(vector))
        assert tuple(alert.id for alert in result.alerts) == EXPECTED[vector[8]], vector
        assert result.scores["total"].value == sum(vector)


def test_item_9_left_open_is_never_a_no():
    phq9 = measure("phq9")
    for vector in product(range(4), repeat=3):
        result = score(phq9, [*vector, 0, 0, 0, 0, 0, None])
        assert [(alert.level, alert.item) for alert in result.alerts] == [("ask_in_session", "q9")]
