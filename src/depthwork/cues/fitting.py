"""How one part is fitted: sparse matrices, linear heads, small boosted trees, and the correction of their chances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from depthwork.cues.model import Array, Linear, Trees

Labels = npt.NDArray[np.int8]


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


def boost(x: Array, y: Labels, seed: int, rounds: int = 90) -> Trees:
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


def matrix(rows: Sequence[Mapping[str, float]], *, least: int) -> tuple[dict[str, int], Any]:
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


def line(x: Any, y: Labels, weight: Array, cost: float) -> tuple[Array, float]:
    from sklearn.linear_model import LogisticRegression

    if y.min() == y.max():
        return np.zeros(x.shape[1], np.float32), (4.0 if y.max() else -4.0)
    fitted = LogisticRegression(C=cost, solver="liblinear", random_state=0).fit(x, y, sample_weight=weight)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])


def linear(index: Mapping[str, int], heads: Sequence[tuple[str, Array, float]]) -> Linear:
    return Linear(
        index,
        tuple(name for name, _, _ in heads),
        np.stack([w for _, w, _ in heads], axis=1).astype(np.float32),
        np.array([b for _, _, b in heads], np.float32),
    )


def classes(x: Any, labels: Sequence[str], weight: Array, cost: float) -> list[tuple[str, Array, float]]:
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


def judge(meta: dict[str, Any], name: str, chance: Array, y: Labels) -> None:
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
