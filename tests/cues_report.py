"""How good the cues are: the one place that opens the excerpts kept aside.

Run by ``make cues-report``. Trains nothing that ships; writes `docs/methods/cues.md`.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np

from depthwork.cues.engine import Cue
from depthwork.cues.exemplars import read_exemplars
from depthwork.cues.gold import Coded, read_folder
from depthwork.cues.learn import Learner, overlap, spans_of
from depthwork.cues.reader import Reader
from depthwork.cues.scores import Scores
from depthwork.cues.turns import describe
from depthwork.transcripts.model import transcript_of
from tests.gold import score

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "tests" / "gold"
HELD = GOLD / "held"
DATA = ROOT.parent / "shared" / "data" / "psydefconv" / "train_373.json"
FOLDS = 3
FEW = 15

# name, goal, agreement of two independent codings, what the plainest guess reaches
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
COUNTED = ("figures_sphere", "episodes", "defense_any", "ruptures", "interpretations", "dreams", "risk")


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
    return figures, counts, said.getvalue()


def proposed(coded: list[Coded], reader: Reader) -> dict[str, list[Cue]]:
    return {item.id: reader.propose(item.transcript) for item in coded}


def across(coded: list[Coded]) -> dict[str, list[Cue]]:
    """Cues of the development excerpts from models that have not seen them."""
    order = np.random.RandomState(11).permutation(len(coded))
    found: dict[str, list[Cue]] = {}
    for fold in range(FOLDS):
        learn = [coded[i] for k, i in enumerate(order) if k % FOLDS != fold]
        model = Learner([*learn, *read_exemplars()]).fit()
        for k, i in enumerate(order):
            if k % FOLDS == fold:
                scores = Scores(model, describe(coded[i].transcript))
                found[coded[i].id] = Reader().propose_from(coded[i].transcript, scores)
        print(f"cross-validation: part {fold + 1} of {FOLDS}", flush=True)
    return found


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
    gold, given = [], []
    for item in json.loads(DATA.read_text(encoding="utf-8")):
        turns = [("T" if t["speaker"] == "supporter" else "C", t["text"]) for t in item["dialogue"]]
        turns.append(("C", item["current_text"]))
        found = reader.propose(transcript_of(turns))
        levels = [
            c.attributes["level"] for c in found if c.construct == "defense" and c.turns[0] == len(turns) - 1
        ]
        gold.append(int(item["label"]))
        given.append(levels[0] if levels else 0)
    per = []
    for level in range(1, 9):
        tp = sum(a == b == level for a, b in zip(gold, given, strict=True))
        total = given.count(level) + gold.count(level)
        per.append(2 * tp / total if total else 0.0)
    said = sum(g > 0 for g in given)
    return [
        f"Macro-F1 over levels 1-8 on {len(gold)} turns: **{np.mean(per):.2f}** (the engine marks {said} of them;"
        " level 8, unclear, it never gives). Published: the best fine-tuned model of eight billion parameters"
        " .31-.39, word frequencies .15-.21. Those learned from that corpus; this engine never saw it, and its"
        " terms forbid that it should.",
    ]


def table(
    title: str, figures: dict, counts: dict, base: dict[str, str], other: dict | None = None
) -> list[str]:
    lines = [
        f"### {title}",
        "",
        "| | reached | given, coded | cross-validated | goal | two coders | majority |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, words, goal, agree in ROWS:
        value = figures.get(name)
        key = {"risk_recall": "risk"}.get(name, name)
        given = f"{counts[key][0]}, {counts[key][1]}" if key in counts else ""
        shown = (
            f"{value:.3f}"
            if name == "empty_per_turn"
            else f"{value:.0f}"
            if name == "decoys"
            else f"{value:.2f}"
        )
        if key in counts and counts[key][1] < FEW and name != "risk_recall":
            shown += " (too few to judge)"
        beside = ""
        if other is not None and name in other:
            beside = f"{other[name]:.0f}" if name == "decoys" else f"{other[name]:.2f}"
        lines.append(f"| {words} | {shown} | {given} | {beside} | {goal} | {agree} | {base.get(name, '0')} |")
    return [*lines, ""]


def main(argv: list[str]) -> None:
    """With ``--quick`` the cross-validation is left out and its column stays empty."""
    quick = "--quick" in argv
    reader = Reader()
    dev, held = read_folder(GOLD), read_folder(HELD)
    cues_held = proposed(held, reader)
    cues_dev = {} if quick else across(dev)
    hard = {item.id for item in (*dev, *held) if item.codes["meta"]["hard"]}
    notes = {item.id for item in (*dev, *held) if item.is_note}
    base = majority(dev)
    parts: list[str] = []
    for title, keep in (
        ("Hours, all", lambda i: i not in notes),
        ("Hours, plain", lambda i: i not in notes and i not in hard),
        ("Hours, hard", lambda i: i not in notes and i in hard),
        ("Process notes", lambda i: i in notes),
    ):
        figures, counts, said = judged(cues_held, HELD, keep)
        beside = None if quick else judged(cues_dev, GOLD, keep)[0]
        parts += table(title, figures, counts, base, beside)
        print(f"== {title}, kept aside\n{said}")
    page = (ROOT / "tests" / "gold" / "about_cues.md").read_text(encoding="utf-8")
    filled = (
        page.replace("{{FIGURES}}", "\n".join(parts).strip())
        .replace("{{CALIBRATION_HELD}}", "\n".join(calibration(held, cues_held)))
        .replace(
            "{{CALIBRATION_DEV}}", "Left out of this run." if quick else "\n".join(calibration(dev, cues_dev))
        )
        .replace("{{SUPPORT}}", "\n".join(support_chats()))
        .replace("{{N_HELD}}", str(len(held)))
        .replace("{{N_DEV}}", str(len(dev)))
    )
    (ROOT / "docs" / "methods" / "cues.md").write_text(filled.rstrip() + "\n", encoding="utf-8")
    print("\n".join(support_chats()))
    print("written: docs/methods/cues.md")


if __name__ == "__main__":
    main(sys.argv[1:])
