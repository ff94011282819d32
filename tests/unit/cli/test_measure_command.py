"""`depthwork measure` on the command line."""

import json

import pytest
from click.testing import CliRunner

from depthwork.cli import cli


def run(*args):
    return CliRunner().invoke(cli, ["measure", *map(str, args)])


@pytest.fixture
def answers(tmp_path):
    def write(content):
        path = tmp_path / "answers.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def test_score_prints_one_object_that_keeps_the_contract(answers):
    result = run("score", "phq9", answers({f"q{n}": 2 for n in range(1, 10)}), "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["measure"] == "phq9"
    assert found["version"] == 1
    assert found["scores"]["total"] == {"value": 18, "band": "moderately severe", "answered": 9, "missing": 0}
    assert found["scores"]["syndrome"] == {"label": "major_depressive_syndrome_screen"}
    assert found["alerts"] == [
        {"id": "phq9_item9_any", "level": "same_day", "item": "q9"},
        {"id": "phq9_item9_frequent", "level": "immediate", "item": "q9"},
    ]
    assert found["withheld"] is None


def test_a_withheld_score_is_null_with_its_reason(answers):
    found = json.loads(run("score", "phq9", answers({"q1": 1}), "--json").stdout)
    assert found["scores"]["total"]["value"] is None
    assert found["withheld"] == "total: 8 of 9 answers missing, at most 2 may be"
    assert found["alerts"] == [{"id": "phq9_item9_missing", "level": "ask_in_session", "item": "q9"}]


def test_answers_may_stand_as_a_list_in_item_order(answers):
    found = json.loads(run("score", "gad7", answers([1, 1, 1, 1, 1, 1, 1]), "--json").stdout)
    assert found["scores"]["total"]["value"] == 7


def test_the_human_form_shows_no_triage_level(answers):
    result = run("score", "cssrs_screener", answers([1, 0, None, None, None, 0, None]))
    assert "low" not in result.stdout
    assert "same day" in result.stdout


def test_an_unverified_key_says_so(answers):
    assert "unverified" in run("score", "core10", answers([0] * 10)).stdout
    assert "unverified" not in run("score", "gad7", answers([0] * 7)).stdout


def test_list_names_every_measure():
    found = json.loads(run("list", "--json").stdout)["measures"]
    assert len(found) == 52
    assert found[0].keys() >= {"id", "name", "has_text", "key_basis", "licence", "pack"}
    human = run("list").stdout
    assert "phq9" in human
    assert "Depression (PHQ-9)" in human


def test_show_prints_items_bands_and_sources():
    text = run("show", "phq9").stdout
    assert "Little interest or pleasure" in text
    assert "reliable change 6" in text
    assert "key" in text.lower()
    found = json.loads(run("show", "phq9", "--json").stdout)
    assert found["definition"]["items"][0]["loinc"] == "44250-9"


def test_show_has_no_words_for_a_licensed_measure():
    assert "(your own licensed text)" in run("show", "wai_sr").stdout


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"q1": 9}', "answers.json: phq9.q1: 9 is not among the answers"),
        ('{"q1": 1, "q1": 2}', "'q1' is answered twice"),
        ("{", "line 1: not JSON"),
        ("", "not JSON"),
        ("NaN", "answers must be an object"),
        ("[" * 100000, "nested too deep"),
        ('"text"', "answers must be an object"),
        ('{"q1": NaN}', "write null"),
        ("\x00\x01", "not JSON"),
        ('{"q1": 1e400}', "write null"),
    ],
)
def test_unreadable_answers_give_one_line_and_exit_2(answers, content, complaint):
    result = run("score", "phq9", answers(content), "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert complaint in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "answers.json"
    path.write_bytes(b"\xff\xfe\x00\xd8")
    result = run("score", "phq9", path)
    assert result.exit_code == 2
    assert "not UTF-8" in result.stderr


def test_a_missing_file_and_an_unknown_measure_are_refused(tmp_path):
    result = run("score", "phq9", tmp_path / "none.json")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "no such file" in result.stderr
    result = run("show", "phq99")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_a_directory_in_place_of_answers_is_refused(tmp_path):
    result = run("score", "phq9", tmp_path)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
