"""`make methods`: one page a module of the analysis library, from its docstrings, so that the pages tell the truth."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from functools import cache
from pathlib import Path

from depthwork.measures import measures
from tests import questionnaire_pages

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "methods"
MODULES = {
    "cycles": "depthwork.process.cycles", "referential activity": "depthwork.process.referential", "style matching": "depthwork.process.matching",
    "silence": "depthwork.process.silence", "talk": "depthwork.process.talk", "pronouns": "depthwork.process.pronouns",
    "time focus": "depthwork.process.time_focus", "hedges and negations": "depthwork.process.hedges", "disfluency": "depthwork.process.disfluency",
    "smoothing": "depthwork.language.smoothing", "relationship episodes": "depthwork.process.episodes", "defenses": "depthwork.process.defenses",
    "triangles": "depthwork.process.triangles", "ruptures": "depthwork.process.ruptures", "dreams": "depthwork.process.dreams",
    "resistance": "depthwork.process.resistance", "adherence": "depthwork.process.adherence", "core theme": "depthwork.patterns.ccrt", "parallels": "depthwork.patterns.parallels",
    "concordance": "depthwork.patterns.concordance", "agreement": "depthwork.coding.agreement", "intraclass correlation": "depthwork.coding.icc",
    "two coders": "depthwork.coding.two_coders", "reliable change": "depthwork.outcome.reliable_change", "sudden gains": "depthwork.outcome.sudden_gains",
    "growth": "depthwork.outcome.growth", "after the end": "depthwork.outcome.piecewise", "trajectory": "depthwork.outcome.trajectory",
    "alliance": "depthwork.outcome.alliance", "follow-up": "depthwork.outcome.followup",
    "effects of trials": "depthwork.evidence.effects", "several rows a study": "depthwork.evidence.dependence", "pooling": "depthwork.evidence.pooling",
    "heterogeneity": "depthwork.evidence.heterogeneity", "subgroups and moderators": "depthwork.evidence.moderators",
    "influence": "depthwork.evidence.influence", "small trials": "depthwork.evidence.small_studies", "bootstrap": "depthwork.evidence.bootstrap",
    "open trial data": "depthwork.evidence.metapsy", "after our own endings": "depthwork.evidence.own_change",
}  # fmt: skip


@cache
def _tests() -> dict[str, str]:
    """The tests of the library, those that compare with somebody else's figures first."""
    files = (
        file
        for folder in ("judges", "unit", "property")
        for file in sorted(ROOT.glob(f"tests/{folder}/**/test_*.py"))
    )
    return {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files}


def judges(name: str) -> list[str]:
    """The tests that call a module."""
    package, _, module = name.rpartition(".")
    calls = re.compile(rf"\b{re.escape(name)}\b|from {re.escape(package)} import [^\n]*\b{module}\b")
    return [file for file, words in _tests().items() if calls.search(words)]


def page(title: str, name: str) -> str:
    """One module as Markdown: its claim, its judges, then each public function as its docstring says."""
    module = importlib.import_module(name)
    judged = ", ".join(f"`{file}`" for file in judges(name))
    parts = [
        f"# {title.capitalize()}",
        inspect.cleandoc(module.__doc__ or ""),
        f"*Module `{name}`.* Judged by {judged}.",
    ]
    for key, member in inspect.getmembers(module):
        if (
            key.startswith("_")
            or getattr(member, "__module__", None) != name
            or not (inspect.isfunction(member) or inspect.isclass(member))
        ):
            continue
        doc = inspect.cleandoc(member.__doc__ or "")
        if inspect.isfunction(member):
            signature = re.sub(r"depthwork\.[a-z_.]+\.", "", str(inspect.signature(member)).replace("'", ""))
            parts += [f"## `{key}`", f"```python\n{key}{signature}\n```", f"```text\n{doc}\n```"]
        elif doc:
            parts += [f"## `{key}`", doc.split("\n\n")[0]]
    return "\n\n".join(parts) + "\n"


def pages() -> dict[Path, str]:
    """Every page by its file."""
    found = {OUT / f"{title.replace(' ', '-')}.md": page(title, name) for title, name in MODULES.items()}
    asked = sorted(measures(), key=lambda one: one.name)
    found |= {OUT / "questionnaires" / f"{one.id}.md": questionnaire_pages.page(one) for one in asked}
    listed = "\n".join(f"- [{title}]({title.replace(' ', '-')}.md)" for title in MODULES)
    forms = "\n".join(f"- [{one.name}](questionnaires/{one.id}.md)" for one in asked)
    own = "\n".join(
        f"- [{file.stem}]({file.name})"
        for file in sorted(OUT.glob("*.md"))
        if file not in found and file.name != "README.md"
    )
    found[OUT / "README.md"] = (
        "# Methods\n\nOne page a module: what each number claims, its assumptions, formula, source and judge, and when not to use it. "
        "The pages are made from the library's own docstrings (`make methods`), and a test holds them to it.\n\n"
        f"{listed}\n\nOne page a questionnaire, from its definition:\n\n{forms}\n\nWritten by hand:\n\n{own}\n"
    )
    return found


def main() -> None:
    """Write the pages."""
    made = pages()
    for file, text in made.items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(made)} pages in docs/methods\n")


if __name__ == "__main__":
    main()
