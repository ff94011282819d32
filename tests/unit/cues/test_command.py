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


def test_every_error_names_the_file(tmp_path):
    path = tmp_path / "hour.txt"
    for content, says in (("", "empty"), ("\x00\x01", "cannot be read")):
        path.write_text(content)
        error = run(path).stderr
        assert error.startswith(f"depthwork: {path}: ")
        assert error.count("\n") == 1
        assert says in error or content
    assert f"{tmp_path}: a folder, not a file; name one of the files in it" in run(tmp_path).stderr


def test_the_therapist_can_be_named(tmp_path):
    path = tmp_path / "hour.txt"
    path.write_text(
        "Bea: I don't know. Some nights I hope I don't wake up.\n\n"
        "Ada: Have you thought of ending your life? Shall we call the crisis line together now?\n\n"
        "Bea: It was fine.\n"
    )
    said = json.loads(run(path, "--therapist", "Ada", "--json").stdout)["cues"]
    turned = json.loads(run(path, "--therapist", "Bea", "--json").stdout)["cues"]
    assert {c["turns"][0] for c in said if c["construct"] == "intervention"} == {1}
    assert 1 not in {c["turns"][0] for c in turned if c["construct"] == "intervention"}
    refused = run(path, "--therapist", "Cleo")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert str(path) in refused.stderr


def test_every_intervention_says_which_corners_it_names(tmp_path):
    path = tmp_path / "hour.txt"
    path.write_text(
        "T: Have you thought of ending your life? Shall we call the crisis line together now?\n\nC: No.\n"
    )
    acts = [c for c in json.loads(run(path, "--json").stdout)["cues"] if c["construct"] == "intervention"]
    assert acts
    assert all(set(c["attributes"]) == {"person", "conflict"} for c in acts)
