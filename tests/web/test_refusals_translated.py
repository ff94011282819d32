"""What an act refuses is said in the reader's language: no error that a page shows is raised in bare English."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.words import PACKAGE

PRACTICE = PACKAGE / "practice"
# Read by whoever runs the machine or writes a program, in English as every command and every address is.
NOT_ON_A_PAGE = (
    "api/routes.py", "config/walls.py", "keeping/backup.py", "keeping/moving.py", "vault/by_token.py", "vault/fields.py",
)  # fmt: skip
FILES = [path for path in PRACTICE.rglob("*.py") if not {"migrations", "fiction"} & set(path.parts)]


@cache
def trees() -> dict[str, ast.Module]:
    return {str(path.relative_to(PRACTICE)): ast.parse(path.read_text("utf-8")) for path in FILES}


@cache
def known_errors() -> set[str]:
    """Every error class of the practice, by what it inherits."""
    bases = {
        node.name: {one.id for one in node.bases if isinstance(one, ast.Name)}
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known, size = {"Exception", "ValueError"}, 0
    while size != len(known):
        size = len(known)
        known |= {name for name, over in bases.items() if over & known}
    return known - {"Exception", "ValueError"}


def bare(tree: ast.AST, errors: set[str]) -> Iterator[tuple[int, str]]:
    """Errors whose first word is written in place, with letters in it."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in errors):
            continue
        for said in node.args[:1]:
            parts = said.values if isinstance(said, ast.JoinedStr) else [said]
            words = "".join(
                str(p.value) for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)
            )
            if any(letter.isalpha() for letter in words):
                yield node.lineno, words


def test_every_refusal_of_the_practice_is_translated():
    found, errors = trees(), known_errors()
    assert {"CourseError", "Changed", "MarkError", "TrackingError", "CoverageError", "Refused"} <= errors
    left = [
        f"{name}:{line}: {words}"
        for name, tree in found.items()
        if name not in NOT_ON_A_PAGE
        for line, words in bare(tree, errors)
    ]
    assert left == []


@pytest.mark.parametrize("name", NOT_ON_A_PAGE)
def test_what_is_left_out_is_still_there(name):
    assert Path(PRACTICE / name).exists()
    assert list(bare(trees()[name], known_errors()))


@pytest.mark.parametrize("said", ['CourseError("end it first")', 'Changed(f"{n} hours stand there")'])
def test_bare_english_is_found(said):
    assert list(bare(ast.parse(f"raise {said}"), {"CourseError", "Changed"}))
