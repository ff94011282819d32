"""Equal posts of one form at once, on a practice of its own on disk: run as a process, with forks.

`python tests/trust/equal_posts.py FOLDER ROUNDS POSTS` prints {"rounds", "rows", "receipts", "worst"}.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path


def prepare(folder: Path) -> None:
    os.environ |= {
        "DEPTHWORK_HOME": str(folder),
        "DJANGO_SETTINGS_MODULE": "depthwork.practice.config.settings",
        "DEPTHWORK_SECRET_KEY": "a secret of the tests, forty characters and a few more",
    }
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.PUBLIC_ORIGIN = "https://practice.example"
    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def one_round(cast, folder: Path, posts: int) -> tuple[int, set[str], int]:
    """Rows, receipts and the worst status of `posts` equal sendings at once."""
    from django.db import connections, transaction
    from django.test import Client as Browser

    from depthwork.practice.tracking import actions
    from depthwork.practice.tracking.models import Response
    from depthwork.practice.vault.unlocked import opened

    with opened(cast.ana.unlocked), transaction.atomic():
        made = actions.ask(client=cast.client, by=cast.ana.person, measure_id="gad7", mode="link")
    phone = Browser()
    phone.post(f"/f/{made.token}/")
    results = folder / "results"
    results.write_text("")
    connections.close_all()
    children = []
    for _ in range(posts):
        child = os.fork()
        if child == 0:
            try:
                answer = phone.post(
                    f"/forms/{made.request.id}/send/",
                    {f"q{n}": "1" for n in range(1, 8)},
                    headers={"X-Questions": "1"},
                )
                told = answer.json().get("receipt") if answer.status_code == 200 else ""
                with results.open("a") as handle:
                    handle.write(f"{answer.status_code} {told}\n")
            finally:
                os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    lines = [line.split() for line in results.read_text().splitlines()]
    assert len(lines) == posts, f"{len(lines)} of {posts} were answered"
    rows = Response.objects.filter(request=made.request).count()
    return rows, {line[1] for line in lines if len(line) > 1}, max(int(line[0]) for line in lines)


def main(folder: Path, rounds: int, posts: int) -> None:
    prepare(folder)
    from django.db import transaction

    from depthwork.practice.treatments.actions.consent import answer_consent
    from depthwork.practice.vault.unlocked import opened
    from tests.cast import everybody

    with transaction.atomic():
        cast = everybody()
        with opened(cast.ana.unlocked):
            answer_consent(
                client=cast.client, by=cast.ana.person, purpose="forms", is_yes=True,
                given_on=datetime.now(UTC).date(),
            )  # fmt: skip
    found = [one_round(cast, folder, posts) for _ in range(rounds)]
    print(
        json.dumps(
            {
                "rounds": rounds,
                "rows": [rows for rows, _, _ in found],
                "receipts": [len(receipts) for _, receipts, _ in found],
                "worst": max(worst for _, _, worst in found),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
