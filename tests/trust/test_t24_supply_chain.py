"""T24: few packages, each pinned with its hashes, listed, and a wheel that anybody can build again."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile

import pytest

from tests import sbom
from tests.trust.conftest import REPO
from tests.trust.figures import Tried, figure

OFFLINE = ("fast", "corpus", "postgres")


def loose(file) -> list[str]:
    """Lines of a lock that name a package without a version, a hash, or from elsewhere."""
    found, pinned = [], sbom.lock(file)
    for line in file.read_text().splitlines():
        if re.match(r"[A-Za-z0-9]", line) and not sbom.PINNED.match(line):
            found.append(line)
        if re.match(r"\s*(-e|--index|--extra-index|--find-links|git\+|https?://)", line):
            found.append(line)
    return found + [name for name, (_version, hashes) in pinned.items() if not hashes]


@figure(
    "T24",
    tried="packages that the program needs to run, each looked up in the lock",
    passes="at most 40, all pinned with hashes",
)
def test_few_packages_run_and_each_is_pinned_with_its_hashes():
    pinned, needed = sbom.lock(), sbom.runtime()
    assert len(needed) <= sbom.MOST
    assert set(needed) <= set(pinned)
    assert loose(REPO / "requirements.txt") == []
    more = {name: len(sbom.runtime(name)) for name in OFFLINE}
    assert max(more.values()) <= sbom.MOST
    return Tried(len(needed), f"{len(needed)} of at most 40 ({', '.join(f'with {k} {n}' for k, n in more.items())}); {len(pinned)} pinned, without a hash 0")  # fmt: skip


def test_a_line_without_a_hash_or_a_version_is_noticed(tmp_path):
    planted = tmp_path / "requirements.txt"
    planted.write_text(
        "django==5.2 \\\n    --hash=sha256:"
        + "a" * 64
        + "\nclick==8.2\nrich>=14\n--index-url https://x.example\n"
    )
    assert set(loose(planted)) == {"rich>=14", "click", "--index-url https://x.example"}


@figure(
    "T24",
    tried="the parts list (CycloneDX 1.6), made twice and held against the lock",
    passes="the same bytes; every package, its version and what it needs",
)
def test_the_parts_list_names_every_package(tmp_path):
    one, again = sbom.parts_list(), sbom.parts_list()
    assert one == again
    refs = {part["bom-ref"] for part in one["components"]} | {one["metadata"]["component"]["bom-ref"]}
    assert {part["name"] for part in one["components"]} == set(sbom.runtime())
    assert {row["ref"] for row in one["dependencies"]} == refs
    assert all(below in refs for row in one["dependencies"] for below in row["dependsOn"])
    assert all(part["licenses"] for part in one["components"]), [p["name"] for p in one["components"] if not p["licenses"]]  # fmt: skip
    return Tried(len(one["components"]), "complete, the same twice")


def build(folder, clock: float) -> bytes:
    """A wheel built in a copy of the sources, whose files have another time, under another umask."""
    for name in ("src", "demo", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "GLOSSARY.md"):
        source = REPO / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    for file in folder.rglob("*"):
        os.utime(file, (clock, clock))
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "out")],
        cwd=folder, capture_output=True, text=True, check=False, timeout=600, umask=0o027 if clock > 1e9 else 0o022,
        env={**os.environ, "TZ": "Asia/Tokyo" if clock > 1e9 else "UTC", "PYTHONHASHSEED": str(int(clock) % 1000)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1500:]
    return next((folder / "out").glob("*.whl")).read_bytes()


@pytest.mark.slow
@figure(
    "T24",
    tried="the wheel, built twice in clean folders, at other times, in other zones",
    passes="byte-identical",
    tier="release",
)
def test_two_builds_of_the_wheel_are_the_same_bytes(tmp_path):
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed: uv pip install hatchling")
    one, two = build(tmp_path / "one", 500_000_000.0), build(tmp_path / "two", time.time())
    assert one == two
    (tmp_path / "w.whl").write_bytes(one)
    with zipfile.ZipFile(tmp_path / "w.whl") as wheel:
        held = wheel.namelist()
    assert not [name for name in held if name.startswith("tests/") or "__pycache__" in name]
    return Tried(
        2,
        f"byte-identical: {len(one) // 1024:,} KB, {len(held):,} files, SHA-256 {hashlib.sha256(one).hexdigest()[:16]}…",
    )


@pytest.mark.slow
@figure(
    "T24",
    tried="pinned packages against the public list of known vulnerabilities",
    passes="known 0",
    tier="nightly",
)
def test_no_pinned_package_has_a_known_vulnerability():
    if importlib.util.find_spec("pip_audit") is None or os.environ.get("DEPTHWORK_NETWORK") != "1":
        pytest.skip("no source of advisories is asked from here; on a machine with a network: make audit")
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "-r", str(REPO / "requirements.txt")],
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    return Tried(len(sbom.lock()), "known 0")
