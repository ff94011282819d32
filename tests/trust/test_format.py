"""The written format is true: the script of the page opens a practice without any of our code."""

import json
import re
import sqlite3
import sys
from contextlib import closing

import pytest

from depthwork.practice.vault import primitives
from tests.trust.conftest import REPO, run
from tests.trust.figures import Tried, figure
from tests.trust.home import WORDS, names, notes
from tests.trust.size import code_lines, count, statements

PAGE = REPO / "docs" / "vault-format.md"


def script() -> str:
    return re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL).group(1)


def test_the_script_of_the_page_opens_every_note(filled, tmp_path):
    file = tmp_path / "read.py"
    file.write_text(script())
    with closing(sqlite3.connect(filled / "practice.sqlite3")) as practice:
        person = practice.execute("select id from people_person").fetchone()[0]
    done = run(file, filled / "practice.sqlite3", person, WORDS, "sources_version", "text", PYTHONPATH="")
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.split("\n")[:-1]) == sorted(notes(500))
    done = run(file, filled / "practice.sqlite3", person, WORDS, "treatments_client", "name", PYTHONPATH="")
    assert sorted(done.stdout.split("\n")[:-1]) == sorted(name for name, _ in names(50))


def test_the_script_is_short_and_knows_nothing_of_this_program():
    lines = [line for line in script().splitlines() if line.strip()]
    assert len(lines) <= 60
    assert "depthwork." not in script()
    assert sys.version_info >= (3, 11)


def test_known_answers():
    """Fixed for ever: a change of any of these loses every word that was sealed before it."""
    key = bytes(range(32))
    assert (
        primitives.hkdf(key, "depthwork/kek/1").hex()
        == "c98b58ac2ae3bc76eacbf56ed0ace3c4bae37bc9567d27340e9b7ea6ce05ae62"
    )
    assert primitives.key_id(key).hex() == "edce8b4c7e02c4187a2c9272923a0cae"
    place = primitives.Where("o", "c", "record", "t", "r", "f")
    assert (
        place.aad().hex()
        == "000000016f0000000163000000067265636f72640000000174000000017200000001660000000131"
    )
    assert primitives.pad(b"ab") == b"ab\x80" + b"\x00" * 253


def test_hkdf_is_that_of_rfc_5869():
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    for length in (16, 32):
        for secret in (b"", b"x" * 32, b"y" * 100):
            judge = HKDF(algorithm=SHA256(), length=length, salt=None, info=b"depthwork/kek/1").derive(secret)
            assert primitives.hkdf(secret, "depthwork/kek/1", length=length) == judge


@figure(
    "R15",
    tried="statements of the vault beside its key tables (`python -m tests.trust.size`)",
    passes="under 800",
)
def test_the_vault_stays_small():
    """The limit keeps it readable in an hour."""
    lines, made = count()
    assert made < 800
    return Tried(1, f"{made} statements, on {lines} lines of code")


def test_a_line_of_code_is_counted_once_and_nothing_else_is():
    source = '"""Text."""\n\n# why\nx = (\n    1,\n)  # so\n\n\ndef f():\n    """Text."""\n    return x\n'
    assert code_lines(source) == 5
    assert statements(source) == 3


COVERING = (
    "tests/trust/test_vault_figures.py", "tests/trust/test_format.py", "tests/trust/test_at_rest.py",
    "tests/web/test_vault_fields.py", "tests/web/test_vault_corners.py", "tests/web/test_practice_pages.py",
    "tests/web/test_door.py", "tests/web/test_many_rows.py", "tests/web/test_api.py",
    "tests/web/test_disclosure_packages.py", "tests/web/test_grants_side_by_side.py", "tests/web/test_keys_renewed.py",
    "tests/web/test_vault_last_corners.py",
)  # fmt: skip


@pytest.mark.slow
@figure("R15", tried="branches of the vault that its tests run through", passes="100%", tier="nightly")
def test_the_vault_is_covered_to_its_last_branch(tmp_path):
    report = tmp_path / "coverage.json"
    done = run(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", "--cov=depthwork.practice.vault",
        "--cov-branch", f"--cov-report=json:{report}", *COVERING, timeout=3000, COVERAGE_FILE=str(tmp_path / "data"),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    found = json.loads(report.read_text())
    open_ends = {name: one["missing_lines"] + one["missing_branches"] for name, one in found["files"].items()}
    assert {name: lines for name, lines in open_ends.items() if lines} == {}
    total = found["totals"]
    return Tried(total["num_branches"], f"{total['percent_covered']:.0f}% of lines and branches")
