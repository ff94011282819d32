"""R4: a disk that is full, fails or cannot be written. Nothing is damaged, and nothing is called saved that is not."""

import random
import re

import pytest
from django.db import OperationalError, connection

from depthwork.practice.config.database import pragmas
from depthwork.practice.sources.models import Draft, Source, SourceVersion
from depthwork.practice.vault.unlocked import opened
from tests.trust.figures import Tried, figure

apsw = pytest.importorskip("apsw", reason="apsw is not installed: no disk of ours to fill")
from tests.trust import fulldisk  # noqa: E402

MODES = (("WAL", "FULL"), ("DELETE", "EXTRA"))


def refuse(tmp_path, points: int, *, how: str | None = None) -> Tried:
    draw, told, met = random.Random(4), 0, 0
    for journal, synchronous in MODES:
        mode = re.sub(r"journal_mode=\w+", f"journal_mode={journal}", pragmas())
        mode = how or re.sub(r"synchronous=\w+", f"synchronous={synchronous}", mode)
        _, most = fulldisk.one(tmp_path, mode, fails_at=0, stays=False, error=apsw.FullError)
        for n in range(points // 2):
            error, stays = (apsw.FullError, True) if n % 2 else (apsw.IOError, bool(n % 4))
            found, _ = fulldisk.one(
                tmp_path, mode, fails_at=draw.randrange(1, most), stays=stays, error=error
            )
            assert (found.lost, found.half, found.corrupt) == (0, 0, 0), (journal, n, found)
            told += found.was_told
            met += 1
    return Tried(
        met, f"lost 0, half 0, damaged 0, called saved and gone 0; {told} refusals reached who was writing"
    )


@figure(
    "R4",
    tried="points at which the disk refuses under a writer, in WAL/FULL and in DELETE/EXTRA",
    passes="damaged 0, falsely saved 0",
)
def test_a_disk_that_refuses_damages_nothing(tmp_path):
    return refuse(tmp_path, 24)


@pytest.mark.slow
@figure(
    "R4",
    tried="two hundred points at which the disk is full or fails, in each of the two modes",
    passes="damaged 0, falsely saved 0 of 400",
    tier="nightly",
)
def test_two_hundred_refusals_of_the_disk_damage_nothing(tmp_path):
    return refuse(tmp_path, 400)


@figure("R4", tried="the same with no journal (is the disk of ours blind?)", passes="damage seen")
def test_without_a_journal_the_same_refusals_do_damage(tmp_path):
    mode = re.sub(r"journal_mode=\w+", "journal_mode=OFF", pragmas())
    with pytest.raises(AssertionError):
        refuse(tmp_path, 60, how=mode)
    return Tried(60, "seen")


def writes_refused(at: int):
    """The `at`-th write of a request meets a full disk."""
    count = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal count
        if sql.startswith(("INSERT", "UPDATE", "DELETE", "REPLACE")):
            count += 1
            if count == at:
                raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    return wrapper


@figure(
    "R4",
    tried="savings of notes and drafts through their pages, each write of them refused in turn",
    passes="falsely saved 0",
)
@pytest.mark.django_db(transaction=True)
def test_no_page_says_saved_when_the_disk_is_full(cast):
    hour, browser, tried, false = cast.treatment.sessions.first(), cast.ana.browser(), 0, []
    browser.raise_request_exception = False
    acts = (
        (f"/hours/{hour.id}/drafts/process_note/", {"text": "half a word", "draft_version": "0", "writer": "w", "seq": "1", "fields": "{}"}),
        (f"/hours/{hour.id}/note/", {"text": "a whole note", "base": "0", "provenance": "notes"}),
        (f"/clients/{cast.client.id}/about/edit/", {"name": "Cleo Marsh", "called": "Someone else"}),
    )  # fmt: skip
    for address, given in acts:
        for at in range(1, 12):
            before = tuple(m.objects.count() for m in (Draft, Source, SourceVersion))
            with connection.execute_wrapper(writes_refused(at)):
                answer = browser.post(address, given, headers={"Accept": "application/json"})
            tried += 1
            after = tuple(m.objects.count() for m in (Draft, Source, SourceVersion))
            if answer.status_code < 400 and after == before and "note" in address:
                false.append((at, answer.status_code, address[-20:]))
            if answer.status_code >= 400 and after != before:
                false.append((at, "half", address[-20:]))
            if answer.status_code < 400:
                break  # every write of this act has been refused once
            assert b"Traceback" not in answer.content
            assert b"Saved" not in answer.content
    assert false == []
    with opened(cast.ana.unlocked):
        cast.client.refresh_from_db()
        assert cast.client.called in ("Cleo", "Someone else")
    return Tried(tried, "falsely saved 0, half 0")
