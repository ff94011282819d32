"""Fit the cue model from coded excerpts: linear heads over words, then trees over their scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from depthwork.cues.alarm import alarm_features
from depthwork.cues.exemplars import danger_lines
from depthwork.cues.fitting import Labels, boost, classes, judge, line, linear, matrix
from depthwork.cues.gold import Coded
from depthwork.cues.model import Array, Linear, Model, Trees, features_of, sigmoid, span_features
from depthwork.cues.spans import WATCHED, candidates, span_table, stack
from depthwork.cues.turns import View, describe
from depthwork.cues.vertices import CONFLICTS, PERSONS, vertex_features
from depthwork.transcripts.model import transcript_of

SPHERES = ("current", "past", "therapist")
FOLDS = 5
TREE_FOLDS = 3  # folds of the turns taken together, so that nothing is judged by what has seen it
# A line without its hour teaches less than a turn in its place.
LINE_WEIGHT = 0.5
TURN_COST = {"defense": 0.1, "interpretation": 0.1, "dream": 0.3, "withdrawal": 0.2, "confrontation": 0.2}


@dataclass(frozen=True, slots=True)
class Hour:
    """One excerpt made ready: its views, the rows they take, and its fold."""

    coded: Coded
    views: list[View]
    first: int
    fold: int

    @property
    def rows(self) -> slice:
        return slice(self.first, self.first + len(self.views))


def _inside(items: Iterable[Mapping[str, Any]], i: int) -> bool:
    return any(item["turns"][0] <= i <= item["turns"][1] for item in items)


def turn_label(head: str, codes: Mapping[str, Any], i: int) -> bool:
    """Whether turn `i` of a coded excerpt carries what a head looks for."""
    if head.startswith("fig_"):
        return any(i in f["turns"] and f["sphere"] == head[4:] for f in codes["figures"])
    if head == "ep_in":
        return _inside(codes["episodes"], i)
    if head == "ep_first":
        return any(e["turns"][0] == i for e in codes["episodes"])
    if head == "ep_last":
        return any(e["turns"][1] == i for e in codes["episodes"])
    if head == "strain_first":
        return any(r["turns"][0] == i for r in codes["ruptures"])
    if head in ("withdrawal", "confrontation"):
        return _inside([r for r in codes["ruptures"] if r["type"] == head], i)
    if head == "dream":
        return _inside(codes["dreams"], i)
    key = {"defense": "defenses", "interpretation": "interpretations"}[head]
    return any(item["turn"] == i for item in codes[key])


_NEEDS = {"fig": "figures", "ep_": "episodes", "def": "defenses", "int": "interpretations", "dre": "dreams"}


def _needs(head: str) -> str:
    return _NEEDS.get(head[:3], "ruptures")


def _allowed(head: str, speaker: str) -> bool:
    if head == "defense":
        return speaker != "T"
    if head == "interpretation":
        return speaker != "C"
    return True


class Learner:
    """Holds the excerpts while the model is fitted. One object, one fit."""

    def __init__(self, coded: Sequence[Coded], *, seed: int = 0, say: Callable[[str], None] = lambda _: None):
        self.say = say
        self.seed = seed
        order = np.random.RandomState(seed).permutation(len(coded))
        folds = np.empty(len(coded), int)
        folds[order] = np.arange(len(coded)) % FOLDS
        self.hours: list[Hour] = []
        first = 0
        for item, fold in zip(coded, folds, strict=True):
            views = describe(item.transcript)
            self.hours.append(Hour(item, views, first, int(fold)))
            first += len(views)
        self.size = first
        rows = [features_of(hour.views, i) for hour in self.hours for i in range(len(hour.views))]
        self.index, self.x = matrix(rows, least=3)
        self.fold = np.concatenate([np.full(len(hour.views), hour.fold) for hour in self.hours])
        self.weight = np.concatenate(
            [np.full(len(hour.views), hour.coded.weight, np.float32) for hour in self.hours]
        )

    def labels(self, head: str) -> Labels:
        return np.array(
            [turn_label(head, h.coded.codes, i) for h in self.hours for i in range(len(h.views))], np.int8
        )

    def mask(self, head: str) -> npt.NDArray[np.bool_]:
        return np.array(
            [
                _needs(head) in h.coded.covers and _allowed(head, view.speaker)
                for h in self.hours
                for view in h.views
            ]
        )

    def fit(self) -> Model:
        """Fit every part; returns what is shipped."""
        danger, vertex = self.danger(), self.vertices()
        self.say("danger and vertices")
        heads: dict[str, tuple[Array, float]] = {}
        watched = np.full((self.size, len(WATCHED)), -5.0, np.float32)
        meta: dict[str, Any] = {"excerpts": len(self.hours), "tables": {}, "least": {}}
        for k, head in enumerate(WATCHED):
            y, mask, cost = self.labels(head), self.mask(head), TURN_COST.get(head, 0.1)
            held = np.full(self.size, -5.0, np.float32)
            for fold in range(FOLDS):
                learn, test = mask & (self.fold != fold), mask & (self.fold == fold)
                w, b = line(self.x[learn], y[learn], self.weight[learn], cost)
                held[test] = self.x[test] @ w + b
            heads[head] = line(self.x[mask], y[mask], self.weight[mask], cost)
            watched[:, k] = held
            if head in ("defense", "interpretation"):
                judge(meta, head, sigmoid(held[mask]), y[mask])
        self.say("turn heads")
        watched = np.clip(watched, -5, 5)
        self._kinds(heads)
        dense = np.vstack([stack(watched[h.rows], h.views) for h in self.hours])
        told = self.mask("fig_current")
        trees: dict[str, Trees] = {}
        figures = np.zeros((self.size, 3), np.float32)
        for k, sphere in enumerate(SPHERES):
            y = self.labels(f"fig_{sphere}")
            figures[:, k] = self._grow(trees, f"fig_{sphere}", dense, y, self.fold, told)
            judge(meta, f"fig_{sphere}", sigmoid(figures[told, k]), y[told])
        self.say("figures")
        for kind in ("episode", "withdrawal", "confrontation", "dream"):
            self._spans(kind, watched, figures, trees, meta)
        self.say("spans")
        span = self._span_heads()
        turn = linear(self.index, [(name, w, b) for name, (w, b) in heads.items()])
        return Model(turn, span, trees, meta, danger, vertex)

    def _grow(
        self,
        trees: dict[str, Trees],
        name: str,
        x: Array,
        y: Labels,
        fold: npt.NDArray[Any],
        told: npt.NDArray[np.bool_],
    ) -> Array:
        """Held-out log odds by fold, learned from the rows that are `told`; the trees of the whole go into `trees`."""
        held = np.zeros(len(y), np.float32)
        part = fold % TREE_FOLDS
        for f in range(TREE_FOLDS):
            learn, test = told & (part != f), part == f
            if test.any():
                held[test] = boost(x[learn], y[learn], 1).scores(x[test])
        for s in (1, 2):
            trees[f"{name}:{s}"] = boost(x[told], y[told], s)
        return held

    def _kinds(self, heads: dict[str, tuple[Array, float]]) -> None:
        """Codes and levels among defense turns."""
        rows, codes, levels, weights = [], [], [], []
        for h in self.hours:
            for d in h.coded.codes["defenses"]:
                rows.append(h.first + d["turn"])
                codes.append(d["defense"])
                levels.append(str(d["level"]))
                weights.append(h.coded.weight)
        for prefix, labels in (("code", codes), ("level", levels)):
            for name, w, b in classes(self.x[rows], labels, np.array(weights, np.float32), 0.3):
                heads[f"{prefix}:{name}"] = (w, b)

    def vertices(self) -> Linear:
        """Persons and conflicts among interpretations."""
        marked = [(h, x) for h in self.hours for x in h.coded.codes["interpretations"]]
        index, x = matrix([vertex_features(h.views, item["turn"]) for h, item in marked], least=3)
        ones = np.ones(len(marked), np.float32)
        heads = []
        for key, values in (("person", PERSONS), ("conflict", CONFLICTS)):
            for value in values:
                y = np.array([value in item[key] for _, item in marked], np.int8)
                heads.append((f"{key}:{value}", *line(x, y, ones, 0.1)))
        return linear(index, heads)

    def danger(self) -> Linear:
        """Whether a turn speaks of danger, learned from turns in their place; of which kind, from single lines too.

        Half of the single lines are of danger, which no hour is: they must not teach how likely it is.
        """
        rows: list[dict[str, float]] = []
        labels: list[str] = []
        weights: list[float] = []
        for h in self.hours:
            if "risk" not in h.coded.covers:
                continue
            told = {item["turn"]: item["kind"] for item in h.coded.codes["risk"]}
            for i, view in enumerate(h.views):
                if view.speaker != "T":
                    rows.append(alarm_features(h.views, i))
                    labels.append(told.get(i, ""))
                    weights.append(h.coded.weight)
        in_place = len(rows)
        for kind, said in danger_lines():
            if kind:
                rows.append(alarm_features(describe(transcript_of([("C", said)])), 0))
                labels.append(kind)
                weights.append(LINE_WEIGHT)
        index, x = matrix(rows, least=3)
        weight = np.array(weights, np.float32)
        told_of = np.array([bool(kind) for kind in labels[:in_place]], np.int8)
        heads = [("risk", *line(x[:in_place], told_of, weight[:in_place], 0.1))]
        at = [k for k, kind in enumerate(labels) if kind]
        heads += classes(x[at], [labels[k] for k in at], weight[at], 0.3)
        return linear(index, heads)

    def _spans(
        self,
        kind: str,
        watched: Array,
        figures: Array,
        trees: dict[str, Trees],
        meta: dict[str, Any],
    ) -> None:
        tables: list[Array] = []
        labels: list[bool] = []
        folds: list[int] = []
        for h in self.hours:
            if _COVERS[kind] not in h.coded.covers:
                continue
            spans = candidates(kind, watched[h.rows], h.views)
            if not spans:
                continue
            golds = spans_of(kind, h.coded.codes)
            tables.append(span_table(spans, watched[h.rows], figures[h.rows], h.views))
            labels.extend(max((overlap(s, g) for g in golds), default=0.0) >= 0.5 for s in spans)
            folds.extend([h.fold] * len(spans))
        x, y = np.vstack(tables), np.array(labels, np.int8)
        held = self._grow(trees, kind, x, y, np.array(folds), np.ones(len(y), bool))
        judge(meta, kind, sigmoid(held), y)

    def _span_heads(self) -> Linear:
        rows: list[dict[str, float]] = []
        jobs: list[tuple[str, str, list[int], list[str]]] = []
        episodes: list[Mapping[str, Any]] = []
        ruptures: list[Mapping[str, Any]] = []
        e_rows, r_rows = [], []
        for h in self.hours:
            for e in h.coded.codes["episodes"]:
                e_rows.append(len(rows))
                episodes.append(e)
                rows.append(span_features(h.views, *e["turns"]))
            for r in h.coded.codes["ruptures"]:
                r_rows.append(len(rows))
                ruptures.append(r)
                rows.append(span_features(h.views, *r["turns"]))
        index, x = matrix(rows, least=3)
        heads: dict[str, tuple[Array, float]] = {}
        ones = np.ones(len(rows), np.float32)
        for key in ("wish", "ro", "rs"):
            for code in sorted({c for e in episodes for c in e[key]}):
                y = np.array([code in e[key] for e in episodes], np.int8)
                heads[f"{key}:{code}"] = line(x[e_rows], y, ones[e_rows], 0.05)
        for key in ("ro_polarity", "rs_polarity", "sphere"):
            jobs.append((key, "multi", e_rows, [e[key] for e in episodes]))
        jobs.append(("marker", "multi", r_rows, [r["marker"] for r in ruptures]))
        jobs.append(("repaired", "multi", r_rows, [str(r["repaired"]).lower() for r in ruptures]))
        for key, _, at, labels in jobs:
            for name, w, b in classes(x[at], labels, ones[at], 0.05):
                heads[f"{key}:{name}"] = (w, b)
        return linear(index, [(name, w, b) for name, (w, b) in heads.items()])


_COVERS = {"episode": "episodes", "withdrawal": "ruptures", "confrontation": "ruptures", "dream": "dreams"}


def spans_of(kind: str, codes: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Gold spans of one kind, as (first, last) turns."""
    if kind == "episode":
        items = codes["episodes"]
    elif kind == "dream":
        items = codes["dreams"]
    else:
        items = [r for r in codes["ruptures"] if r["type"] == kind]
    return [(item["turns"][0], item["turns"][1]) for item in items]


def overlap(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Intersection over union of two runs of turns."""
    shared = min(a[1], b[1]) - max(a[0], b[0]) + 1
    return max(0, shared) / (max(a[1], b[1]) - min(a[0], b[0]) + 1)
