"""Definition files: what holds together, what is refused, what travels with the program."""

import copy
import sys
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
import yaml

from depthwork.measures import MeasureError, Option, library, measure, measures, score, with_text
from depthwork.measures.schema import content_hash, definition
from depthwork.measures.texts import from_package

REPO = Path(__file__).resolve().parents[3]
TEXTS = REPO / "packs" / "noncommercial" / "src" / "depthwork_noncommercial" / "texts"
WITH_TEXT = {
    *("phq9", "phq8", "phq2", "gad7", "phq15", "asq", "pc_ptsd_5", "pcl5", "audit_c", "bam", "b_ipf"),
    *("rses", "ipip_ipc", "rfq8", "dw_session_checkin"),
}


def raw(id="gad7"):
    text = (resources.files("depthwork.measures") / "definitions" / f"{id}.yaml").read_text("utf-8")
    return copy.deepcopy(library.read_yaml(text, id))


def files_of_the_wheel():
    return sorted((REPO / "src" / "depthwork" / "measures" / "definitions").glob("*.yaml"))


def test_exactly_the_fifteen_free_measures_carry_their_text():
    shipped = {one.id for one in measures() if one.licence.pack == "core"}
    assert shipped == WITH_TEXT
    assert all(measure(id).has_text and measure(id).licence.ship_items for id in shipped)


def test_no_restricted_item_text_is_in_the_wheel():
    for path in files_of_the_wheel():
        data = yaml.safe_load(path.read_text("utf-8"))
        if path.stem in WITH_TEXT:
            continue
        assert data["licence"]["ship_items"] is False, path.name
        assert not {"instructions", "options", "stem", "notice"} & set(data), path.name
        assert not any({"text", "stem", "follow_up"} & set(item) for item in data["items"]), path.name


def test_no_line_of_the_noncommercial_texts_is_anywhere_in_the_wheel():
    lines = [
        item["text"]
        for path in TEXTS.glob("*.yaml")
        for item in yaml.safe_load(path.read_text("utf-8"))["items"].values()
    ]
    assert len(lines) == 18
    wheel = "\n".join(
        path.read_text("utf-8", errors="ignore")
        for path in (REPO / "src").rglob("*")
        if path.suffix in {".py", ".yaml", ".html", ".json", ".md", ".js", ".typ", ".txt"}
    )
    assert [line for line in lines if len(line) > 15 and line in wheel] == []


def test_text_in_a_file_whose_licence_keeps_it_out_is_refused():
    data = raw("wsas")
    data["items"][0]["text"] = "invented words"
    with pytest.raises(MeasureError, match="ship_items is false"):
        definition(data, "wsas.yaml")


def test_every_cutoff_and_every_band_has_a_source():
    for one in measures():
        for rule in one.scores:
            assert all(cut.source.strip() for cut in rule.cutoffs)
            assert not rule.bands or rule.bands_ref


def test_every_definition_says_who_wrote_it_and_when_its_review_is_due():
    for one in measures():
        assert one.review.authored_by
        assert isinstance(one.review.review_due, date)
    everything = library.reviews_due(date(2100, 1, 1))
    assert len(everything) == 52
    assert library.reviews_due(date(2020, 1, 1)) == ()


def test_keys_that_nobody_has_checked_are_shown_as_unverified():
    names = {one.id for one in library.unverified()}
    assert {"core10", "ede_q", "dsq40", "swemwbs"} <= names
    assert not {"phq9", "gad7"} & names


def test_the_shown_name_says_what_is_measured():
    assert measure("phq9").name == "Depression (PHQ-9)"
    assert len({one.name for one in measures()}) == 52


def test_no_label_speaks_of_low_risk():
    for path in files_of_the_wheel():
        assert "low risk" not in path.read_text("utf-8"), path.name


@pytest.mark.parametrize(
    ("break_it", "complaint"),
    [
        (lambda d: d.pop("name"), "gad7.name: expected text, found nothing"),
        (lambda d: d.update(schema="other/1"), "is not one of depthwork.measure/1"),
        (lambda d: d.update(colour="red"), "unknown field colour; is it misspelt?"),
        (lambda d: d.update(version="1"), "expected a whole number, found text"),
        (lambda d: d["items"].append(dict(d["items"][0])), "'q1' is used twice"),
        (lambda d: d["items"][0].update(options="nowhere"), "no answer set 'nowhere'"),
        (lambda d: d["scores"][0]["items"].append("q99"), "unknown id 'q99'"),
        (lambda d: d["scores"][0].update(method="magic"), "'magic' is not one of sum"),
        (lambda d: d["scores"][0].pop("items"), "lacks what it computes with"),
        (lambda d: d["scores"][0]["bands"][0].update(max=7), "two bands overlap"),
        (lambda d: d["scores"][0].pop("bands_source"), "bands need their bands_source"),
        (lambda d: d["scores"][0]["cutoffs"][0].pop("source"), "cutoffs[0].source: expected text"),
        (lambda d: d["scores"][0]["cutoffs"][0].update(basis="hearsay"), "'hearsay' is not one of source"),
        (lambda d: d["scores"][0]["change"].pop("reliable_source"), "needs its reliable_source"),
        (lambda d: d["review"].pop("review_due"), "expected a date such as"),
        (lambda d: d["review"].update(reviewed_on=date(2026, 1, 1)), "both a date and a name"),
        (lambda d: d["licence"].update(pack="other"), "'other' is not one of core"),
        (lambda d: d["items"][0].pop("text"), "an item has no text"),
        (lambda d: d.update(examples=d["examples"][:1]), "at least two worked examples"),
        (lambda d: d.update(items="q1"), "expected a list, found text"),
        (
            lambda d: d["alerts"].append({"id": "a", "level": "soon", "when": {}, "basis": "source"}),
            "alerts[0].when: a comparison needs",
        ),
        (
            lambda d: d["alerts"].append(
                {"id": "a", "level": "soon", "when": {"ref": "q1", "op": ">=", "value": 1}, "basis": "source"}
            ),
            "'soon' is not one of immediate",
        ),
    ],
)
def test_a_definition_that_does_not_hold_together_is_refused(break_it, complaint):
    data = raw()
    break_it(data)
    with pytest.raises(MeasureError) as caught:
        definition(data, "gad7")
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "condition",
    [
        "q1 >= 1",
        {"ref": "q1", "op": "__import__('os')", "value": 1},
        {"ref": "q1", "op": ">=", "value": "1"},
        {"ref": "q1", "op": ">="},
        {"all": []},
        {"any": {"ref": "q1"}},
        {"not": {"ref": "q1", "op": ">=", "value": 1}, "all": []},
        {"ref": "q1", "op": ">=", "value": True},
    ],
)
def test_a_condition_is_data_and_nothing_else(condition):
    data = raw()
    data["alerts"] = [{"id": "a", "level": "same_day", "when": condition, "basis": "source"}]
    with pytest.raises(MeasureError):
        definition(data, "gad7")


def test_a_key_written_twice_in_a_file_is_refused():
    with pytest.raises(MeasureError, match="line 1: 'id' stands twice"):
        library.read_yaml("id: a\nname: b\nid: c\n", "x.yaml")


def test_a_file_that_is_not_yaml_is_refused_with_its_line():
    with pytest.raises(MeasureError, match=r"x\.yaml: line 3: not readable as YAML"):
        library.read_yaml("a: 1\nb: [1,\n", "x.yaml")


def test_an_unknown_measure_is_named_with_a_hint():
    with pytest.raises(MeasureError, match="did you mean phq9"):
        measure("PHQ-9")
    with pytest.raises(MeasureError, match="measure list"):
        measure("nonsense")


def test_the_hash_follows_wording_and_key_and_leaves_review_dates_alone():
    first = content_hash(raw())
    reviewed = raw()
    reviewed["review"]["review_due"] = date(2030, 1, 1)
    assert content_hash(reviewed) == first
    for change in (
        lambda d: d["items"][0].update(text="Other words"),
        lambda d: d["scores"][0].update(multiply=2),
        lambda d: d["alerts"].append({"id": "x"}),
        lambda d: d.update(version=2),
    ):
        changed = raw()
        change(changed)
        assert content_hash(changed) != first


def words(id):
    return {item.id: f"question {item.id}" for item in measure(id).items}


def test_a_practice_adds_the_text_that_it_is_licensed_to_use():
    worded = with_text(
        measure("wsas"), words("wsas"), confirmed_by="Ana", on=date(2026, 3, 3), licence="by letter"
    )
    assert worded.has_text
    assert worded.text_source.confirmed_by == "Ana"
    assert worded.hash != measure("wsas").hash
    before, after = (score(one, [2, 3, 2, 3, 2]) for one in (measure("wsas"), worded))
    assert before.scores["total"] == after.scores["total"]


def test_the_hash_follows_the_practice_s_own_words():
    first = with_text(measure("wsas"), words("wsas"), confirmed_by="Ana", on=date(2026, 3, 3))
    again = with_text(measure("wsas"), words("wsas"), confirmed_by="Ben", on=date(2026, 5, 5))
    other = with_text(measure("wsas"), words("wsas") | {"q1": "x"}, confirmed_by="Ana", on=date(2026, 3, 3))
    assert first.hash == again.hash != other.hash


def test_answers_of_the_practice_s_own_form_are_checked_against_the_key():
    options = {"q2": [Option(0, "never"), Option(8, "always")]}
    worded = with_text(
        measure("wsas"), words("wsas"), confirmed_by="Ana", on=date(2026, 3, 3), options=options
    )
    with pytest.raises(MeasureError, match="expected 0 or 8"):
        score(worded, {"q2": 4})
    with pytest.raises(MeasureError, match="the key does not score"):
        with_text(
            measure("wsas"),
            words("wsas"),
            confirmed_by="Ana",
            on=date(2026, 3, 3),
            options={"q2": [Option(9, "more than always")]},
        )


@pytest.mark.parametrize(
    ("texts", "by", "complaint"),
    [
        ({"q1": "one"}, "Ana", "no text for q2, q3"),
        (None, " ", "name who confirmed"),
        ({"q9": "nine"}, "Ana", "there is no item 'q9'"),
    ],
)
def test_text_that_does_not_fit_is_refused(texts, by, complaint):
    with pytest.raises(MeasureError, match=complaint):
        with_text(measure("wsas"), texts or words("wsas"), confirmed_by=by, on=date(2026, 3, 3))


def test_the_wording_of_a_free_measure_is_never_edited():
    with pytest.raises(MeasureError, match="never edited"):
        with_text(measure("phq9"), words("phq9"), confirmed_by="Ana", on=date(2026, 3, 3))


@pytest.mark.parametrize("id", ["core10", "who5", "gbo"])
def test_the_noncommercial_package_brings_the_text_and_changes_no_score(id):
    bare = definition(raw(id), id)
    assert not bare.has_text
    text = library.read_yaml((TEXTS / f"{id}.yaml").read_text("utf-8"), id)
    worded = from_package(bare, text, package="texts 1", place=id)
    assert worded.has_text
    assert all(item.options for item in worded.items)
    for example in worded.examples:
        assert score(worded, example["answers"]).scores == score(bare, example["answers"]).scores


def test_an_installed_package_is_found_by_its_entry_point(monkeypatch):
    monkeypatch.syspath_prepend(str(TEXTS.parents[1]))

    class Entry:
        name = "noncommercial"
        dist = None

        def load(self):
            import depthwork_noncommercial

            return depthwork_noncommercial.texts

    monkeypatch.setattr(library.metadata, "entry_points", lambda group: [Entry()])
    library.forget()
    try:
        assert measure("core10").has_text
        assert measure("core10").notice.startswith("© CORE System Trust")
        assert not measure("ors").has_text
    finally:
        monkeypatch.undo()
        library.forget()
        sys.modules.pop("depthwork_noncommercial", None)


def test_the_noncommercial_package_declares_its_entry_point_and_licences():
    import tomllib

    project = tomllib.loads((REPO / "packs" / "noncommercial" / "pyproject.toml").read_text("utf-8"))[
        "project"
    ]
    assert project["entry-points"]["depthwork.measures"] == {"noncommercial": "depthwork_noncommercial:texts"}
    licence = (REPO / "packs" / "noncommercial" / "LICENSE").read_text("utf-8")
    for path in TEXTS.glob("*.yaml"):
        assert path.name in licence


def test_nothing_in_a_definition_is_ever_run_as_code():
    import ast

    for path in (REPO / "src" / "depthwork" / "measures").glob("*.py"):
        calls = [
            node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
        ]
        names = {call.id for call in calls if isinstance(call, ast.Name)}
        assert not names & {"eval", "exec", "compile", "__import__"}, path.name
