"""Whatever the audit notes down is said in a sentence, in each language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from depthwork.practice.disclosure.models import Arrival, Disclosure
from depthwork.practice.policy.middleware import OPENED as PAGE_OPENED
from depthwork.practice.treatments.actions.mending import CALLED
from depthwork.practice.treatments.emergencies import OPENED
from depthwork.practice.ui.alarm import LOOKED, RAISED
from depthwork.practice.ui.verb_words import VERBS
from tests.words import LANGUAGES, PACKAGE, _held

# Verbs that are put together, by the code that does so.
PUT_TOGETHER = {
    "f'undone.{act}'": [f"undone.{act}" for act in ("made", "accepted", "edited", "removed")],
    "f'gave_out.{kind}'": [f"gave_out.{kind}" for kind in Disclosure.Kind.values],
    "f'took_in.{kind}'": [f"took_in.{kind}" for kind in Arrival.Kind.values],
    "f'{CALLED[type(row)]}.corrected'": [f"{one}.corrected" for one in CALLED.values()],
    "f'{CALLED[type(row)]}.removed'": [f"{one}.removed" for one in CALLED.values()],
    "RAISED": [RAISED],
    "LOOKED": [LOOKED],
    "OPENED": [OPENED],
    "reads": [PAGE_OPENED],
    "verb": [],  # handed on by a function whose calls are looked at themselves
}


def _takes_a_verb(tree: ast.Module) -> dict[str, int]:
    """Functions of a file that note something down, with the place of the verb among what they are called with."""
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
            if "verb" in names:
                found[node.name] = names.index("verb")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").endswith("actions.note"):
            found.update({one.asname or one.name: 0 for one in node.names})
    return found


def _words_of(node: ast.expr) -> list[str]:
    """The verbs that an expression may be: a word, one of two, the first of two that is there, or one put together."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return [*_words_of(node.body), *_words_of(node.orelse)]
    return PUT_TOGETHER[ast.unparse(node)]


def _noted(tree: ast.Module) -> Iterator[str]:
    takes = _takes_a_verb(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            arguments = zip(reversed(node.args.args), reversed(node.args.defaults), strict=False)
            keyed = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            for one, default in (*arguments, *keyed):
                if one.arg == "verb" and default is not None:
                    yield from _words_of(default)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "verb":
            if not isinstance(node.value, ast.Call):  # the column of the audit itself
                yield from _words_of(node.value)
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            given = [one.value for one in node.keywords if one.arg in ("verb", "reads")]
            if name in takes and len(node.args) > takes[name]:
                given.append(node.args[takes[name]])
            for one in given:
                yield from _words_of(one)


def verbs_noted() -> dict[str, Path]:
    """Every verb that the practice notes down, with a file that does."""
    found: dict[str, Path] = {}
    for path in sorted(PACKAGE.joinpath("practice").rglob("*.py")):
        source = path.read_text()
        if "verb" in source or "note(" in source or "reads=" in source:
            found.update(dict.fromkeys(_noted(ast.parse(source)), path))
    return found


def test_every_verb_that_is_noted_down_has_words():
    noted = verbs_noted()
    assert len(noted) > 250
    assert {verb: path.name for verb, path in noted.items() if verb not in VERBS} == {}


def test_no_words_stand_for_what_nothing_notes_down():
    assert set(VERBS) - set(verbs_noted()) == set()


@pytest.mark.parametrize("verb", VERBS)
def test_the_words_of_a_verb_go_on_a_sentence_that_names_who(verb):
    with translation.override("en"):
        words = str(VERBS[verb])
    assert not re.search(r"[._]|^(a|an|the|was|were|is|has been)\b", words)
    assert words[0].islower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verb_has_words_in_each_language(language):
    held = _held(language)
    with translation.override("en"):
        said = {verb: str(words) for verb, words in VERBS.items()}
    assert [verb for verb, words in said.items() if not held.get(words)] == []
