"""T22: classic hostile files reach nothing outside themselves, and bombs are not unpacked."""

import io
import socket
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from depthwork.transcripts import TranscriptError, read
from tests.trust.figures import Tried, figure

CANARY = "canary-7f3a"
SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(document: str | bytes, members: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", document)
        for name, data in (members or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def body(text: str = "T: hello") -> str:
    return f"<w:document {SPACE}><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"


def doctypes(path: str) -> list[str]:
    """Document types that reach for a file, a host or the machine's memory, and the word that calls them."""
    lols = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    hosts = [
        "http://127.0.0.1:9/x",
        "https://example.org/x",
        "ftp://example.org/x",
        "//example.org/x",
        "jar:http://e.org/a!/b",
    ]
    files = [
        f"file://{path}",
        path,
        "file:///etc/passwd",
        "/etc/hostname",
        "php://filter/resource=/etc/passwd",
        "../../../etc/passwd",
    ]
    found = [f'<!DOCTYPE a [<!ENTITY x SYSTEM "{where}">]>' for where in files + hosts]
    found += [f'<!DOCTYPE a [<!ENTITY % p SYSTEM "{where}"> %p;]>' for where in files[:3] + hosts[:2]]
    found += [f'<!DOCTYPE a SYSTEM "{where}">' for where in files[:2] + hosts[:2]]
    found += [f'<!DOCTYPE a PUBLIC "-//X//Y" "{where}">' for where in files[:1] + hosts[:1]]
    found += [
        f'<!DOCTYPE a [<!ENTITY l0 "lol">{lols}<!ENTITY x "&l9;">]>',
        f'<!DOCTYPE a [<!ENTITY x "{"y" * 50_000}">]>',
        '<!DOCTYPE a [<!ENTITY x "&x;">]>',
    ]
    return found


def slips(path: str) -> list[str]:
    """Names inside an archive that an unpacker would follow outside it."""
    return [
        "../../../../tmp/slip.txt",
        "..\\..\\slip.txt",
        "/etc/cron.d/slip",
        "C:\\slip.txt",
        path,
        "word/../../slip",
        "word/document.xml/../../../slip",
        "\\\\host\\share\\slip",
        "./../slip",
        "~/.ssh/authorized_keys",
        "word/\u202eslip",
        "CON",
    ]


def bombs() -> list[bytes]:
    tight = io.BytesIO()
    with zipfile.ZipFile(tight, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 30_000_000)
    many = word(body(), {f"word/media/{i}": b"" for i in range(3000)})
    beside = word(body(), {"word/media/a": b"\0" * 120_000_000})
    lying = bytearray(word(body("T: " + "a " * 40_000)))
    central = lying.rindex(b"PK\x01\x02")
    struct.pack_into("<I", lying, central + 24, 10)
    huge = bytearray(word(body()))
    struct.pack_into("<I", huge, huge.rindex(b"PK\x01\x02") + 24, 0xFFFFFFF0)
    nested = word(word(body()))
    return [tight.getvalue(), many, beside, bytes(lying), bytes(huge), nested]


def links() -> Iterator[bytes]:
    for target in ("/etc/passwd", "../../secret", "file:///etc/passwd"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            member = zipfile.ZipInfo("word/document.xml")
            member.external_attr = 0o120777 << 16
            archive.writestr(member, target)
        yield out.getvalue()


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(CANARY, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every attempt to open a file or a socket while a hostile file is read."""
    seen: list[str] = []
    real: Callable[..., object] = open

    def opening(file: object, *rest: object, **options: object) -> object:
        if not str(file).endswith((".py", ".pyc")):
            seen.append(str(file))
        return real(file, *rest, **options)

    monkeypatch.setattr("builtins.open", opening)
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: seen.append("network"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: seen.append("network"))
    return seen


def hostile(path: str) -> list[bytes]:
    files = [
        f"{doctype}<ANNOTATION_DOCUMENT>&x;</ANNOTATION_DOCUMENT>".encode() for doctype in doctypes(path)
    ]
    files = [b"<?xml version='1.0'?>" + data for data in files]
    files += [word(f"<?xml version='1.0'?>{doctype}{body('T: &x;')}") for doctype in doctypes(path)]
    files.append(
        word(f'<?xml version="1.0" encoding="UTF-16"?>{doctypes(path)[0]}{body("T: &x;")}'.encode("utf-16"))
    )
    return files


@figure(
    "T22",
    tried="classic hostile files: entities, includes, links and bombs, in XML and in archives",
    passes="reads outside 0, network 0, refused all of 60",
)
def test_sixty_classic_files_read_nothing_outside_themselves(canary: Path, watched: list[str]) -> Tried:
    refused = [*hostile(str(canary)), *links(), *bombs()]
    assert len(refused) >= 60
    before = set(canary.parent.iterdir())
    for data in refused:
        with pytest.raises(TranscriptError) as caught:
            read(data, name="hour")
        assert CANARY not in str(caught.value)
    assert watched == []
    assert set(canary.parent.iterdir()) == before
    return Tried(len(refused), f"reads outside 0, network 0, refused {len(refused)}")


@figure("T22", tried="member names that climb out of an archive", passes="followed 0")
def test_names_that_climb_out_of_an_archive_are_never_followed(canary: Path, watched: list[str]) -> Tried:
    for name in slips(str(canary)):
        hour = read(word(body(), {name: b"x"}), name="hour.docx")
        assert [turn.text for turn in hour.turns] == ["hello"]
    assert watched == []
    return Tried(len(slips(str(canary))), "followed 0")


def test_an_xinclude_or_a_schema_elsewhere_is_not_fetched(canary: Path, watched: list[str]) -> None:
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{canary}" parse="text"/>'
    hour = read(word(body(f"T: hello {include}")), name="hour.docx")
    assert CANARY not in hour.text
    assert watched == []


def test_a_bomb_costs_neither_memory_nor_time() -> None:
    for data in bombs():
        tracemalloc.start()
        began = time.process_time()
        with pytest.raises(TranscriptError):
            read(data, name="hour.docx")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 20_000_000
        assert time.process_time() - began < 2


def test_the_watch_over_files_and_network_is_not_blind(canary: Path, watched: list[str]) -> None:
    with open(canary) as handle:
        assert CANARY in handle.read()
    socket.create_connection(("example.org", 80))
    assert watched == [str(canary), "network"]
