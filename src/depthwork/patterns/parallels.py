"""Parallels: the same part with early figures, present figures and the therapist; and how alike they are.

When not to use it: Not as a proof of transference: whoever expects a likeness codes one, and only blind codes
say more. Not with fewer episodes than the page asks for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from depthwork.coding.shelf import codes_for
from depthwork.patterns.ccrt import names_of
from depthwork.patterns.hours import Line
from depthwork.patterns.told import AllTold, Key, ToldEpisode, lines_of
from depthwork.process.episodes import PARTS, Part
from depthwork.wording import gettext as _

PERSON_SPHERES = ("past", "current", "therapist")
LEAST_EPISODES = 3
DRAWS = 999
Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class InSphere:
    """A part in one sphere: in how many counted episodes, and every line (made when asked for)."""

    sphere: str
    key: Key
    told: tuple[ToldEpisode, ...]

    @property
    def episodes(self) -> int:
        """Counted episodes that hold it."""
        return sum(one.counted for one in self.told)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its lines in order, those not counted among them."""
        return lines_of(self.told, (self.key,))


@dataclass(frozen=True, slots=True)
class Parallel:
    """The same part in two or three spheres."""

    part: Part
    code: str
    name: str
    spheres: tuple[InSphere, ...]

    @property
    def episodes(self) -> int:
        """Counted episodes over its spheres."""
        return sum(s.episodes for s in self.spheres)


@dataclass(frozen=True, slots=True)
class Similarity:
    """How alike the therapist's episodes are to the others; None where `withheld` says why."""

    cosine: float | None
    p: float | None
    draws: int
    therapist_episodes: int
    other_episodes: int
    withheld: str | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """Clients' own similarity against that of mismatched pairs."""

    own: float
    mismatched: float
    p: float
    clients: int
    draws: int


def parallels(told: AllTold) -> tuple[Parallel, ...]:
    """Parts that stand in two or three of then, now and here; those in three first.

    Lines of hours dipped into are shown and are not counted. A part is a parallel where lines
    in two spheres show it, counted or not; its counts come from hours read whole.
    """
    holders: dict[Key, dict[str, list[ToldEpisode]]] = defaultdict(dict)
    for one in told.episodes:
        sphere = one.episode.sphere
        if sphere is not None and sphere in PERSON_SPHERES:
            for component in one.episode.components:
                holders[component.key].setdefault(sphere, []).append(one)
    found: list[Parallel] = []
    for key, by_sphere in holders.items():
        if len(by_sphere) < 2:
            continue
        part, code = key
        found.append(
            Parallel(
                part=part,  # type: ignore[arg-type]
                code=code,
                name=names_of(part).get(code, code.replace("_", " ")),
                spheres=tuple(
                    InSphere(s, key, tuple(by_sphere[s])) for s in PERSON_SPHERES if s in by_sphere
                ),
            )
        )
    found.sort(key=lambda p: (-len(p.spheres), -p.episodes, PARTS.index(p.part), p.code))
    return tuple(found)


def profile(episodes: Sequence[ToldEpisode]) -> Floats:
    """Share of episodes that hold each component of RP-12; shape (36,), wishes first, each 0..1."""
    at = _positions()
    found = np.zeros(len(at))
    for told in episodes:
        for key in told.episode.keys:
            if key in at:
                found[at[key]] += 1
    return found / len(episodes) if episodes else found


def therapist_similarity(told: AllTold, *, seed: int, draws: int = DRAWS) -> Similarity:
    """Cosine of the profile over therapist episodes and the profile over the others.

    Parameters
    ----------
    told
        Counted episodes are used; those in the sphere `self` on neither side.
    seed
        Of the permutation; the same seed gives the same p.

    Returns
    -------
    Similarity
        Cosine 0..1 and the share of permutations that come as near, withheld below three
        episodes on either side.

    Notes
    -----
    1. The question put to chance: would the therapist's profile be as like the others' if its
       codes were exchanged among themselves, wishes with wishes, responses with responses?
       A rule of this project; the published design compares across clients (`matched`).
    2. One coder who expects a likeness finds one: blind codes are needed to say more.

    References
    ----------
    Crits-Christoph et al. (1988), Archives of General Psychiatry 45:1001 (matched against mismatched)
    """
    ours = [e for e in told.counted if e.episode.sphere == "therapist"]
    others = [e for e in told.counted if e.episode.sphere in ("past", "current")]
    if min(len(ours), len(others)) < LEAST_EPISODES:
        reason = _("%(here)s with the therapist and %(others)s with others; %(least)s each are the least") % {
            "here": len(ours),
            "others": len(others),
            "least": LEAST_EPISODES,
        }
        return Similarity(None, None, 0, len(ours), len(others), reason)
    a, b = profile(ours), profile(others)
    own = cosine(a, b)
    if own is None:
        return Similarity(None, None, 0, len(ours), len(others), _("no component was coded on one side"))
    rng = np.random.default_rng(seed)
    shuffled = np.empty((draws, len(a)))
    for part in PARTS:
        block = [at for key, at in _positions().items() if key[0] == part]
        order = np.argsort(rng.random((draws, len(block))), axis=1)
        shuffled[:, block] = a[block][order]
    norm = float(np.linalg.norm(a) * np.linalg.norm(b))
    as_near = int((shuffled @ b / norm >= own - 1e-12).sum())
    return Similarity(own, (1 + as_near) / (1 + draws), draws, len(ours), len(others))


def matched(
    pairs: Sequence[tuple[npt.ArrayLike, npt.ArrayLike]], *, seed: int, draws: int = DRAWS
) -> Matched | None:
    """Whether clients' two profiles are more alike than those of different clients.

    Parameters
    ----------
    pairs
        One a client: the profile over therapist episodes and over the others, the same length.
    seed
        Of the permutation of clients.

    Returns
    -------
    Matched or None
        None below three clients, or where a profile is empty.

    References
    ----------
    Crits-Christoph et al. (1988), Archives of General Psychiatry 45:1001
    """
    if len(pairs) < 3:
        return None
    a = np.array([np.asarray(x, dtype=float) for x, _ in pairs])
    b = np.array([np.asarray(y, dtype=float) for _, y in pairs])
    lengths = np.outer(np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1))
    if not lengths.all():
        return None
    table = (a @ b.T) / lengths
    n = len(pairs)
    own = float(np.trace(table)) / n
    rng = np.random.default_rng(seed)
    order = np.argsort(rng.random((draws, n)), axis=1)
    drawn = table[np.arange(n), order].mean(axis=1)
    mismatched = float((table.sum() - np.trace(table)) / (n * n - n))
    return Matched(own, mismatched, (1 + int((drawn >= own - 1e-12).sum())) / (1 + draws), n, draws)


def cosine(a: Floats, b: Floats) -> float | None:
    """Cosine of two profiles; None where one of them is empty."""
    norm = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / norm if norm else None


@lru_cache(maxsize=1)
def _positions() -> Mapping[Key, int]:
    keys: list[Key] = [(part, code) for part in PARTS for code in codes_for(part)]
    return {key: at for at, key in enumerate(keys)}
