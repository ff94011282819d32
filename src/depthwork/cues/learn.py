"""Fit the cue model from coded excerpts: linear heads over words, then trees over their scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from depthwork.cues.gold import Coded
from depthwork.cues.model import Array, Linear, Model, Trees, features_of, sigmoid, span_features
from depthwork.cues.spans import WATCHED, candidates, span_table, stack
from depthwork.cues.turns import View, describe

SPHERES = ("current", "past", "therapist")
FOLDS = 5
Labels = npt.NDArray[np.int8]
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
    key = {"defense": "defenses", "interpretation": "interpretations", "risk": "risk"}[head]
    return any(item["turn"] == i for item in codes[key])


_NEEDS = {"fig": "figures", "ep_": "episodes", "def": "defenses", "int": "interpretations", "dre": "dreams"}


def _needs(head: str) -> str:
    return "risk" if head == "risk" else _NEEDS.get(head[:3], "ruptures")


def _allowed(head: str, speaker: str) -> bool:
    if head in ("defense", "risk"):
        return speaker != "T"
    if head == "interpretation":
        return speaker != "C"
    return True


def to_trees(boosted: Any) -> Trees:
    """A fitted gradient boosting classifier as flat arrays."""
    feature: list[int] = []
    threshold: list[float] = []
    left: list[int] = []
    right: list[int] = []
    value: list[float] = []
    roots: list[int] = []
    for (tree,) in boosted._predictors:
        base = len(feature)
        roots.append(base)
        for node in tree.nodes:
            leaf = bool(node["is_leaf"])
            feature.append(-1 if leaf else int(node["feature_idx"]))
            threshold.append(0.0 if leaf else float(node["num_threshold"]))
            left.append(base if leaf else base + int(node["left"]))
            right.append(base if leaf else base + int(node["right"]))
            value.append(float(node["value"]) if leaf else 0.0)
    return Trees(
        np.array(feature, np.int32),
        np.array(threshold, np.float32),
        np.array(left, np.int32),
        np.array(right, np.int32),
        np.array(value, np.float32),
        np.array(roots, np.int32),
        float(boosted._baseline_prediction.ravel()[0]),
    )


def _boost(x: Array, y: Labels, seed: int, rounds: int = 90) -> Trees:
    from sklearn.ensemble import HistGradientBoostingClassifier

    fitted = HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=0.06,
        max_leaf_nodes=8,
        min_samples_leaf=15,
        l2_regularization=5,
        max_features=0.3,
        max_bins=63,
        early_stopping=False,
        random_state=seed,
    ).fit(x, y)
    return to_trees(fitted)


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
        self.index, self.x = _matrix(rows, least=3)
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
        heads: dict[str, tuple[Array, float]] = {}
        watched = np.full((self.size, len(WATCHED)), -5.0, np.float32)
        meta: dict[str, Any] = {"excerpts": len(self.hours), "tables": {}, "least": {}}
        for k, head in enumerate((*WATCHED, "risk")):
            y, mask, cost = self.labels(head), self.mask(head), TURN_COST.get(head, 0.1)
            held = np.full(self.size, -5.0, np.float32)
            for fold in range(FOLDS):
                learn, test = mask & (self.fold != fold), mask & (self.fold == fold)
                w, b = _line(self.x[learn], y[learn], self.weight[learn], cost)
                held[test] = self.x[test] @ w + b
            heads[head] = _line(self.x[mask], y[mask], self.weight[mask], cost)
            if k < len(WATCHED):
                watched[:, k] = held
            if head in ("defense", "interpretation"):
                _judge(meta, head, sigmoid(held[mask]), y[mask])
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
            _judge(meta, f"fig_{sphere}", sigmoid(figures[told, k]), y[told])
        self.say("figures")
        for kind in ("episode", "withdrawal", "confrontation", "dream"):
            self._spans(kind, watched, figures, trees, meta)
        self.say("spans")
        span = self._span_heads()
        names = tuple(heads)
        turn = Linear(
            self.index,
            names,
            np.stack([heads[name][0] for name in names], axis=1).astype(np.float32),
            np.array([heads[name][1] for name in names], np.float32),
        )
        return Model(turn, span, trees, meta)

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
        for f in range(FOLDS):
            learn, test = told & (fold != f), fold == f
            if test.any():
                held[test] = _boost(x[learn], y[learn], 1).scores(x[test])
        for s in (1, 2):
            trees[f"{name}:{s}"] = _boost(x[told], y[told], s)
        return held

    def _kinds(self, heads: dict[str, tuple[Array, float]]) -> None:
        """Codes and levels among defense turns; vertices among interpretations."""
        rows, codes, levels, weights = [], [], [], []
        marked = []
        for h in self.hours:
            for d in h.coded.codes["defenses"]:
                rows.append(h.first + d["turn"])
                codes.append(d["defense"])
                levels.append(str(d["level"]))
                weights.append(h.coded.weight)
            for x in h.coded.codes["interpretations"]:
                marked.append((h.first + x["turn"], x))
        for prefix, labels in (("code", codes), ("level", levels)):
            for name, w, b in _classes(self.x[rows], labels, np.array(weights, np.float32), 0.3):
                heads[f"{prefix}:{name}"] = (w, b)
        at = [row for row, _ in marked]
        ones = np.ones(len(at), np.float32)
        for prefix, key, values in (
            ("person", "person", ("therapist", "current", "past")),
            ("conflict", "conflict", ("defense", "anxiety", "feeling")),
        ):
            for value in values:
                y = np.array([value in x[key] for _, x in marked], np.int8)
                heads[f"{prefix}:{value}"] = _line(self.x[at], y, ones, 0.1)

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
        _judge(meta, kind, sigmoid(held), y)

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
        index, x = _matrix(rows, least=3)
        heads: dict[str, tuple[Array, float]] = {}
        ones = np.ones(len(rows), np.float32)
        for key in ("wish", "ro", "rs"):
            for code in sorted({c for e in episodes for c in e[key]}):
                y = np.array([code in e[key] for e in episodes], np.int8)
                heads[f"{key}:{code}"] = _line(x[e_rows], y, ones[e_rows], 0.05)
        for key in ("ro_polarity", "rs_polarity", "sphere"):
            jobs.append((key, "multi", e_rows, [e[key] for e in episodes]))
        jobs.append(("marker", "multi", r_rows, [r["marker"] for r in ruptures]))
        jobs.append(("repaired", "multi", r_rows, [str(r["repaired"]).lower() for r in ruptures]))
        for key, _, at, labels in jobs:
            for name, w, b in _classes(x[at], labels, ones[at], 0.05):
                heads[f"{key}:{name}"] = (w, b)
        names = tuple(heads)
        return Linear(
            index,
            names,
            np.stack([heads[n][0] for n in names], axis=1).astype(np.float32),
            np.array([heads[n][1] for n in names], np.float32),
        )


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


def _matrix(rows: Sequence[Mapping[str, float]], *, least: int) -> tuple[dict[str, int], Any]:
    from scipy.sparse import csr_matrix

    counts = Counter(name for row in rows for name in row)
    index = {name: i for i, name in enumerate(sorted(n for n, c in counts.items() if c >= least))}
    ids: list[int] = []
    values: list[float] = []
    ends = [0]
    for row in rows:
        for name, value in row.items():
            at = index.get(name)
            if at is not None:
                ids.append(at)
                values.append(value)
        ends.append(len(ids))
    return index, csr_matrix((np.array(values, np.float32), ids, ends), shape=(len(rows), len(index)))


def _line(x: Any, y: Labels, weight: Array, cost: float) -> tuple[Array, float]:
    from sklearn.linear_model import LogisticRegression

    if y.min() == y.max():
        return np.zeros(x.shape[1], np.float32), (4.0 if y.max() else -4.0)
    fitted = LogisticRegression(C=cost, solver="liblinear", random_state=0).fit(x, y, sample_weight=weight)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])


def _classes(x: Any, labels: Sequence[str], weight: Array, cost: float) -> list[tuple[str, Array, float]]:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=cost, max_iter=400).fit(x, list(labels), sample_weight=weight)
    names = [str(name) for name in fitted.classes_]
    if len(names) == 2:
        w, b = fitted.coef_[0] / 2, float(fitted.intercept_[0]) / 2
        return [(names[0], -w.astype(np.float32), -b), (names[1], w.astype(np.float32), b)]
    return [
        (name, fitted.coef_[k].astype(np.float32), float(fitted.intercept_[k]))
        for k, name in enumerate(names)
    ]


def _judge(meta: dict[str, Any], name: str, chance: Array, y: Labels) -> None:
    """Calibration table from held-out chances (isotonic), kept as a short staircase."""
    from sklearn.isotonic import IsotonicRegression

    iso = IsotonicRegression(y_min=0.01, y_max=0.97, out_of_bounds="clip").fit(chance, y)
    knots = np.quantile(chance, np.linspace(0, 1, 15) ** 0.5)
    knots = np.unique(np.concatenate([knots, np.linspace(0.02, 0.98, 25)]))
    fixed = iso.predict(knots)
    # A light smoothing: a staircase of few cases would promise more than it knows.
    fixed = np.convolve(np.pad(fixed, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    meta["tables"][name] = [
        [round(float(a), 4), round(float(b), 4)] for a, b in zip(knots, fixed, strict=True)
    ]
