"""`depthwork agree`: the contract of its output, and one clear line for what cannot be read."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from tests.codes import mark, marks_file

from depthwork.cli import cli
from depthwork.coding.marks_file import write_marks

CODES = ["denial", "undoing", "humor", "rationalization", "projection"]


def run(*args):
    return CliRunner().invoke(cli, ["agree", *map(str, args)])


def coded(codes):
    return marks_file(*(mark("defense", c, 100 * i, 100 * i + 50) for i, c in enumerate(codes)))


@pytest.fixture
def folders(tmp_path):
    for coder in ("ana", "ben"):
        (tmp_path / coder).mkdir()
    for hour in range(1, 5):
        write_marks(coded(CODES * 2), tmp_path / "ana" / f"{hour}.json")
        write_marks(coded(CODES + CODES[:hour] + CODES[hour:][::-1]), tmp_path / "ben" / f"{hour}.json")
    return tmp_path / "ana", tmp_path / "ben"


def test_two_files_give_one_json_object_by_the_contract(folders):
    a, _ = folders
    result = run(a / "1.json", a / "2.json", "--json")
    assert result.exit_code == 0
    got = json.loads(result.stdout)["defense"]
    assert {"units", "percent", "kappa", "kappa_ci", "alpha", "span_f1"} <= set(got)
    assert (got["units"], got["percent"], got["kappa"], got["span_f1"]) == (10, 100.0, 1.0, 1.0)
    assert got["kappa_ci"] is None
    assert got["reasons"]["kappa_ci"].startswith("one hour only")


def test_two_folders_give_an_interval_over_hours(folders):
    result = run(*folders, "--json")
    got = json.loads(result.stdout)["defense"]
    assert got["units"] == 40
    low, high = got["kappa_ci"]
    assert low < high
    assert low <= got["kappa"] <= high


def test_a_file_in_one_folder_only_is_left_out_and_said_so(folders):
    write_marks(coded(CODES), folders[0] / "9.json")
    result = run(*folders, "--json")
    assert result.exit_code == 0
    assert "1 file stands in one folder only and is left out" in result.stderr
    json.loads(result.stdout)


def test_people_read_sentences_and_a_kappa_of_few_places_is_withheld(folders):
    result = run(folders[0] / "1.json", folders[1] / "1.json")
    assert "withheld: 10 places, 30 are the least to say" in result.stdout


def test_people_read_the_kappa_of_forty_places_with_its_word(folders):
    result = run(*folders)
    assert "kappa" in result.stdout
    assert "withheld" not in result.stdout
    assert any(word in result.stdout for word in ("weak", "fair", "good", "excellent"))


@pytest.mark.parametrize("case", ["missing", "mixed", "broken", "no_common", "other_text"])
def test_what_cannot_be_compared_is_refused_in_one_line(folders, tmp_path, case):
    a, b = folders
    broken = tmp_path / "broken.json"
    broken.write_text('{"marks": [{"start": 5}]}')
    other = tmp_path / "other.json"
    write_marks(marks_file(mark("defense", "denial"), sha="b" * 64), other)
    empty = tmp_path / "empty"
    empty.mkdir()
    given = {
        "missing": (a / "1.json", a / "none.json"),
        "mixed": (a, b / "1.json"),
        "broken": (a / "1.json", broken),
        "no_common": (a, empty),
        "other_text": (a / "1.json", other),
    }[case]
    result = run(*given, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("depthwork: ")
    assert "Traceback" not in result.stderr


def test_help_opens_with_a_sentence_and_closes_with_an_example():
    result = run("--help")
    assert "Compare two coders" in result.stdout
    assert "Example: depthwork agree" in result.stdout


def test_web_annotations_and_xmi_are_read_beside_marks_files(tmp_path):
    from depthwork.interchange.annotations.uima import to_xmi
    from depthwork.interchange.annotations.web import web_bytes
    from depthwork.transcripts import transcript_of

    text = transcript_of([("C", "some words " * 100)])
    file = coded(CODES * 2)
    file = type(file)(file.source, text.sha256, file.marks, file.codebooks, file.reading)
    for coder in ("ana", "ben", "ida"):
        (tmp_path / coder).mkdir()
    write_marks(file, tmp_path / "ana" / "1.json")
    (tmp_path / "ben" / "1.jsonld").write_bytes(web_bytes(file))
    (tmp_path / "ida" / "1.xmi").write_bytes(to_xmi(file, text))
    (tmp_path / "ida" / "TypeSystem.xml").write_text("<x/>")
    for other in ("ben", "ida"):
        for a, b in (("ana", other), ("ana/1.json", next((tmp_path / other).glob("1.*")))):
            result = run(tmp_path / a, tmp_path / b, "--json")
            assert result.exit_code == 0, result.stderr
            assert json.loads(result.stdout)["defense"]["percent"] == 100.0
    write_marks(file, tmp_path / "ben" / "1.json")
    twice = run(tmp_path / "ana", tmp_path / "ben")
    assert (twice.exit_code, "in two forms" in twice.stderr) == (2, True)
    (tmp_path / "bad.xmi").write_text("<a>")
    bad = run(tmp_path / "bad.xmi", tmp_path / "bad.xmi")
    assert (bad.exit_code, bad.stderr.count("\n"), "bad.xmi" in bad.stderr) == (2, 1, True)


def test_the_six_forms_of_the_icc_stand_beside_the_levels_of_defenses(folders):
    got = json.loads(run(*folders, "--json").stdout)["defense"]["icc"]["level"]
    assert (got["over"], got["targets"]) == ("places", 40)
    assert list(got["forms"]) == ["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"]
    assert all(one["ci"] is None for one in got["forms"].values())
    assert "ICC, level" in run(*folders).stdout
