"""The figures are remembered: a quick run wipes out nothing that a night has shown."""

import json

import pytest

from tests.trust import __main__ as trust
from tests.trust.figures import TITLES, Figure, Tried, figure, node


@pytest.fixture
def memory(tmp_path, monkeypatch):
    monkeypatch.setattr(trust, "MEMORY", tmp_path / "last_runs.json")
    monkeypatch.setattr(trust, "FILE", tmp_path / "TRUST.md")
    return {"at_rest::night": {"outcome": "held", "happened": "torn 0", "times": 200, "seconds": 9.0, "day": "2026-11-01", "at": 5}}  # fmt: skip


def told(test, outcome, happened="x"):
    return {"test": test, "outcome": outcome, "happened": happened, "times": 1, "seconds": 1.0, "day": "2026-11-22", "at": 9}  # fmt: skip


def row(test, tier="push"):
    return {"test": test, "id": "R9", "tried": test, "passes": "torn 0", "tier": tier, "slow": tier != "push"}


def test_a_quick_run_keeps_what_a_night_found(memory):
    trust.remember(memory, [told("at_rest::quick", "held")])
    assert json.loads(trust.MEMORY.read_text())["at_rest::night"]["day"] == "2026-11-01"
    table = trust.write([row("at_rest::quick"), row("at_rest::night", "nightly")], memory)
    assert any("torn 0 | torn 0 | nightly | 2026-11-01" in line for line in table)


def test_a_test_that_could_not_run_keeps_what_it_found_before(memory):
    trust.remember(memory, [told("at_rest::night", "skipped", "no Chromium")])
    assert memory["at_rest::night"]["outcome"] == "held"
    trust.remember(memory, [told("at_rest::night", "failed", "FAILED")])
    assert memory["at_rest::night"]["happened"] == "FAILED"


def test_a_row_that_never_held_is_called_missing(memory):
    trust.remember(memory, [told("at_rest::quick", "skipped", "no Chromium")])
    table = trust.write([row("at_rest::quick")], memory)
    assert "could not run: no Chromium" in "\n".join(table)
    assert "R9" in table[-1]


def test_resuming_leaves_out_what_held_since(memory):
    assert trust._held_since(memory["at_rest::night"], 4)
    assert not trust._held_since(memory["at_rest::night"], 6)
    assert not trust._held_since({**memory["at_rest::night"], "outcome": "failed"}, 4)
    assert not trust._held_since(None, 0)


def test_an_unknown_row_is_refused_before_anything_runs(capsys):
    with pytest.raises(SystemExit) as stopped:
        trust.arguments(["--only", "T03,X9"])
    assert stopped.value.code == 2
    assert "no such row: X9" in capsys.readouterr().err


def test_help_runs_nothing(capsys):
    with pytest.raises(SystemExit) as stopped:
        trust.arguments(["--help"])
    assert stopped.value.code == 0
    assert "--resume" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("outcome", "error"), [("held", None), ("failed", ValueError), ("skipped", pytest.skip.Exception)]
)
def test_each_outcome_is_written_down_as_what_it_is(outcome, error, tmp_path, monkeypatch):
    monkeypatch.setenv("DEPTHWORK_TRUST_OUT", str(tmp_path / "rows"))

    @figure("R9", tried="a thing", passes="0")
    def thing():
        if error:
            raise error("why")
        return Tried(3, "0")

    assert thing.figure == Figure("R9", "a thing", "0", "push")
    if error:
        with pytest.raises(error):
            thing()
    else:
        thing()
    written = trust.lines_of(tmp_path / "rows")
    assert [one["outcome"] for one in written] == [outcome]
    assert written[0]["test"] == node(thing)
    assert len(TITLES) == 47
