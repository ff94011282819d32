"""`depthwork cues` at the prompt."""

import json

from click.testing import CliRunner

from depthwork.cli.cues import cues

TEXT = "T: You missed last week.\n\nC: It was fine. Some nights I hope I don't wake up.\n\nT: Thank you for telling me.\n"


def run(*args):
    return CliRunner().invoke(cues, [str(a) for a in args])


def test_json_is_one_object_of_the_contract(tmp_path):
    path = tmp_path / "hour.txt"
    path.write_text(TEXT)
    result = run(path, "--json")
    assert result.exit_code == 0
    written = json.loads(result.stdout)
    assert set(written) == {"source", "engine", "cues"}
    assert written["engine"].startswith("depthwork@")
    risk = [c for c in written["cues"] if c["construct"] == "risk"]
    assert risk[0]["turns"] == [1, 1]
    assert risk[0]["confidence"] is None


def test_passages_to_read_again_come_first_without_a_number(tmp_path):
    path = tmp_path / "hour.txt"
    path.write_text(TEXT)
    out = run(path).output
    assert out.startswith("Passages to read again")
    assert "confidence" not in out.split("\n\n")[0].replace("no confidence is given", "")


def test_help_speaks_of_consent():
    out = run("--help").output
    assert "agreed" in out
    assert "law" in out


def test_an_unknown_engine_is_one_line(tmp_path):
    path = tmp_path / "hour.txt"
    path.write_text(TEXT)
    result = run(path, "--engine", "nobody")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    result = run(tmp_path / "none.txt")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_a_local_model_without_an_address_is_one_line(tmp_path, monkeypatch):
    monkeypatch.delenv("DEPTHWORK_LOCAL_MODEL_URL", raising=False)
    path = tmp_path / "hour.txt"
    path.write_text(TEXT)
    result = run(path, "--engine", "local")
    assert result.exit_code == 2
    assert "DEPTHWORK_LOCAL_MODEL_URL" in result.stderr
