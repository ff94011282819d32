"""Damaged files for every reader: `python -m tests.trust.fuzzing FIRST LAST` reads so many, and says what went wrong.

A case is a whole file of some format, changed a few times: bits flipped, pieces cut, doubled, moved or taken from
another format, signs put in that parsers stumble over, and members of archives changed inside. Case number n is always
the same file. The process may grow by 512 MB and no further, so that a reader which asks for more fails here.
"""

from __future__ import annotations

import io
import json
import random
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

SLOW_S, MEMORY = 2.0, 512 << 20
SIGNS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n\n\n", b"-->", b"<", b"&x;", b"]]>", b"<!DOCTYPE a [<!ENTITY x 'y'>]>",
    b"*", b"~", b"\t", b'"', b"'", b"{", b"}", b"[" * 3000, b"{" + b'"a":{' * 900, b"(" * 500, b"1e999", b"-0", b"NaN", b"Infinity",
    b"99999999999999999999", b"00:99:99.999", b"-1:00:00", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"\xcc\x81" * 300, "\u202e".encode(),
    "\u2028".encode(), b"\\u0000", b"\\ud800", b"null", b"true", b"[]", b"{}", b":", b": " * 200, b"T:", b"a" * 5000, b" " * 5000,
    b"%s%n", b"../../etc/passwd", b"=cmd|' /C calc'!A0", b"&anchor *anchor", b"!!python/object/apply:os.system [x]", b"2026-02-30",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """A way in: what reads, what it may say instead, and whole files to begin with."""

    name: str
    read: Callable[[bytes], object]
    refuses: tuple[type[BaseException], ...]
    whole: tuple[bytes, ...]


def _word() -> bytes:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    lines = "".join(
        f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>"
        for line in ("T: How was it?", "C: Quiet, and late.", "C: (cries)")
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {space}><w:body>{lines}</w:body></w:document>")
        archive.writestr("word/styles.xml", f"<w:styles {space}/>")
    return out.getvalue()


def _hours() -> list[Reader]:
    from depthwork.transcripts import TranscriptError, read, transcript_of, write

    hour = transcript_of(
        [("T", "How was it?"), ("C", "Quiet. [pause 5s] My mother said 'no' \u2013 so I left."), ("T", "You left."), ("C", "(laughs) Yes")]
    )  # fmt: skip
    endings = {
        "text": "txt",
        "vtt": "vtt",
        "srt": "srt",
        "whisper": "json",
        "whisperx": "json",
        "chat": "cha",
        "elan": "eaf",
    }
    whole = {name: write(hour, name).encode() for name in endings} | {"docx": _word()}
    endings["docx"] = "docx"
    return [
        Reader(name, partial(read, name=f"hour.{endings[name]}"), (TranscriptError,), (raw,))
        for name, raw in whole.items()
    ]


def _tables() -> list[Reader]:
    from depthwork.evidence.errors import EvidenceError
    from depthwork.evidence.metapsy import read_metapsy
    from depthwork.interchange.tables import TableError, table_of

    rows = [f"p{n // 4},{n % 4},{20 - n % 7},{'a' if n % 2 else ''}" for n in range(24)]
    people = "\n".join(["id,t,score,note", *rows]).encode()
    trials = "\n".join(
        ["study,condition_arm1,condition_arm2,.g,.g_se,outcome_type,time"]
        + [f"Study {n},psy,wl,{0.1 * n:.2f},0.2{n},msd,post" for n in range(8)]
    ).encode()
    return [
        Reader("table", lambda raw: _numbers(table_of(raw, "a file", ["id", "t", "score"])), (TableError,), (people, people.replace(b",", b";"), people.decode().encode("utf-16"))),
        Reader("trials", lambda raw: read_metapsy(table_of(raw, "a file", [".g", ".g_se"])), (TableError, EvidenceError), (trials, trials.replace(b",", b"\t"))),
    ]  # fmt: skip


def _numbers(table: Any) -> object:
    return table.numbers("score") if hasattr(table, "numbers") else table


def _marks() -> list[Reader]:
    from depthwork.coding.codebook import CodebookError, read_codebook
    from depthwork.coding.marks_file import MarksError, marks_from_json, marks_to_json
    from depthwork.interchange.annotations.uima import from_xmi, to_xmi
    from depthwork.interchange.annotations.web import read_web, web_bytes
    from tests.judges.test_annotations import HOUR, marks

    book = next((Path(__file__).resolve().parents[2] / "src" / "depthwork" / "coding").rglob("defenses.yaml"))
    some = marks()

    def codebook(raw: bytes) -> object:
        return read_codebook(raw.decode("utf-8", "replace"))

    def of_json(raw: bytes) -> object:
        return marks_from_json(raw.decode("utf-8", "replace"))

    return [
        Reader("marks", of_json, (MarksError,), (marks_to_json(some).encode(),)),
        Reader("web annotations", read_web, (MarksError,), (web_bytes(some),)),
        Reader("xmi", from_xmi, (MarksError,), (to_xmi(some, HOUR),)),
        Reader("codebook", codebook, (CodebookError,), (book.read_bytes()[:4000],)),
    ]


def _rest() -> list[Reader]:
    from depthwork.interchange.case_package import CasePackage, read_package, write_package
    from depthwork.interchange.fhir.arriving import read_bundle
    from depthwork.interchange.fhir.bundle import bundle
    from depthwork.interchange.fhir.common import FhirError
    from depthwork.interchange.parcel import ParcelError
    from depthwork.interchange.x12 import X12Error, read_271
    from depthwork.language.dictionaries import DictionaryError, parse_dictionary
    from depthwork.measures import measure, score
    from depthwork.measures.model import MeasureError
    from tests.unit.interchange.test_fhir import record
    from tests.unit.test_x12 import answer

    phq9 = measure("phq9")
    package = CasePackage(
        "whole", {"from": {"sign_public": "A" * 43 + "="}, "compartments": ["record"]}, {"record.Note": [{"id": "1", "words": "x"}]}, {"f": b"file"}
    )  # fmt: skip

    def x12(raw: bytes) -> object:
        return read_271(raw.decode("latin-1"))

    def dictionary(raw: bytes) -> object:
        return parse_dictionary(raw.decode("utf-8", "replace"), name="mine")

    def answers(raw: bytes) -> object:
        try:
            given = json.loads(raw)
        except (ValueError, RecursionError):
            return None
        return score(phq9, given)

    sent = answer(
        "NM1*PR*2*ABCDE*****PI*11122", "EB*B*IND*MH****40*****Y", "EB*F*IND*A6***29***VS*7*Y*Y", "MSG*CALL"
    )
    return [
        Reader("eligibility", x12, (X12Error,), (sent.encode(),)),
        Reader("fhir", read_bundle, (FhirError,), (json.dumps(bundle(record())).encode(),)),
        Reader(
            "case package", lambda raw: read_package(raw, verify=lambda *_: True), (ParcelError,),
            (write_package(package, sign=lambda _: b"s" * 64),),
        ),
        Reader("word list", dictionary, (DictionaryError,), (b"# mine\nhouse 1\nmean -0.5\nlate 0.25\n", b"one\ntwo\n")),
        Reader("answers", answers, (MeasureError,), (json.dumps({f"q{n}": n % 4 for n in range(1, 10)}).encode(),)),
    ]  # fmt: skip


@cache
def readers() -> tuple[Reader, ...]:
    """Every reader of files that come from outside."""
    return (*_hours(), *_tables(), *_marks(), *_rest())


def _changed(raw: bytes, draw: random.Random, others: Sequence[bytes]) -> bytes:
    data = bytearray(raw)
    for _ in range(draw.choice((1, 1, 2, 3, 5, 9))):
        size = len(data)
        at, to = sorted((draw.randrange(size + 1), draw.randrange(size + 1)))
        to = min(to, at + draw.choice((1, 4, 20, 200, 4000)))
        way = draw.randrange(9)
        if way == 0 and size:
            data[draw.randrange(size)] ^= 1 << draw.randrange(8)
        elif way == 1:
            data[at:at] = draw.choice(SIGNS)
        elif way == 2:
            data[at:to] = draw.choice(SIGNS)
        elif way == 3:
            del data[at:to]
        elif way == 4:
            data[at:at] = data[at:to] * draw.choice((1, 2, 9, 200 if to - at < 300 else 3))
        elif way == 5:
            del data[at:]
        elif way == 6:
            other = draw.choice(others)
            cut = draw.randrange(len(other))
            data[at:to] = other[cut : cut + draw.choice((5, 60, 900))]
        elif way == 7:
            data[at:to] = bytes(draw.randrange(256) for _ in range(min(64, to - at + 1)))
        else:
            data[at:to] = data[at:to][::-1]
    return bytes(data)


def _archive(raw: bytes, draw: random.Random, others: Sequence[bytes]) -> bytes:
    """The same archive with one member changed inside, and its sums right."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = draw.choice(names)
        for name in names:
            data = old.read(name)
            new.writestr(name, _changed(data, draw, others) if name == chosen else data)
    return out.getvalue()


ODD = (
    None,
    True,
    -1,
    0,
    10**30,
    1e308,
    "",
    " ",
    "x" * 3000,
    "\u202e",
    "\x00",
    "2026-02-30",
    [],
    {},
    [[]],
    {"a": {}},
    "\ud800",
)


def _tree(raw: bytes, draw: random.Random) -> bytes:
    """The same JSON with a few of its values exchanged for others, taken out, doubled or moved."""
    whole = json.loads(raw)
    for _ in range(draw.choice((1, 1, 2, 4))):
        at = whole
        while isinstance(at, dict | list) and at:
            keys = list(at) if isinstance(at, dict) else range(len(at))
            key = draw.choice(keys)
            if not (isinstance(at[key], dict | list) and at[key]) or draw.random() < 0.15:
                way = draw.randrange(5)
                if way < 3:
                    at[key] = draw.choice(ODD)
                elif way == 3:
                    del at[key]
                elif isinstance(at, list):
                    at.insert(key, at[draw.randrange(len(at))])
                else:
                    at[key] = at[draw.choice(list(at))]
                break
            at = at[key]
    try:
        return json.dumps(whole, ensure_ascii=draw.random() < 0.5).encode("utf-8", "surrogatepass")
    except ValueError:  # a value that was moved into itself
        return raw


def case(number: int) -> tuple[Reader, bytes]:
    """File `number`: the same on every run."""
    draw, known = random.Random(f"case {number}"), readers()
    one = known[number % len(known)]
    raw = draw.choice(one.whole)
    others = [draw.choice(draw.choice(known).whole) for _ in range(2)]
    if raw[:1] in (b"{", b"[") and draw.random() < 0.7:
        return one, _tree(raw, draw)
    inside = raw[:2] == b"PK" and draw.random() < 0.7
    return one, (_archive if inside else _changed)(raw, draw, others)


def fence(more: int = MEMORY) -> None:
    """From here on this process may grow by so much."""
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + more, size + more))


def read_all(first: int, last: int) -> dict[str, Any]:
    """Read the cases; what crashed, what was slow, what asked for too much; how many were taken and refused."""
    told: dict[str, Any] = {"crashed": [], "slow": [], "grew": [], "slowest": 0.0}
    taken: Counter[str] = Counter()
    for number in range(first, last):
        one, raw = case(number)
        began = time.process_time()
        try:
            one.read(raw)
            taken[f"{one.name} taken"] += 1
        except one.refuses as refused:
            taken[f"{one.name} refused"] += 1
            if "\n" in str(refused):
                told["crashed"].append([number, one.name, "more than one line"])
        except MemoryError:
            told["grew"].append([number, one.name])
        except Exception as fault:
            told["crashed"].append([number, one.name, f"{type(fault).__name__}: {str(fault)[:80]}"])
        spent = time.process_time() - began
        told["slowest"] = max(told["slowest"], round(spent, 3))
        if spent > SLOW_S:
            told["slow"].append([number, one.name, round(spent, 2)])
    return {
        **told,
        "readings": dict(taken),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }


if __name__ == "__main__":
    first, last = int(sys.argv[1]), int(sys.argv[2])
    for one in readers():  # what a reader imports late is not counted as its growth
        for raw in one.whole:
            one.read(raw)
    fence()
    print(json.dumps(read_all(first, last)))
