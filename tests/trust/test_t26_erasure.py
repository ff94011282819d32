"""T26: what is destroyed opens nowhere again, from what lives now and from every older copy; all else opens."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from depthwork.practice.config import lines
from depthwork.practice.keeping import backup as keeping
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.treatments.models import Client
from depthwork.practice.ui import erasing
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import tombstones
from depthwork.practice.vault.age import new_identity
from depthwork.practice.vault.errors import Refused
from depthwork.practice.vault.unlocked import opened
from tests.trust.conftest import REPO, run
from tests.trust.figures import Tried, figure
from tests.trust.walk import addresses

TOOL = REPO / "tests" / "trust" / "erasure.py"


def tool(*arguments):
    done = run(TOOL, *arguments, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def split(folder, gone):
    """Values that open of the client whose keys are gone, and values that do not of all others."""
    found = json.loads(tool("readable", folder))
    of_gone, others = found.pop(gone), list(found.values())
    assert sum(of_gone) > 0
    assert sum(open_ for open_, _ in others) > 0
    return of_gone[0], sum(shut for _, shut in others), sum(map(sum, others)) + sum(of_gone)


def with_living_keys(data, live, folder):
    """An old data file and the keys that stand today: what a thief of both would have."""
    shutil.copytree(live, folder)
    shutil.copy(data, folder / "practice.sqlite3")
    with closing(sqlite3.connect(folder / "practice.sqlite3", isolation_level=None)) as old:
        old.execute("attach ? as live", [str(live / "practice.sqlite3")])
        for name in keeping.KEY_TABLES:
            old.execute(f'insert or replace into main."{name}" select * from live."{name}"')


@pytest.mark.slow
@figure(
    "T26",
    tried="sealed values after a client's keys were destroyed: in the living practice, in three older backups restored"
    " beside it, and in the three data files under the keys that live",
    passes="of that client 0, of all others 100%",
    tier="nightly",
)
def test_what_was_destroyed_opens_from_no_copy(filled, tmp_path):
    live, identity, recipient = tmp_path / "live", *new_identity()
    shutil.copytree(filled, live)
    for n in range(3):
        keeping.write(
            live / "practice.sqlite3", tmp_path / f"b{n}", recipients=[recipient, new_identity()[1]],
            now=datetime.now(UTC) - timedelta(days=40 * n), secret=(live / "secret").read_text() if (live / "secret").exists() else "",
        )  # fmt: skip
    before = json.loads(tool("readable", live))
    gone = tool("shred", live, 7)
    assert before[gone][1] == 0
    tried = 0
    opened, shut, values = split(live, gone)
    assert (opened, shut) == (0, 0)
    tried += values
    stones = lines.read(live / tombstones.FILE)
    assert len(stones) == 1
    for n in range(3):
        data, keys = keeping.paths(tmp_path / f"b{n}")
        restored = tmp_path / f"restored{n}"
        shutil.copytree(live, restored)
        keeping.restore(
            data, keys, identity=identity, target=restored / "practice.sqlite3", tombstones=stones
        )
        opened, shut, values = split(restored, gone)
        assert (n, opened, shut) == (n, 0, 0)
        keeping.read(data, identity, tmp_path / f"data{n}")
        with_living_keys(tmp_path / f"data{n}", live, tmp_path / f"thief{n}")
        opened, shut, more = split(tmp_path / f"thief{n}", gone)
        assert (n, opened, shut) == (n, 0, 0)
        tried += values + more
    return Tried(tried, "of that client 0, of all others 100%")


@figure(
    "T26",
    tried="burning and destroying under a legal hold, by the vault and by every page that destroys a client",
    passes="done 0, pages that do without a name, a reason and a passphrase 0",
)
@pytest.mark.django_db
def test_a_legal_hold_keeps_everything(cast):
    Client.objects.filter(id=cast.client.id).update(state=Client.State.ENDED)
    doors = [url for name, url, rule, row in addresses(cast.client) if row is not None and rule.permission is Permission.SHRED_CLIENT]  # fmt: skip
    assert len(doors) == 1
    browser, whole = (
        cast.ana.browser(),
        {"act": "erase", "why": "asked_for", "early": "on", "name": "Cleo Marsh"},
    )
    for said in ({"act": "erase"}, whole, {**whole, "passphrase": "not these words, not at all"}):
        assert browser.post(doors[0], said).status_code == 422
    vault.hold(owner=cast.client.id, by=cast.ana.id)
    for compartment in ("", "administration", "record", "process_notes", "sud"):
        with pytest.raises(Refused, match="legal hold"):
            vault.shred(owner=cast.client.id, by=cast.ana.id, compartment=compartment)
    with pytest.raises(Refused, match="legal hold"):
        vault.burn(owner=cast.client.id, item=cast.client.id, by=cast.ana.id)
    with opened(cast.ana.unlocked), pytest.raises(Refused, match="legal hold"):
        erasing.erase(client=cast.client, why="asked_for", by=cast.ana.person)
    assert Client.objects.filter(id=cast.client.id).exists()
    return Tried(10, "done 0, pages that did 0")
