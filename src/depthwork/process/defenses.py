"""Defenses by level of adaptiveness, and overall defensive functioning (ODF) in the style of the DMRS.

When not to use it: Not as an official DMRS score, a diagnosis or a level of personality organisation, and not
for one hour with few defenses. Not between coders whose agreement nobody looked at.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from depthwork.coding.marks import Mark
from depthwork.coding.shelf import codebook, codes_for
from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop

LEVELS = (1, 2, 3, 4, 5, 6, 7)
LEAST = 10
WITHHELD = gettext_noop("fewer than 10 defenses")


@dataclass(frozen=True, slots=True)
class DefenseProfile:
    """Shares in percent; None where `withheld` says why. Counts are always given."""

    n: int
    counts: Mapping[str, int]
    level_counts: Mapping[int, int]
    odf: float | None
    se: float | None
    code_percent: Mapping[str, float] | None
    level_percent: Mapping[int, float] | None
    mature: float | None
    neurotic: float | None
    immature: float | None
    depressive: float | None
    non_depressive: float | None
    uncounted: Mapping[str, int] = field(default_factory=dict)
    withheld: str | None = None


@lru_cache(maxsize=1)
def level_of() -> Mapping[str, int]:
    """The level of each counted defense, 1 (action) to 7 (high-adaptive)."""
    return {c.code: int(c.facts["level"]) for c in codes_for("defense").values() if c.counted}


@lru_cache(maxsize=1)
def level_names() -> Mapping[int, str]:
    """The names of the seven levels."""
    return {int(entry["level"]): str(entry["name"]) for entry in codebook("defenses").document["levels"]}


@lru_cache(maxsize=1)
def _subgroups() -> Mapping[str, str]:
    named = codes_for("defense").values()
    return {c.code: str(c.facts["immature_subgroup"]) for c in named if "immature_subgroup" in c.facts}


def functioning(level_counts: Mapping[int, int]) -> tuple[float, float]:
    """ODF and its standard error from counts by level.

    Parameters
    ----------
    level_counts
        Occurrences by level 1 to 7; levels left out count zero.

    Returns
    -------
    odf, se
        Both on the scale of the levels, 1 to 7.

    Raises
    ------
    ValueError
        Without any defense, or with a level outside 1 to 7.

    Notes
    -----
    1. Each occurrence counts once and is independent of the others (multinomial). Within an
       hour they are not, so the true error is larger: `functioning_interval` resamples hours.
    2. Levels are equally far apart.

    ``sum k n_k / N``; se ``sqrt((sum p_k k^2 - ODF^2) / N)`` (a rule of this project)

    Not an official DMRS score and no measure of personality organisation.

    References
    ----------
    Perry (1990), DMRS manual, 5th ed.; Di Giuseppe & Perry (2021), doi:10.3389/fpsyg.2021.718440
    """
    if any(k not in LEVELS or n < 0 for k, n in level_counts.items()):
        raise ValueError("levels run from 1 to 7 and counts from 0")
    total = sum(level_counts.values())
    if not total:
        raise ValueError("no defense was counted")
    odf = sum(k * n for k, n in level_counts.items()) / total
    spread = sum(n * k * k for k, n in level_counts.items()) / total - odf * odf
    return odf, math.sqrt(max(0.0, spread) / total)


def profile_of(codes: Iterable[str], *, least: int = LEAST) -> DefenseProfile:
    """The profile of a run of defense codes, one entry an occurrence.

    Labels that are not counted (no defense, unclear) and codes of another codebook version
    stand in `uncounted`. Below `least` occurrences only counts are given.
    """
    seen = Counter(codes)
    level = level_of()
    counts = {code: seen[code] for code in level if seen[code]}
    uncounted = {code: n for code, n in seen.items() if code not in level}
    by_level = dict.fromkeys(LEVELS, 0)
    for code, n in counts.items():
        by_level[level[code]] += n
    total = sum(counts.values())
    if total < max(1, least):
        empty = (None, None, None, None, None, None, None, None, None)
        return DefenseProfile(total, counts, by_level, *empty, uncounted=uncounted, withheld=_(WITHHELD))
    odf, se = functioning(by_level)

    def share(n: int) -> float:
        return 100 * n / total

    subgroup = _subgroups()
    depressive = sum(n for code, n in counts.items() if subgroup.get(code) == "depressive")
    non_depressive = sum(n for code, n in counts.items() if subgroup.get(code) == "non_depressive")
    return DefenseProfile(
        n=total,
        counts=counts,
        level_counts=by_level,
        odf=odf,
        se=se,
        code_percent={code: share(n) for code, n in counts.items()},
        level_percent={k: share(n) for k, n in by_level.items()},
        mature=share(by_level[7]),
        neurotic=share(by_level[5] + by_level[6]),
        immature=share(sum(by_level[k] for k in (1, 2, 3, 4))),
        depressive=share(depressive),
        non_depressive=share(non_depressive),
        uncounted=uncounted,
    )


def profile(marks: Iterable[Mark], *, speaker: str | None = "C") -> DefenseProfile:
    """The profile of the defense marks of one speaker (a note's paragraphs speak for the client)."""
    return profile_of(
        m.code
        for m in marks
        if m.construct == "defense" and (speaker is None or m.speaker in (speaker, "N", ""))
    )


def functioning_interval(
    hours: Sequence[Mapping[int, int]], *, seed: int, draws: int = 2000, confidence: float = 0.95
) -> tuple[float, float] | None:
    """Bootstrap interval of the ODF over hours; None below two hours that hold a defense.

    Parameters
    ----------
    hours
        Counts by level, hour by hour.
    seed
        The same seed gives the same interval.
    """
    held = [hour for hour in hours if any(hour.values())]
    if len(held) < 2:
        return None
    weight = np.array([sum(k * n for k, n in hour.items()) for hour in held], dtype=float)
    size = np.array([sum(hour.values()) for hour in held], dtype=float)
    drawn = np.random.default_rng(seed).integers(0, len(held), size=(draws, len(held)))
    odf = weight.take(drawn).sum(axis=1) / size.take(drawn).sum(axis=1)
    tail = 50 * (1 - confidence)
    low, high = np.percentile(odf, [tail, 100 - tail])
    return float(low), float(high)
