"""Equal saves of one note at the same moment, through the practice's own pages: run as a process that forks.

`python tests/trust/race.py FOLDER SAVERS ROUNDS` prints, for each round, how many were kept, how many were shown
the other text (409), and how many got anything else.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def rounds(folder: Path, savers: int, times: int) -> list[list[int]]:
    """The rounds, each as [kept, told of the other text, other]."""
    os.environ["DEPTHWORK_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "depthwork.practice.config.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["OPTIONS"]["timeout"] = (
        300  # a busy machine makes them wait, and not give up
    )
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    from depthwork.practice.people.hashers import take_root
    from depthwork.practice.people.models import Person
    from depthwork.practice.sources import actions, queries
    from depthwork.practice.treatments.models import Session
    from depthwork.practice.vault import actions as vault
    from depthwork.practice.vault.unlocked import opened
    from tests.cast import Actor
    from tests.trust.home import WORDS

    person = Person.objects.get()
    assert person.check_password(WORDS)
    root = take_root()
    assert root is not None
    unlocked = vault.unlock(person=person.id, root=root)
    with opened(unlocked):
        source = actions.keep_note(
            session=Session.objects.first(), by=person, kind="process_note", text="the first text",
            provenance="notes",
        )  # fmt: skip
    browser = Actor(person, unlocked, "").browser()
    assert (
        browser.get(f"/sources/{source.id}/edit/").status_code == 200
    )  # every page is set once before it counts
    found = [one_round(browser, source, savers) for _ in range(times)]
    source.refresh_from_db()
    with opened(unlocked):
        assert queries.version_of(source).text.startswith("saved by ")
    assert source.version == 1 + sum(kept for kept, _, _ in found)  # nothing was overwritten unseen
    return found


def one_round(browser: Any, source: Any, savers: int) -> list[int]:
    """All wait at one door, which then opens."""
    from django.db import connections

    source.refresh_from_db()
    address, base = f"/sources/{source.id}/edit/", source.version
    connections.close_all()
    door, opener = os.pipe()
    answers, tell = os.pipe()
    children = []
    for number in range(savers):
        child = os.fork()
        if child == 0:
            try:
                os.close(opener)
                os.read(door, 1)
                sent = {"text": f"saved by {number} on {base}", "base": base, "provenance": "notes"}
                status = browser.post(address, sent, headers={"Accept": "application/json"}).status_code
                os.write(tell, f"{status}\n".encode())
            finally:
                os._exit(0)
        children.append(child)
    os.close(door)
    os.close(tell)
    os.close(opener)
    with os.fdopen(answers) as heard:
        statuses = heard.read().split()
    for child in children:
        os.waitpid(child, 0)
    kept, told = statuses.count("200"), statuses.count("409")
    return [kept, told, savers - kept - told]


if __name__ == "__main__":
    print(json.dumps(rounds(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
