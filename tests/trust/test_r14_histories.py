"""R14: histories of three people and a failing disk. What was called saved can be read; one winner a version."""

import os

import pytest

from depthwork.practice.sources import actions
from tests.trust import histories
from tests.trust.figures import Tried, figure

pytestmark = pytest.mark.django_db
FIXED = (3, 14, 159)  # a history that once broke something is kept here by its number
MANY = int(os.environ.get("DEPTHWORK_HISTORIES", "10000"))


@figure("R14", tried="histories of three people on one note, with failing writes", passes="broken 0")
def test_what_was_called_saved_can_be_read(cast):
    source = histories.begin(cast)
    steps = sum(histories.run(cast, source, range(n, n + 1)) for n in FIXED) + histories.run(
        cast, source, range(7)
    )
    return Tried(10, f"broken 0 in {steps} steps")


@pytest.mark.slow
@figure(
    "R14",
    tried="ten thousand histories of three people on one note, with failing writes",
    passes="broken 0 of 10,000",
    tier="nightly",
)
def test_what_was_called_saved_can_be_read_in_ten_thousand_histories(cast):
    steps = histories.run(cast, histories.begin(cast), range(MANY))
    return Tried(MANY, f"broken 0 in {steps:,} steps")


def test_a_save_that_asks_for_no_version_is_noticed(cast, monkeypatch):
    plain = actions.change_source

    def careless(*, source, version, **more):
        return plain(source=source, version=source.version, **more)

    monkeypatch.setattr(actions, "change_source", careless)
    with pytest.raises(histories.Broken, match="written twice"):
        histories.run(cast, histories.begin(cast), range(30))


def test_a_save_that_is_acknowledged_and_lost_is_noticed(cast, monkeypatch):
    monkeypatch.setattr(actions, "change_source", lambda **_: None)
    with pytest.raises(histories.Broken):
        histories.run(cast, histories.begin(cast), range(20))
