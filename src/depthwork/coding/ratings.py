"""What two coders rated at the places that both marked: intensities and levels, in the six forms of the ICC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from depthwork.coding.icc import Form, Intraclass, icc
from depthwork.coding.marks import Mark
from depthwork.coding.shelf import codes_for
from depthwork.wording import gettext as _

LEAST_HOURS = 5  # from so many hours on, hours are what is rated
Pairs = Sequence[tuple[Mark, Mark]]


@dataclass(frozen=True, slots=True)
class Ratings:
    """The six forms over `targets` hours or places; without values where `reason` says why."""

    over: Literal["hours", "places"]
    targets: int
    forms: Mapping[Form, Intraclass]
    reason: str | None = None


def ratings(construct: str, hours: Sequence[Pairs]) -> dict[str, Ratings]:
    """Agreement on what was rated, by name (``intensity``, and ``level`` for defenses); only what both gave.

    Parameters
    ----------
    construct
        Of the marks; the level of a defense is read from its code.
    hours
        For each hour the marks of two coders that stand at one place.

    Returns
    -------
    dict of str to Ratings

    Notes
    -----
    1. From five rated hours on, the targets are hours and the rating is a coder's mean over the hour.
    2. Below, the targets are places. These depend on one another, so no interval is given.
    3. Places that one coder alone rated are left out.

    References
    ----------
    Shrout & Fleiss (1979), doi:10.1037/0033-2909.86.2.420

    Judged with `depthwork.coding.icc` in tests/judges/test_icc.py, and by hand in tests/unit/coding.
    """
    level = {c.code: float(c.facts["level"]) for c in codes_for(construct).values() if c.facts.get("level") and c.counted} if construct == "defense" else {}  # fmt: skip
    rated: dict[str, list[list[tuple[float, float]]]] = {
        "intensity": [
            [(m.intensity, n.intensity) for m, n in pairs if m.intensity is not None and n.intensity is not None]
            for pairs in hours
        ],
        "level": [
            [(level[m.code], level[n.code]) for m, n in pairs if m.code in level and n.code in level]
            for pairs in hours
        ],
    }  # fmt: skip
    return {name: _over([hour for hour in found if hour]) for name, found in rated.items() if any(found)}


def _over(hours: Sequence[Sequence[tuple[float, float]]]) -> Ratings:
    if len(hours) >= LEAST_HOURS:
        return Ratings("hours", len(hours), icc([np.mean(hour, axis=0) for hour in hours]))
    places = [pair for hour in hours for pair in hour]
    if len(places) < 2:
        return Ratings("places", len(places), {}, _("one place only; agreement on a rating needs two"))
    found = icc(places)
    return Ratings("places", len(places), {f: replace(one, low=None, high=None) for f, one in found.items()})
