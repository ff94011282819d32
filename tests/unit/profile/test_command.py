"""`depthwork profile`: one object, a list, a page, a clear line for what cannot be read."""

import json

import pytest
from click.testing import CliRunner

from depthwork.cli.profile import profile

HOUR = "T: What came to mind?\n\nC: I was sad, [pause 6s] and the house was empty.\n\n" * 12


@pytest.fixture
def hour(tmp_path):
    path = tmp_path / "hour.txt"
    path.write_text(HOUR)
    return path


def run(*arguments):
    return CliRunner().invoke(profile, [str(argument) for argument in arguments])


def test_one_file_gives_one_object(hour):
    found = run(hour, "--json")
    assert found.exit_code == 0
    assert json.loads(found.stdout)["source"] == "hour.txt"


def test_several_files_give_a_list_in_their_order(hour, tmp_path):
    other = tmp_path / "note.txt"
    other.write_text("She came late.\n\nWe sat.\n")
    found = run(hour, other, "--json")
    assert [one["source"] for one in json.loads(found.stdout)] == ["hour.txt", "note.txt"]
    assert json.loads(found.stdout)[1]["of"] == "N"


def test_the_terminal_shows_measures_and_what_is_withheld(hour):
    found = run(hour)
    assert found.exit_code == 0
    assert "Silence" in found.stdout
    assert "not enough to say" in found.stdout


def test_the_therapist_can_be_named(tmp_path):
    path = tmp_path / "hour.txt"
    path.write_text("Ann: yes\n\nBea: I was in the house by the sea.\n\nAnn: And?\n")
    found = json.loads(run(path, "--therapist", "Bea", "--json").stdout)
    assert found["words"] == {"T": 8, "C": 2}


def test_a_dictionary_of_ones_own_is_used(hour, tmp_path):
    own = tmp_path / "own.txt"
    own.write_text("house 1\nsad -1\n")
    long = tmp_path / "long.txt"
    long.write_text("C: " + "house " * 30)
    found = json.loads(run(long, "--dictionary", own, "--json").stdout)
    assert found["referential"] == {
        **found["referential"],
        "dictionary": "own.txt",
        "mean": pytest.approx(1.0),
    }


def test_a_faulty_dictionary_is_one_line_and_exit_2(hour, tmp_path):
    own = tmp_path / "own.txt"
    own.write_text("house 1\nsad 7\n")
    found = run(hour, "--dictionary", own, "--json")
    assert found.exit_code == 2
    assert found.stdout == ""
    assert found.stderr.count("\n") == 1
    assert "own.txt, line 2" in found.stderr


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\x00" + bytes(range(256)), None])
def test_a_file_that_cannot_be_read_is_one_line_and_exit_2(hour, tmp_path, content):
    bad = tmp_path / "bad.txt"
    if content is not None:
        bad.write_bytes(content)
    found = run(hour, bad, "--json")
    assert found.exit_code == 2
    assert found.stdout == ""
    assert found.stderr.count("\n") == 1


def test_the_page_stands_alone(hour, tmp_path):
    out = tmp_path / "page.html"
    found = run(hour, "--html", out)
    assert found.exit_code == 0
    page = out.read_text("utf-8")
    for reach in ("http:", "https:", "<script", "<link", "url(", "@import", " src=", "style="):
        assert reach not in page
    assert "Profile of hour.txt" in page


def test_the_page_and_the_object_can_be_had_together(hour, tmp_path):
    out = tmp_path / "page.html"
    found = run(hour, "--html", out, "--json")
    assert json.loads(found.stdout)["source"] == "hour.txt"
    assert out.exists()


def test_the_page_is_never_written_over_the_hour(hour):
    found = run(hour, "--html", hour)
    assert found.exit_code == 2
    assert hour.read_text() == HOUR


def test_a_page_that_cannot_be_written_is_one_line_and_exit_2(hour, tmp_path):
    found = run(hour, "--html", tmp_path / "nowhere" / "page.html")
    assert found.exit_code == 2
    assert found.stderr.count("\n") == 1


def test_every_real_session_can_be_profiled(data_dir):
    files = sorted((data_dir / "annomi").glob("*.vtt"))
    found = run(*files, "--json")
    assert found.exit_code == 0
    assert len(json.loads(found.stdout)) == len(files) == 53


def test_files_of_one_name_are_told_apart(tmp_path):
    paths = []
    for folder in ("ana", "ben"):
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "01.txt")
        paths[-1].write_text("T: How was it?\n\nC: Quiet.\n")
    paths.append(tmp_path / "02.txt")
    paths[-1].write_text("T: How was it?\n\nC: Quiet.\n")
    made = CliRunner().invoke(profile, [*map(str, paths), "--json"])
    assert [one["source"] for one in json.loads(made.stdout)] == [str(paths[0]), str(paths[1]), "02.txt"]


def test_each_null_of_the_silence_has_its_reason(tmp_path):
    path = tmp_path / "hour.txt"
    path.write_text("T: How was it?\n\nC: Quiet. [pause 5s] Then not.\n")
    made = json.loads(CliRunner().invoke(profile, [str(path), "--json"]).stdout)
    nulls = {f"silence.{name}" for name, value in made["silence"].items() if value is None}
    assert nulls == {
        "silence.share", "silence.latency_client_s", "silence.latency_therapist_s", "silence.rate_client",
        "silence.rate_therapist",
    }  # fmt: skip
    reasons = {one["measure"]: one["reason"] for one in made["withheld"]}
    assert nulls <= set(reasons)
    assert all(reasons[name] for name in nulls)
