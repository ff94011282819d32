"""T21: damaged files of every format, and hostile words in every form: whole or refused, quickly, in little memory."""

from __future__ import annotations

import hashlib
import html
import json
import random
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.trust import fuzzing
from tests.trust.conftest import REPO, run
from tests.trust.figures import Tried, figure
from tests.trust.walk import LEFT_ALONE, addresses

SHARD = 2_500
FOUND = ("crashed", "slow", "grew")


def read_shard(first: int, last: int) -> dict:
    """In a process of its own, which may grow by 512 MB."""
    done = run("-m", "tests.trust.fuzzing", first, last, timeout=1200)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def told(shards: list[dict], cases: int) -> Tried:
    for name in FOUND:
        assert [one for shard in shards for one in shard[name]] == [], name
    slowest, peak = max(one["slowest"] for one in shards), max(one["peak_mb"] for one in shards)
    taken = sum(n for one in shards for what, n in one["readings"].items() if what.endswith(" taken"))
    kinds = {what.rsplit(" ", 1)[0] for one in shards for what in one["readings"]}
    assert len(kinds) == len(fuzzing.readers())
    return Tried(
        cases,
        f"crashed 0, over 2 s 0 (slowest {slowest:.2f} s), over 512 MB 0 (most {peak} MB in all);"
        f" {len(kinds)} readers, {taken:,} taken, {cases - taken:,} refused",
    )


@figure(
    "T21",
    tried="damaged files, each read by the reader of its format",
    passes="crashes 0, over 2 s 0, over 512 MB 0",
)
def test_no_damaged_file_breaks_a_reader():
    return told([read_shard(0, 1_000)], 1_000)


def state() -> Path:
    """Where a cut night is taken up again; another program or other cases begin anew."""
    digest = hashlib.sha256()
    for file in sorted([*(REPO / "src" / "depthwork").rglob("*.py"), Path(fuzzing.__file__)]):
        if "practice" not in file.parts:
            digest.update(file.read_bytes())
    folder = Path(tempfile.gettempdir()) / "depthwork-fuzz" / digest.hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.slow
@figure(
    "T21",
    tried="a hundred thousand damaged files",
    passes="crashes 0, over 2 s 0, over 512 MB 0 of 100,000",
    tier="nightly",
)
def test_no_damaged_file_of_a_hundred_thousand_breaks_a_reader():
    folder, shards = state(), []
    for first in range(0, 100_000, SHARD):
        file = folder / f"{first}.json"
        if not file.exists():
            file.write_text(json.dumps(read_shard(first, first + SHARD)))
        shards.append(json.loads(file.read_text()))
    return told(shards, 100_000)


@figure(
    "T21",
    tried="a reader that breaks, one that is slow, one that grows (is the watch blind?)",
    passes="noticed 3 of 3",
)
def test_the_watch_over_readers_is_not_blind():
    planted = """
import time
from tests.trust import fuzzing
def slow(raw):
    until = time.process_time() + 2.1
    while time.process_time() < until: pass
bad = [fuzzing.Reader('breaks', lambda raw: raw.nothing, (), (b'x',)),
       fuzzing.Reader('slow', slow, (), (b'x',)),
       fuzzing.Reader('grows', lambda raw: bytearray(600 << 20), (), (b'x',))]
fuzzing.readers = lambda: bad
fuzzing.fence()
import json; print(json.dumps(fuzzing.read_all(0, 3)))
"""  # fmt: skip
    found = json.loads(run("-c", planted, timeout=120).stdout)
    assert [len(found[name]) for name in FOUND] == [1, 1, 1]
    return Tried(3, "noticed 3")


def sealed_rows() -> dict[str, int]:
    """How many rows each table of the practice holds, the trail aside."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.app_label not in ("audit", "sessions", "contenttypes", "account", "mfa")
    }


def file_doors(cast) -> list[tuple[str, str, dict[str, str]]]:
    """Every form that takes a file: its address, its field, and what else it asks."""
    from tests import payer

    hour = cast.treatment.sessions.first()
    doors = [
        (f"/hours/{hour.id}/transcript/", "file", {}),
        (f"/hours/{hour.id}/material/", "file", {"described": "a house", "words": ""}),
        ("/take-in/", "file", {}),
        ("/evidence/trials/", "file", {"name": "mine", "problem": "depression", "positive": "higher"}),
    ]
    us = payer.in_the_us(cast)
    plan = getattr(us, "plan", None)
    return [*doors, *([(f"/plans/{plan.id}/answer/", "file", {})] if plan else [])]


def send_damaged(cast, monkeypatch, count: int) -> Tried:
    """What is refused leaves nothing behind; what is taken leaves something."""
    from depthwork.practice.sources.views import bringing
    from depthwork.practice.treatments.errors import CourseError
    from depthwork.transcripts import TranscriptError, read

    def at_hand(data, *, name):
        """The fenced child has its own tests; here its reader answers without a process for each file."""
        try:
            return read(data, name=name)
        except TranscriptError as error:
            raise CourseError(str(error)) from None

    monkeypatch.setattr(bringing, "read_bounded", at_hand)
    browser, doors, halves, broken, kept = cast.ana.browser(), file_doors(cast), [], [], 0
    browser.raise_request_exception = False
    for number in range(count):
        one, raw = fuzzing.case(number)
        address, field, more = doors[(number + number // len(fuzzing.readers())) % len(doors)]
        before = sealed_rows()
        answer = browser.post(address, {**more, field: SimpleUploadedFile(f"hour.{one.name}", raw)})
        if answer.status_code >= 500:
            broken.append((number, one.name, address))
        elif answer.status_code == 302:
            kept += 1
        elif sealed_rows() != before:
            halves.append((number, one.name, address))
    assert broken == []
    assert halves == []
    return Tried(
        count, f"failures 0, half-kept 0; {kept} were whole after all and kept, through {len(doors)} forms"
    )


@figure(
    "T21", tried="damaged files sent through every form that takes one", passes="failures 0, half-imported 0"
)
@pytest.mark.django_db
def test_no_damaged_file_is_half_kept(cast, monkeypatch):
    return send_damaged(cast, monkeypatch, 12)


@pytest.mark.slow
@figure(
    "T21",
    tried="two thousand damaged files sent through every form that takes one",
    passes="failures 0, half-imported 0 of 2,000",
    tier="nightly",
)
@pytest.mark.django_db
def test_no_damaged_file_of_two_thousand_is_half_kept(cast, monkeypatch):
    return send_damaged(cast, monkeypatch, 2_000)


FIELD = re.compile(r"<(input|select|textarea)\b([^>]*)>")
WORDS = (
    "", "x", " ", "\x00", "\x1f", "\u202e", "\ud7ff", "😀" * 50, "x" * 100_001, "-1", "0", "99999999999999999999", "1e400", "NaN",
    "2026-02-30", "0001-01-01", "9999-12-31", "25:61", "not-a-uuid", "00000000-0000-0000-0000-000000000000", "' or 1=1 --",
    "{{ 7 }}{% load x %}", "<script>x</script>", "../../etc/passwd", "[]", "{\"a\": [", "null", "%00", "a\r\nb: c", "true",
)  # fmt: skip


def names_on(page: str) -> Iterator[str]:
    for _kind, attributes in FIELD.findall(page):
        name = re.search(r'\bname="([^"]+)"', attributes)
        if name and name.group(1) != "csrfmiddlewaretoken":
            yield html.unescape(name.group(1))


def fill_in(cast, rounds: int, *, only: int | None = None) -> Tried:
    """Every form that a clinician or a client is shown, with hostile words in all of its fields."""
    from django.db import transaction

    draw, broken, sent, forms = random.Random(21), [], 0, set()
    for actor in (cast.ana, cast.cleo, cast.mara):
        browser = actor.browser()
        browser.raise_request_exception = False
        doors = [one for one in addresses(cast.client) if one[0] not in LEFT_ALONE]
        for name, address, _rule, _row in draw.sample(doors, only or len(doors)):
            cookies = browser.cookies.copy()
            with transaction.atomic():
                page = browser.get(address)
                transaction.set_rollback(True)
            shown = b"" if page.streaming else page.content
            fields = sorted(set(names_on(shown.decode("utf-8", "replace")))) or [
                "words",
                "text",
                "version",
                "id",
            ]
            for _ in range(rounds):
                given = {field: draw.choice(WORDS) for field in fields if draw.random() < 0.9}
                with transaction.atomic():
                    answer = browser.post(address, given)
                    transaction.set_rollback(True)
                browser.cookies = cookies.copy()
                sent += 1
                forms.add(name)
                if answer.status_code >= 500:
                    broken.append((name, given))
    assert broken == [], sorted({name for name, _ in broken})
    return Tried(sent, f"failures 0, on {len(forms)} addresses")


@figure("T21", tried="hostile words in the fields of forms", passes="failures 0")
@pytest.mark.django_db
def test_no_form_breaks_over_hostile_words(cast):
    return fill_in(cast, 1, only=4)


@pytest.mark.slow
@figure(
    "T21",
    tried="hostile words in every field of every form, eight times over, by three roles",
    passes="failures 0",
    tier="nightly",
)
@pytest.mark.django_db
def test_no_form_of_all_breaks_over_hostile_words(cast):
    return fill_in(cast, 8)


@pytest.mark.parametrize(
    ("old", "new"),
    [(rb'reading="[^"]*"', b'reading="' + b"[" * 100_000 + b'"'), (rb"UTF-8", b"UTF-0")],
    ids=["brackets without end", "an encoding nobody knows"],
)
def test_an_xmi_that_once_broke_the_reader_is_refused_in_one_line(old, new):
    from depthwork.coding.marks_file import MarksError
    from depthwork.interchange.annotations.uima import from_xmi, to_xmi
    from tests.judges.test_annotations import HOUR, marks

    raw = to_xmi(marks(), HOUR)
    bad = re.sub(old, new, raw, count=1)
    assert bad != raw
    with pytest.raises(MarksError) as told:
        from_xmi(bad)
    assert "\n" not in str(told.value)


def test_an_annotation_without_a_tag_is_refused_in_one_line():
    from depthwork.coding.marks_file import MarksError
    from depthwork.interchange.annotations.web import read_web, web_bytes
    from tests.judges.test_annotations import marks

    with pytest.raises(MarksError, match="lacks its tag"):
        read_web(web_bytes(marks()).replace(b'"tagging"', b'"other"'))
