"""One pass of the model over an hour: every turn's and every span's chances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from depthwork.cues.alarm import alarms
from depthwork.cues.danger import Hit, hits
from depthwork.cues.model import Array, Model, features_of, sigmoid, span_features
from depthwork.cues.spans import WATCHED, candidates, choose, span_table, stack
from depthwork.cues.turns import View

SPHERES = ("current", "past", "therapist")


@dataclass
class Scores:
    """Chances of one hour under a model; computed once, asked many times."""

    model: Model
    views: Sequence[View]

    @cached_property
    def rows(self) -> list[dict[str, float]]:
        return [features_of(self.views, i) for i in range(len(self.views))]

    @cached_property
    def turn(self) -> Array:
        return self.model.turn.scores(self.rows)

    def column(self, head: str) -> Array:
        """Raw scores of one turn head, shape (n_turns,)."""
        column: Array = self.turn[:, self.model.turn.heads.index(head)]
        return column

    @cached_property
    def watched(self) -> Array:
        found: Array = np.clip(np.stack([self.column(head) for head in WATCHED], axis=1), -5, 5)
        return found

    def _grown(self, name: str, x: Array) -> Array:
        parts = [tree.scores(x) for key, tree in self.model.trees.items() if key.split(":")[0] == name]
        out: Array = np.mean(parts, axis=0)
        return out

    @cached_property
    def figures(self) -> Array:
        """Log odds of the three spheres at each turn, shape (n_turns, 3)."""
        dense = stack(self.watched, self.views)
        return np.stack([self._grown(f"fig_{sphere}", dense) for sphere in SPHERES], axis=1)

    def chance(self, name: str, raw: Array) -> Array:
        """Calibrated chances from raw log odds."""
        table = np.asarray(self.model.meta["tables"][name], np.float32)
        fixed: Array = np.interp(sigmoid(raw), table[:, 0], table[:, 1]).astype(np.float32)
        return fixed

    def turns_with(self, head: str) -> Array:
        """Calibrated chance of a turn-level construct at each turn."""
        return self.chance(head, self.column(head))

    def spans_with(self, kind: str, least: float) -> list[tuple[tuple[int, int], float]]:
        """Chosen spans of a construct with their calibrated chance."""
        spans = candidates(kind, self.watched, self.views)
        if not spans:
            return []
        table = span_table(spans, self.watched, self.figures, self.views)
        chances = self.chance(kind, self._grown(kind, table))
        return choose(spans, [float(c) for c in chances], least)

    @cached_property
    def signs(self) -> list[list[Hit]]:
        """Patterns of danger in each of the client's turns."""
        return [[] if view.speaker == "T" else hits(view) for view in self.views]

    def alarming(self, least: float, in_notes: float) -> dict[int, str]:
        """Turns that may speak of danger, each with its likeliest kind; a note's paragraphs have a bound of their own.

        None in a text of one turn: the score reads what stands around, and there is nothing.
        """
        if len(self.views) < 2:
            return {}
        raw, heads = alarms(self.model, self.views, self.signs), self.model.danger.heads
        likely = raw[:, 1:].argmax(axis=1)
        return {
            i: heads[1 + int(likely[i])]
            for i, view in enumerate(self.views)
            if view.speaker != "T" and raw[i, 0] >= (in_notes if view.speaker == "N" else least)
        }

    def among(self, prefix: str, i: int) -> dict[str, float]:
        """Softmax over the turn heads of one prefix, at turn `i`."""
        return _softmax(self.model.turn.heads, self.turn[i], prefix)

    def span(self, first: int, last: int) -> SpanScores:
        """Scores of what a span may hold."""
        row = span_features(self.views, first, last)
        return SpanScores(self.model.span.heads, self.model.span.scores([row])[0])


@dataclass(frozen=True, slots=True)
class SpanScores:
    """Raw scores of one span's heads."""

    heads: tuple[str, ...]
    raw: Array

    def among(self, prefix: str) -> dict[str, float]:
        """Softmax over the heads of one prefix."""
        return _softmax(self.heads, self.raw, prefix)

    def each(self, prefix: str) -> dict[str, float]:
        """Independent chances of the heads of one prefix."""
        return {
            head.partition(":")[2]: float(sigmoid(self.raw[k : k + 1])[0])
            for k, head in enumerate(self.heads)
            if head.partition(":")[0] == prefix
        }


def _softmax(heads: Sequence[str], raw: Array, prefix: str) -> dict[str, float]:
    at = [k for k, head in enumerate(heads) if head.partition(":")[0] == prefix]
    values = np.asarray([raw[k] for k in at], np.float64)
    values = np.exp(values - values.max())
    values /= values.sum()
    return {heads[k].partition(":")[2]: float(v) for k, v in zip(at, values, strict=True)}
