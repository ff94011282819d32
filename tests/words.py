"""The interface in German and Spanish: what there is to say, what is said, and what is missing. `make words`.

Sentences are gathered from templates and Python as Django's makemessages does (it needs GNU gettext), laid beside
what is translated, and compiled. Nothing is translated by this; it says what is missing.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[1]
PACKAGE = REPO / "src" / "depthwork"
LOCALE = PACKAGE / "practice" / "ui" / "locale"
LANGUAGES = ("de", "es")
# Sentences of data files, by the fields that hold them. Items and answers of a questionnaire are never among them:
# they are said in the words that were validated, or not at all.
DATA: dict[str, tuple[str, ...]] = {
    "practice/intake/data/consents.yaml": ("purposes[].asks", "purposes[].if_no"),
    "practice/intake/data/formats.yaml": ("rows[].asks", "formats[].*"),
    "practice/intake/data/preferences.yaml": ("questions[].asks",),
    "practice/intake/data/facts.yaml": (
        "groups[].name", "groups[].facts[].words", "groups[].facts[].ask", "readings[].words",
    ),
    "practice/intake/data/rules.yaml": (
        "references.*.claim", "rules[].gives[].text", "rules[].gives[].name", "rules[].gives[].for",
        "rules[].gives[].against",
    ),
    "practice/formulation/outlines.yaml": ("*.name", "*.titles[]"),
    "practice/policy/places/jurisdictions/*.yaml": (
        "name", "says", "notices.*", "process_notes.editor_line", "retention.says",
    ),
    "practice/policy/places/crisis.yaml": ("countries.*[].words",),
    "evidence/plain.yaml": (
        "problems[].name", "problems[].known[].text", "problems[].unknown[].text", "problems[].others[]",
        "general[].text",
    ),
    "measures/definitions/*.yaml": ("name", "scores[].bands[].label"),
    "coding/codebooks/*.yaml": ("**.name", "title"),
    "coding/codebooks/relationship.yaml": ("wishes.codes[].definition",),
}  # fmt: skip
_IDS = {"id", "code", "source", "schema"}
_CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}


def catalogue(language: str) -> Path:
    """The file of one language."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _said_in(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = node.args[0]
            if name in _CALLS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def sentences() -> set[str]:
    """Every sentence that the interface asks a translation of."""
    from django.utils.translation.template import templatize

    found = data_sentences()
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text()
        if "gettext" in source:
            found.update(_said_in(source))
    for path in sorted((*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("templates/**/*.txt"))):
        code = templatize(path.read_text(), origin=str(path))
        for call in re.findall(r"n?gettext\((.*?)\) ", code + " ", re.S):
            words = re.match(r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", call.strip(), re.S)
            if words:
                found.add(ast.literal_eval(words[1]))
    return found


def _held(language: str) -> dict[str, str]:
    import polib

    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(catalogue(language)))}


def _at(node: Any, way: list[str]) -> Iterator[str]:
    """The texts at a path: `[]` each of a list, `*` each of a mapping, `**` at any depth."""
    if not way:
        if isinstance(node, str):
            yield " ".join(node.split())
        return
    step, rest = way[0], way[1:]
    if step == "**":
        yield from _at(node, rest)
        below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        for one in below:
            yield from _at(one, way)
    elif step == "[]" and isinstance(node, list):
        for one in node:
            yield from _at(one, rest)
    elif step == "*" and isinstance(node, dict):
        for key, one in node.items():
            if key not in _IDS:
                yield from _at(one, rest)
    elif isinstance(node, dict) and step in node:
        yield from _at(node[step], rest)


def data_sentences() -> set[str]:
    """What the data files of the product say on a page."""
    import yaml

    found: set[str] = set()
    for pattern, ways in DATA.items():
        for path in sorted(PACKAGE.glob(pattern)):
            held = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
            for way in ways:
                found.update(_at(held, re.findall(r"\*\*|\*|\[\]|[a-z_]+", way)))
    return {words for words in found if re.search(r"[A-Za-z]{3}", words)}


def main() -> None:
    """Gather, lay beside, compile; one line a language."""
    import polib

    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": f"{REPO / 'src'}{os.pathsep}{REPO}",
    }
    before = {language: _held(language) for language in LANGUAGES}
    flags = [flag for language in LANGUAGES for flag in ("-l", language)]
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", *flags, "--no-wrap", "--no-location", "-v", "0"],
        cwd=PACKAGE,
        env=env,
        check=True,
    )
    for language in LANGUAGES:
        held = polib.pofile(str(catalogue(language)), wrapwidth=0)
        for entry in held:
            entry.previous_msgid = entry.previous_msgid_plural = None  # half of one is no longer a catalogue
        for gone in held.obsolete_entries():
            held.remove(gone)
        known = {entry.msgid for entry in held}
        for words in sorted(data_sentences() - known):
            held.append(polib.POEntry(msgid=words, msgstr=before[language].get(words, "")))
        held.metadata = {
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Language": language,
            "Plural-Forms": "nplurals=2; plural=(n != 1);",
        }
        held.header = ""
        held.save()
        held.save_as_mofile(str(catalogue(language).with_suffix(".mo")))
        missing = len(held.untranslated_entries()) + len(held.fuzzy_entries())
        print(f"{language}: {len(held)} sentences, {missing} to translate")


if __name__ == "__main__":
    main()
