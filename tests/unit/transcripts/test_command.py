"""`depthwork transcript`: the JSON contract, the page, and one line of error."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from depthwork.cli import cli


@pytest.fixture
def hour(tmp_path: Path) -> Path:
    path = tmp_path / "hour.txt"
    path.write_text("T: How was it?\n\nC: Quiet. [pause 5s]\n", encoding="utf-8")
    return path


def run(*arguments: str):
    return CliRunner().invoke(cli, ["transcript", *arguments])


def test_json_is_the_contract_and_nothing_else(hour: Path) -> None:
    result = run(str(hour), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "source": "hour.txt",
        "format": "text",
        "provenance": "verbatim",
        "turns": [
            {"index": 0, "speaker": "T", "text": "How was it?", "start_s": None, "end_s": None},
            {"index": 1, "speaker": "C", "text": "Quiet. [pause 5s]", "start_s": None, "end_s": None},
        ],
        "warnings": ["no times: latency cannot be measured, and silence only where a pause is written down"],
    }


def test_the_page_shows_turns_and_warnings(hour: Path) -> None:
    hour.write_text("Anna: You slept?\n\nBen: I did.\n\nAnna: You did.\n\nBen: I did.", encoding="utf-8")
    result = run(str(hour))
    assert result.exit_code == 0
    assert "You slept?" in result.stdout
    assert '"Anna" as therapist' in result.stdout


def test_the_therapist_can_be_named(hour: Path) -> None:
    hour.write_text("Anna: You slept?\n\nBen: I did.\n\nAnna: You did.\n\nBen: I did.", encoding="utf-8")
    turns = json.loads(run(str(hour), "--json", "--therapist", "Ben").stdout)["turns"]
    assert [turn["speaker"] for turn in turns] == ["C", "T", "C", "T"]


def test_to_writes_another_format(hour: Path) -> None:
    assert run(str(hour), "--to", "vtt").stdout.startswith("WEBVTT\n\n00:00:00.000 --> ")


def test_markup_in_a_text_is_shown_as_it_is(hour: Path) -> None:
    hour.write_text("T: [bold]x[/bold] [/nothing]?\n\nC: [link=file:///etc]y", encoding="utf-8")
    assert "[bold]x[/bold] [/nothing]?" in run(str(hour)).stdout


@pytest.mark.parametrize("arguments", [(), ("--json",), ("--to", "vtt")])
def test_a_file_that_cannot_be_read_gives_one_line_and_exit_2(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    path = tmp_path / "hour.vtt"
    path.write_bytes(b"WEBVTT\n\nsecretword\n")
    result = run(str(path), *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "secretword" not in result.stderr


def test_word_cannot_be_written(hour: Path) -> None:
    result = run(str(hour), "--to", "docx")
    assert result.exit_code == 2
    assert "cannot write" in result.stderr


@pytest.mark.parametrize("kind", ["vtt", "srt"])
def test_times_made_up_for_a_format_that_demands_them_are_told(hour: Path, kind: str) -> None:
    result = run(str(hour), "--to", kind)
    assert result.exit_code == 0
    assert f"no turn has a time; each stands at 0 in the {kind}" in result.stderr
    hour.with_suffix(".json").write_text(
        '{"segments": [{"text": "a", "start": 1, "end": 2}, {"text": "b"}, {"text": "c"}]}'
    )
    result = run(str(hour.with_suffix(".json")), "--to", kind)
    assert "2 turns have no time; they stand where the one before ended" in result.stderr
    assert "no time" not in run(str(hour), "--to", "chat").stderr.replace("no times:", "")
