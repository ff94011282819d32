"""Real files as the judge: every utterance and speaker of 53 sessions, and who is taken as therapist."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from depthwork.transcripts import read, read_text, write

pytestmark = pytest.mark.data


@pytest.fixture
def labels(data_dir: Path) -> dict[int, list[str]]:
    speakers: dict[int, list[str]] = defaultdict(list)
    with open(data_dir / "annomi" / "labels.csv", newline="") as file:
        for row in csv.DictReader(file):
            speakers[int(row["transcript_id"])].append({"therapist": "T", "client": "C"}[row["interlocutor"]])
    return speakers


def test_every_utterance_and_speaker_of_53_sessions_is_right(data_dir: Path, labels) -> None:
    files = sorted((data_dir / "annomi").glob("*.vtt"))
    assert len(files) == 53
    turns = 0
    for file in files:
        hour = read(file)
        assert [turn.speaker for turn in hour.turns] == labels[int(file.stem)], file.name
        turns += len(hour.turns)
    assert turns == 4042


def test_every_word_of_53_sessions_is_kept(data_dir: Path) -> None:
    for file in sorted((data_dir / "annomi").glob("*.vtt")):
        blocks = file.read_text(encoding="utf-8").split("\n\n")[1:]
        plain = [block.split("\n", 1)[1].split(">", 1)[1].strip() for block in blocks if "-->" in block]
        assert [turn.text for turn in read(file).turns] == [
            text.removesuffix("</v>").strip() for text in plain
        ], file.name


def test_another_reader_of_webvtt_finds_the_same_cues(data_dir: Path) -> None:
    webvtt = pytest.importorskip("webvtt")
    for file in sorted((data_dir / "annomi").glob("*.vtt")):
        theirs = webvtt.read(str(file))
        ours = read(file)
        assert [(turn.start_s, turn.end_s) for turn in ours.turns] == [
            (
                cue.start_in_seconds + cue.start_time.milliseconds / 1000,
                cue.end_in_seconds + cue.end_time.milliseconds / 1000,
            )
            for cue in theirs
        ]
        assert [turn.text for turn in ours.turns] == [cue.text.strip() for cue in theirs]


@pytest.mark.parametrize("format", ["vtt", "srt", "text", "whisperx", "chat", "elan"])
def test_real_sessions_survive_each_format(data_dir: Path, format: str) -> None:
    for file in sorted((data_dir / "annomi").glob("*.vtt")):
        hour = read(file)
        again = read_text(write(hour, format))
        if format == "elan":  # ordered by time, which these files are not everywhere
            assert sorted(turn.text for turn in again.turns) == sorted(turn.text for turn in hour.turns)
            continue
        # Plain text drops spaces at line ends; CHAT sets comments apart by spaces of its own.
        joint = {"chat": "", "text": " "}.get(format)
        squeeze = (
            (lambda text: text) if joint is None else (lambda text, joint=joint: joint.join(text.split()))
        )
        assert [(turn.speaker, squeeze(turn.text)) for turn in hour.turns] == [
            (turn.speaker, squeeze(turn.text)) for turn in again.turns
        ], file.name


def test_the_guess_finds_the_therapist_in_every_session(data_dir: Path) -> None:
    right = 0
    for file in sorted((data_dir / "annomi").glob("*.vtt")):
        text = (
            file.read_text(encoding="utf-8")
            .replace("<v Therapist>", "<v Ben>")
            .replace("<v Client>", "<v Ana>")
        )
        named = read_text(text)
        right += [turn.speaker for turn in named.turns] == [turn.speaker for turn in read(file).turns]
    assert right == 53


def test_the_guess_finds_the_therapist_in_nineteen_of_twenty_excerpts(data_dir: Path) -> None:
    right = total = 0
    for file in sorted((data_dir.parent / "gold").glob("[0-9]*.txt")):
        hour = read(file)
        if {turn.speaker for turn in hour.turns} != {"T", "C"}:
            continue
        renamed = read_text(
            "\n\n".join(f"{'Ben' if turn.speaker == 'T' else 'Ana'}: {turn.text}" for turn in hour.turns)
        )
        right += [turn.speaker for turn in renamed.turns] == [turn.speaker for turn in hour.turns]
        total += 1
    assert total > 150
    assert right / total >= 0.95
