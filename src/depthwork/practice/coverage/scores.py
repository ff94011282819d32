"""Scores for a payer: only with the client's dated yes, and found in words where there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.translation import gettext as _

from depthwork.measures import measures
from depthwork.practice.config.dates import in_words
from depthwork.practice.tracking.models import Score
from depthwork.practice.treatments.consents import open_answers
from depthwork.practice.treatments.models import Client, Consent, Treatment
from depthwork.wording import figure

# Answers about drinking and drugs: 42 CFR Part 2 where the practice is such a programme.
PART2 = frozenset({"bam", "audit", "audit_c", "dast10"})
_NEAR = 60  # signs after a measure's name in which a figure is taken for its score
_SENTENCE = re.compile(r"(?<=[.;])\s+|\n")
_FIGURE = re.compile(r"\d")
_SCORED = re.compile(r"\bscor(?:e|ed|es|ing)(?: of| was| is|:)? \d")


@cache
def _short_names() -> tuple[str, ...]:
    """PHQ-9, GAD-7 and their like, as they stand in brackets in each measure's name; the longest first."""
    found = set()
    for one in measures():
        inside = one.name[one.name.rfind("(") + 1 : -1] if one.name.endswith(")") else one.name
        found |= {inside.casefold(), one.id.replace("_", "-").casefold(), one.id.replace("_", "").casefold()}
    return tuple(sorted((name for name in found if len(name) >= 3), key=len, reverse=True))


def names_a_score(text: str) -> bool:
    """Whether words look like a score: a measure's short name with a figure near after it, or “a score of 9”."""
    low = text.casefold()
    if _SCORED.search(low):
        return True
    for name in _short_names():
        at = low.find(name)
        while at >= 0:
            end = at + len(name)
            stands_alone = (at == 0 or not low[at - 1].isalnum()) and (
                end == len(low) or not low[end].isalnum()
            )
            if stands_alone and _FIGURE.search(low[end : end + _NEAR]):
                return True
            at = low.find(name, end)
    return False


def without_scores(text: str) -> tuple[str, int]:
    """The sentences that hold no score, and how many were left out."""
    parts = [part for part in _SENTENCE.split(text) if part.strip()]
    kept = [part for part in parts if not names_a_score(part)]
    return " ".join(part.strip() for part in kept), len(parts) - len(kept)


def yes_to_scores(client: Client, *, on: date) -> Consent | None:
    """The client's standing yes to scores for the insurer, or None: not asked, no, taken back, or run out."""
    for row in open_answers(client, Consent.Purpose.INSURER_SCORES):
        if (
            row.person_id is None
            and row.is_yes
            and row.given_on <= on
            and (row.ends_on is None or on <= row.ends_on)
        ):
            return row
    return None


@dataclass(frozen=True, slots=True)
class Course:
    """The first and the last score of one measure, with the rows they stand in."""

    measure: str
    name: str
    first: tuple[date, float]
    last: tuple[date, float]
    n: int
    rows: tuple[Score, ...]

    @property
    def words(self) -> str:
        """What a payer reads of it."""
        if self.n == 1:
            return _("%(name)s: %(last)s on %(day)s, one answer") % {
                "name": self.name,
                "last": figure(self.last[1], "g"),
                "day": in_words(self.last[0]),
            }
        return _("%(name)s: %(first)s on %(before)s, %(last)s on %(day)s, %(n)s answers") % {
            "name": self.name,
            "first": figure(self.first[1], "g"),
            "before": in_words(self.first[0]),
            "last": figure(self.last[1], "g"),
            "day": in_words(self.last[0]),
            "n": self.n,
        }


def courses_for(treatment: Treatment) -> list[Course]:
    """Every measure of a treatment that has a score; two queries."""
    main = {one.id: (one.name, one.main_score) for one in measures()}
    latest: dict[object, Score] = {}
    rows = Score.objects.filter(response__treatment=treatment, response__box=None)
    for row in rows.select_related("client", "response").order_by(
        "response__on", "response__arrived_at", "number"
    ):
        latest[row.response_id] = row
    found: dict[str, list[tuple[date, float, Score]]] = {}
    for row in latest.values():
        told = row.result or {}
        name = str(told.get("measure") or "")
        rule = main.get(name, ("", None))[1]
        value = ((told.get("scores") or {}).get(rule.id) or {}).get("value") if rule else None
        if value is not None:
            found.setdefault(name, []).append((row.response.on, float(value), row))
    return [
        Course(name, main[name][0], points[0][:2], points[-1][:2], len(points), (points[0][2], points[-1][2]))
        for name, points in sorted(found.items())
    ]
