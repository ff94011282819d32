"""The learned part at run time: linear heads over words, and small trees over their scores."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from depthwork.cues.turns import View

Array = npt.NDArray[np.float32]

# How far a turn sees its neighbours, and how much their words weigh against its own.
WINDOW = ((-1, "p"), (1, "n"), (-2, "pp"), (2, "nn"))
SHOWN_WEIGHT, WORD_WEIGHT = 0.6, 0.4


def features_of(views: Sequence[View], i: int) -> dict[str, float]:
    """Sparse features of turn `i`: its own, and those its neighbours show."""
    found = {f"0|{name}": 1.0 for name in views[i].own}
    for step, mark in WINDOW:
        if 0 <= i + step < len(views):
            near = views[i + step]
            for name in near.shown:
                found[f"{mark}|{name}"] = SHOWN_WEIGHT
            if step in (-1, 1):
                for word in near.reading.words:
                    found[f"{mark}|w:{word}"] = WORD_WEIGHT
        else:
            found[f"{mark}|edge"] = 1.0
    return found


def span_features(views: Sequence[View], first: int, last: int) -> dict[str, float]:
    """Sparse features of a span of turns: what any of its turns says, speaker by speaker."""
    found: dict[str, float] = {f"len={min(9, last - first)}": 1.0}
    for i in range(first, last + 1):
        mark = "T" if views[i].speaker == "T" else "C"
        weight = 0.5 if mark == "T" else 1.0
        for name in views[i].own:
            found[f"{mark}|{name}"] = weight
    for step, mark in ((-1, "p"), (1, "n")):
        i = first + step if step < 0 else last + step
        if 0 <= i < len(views):
            for name in views[i].shown:
                found[f"{mark}|{name}"] = 0.5
    return found


@dataclass(frozen=True, slots=True)
class Linear:
    """Linear scores over named features: ``score = bias + sum of weights``."""

    index: Mapping[str, int]
    heads: tuple[str, ...]
    weights: Array
    bias: Array

    def scores(self, rows: Sequence[Mapping[str, float]]) -> Array:
        """Raw scores, shape (n_rows, n_heads)."""
        out = np.tile(self.bias, (len(rows), 1)).astype(np.float32)
        get = self.index.get
        for r, row in enumerate(rows):
            ids, values = [], []
            for name, value in row.items():
                at = get(name)
                if at is not None:
                    ids.append(at)
                    values.append(value)
            if ids:
                out[r] += np.asarray(values, np.float32) @ self.weights[ids]
        return out

    def reasons(self, row: Mapping[str, float], head: str, most: int = 6) -> list[tuple[str, float]]:
        """The features that spoke loudest for one head, strongest first."""
        h = self.heads.index(head)
        parts = [
            (name, float(value * self.weights[self.index[name], h]))
            for name, value in row.items()
            if name in self.index
        ]
        parts.sort(key=lambda part: (-part[1], part[0]))
        return [part for part in parts[:most] if part[1] > 0]


@dataclass(frozen=True, slots=True)
class Trees:
    """A sum of small decision trees: flat arrays, one row a node."""

    feature: npt.NDArray[np.int32]
    threshold: Array
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: Array
    roots: npt.NDArray[np.int32]
    base: float

    def scores(self, x: Array) -> Array:
        """Raw scores (log odds), shape (n_rows,)."""
        total = np.full(len(x), self.base, np.float32)
        if not len(x):
            return total
        rows = np.arange(len(x))[:, None]
        at = np.tile(self.roots, (len(x), 1))
        for _ in range(24):
            inner = self.feature[at] >= 0
            if not inner.any():
                break
            f = np.maximum(self.feature[at], 0)
            goes_left = x[rows, f] <= self.threshold[at]
            at = np.where(inner, np.where(goes_left, self.left[at], self.right[at]), at)
        out: Array = total + self.value[at].sum(axis=1, dtype=np.float32)
        return out


def sigmoid(x: Array) -> Array:
    """Log odds to probability."""
    out: Array = (1.0 / (1.0 + np.exp(-np.clip(x, -30, 30)))).astype(np.float32)
    return out


LINEARS = ("turn", "span", "danger", "vertex")


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that was learned, as it is shipped."""

    turn: Linear
    span: Linear
    trees: Mapping[str, Trees]
    meta: Mapping[str, Any]
    danger: Linear
    vertex: Linear


def pack(model: Model) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Arrays and a small dictionary, for `np.savez_compressed` and JSON."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name in LINEARS:
        linear = getattr(model, name)
        arrays[f"{name}.weights"] = linear.weights.astype(np.float16)
        arrays[f"{name}.bias"] = linear.bias.astype(np.float32)
        names = sorted(linear.index, key=lambda k: linear.index[k])
        arrays[f"{name}.names"] = np.frombuffer("\n".join(names).encode(), np.uint8)
        arrays[f"{name}.heads"] = np.frombuffer("\n".join(linear.heads).encode(), np.uint8)
    for name, t in model.trees.items():
        for part in ("feature", "left", "right", "roots"):
            arrays[f"tree.{name}.{part}"] = getattr(t, part).astype(np.int16)
        arrays[f"tree.{name}.threshold"] = t.threshold.astype(np.float32)
        arrays[f"tree.{name}.value"] = t.value.astype(np.float32)
        arrays[f"tree.{name}.base"] = np.array([t.base], np.float32)
    return arrays, dict(model.meta)


@cache
def load() -> Model:
    """The model in `data/weights.npz`, read once."""
    path = files("depthwork.cues").joinpath("data", "weights.npz")
    with path.open("rb") as handle, np.load(handle, allow_pickle=False) as data:
        arrays = {name: data[name] for name in data.files}
    linears = {}
    for name in LINEARS:
        names = arrays[f"{name}.names"].tobytes().decode().split("\n")
        heads = tuple(arrays[f"{name}.heads"].tobytes().decode().split("\n"))
        linears[name] = Linear(
            {key: i for i, key in enumerate(names)},
            heads,
            arrays[f"{name}.weights"].astype(np.float32),
            arrays[f"{name}.bias"],
        )
    trees = {}
    for name in sorted({key.split(".")[1] for key in arrays if key.startswith("tree.")}):
        part = {
            k: arrays[f"tree.{name}.{k}"] for k in ("feature", "left", "right", "roots", "threshold", "value")
        }
        trees[name] = Trees(
            feature=part["feature"].astype(np.int32),
            threshold=part["threshold"],
            left=part["left"].astype(np.int32),
            right=part["right"].astype(np.int32),
            value=part["value"],
            roots=part["roots"].astype(np.int32),
            base=float(arrays[f"tree.{name}.base"][0]),
        )
    meta = json.loads(files("depthwork.cues").joinpath("data", "weights.json").read_text(encoding="utf-8"))
    return Model(linears["turn"], linears["span"], trees, meta, linears["danger"], linears["vertex"])
