"""How good the cues are: the one place that opens the excerpts kept aside.

Run by ``make cues-report``. Trains nothing that ships; writes `docs/methods/cues.md`.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import pickle
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np

from depthwork.cues.engine import Cue
from depthwork.cues.exemplars import read_exemplars
from depthwork.cues.gold import Coded, read_folder, read_marked
from depthwork.cues.learn import Learner, overlap, spans_of
from depthwork.cues.model import load
from depthwork.cues.reader import LEVELS, Reader, name_defense
from depthwork.cues.scores import Scores
from depthwork.cues.turns import describe
from depthwork.cues.words import data_text
from depthwork.transcripts.model import transcript_of
from tests.gold import score

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "tests" / "gold"
HELD = GOLD / "held"
MORE = GOLD / "more"
WEIGHTS = ROOT / "src" / "depthwork" / "cues" / "data" / "weights.npz"
DATA = Path(os.environ.get("PSYDEFCONV", ROOT.parent / "shared" / "data" / "psydefconv" / "train_373.json"))
FOLDS = 3
KEPT = (
    ROOT / "build" / "cues"
)  # models of the cross-validation: minutes each, kept until what they stand on changes
FEW = 15

# name, words, goal, agreement of two independent codings
ROWS = (
    ("figures_sphere", "figures with sphere, F1", ".85", ".92"),
    ("episodes", "episodes, F1", ".65", ".85"),
    ("episode_sphere", "right sphere, of matched episodes", ".90", ""),
    ("ro_polarity", "polarity of the response of other, of matched", ".85", ""),
    ("rs_polarity", "polarity of the response of self, of matched", "", ""),
    ("wish", "a wish in common, of matched", "", ""),
    ("defense_any", "any defense, F1", ".65", ".92"),
    ("defense_name", "defense by name, F1", "", ""),
    ("level_within_1", "level within one, of turns that both hold", ".80", ""),
    ("ruptures", "ruptures of the same type, F1", ".55", ".92"),
    ("interpretations", "interpretations, F1", ".95", "1.0"),
    ("person_exact", "exact vertices of person", ".75", ".95"),
    ("dreams", "dreams, F1", ".88", ".88"),
    ("risk_recall", "risk, recall", "1.0", ".92"),
    ("empty_per_turn", "cues a turn where there is nothing, figures apart", "≤ .2", ""),
    ("decoys", "files with misleading words that were hit", "≤ 1 in 6", ""),
)
NOTES_GOALS = {"figures_sphere": ".75", "dreams": ".85", "risk_recall": "1.0"}


def judged(
    cues: dict[str, list[Cue]], folder: Path, keep
) -> tuple[dict[str, float], dict[str, tuple[int, int]], str]:
    """Figures by `tests/gold/score.py`, the counts it prints, and its print."""
    shaped = {key: score.from_cues({"cues": [cue.as_dict() for cue in found]}) for key, found in cues.items()}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        figures = score.score(lambda i: shaped.get(i), gold=str(folder), keep=keep)
    counts: dict[str, tuple[int, int]] = {}
    for line in said.getvalue().splitlines():
        if "(given" in line:
            name, tail = line.split()[0], line.split("(given ")[1].rstrip(")")
            given, _, gold = tail.partition(", gold ")
            counts[name] = (int(given), int(gold))
        elif " matched" in line:
            name, _, _, n, _ = line.split()
            counts[name] = (-1, int(n))
        elif "decoy files hit" in line:
            counts["decoys"] = (-1, int(line.split()[-1]))
    return figures, counts, said.getvalue()


def proposed(coded: list[Coded], reader: Reader) -> dict[str, list[Cue]]:
    return {item.id: reader.propose(item.transcript) for item in coded}


def across(coded: list[Coded]) -> dict[str, list[Cue]]:
    """Cues of the development excerpts from models that have not seen them."""
    order = np.random.RandomState(11).permutation(len(coded))
    found: dict[str, list[Cue]] = {}
    beside = [*read_exemplars(), *read_marked(ROOT / "demo")]
    stands_on = _stands_on()
    KEPT.mkdir(parents=True, exist_ok=True)
    for fold in range(FOLDS):
        kept = KEPT / f"{stands_on}-{fold}.pickle"
        if not kept.exists():
            learn = [coded[i] for k, i in enumerate(order) if k % FOLDS != fold]
            kept.write_bytes(pickle.dumps(Learner([*learn, *beside]).fit()))
        model = pickle.loads(kept.read_bytes())
        for k, i in enumerate(order):
            if k % FOLDS == fold:
                scores = Scores(model, describe(coded[i].transcript))
                found[coded[i].id] = Reader().propose_from(coded[i].transcript, scores)
        print(f"cross-validation: part {fold + 1} of {FOLDS}", flush=True)
    return found


def _stands_on() -> str:
    """What is learned and from what: the learning code, its data without weights, and the coded texts."""
    code = ("alarm", "danger", "exemplars", "fitting", "gold", "learn", "model", "names", "people", "spans")
    code += ("together", "turns", "vertices", "when", "words")
    paths = [ROOT / "src/depthwork/cues" / f"{name}.py" for name in code]
    data = ("danger", "danger_lines_built", "danger_lines_kept", "danger_lines_wide", "danger_replies")
    data += ("danger_together", "exemplars", "lexicon", "names", "people", "people_words", "when_words")
    paths += [ROOT / "src/depthwork/cues/data" / f"{name}.txt" for name in data]
    paths += [p for folder in (GOLD, MORE) for p in sorted(folder.iterdir()) if p.stem.isdigit()]
    paths += sorted((ROOT / "demo/gold").iterdir())
    seen = hashlib.sha256()
    for path in paths:
        seen.update(path.read_bytes())
    return seen.hexdigest()[:20]


def rightness(item: Coded, cues: list[Cue]) -> list[tuple[str, float, bool]]:
    """Each cue's construct, confidence, and whether the coding agrees."""
    codes = item.codes
    out = []
    for cue in cues:
        if cue.confidence is None:
            continue
        first, last = cue.turns
        if cue.construct == "figure":
            right = any(
                first in f["turns"] and f["sphere"] == cue.attributes["sphere"] for f in codes["figures"]
            )
            out.append(("figures", cue.confidence, right))
        elif cue.construct in ("episode", "dream"):
            spans = spans_of(cue.construct, codes)
            out.append((cue.construct, cue.confidence, any(overlap((first, last), s) >= 0.5 for s in spans)))
        elif cue.construct.startswith("rupture_") and cue.construct != "rupture_resolution":
            spans = spans_of(cue.construct.removeprefix("rupture_"), codes)
            out.append(("rupture", cue.confidence, any(overlap((first, last), s) >= 0.5 for s in spans)))
        elif cue.construct == "defense":
            out.append(("defense", cue.confidence, any(d["turn"] == first for d in codes["defenses"])))
        elif cue.code.startswith("interpretation_"):
            right = any(x["turn"] == first for x in codes["interpretations"])
            out.append(("interpretation", cue.confidence, right))
    return out


def calibration(coded: list[Coded], cues: dict[str, list[Cue]]) -> list[str]:
    """Confidence against how often the coding agrees, construct by construct."""
    rows = [row for item in coded for row in rightness(item, cues[item.id])]
    edges = (0.0, 0.4, 0.6, 0.75, 0.85, 1.01)
    lines = [
        "| construct | under .4 | .4-.6 | .6-.75 | .75-.85 | .85 and over | Brier |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in (*sorted({row[0] for row in rows}), "all"):
        own = [row for row in rows if name in (row[0], "all")]
        cells = []
        for low, high in pairwise(edges):
            held = [right for _, sure, right in own if low <= sure < high]
            cells.append(f"{np.mean(held):.2f} of {len(held)}" if held else "")
        brier = np.mean([(sure - right) ** 2 for _, sure, right in own])
        lines.append(f"| {name} | {' | '.join(cells)} | {brier:.3f} |")
    return lines


def majority(coded: list[Coded]) -> dict[str, str]:
    """What always saying the commonest thing would reach."""
    episodes = [e for item in coded for e in item.codes["episodes"]]
    levels = [d["level"] for item in coded for d in item.codes["defenses"]]
    persons = Counter(tuple(sorted(x["person"])) for item in coded for x in item.codes["interpretations"])
    out = {}
    for name, key in (("ro_polarity", "ro_polarity"), ("rs_polarity", "rs_polarity")):
        out[name] = f"{np.mean([e[key] in ('negative', 'mixed') for e in episodes]):.2f}"
    out["episode_sphere"] = f"{np.mean([e['sphere'] == 'current' for e in episodes]):.2f}"
    out["level_within_1"] = f"{max(np.mean([abs(x - n) <= 1 for x in levels]) for n in range(1, 8)):.2f}"
    out["person_exact"] = f"{persons.most_common(1)[0][1] / sum(persons.values()):.2f}"
    return out


def support_chats() -> list[str]:
    """Defense levels on the public support chats, where they are at hand. Nothing is learned from them."""
    if not DATA.exists():
        return ["The public support chats (PsyDefConv) were not at hand in this run."]
    reader = Reader()
    gold, given, forced = [], [], []
    for item in json.loads(DATA.read_text(encoding="utf-8")):
        turns = [("T" if t["speaker"] == "supporter" else "C", t["text"]) for t in item["dialogue"]]
        turns.append(("C", item["current_text"]))
        transcript = transcript_of(turns)
        scores = Scores(load(), describe(transcript))
        found = [
            c.attributes["level"]
            for c in reader.propose_from(transcript, scores)
            if c.construct == "defense" and c.turns[0] == len(turns) - 1
        ]
        gold.append(int(item["label"]))
        given.append(found[0] if found else 0)
        forced.append(LEVELS[name_defense(scores, len(turns) - 1)[0]])
    said = sum(g > 0 for g in given)
    return [
        f"Macro-F1 over levels 1-8 on {len(gold)} turns: **{macro(gold, given):.2f}** as the engine speaks (it marks"
        f" {said} of them; level 8, unclear, it never gives), {macro(gold, forced):.2f} where it is made to name a level"
        " for each. Published: the best fine-tuned model of eight billion parameters .31-.39, word frequencies"
        " .15-.21. Those learned from that corpus; this engine never saw it, and its terms forbid that it should.",
    ]


def macro(gold: list[int], given: list[int]) -> float:
    """Mean F1 over levels 1-8; a level that nobody gives counts as 0."""
    per = []
    for level in range(1, 9):
        both = sum(a == b == level for a, b in zip(gold, given, strict=True))
        total = given.count(level) + gold.count(level)
        per.append(2 * both / total if total else 0.0)
    return float(np.mean(per))


def table(
    title: str,
    judgement: tuple[dict[str, float], dict[str, tuple[int, int]]],
    base: dict[str, str],
    across: list[tuple[dict[str, float], dict[str, tuple[int, int]]]],
    goals: dict[str, str],
) -> list[str]:
    """One table: what was reached on those kept aside, and cross-validated on both lots of the others."""
    lines = [
        f"### {title}",
        "",
        "| | kept aside | cross-validated, first lot | cross-validated, second lot | goal | two coders | majority |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, words, _, agree in ROWS:
        key = {"risk_recall": "risk"}.get(name, name)
        cells = [cell(name, judgement[0][name], judgement[1].get(key))]
        cells += [cell(name, figures[name], counts.get(key)) for figures, counts in across] or ["", ""]
        lines.append(f"| {words} | {' | '.join(cells)} | {goals[name]} | {agree} | {base.get(name, '0')} |")
    return [*lines, ""]


def cell(name: str, value: float, count: tuple[int, int] | None) -> str:
    """A figure with what it stands on; too few are said to be too few."""
    if name == "decoys":
        return f"{value:.0f} of {count[1]}" if count else f"{value:.0f}"
    shown = f"{value:.3f}" if name == "empty_per_turn" else f"{value:.2f}"
    if count is None:
        return shown
    given, coded = count
    stands = f"of {coded}" if given < 0 else f"{given} given, {coded} coded"
    few = ", too few to judge" if coded < FEW else ""
    return f"{shown} ({stands}{few})"


def danger_lines() -> list[str]:
    """Single lines of our own on danger: those the patterns were built on, and those parted off before."""
    aside = ROOT / "tests" / "unit" / "cues" / "danger_lines" / "aside.txt"
    scored = Reader()
    lines = ["| lines | of danger, shown | misleading, shown |", "|---|---|---|"]
    for text, words in (
        (aside.read_text(encoding="utf-8"), "never built on"),
        (data_text("danger_lines_wide.txt"), "built on, written with them"),
    ):
        shown: dict[bool, list[bool]] = {True: [], False: []}
        for line in text.splitlines():
            kind, _, said = line.partition(": ")
            if said and not line.startswith("#"):
                transcript = transcript_of([("C", said)])
                found = scored.propose(transcript)
                shown[kind != "none"].append(any(cue.construct == "risk" for cue in found))
        cells = [f"{sum(found)} of {len(found)} ({np.mean(found):.2f})" for found in shown.values()]
        lines.append(f"| {words} | {' | '.join(cells)} |")
    return lines


def main(argv: list[str]) -> None:
    """With ``--quick`` the cross-validation is left out and its column stays empty."""
    quick = "--quick" in argv
    reader = Reader()
    first, more, held = read_folder(GOLD), read_folder(MORE), read_folder(HELD)
    dev = [*first, *more]
    cues_held = proposed(held, reader)
    cues_dev = {} if quick else across(dev)
    hard = {item.id for item in (*dev, *held) if item.codes["meta"]["hard"]}
    notes = {item.id for item in (*dev, *held) if item.is_note}
    base = majority(first)
    parts: list[str] = []
    for title, keep in (
        ("Hours, all", lambda i: i not in notes),
        ("Hours, plain", lambda i: i not in notes and i not in hard),
        ("Hours, hard", lambda i: i not in notes and i in hard),
        ("Process notes", lambda i: i in notes),
    ):
        figures, counts, said = judged(cues_held, HELD, keep)
        beside = [] if quick else [judged(cues_dev, folder, keep)[:2] for folder in (GOLD, MORE)]
        goals = {name: goal for name, _, goal, _ in ROWS}
        if title == "Process notes":
            goals = dict.fromkeys(goals, "") | NOTES_GOALS
        parts += table(title, (figures, counts), base, beside, goals)
        print(f"== {title}, kept aside\n{said}")
    chats = support_chats()
    page = (ROOT / "tests" / "gold" / "about_cues.md").read_text(encoding="utf-8")
    filled = (
        page.replace("{{FIGURES}}", "\n".join(parts).strip())
        .replace("{{CALIBRATION_HELD}}", "\n".join(calibration(held, cues_held)))
        .replace(
            "{{CALIBRATION_DEV}}", "Left out of this run." if quick else "\n".join(calibration(dev, cues_dev))
        )
        .replace("{{SUPPORT}}", "\n".join(chats))
        .replace("{{DANGER}}", "\n".join(danger_lines()))
        .replace("{{N_HELD}}", str(len(held)))
        .replace("{{MB}}", str(1 + int(WEIGHTS.stat().st_size / 1e6)))
        .replace("{{N_FIRST}}", str(len(first)))
        .replace("{{N_MORE}}", str(len(more)))
    )
    (ROOT / "docs" / "methods" / "cues.md").write_text(filled.rstrip() + "\n", encoding="utf-8")
    print("\n".join(chats))
    print("written: docs/methods/cues.md")


if __name__ == "__main__":
    main(sys.argv[1:])
