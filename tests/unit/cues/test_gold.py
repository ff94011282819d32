"""Coded texts on disk, as the models learn from them."""

import json
from pathlib import Path

import numpy as np

from depthwork.cues import train
from depthwork.cues.gold import codes_of, read_folder, read_marked
from depthwork.cues.spans import WATCHED, candidates
from depthwork.cues.turns import describe
from depthwork.transcripts.model import transcript_of

DEMO = Path(__file__).resolve().parents[3] / "demo"


def test_marked_hours_and_notes_of_the_fiction_are_read_with_what_they_cover():
    found = read_marked(DEMO)
    notes = [item for item in found if item.is_note]
    hours = [item for item in found if not item.is_note]
    assert len(hours) == 16
    assert all("figures" not in item.covers for item in found)
    assert all(not item.codes["episodes"] for item in hours)
    assert sum(len(item.codes["dreams"]) for item in notes) >= 9


def test_parts_belong_to_the_episode_that_holds_them():
    hour = transcript_of([("C", "He rang. I hid."), ("T", "Yes.")])
    marks = [
        {"construct": "episode", "code": "father", "start": 0, "end": 15, "attributes": {"figure": "father", "sphere": "past"}},
        {"construct": "response_of_other", "code": "ro_needy_upset", "start": 0, "end": 8, "attributes": {"polarity": "mixed"}},
        {"construct": "response_of_self", "code": "rs_withdrawn", "start": 9, "end": 15, "attributes": {"polarity": "negative"}},
    ]  # fmt: skip
    (episode,) = codes_of(hour, marks)["episodes"]
    assert episode["turns"] == [0, 0]
    assert episode["ro"] == ["ro_needy_upset"]
    assert episode["rs_polarity"] == "negative"


def test_a_strain_and_a_dream_end_with_the_clients_words():
    views = describe(transcript_of([("C", "I was flying."), ("T", "Flying."), ("C", "Over the sea.")]))
    scores = np.full((3, len(WATCHED)), 2.0, np.float32)
    for kind in ("dream", "withdrawal"):
        assert {last for _, last in candidates(kind, scores, views)} == {0, 2}


def excerpt(folder, number):
    folder.mkdir(exist_ok=True)
    (folder / f"{number}.txt").write_text("T: Yes?\n\nC: It rained.\n", encoding="utf-8")
    (folder / f"{number}.json").write_text(json.dumps({"id": number, "kind": "session"}), encoding="utf-8")


def test_a_folder_of_excerpts_is_read_by_number_and_without_its_subfolders(tmp_path):
    for number in ("1002", "014", "203"):
        excerpt(tmp_path, number)
    excerpt(tmp_path / "held", "003")
    (tmp_path / "notes.json").write_text("{}", encoding="utf-8")
    assert [item.id for item in read_folder(tmp_path)] == ["014", "203", "1002"]


def test_how_far_on_a_turn_is_teaches_nothing():
    said = [("C", "It rained."), ("T", "Rain.")] * 12
    places = [[x for x in view.own if x.startswith("S:place")] for view in describe(transcript_of(said))]
    assert {tuple(place) for place in places[2:-2]} == {("S:place=1",)}


def test_training_names_the_folder_that_holds_no_excerpts(tmp_path, capsys):
    excerpt(tmp_path / "gold", "014")
    (tmp_path / "more").mkdir()
    assert train.main([str(tmp_path / "gold"), str(tmp_path / "more"), str(DEMO)]) == 2
    assert str(tmp_path / "more") in capsys.readouterr().err


def test_training_asks_for_both_kinds_of_folder(capsys):
    assert train.main(["tests/gold"]) == 2
    assert "marked hours" in capsys.readouterr().err
