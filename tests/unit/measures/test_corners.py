"""The corners of a definition and of its answers: every field says what it expected, and nothing is read by half."""

import copy
from datetime import date
from importlib import resources

import pytest

from depthwork.measures import MeasureError, library, measure, score
from depthwork.measures.answers import allowed_answers
from depthwork.measures.needing import needs
from depthwork.measures.reading import At
from depthwork.measures.schema import definition
from depthwork.measures.texts import from_package


def raw(id="gad7"):
    text = (resources.files("depthwork.measures") / "definitions" / f"{id}.yaml").read_text("utf-8")
    return copy.deepcopy(library.read_yaml(text, id))


def refused(data, place="gad7"):
    with pytest.raises(MeasureError) as caught:
        definition(data, place)
    return str(caught.value)


@pytest.mark.parametrize(
    ("break_it", "complaint"),
    [
        (lambda d: d.update(scores=["total"]), "scores[0]: expected a mapping, found text"),
        (lambda d: d["scores"][0].update(multiply="2"), "multiply: expected a number, found text"),
        (lambda d: d["scores"][0].update(internal="yes"), "internal: expected true or false, found text"),
        (lambda d: d.update(domains=[1]), "domains: expected a list of texts"),
        (lambda d: d["scores"][0].update(range=[21, 0]), "range: expected [lowest, highest]"),
        (lambda d: d.update(norms=[1]), "norms: expected a mapping, found a list"),
        (lambda d: d["scores"][0].update(weights={"a": "1"}), "weights.a: expected a number, found text"),
        (lambda d: d["items"][0].pop("options"), "an item needs answers to choose from, values or a range"),
        (
            lambda d: d["alerts"].append({"id": "a", "level": "same_day", "basis": "source"}),
            "alerts[0].when: an alert needs its condition",
        ),
        (
            lambda d: d.update(skip_rules=[{"set": {"q1": 0}}]),
            "skip_rules[0].when: a skip rule needs its condition",
        ),
        (lambda d: d["scores"][0].update(id="q1"), "need different ids"),
    ],
)
def test_each_field_says_what_it_expected(break_it, complaint):
    data = raw()
    break_it(data)
    assert complaint in refused(data)


def test_a_list_that_is_left_out_is_empty_and_a_day_is_a_day():
    at = At({"on": date(2027, 5, 31), "n": None}, "here")
    assert (at.list("none"), at.texts("none"), at.pair("none"), at.mapping("none")) == ([], (), None, {})
    assert (at.day("on"), at.day_or_none("n"), at.number_or_none("n")) == (date(2027, 5, 31), None, None)


def test_an_item_or_score_that_is_not_there_is_no_default():
    gad7 = measure("gad7")
    assert (gad7.item("q1").id, gad7.score_rule("total").id) == ("q1", "total")
    for look in (gad7.item, gad7.score_rule):
        with pytest.raises(KeyError, match="q99"):
            look("q99")


def test_a_file_that_holds_another_measure_is_refused(monkeypatch):
    library.measure.cache_clear()
    other = raw("phq9")
    monkeypatch.setattr(library, "read_yaml", lambda text, place: other)
    with pytest.raises(MeasureError, match="'phq9' stands in the file of 'gad7'"):
        library.measure("gad7")
    library.measure.cache_clear()


def test_texts_of_another_measure_are_refused():
    text = {"schema": "depthwork.measure-text/1", "measure": "gad7", "options": {}, "items": {}}
    with pytest.raises(MeasureError, match="measure: expected wsas"):
        from_package(measure("wsas"), text, package="x", place="wsas.yaml")


def test_a_question_that_asks_for_words_takes_nothing_else():
    data = raw()
    data["items"].append(
        {"id": "note", "type": "text", "text": "What else?", "required": False, "scored": False}
    )
    made = definition(data, "gad7")
    assert allowed_answers(made.item("note")) == "text"
    assert score(made, {"note": "the stairs"}).scores["total"].value is None
    with pytest.raises(MeasureError, match="expected text; write it in quotation marks"):
        score(made, {"note": 3})


def test_a_score_made_of_one_that_is_withheld_is_withheld():
    data = raw()
    data["scores"].append({"id": "t_score", "method": "zscore", "of": "total", "m": 5.0, "sd": 2.0})
    found = score(definition(data, "gad7"), {"q1": 1}).scores["t_score"]
    assert (found.value, found.withheld) == (None, "a score that it is made of is withheld")


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (1.5, "whole numbers only"),
        (9, "out of range; expected 1 to 7"),
        (float("nan"), "leave an unanswered item out"),
    ],
)
def test_an_answer_beside_the_range_of_its_question_is_refused(answer, complaint):
    with pytest.raises(MeasureError, match=complaint):
        score(measure("arm5"), {"q1": answer})


def test_a_prorated_sum_is_rounded_only_where_its_rule_says_so():
    """Six of seven answers, five points in all: 5 x 7 / 6 = 5.83, by hand."""
    data = raw()
    answers = {"q1": 0, "q2": 1, "q3": 1, "q4": 1, "q5": 1, "q6": 1}
    assert score(definition(data, "gad7"), answers).scores["total"].value == 6
    data["scores"][0]["missing"]["round"] = False
    assert score(definition(data, "gad7"), answers).scores["total"].value == pytest.approx(35 / 6)


def test_a_classification_that_no_rule_meets_says_nothing():
    data = raw()
    data["classifications"] = [
        {"id": "group", "rules": [{"when": {"ref": "total", "op": ">=", "value": 15}, "label": "many"}], "basis": "source"}
    ]  # fmt: skip
    made = definition(data, "gad7")
    assert score(made, [0] * 7).labels["group"].label is None
    assert score(made, [3] * 7).labels["group"].label == "many"


def needed(when, scores=()):
    data = raw()
    data["scores"] += scores
    data["alerts"] = [{"id": "a", "level": "same_day", "when": when, "basis": "source"}]
    (rule,) = needs(definition(data, "gad7"))
    return rule.question, rule.answer


def test_a_rule_that_says_what_must_not_be_is_published_so():
    when = {"not": {"ref": "q1", "op": ">=", "value": 2}}
    assert needed(when) == ("question 1", "not so: question 1: 2 or more")


def test_a_score_is_published_by_what_it_is_made_of():
    one = {"id": "first", "method": "sum", "items": ["q1"]}
    assert needed({"ref": "first", "op": ">", "value": 2}, [one]) == ("question 1", "more than 2")
    apart = {"id": "some", "method": "max", "items": ["q1", "q4"]}
    assert needed({"ref": "some", "op": ">", "value": 2}, [apart])[0] == "the highest of questions 1, 4"
    far = {"id": "t_score", "method": "zscore", "of": "total", "m": 5.0, "sd": 2.0}
    assert needed({"ref": "t_score", "op": ">", "value": 60}, [far])[0] == "score t score"
