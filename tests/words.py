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

REPO = Path(__file__).resolve().parents[1]
PACKAGE = REPO / "src" / "depthwork"
LOCALE = PACKAGE / "practice" / "ui" / "locale"
LANGUAGES = ("de", "es")
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

    found: set[str] = set()
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


def main() -> None:
    """Gather, lay beside, compile; one line a language."""
    import polib

    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": f"{REPO / 'src'}{os.pathsep}{REPO}",
    }
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
