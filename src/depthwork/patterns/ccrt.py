"""The core conflictual relationship theme over a treatment: what is wished, met with, and felt most often.

When not to use it: Not from a few episodes, nor from hours that were dipped into. It names what was told and
marked most often, not what the client wishes most, and not why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from depthwork.coding.shelf import codes_for
from depthwork.patterns.told import AllTold, Key, ToldEpisode
from depthwork.process.episodes import (
    LEAST_FOR_PERVASIVENESS,
    LEAST_FOR_REPORT,
    PARTS,
    SPHERES,
    Part,
    Polarities,
    polarities,
)
from depthwork.wording import gettext as _
from depthwork.wording import ngettext

LEAST_A_SIDE = 3  # episodes early and late from which their difference is shown


@dataclass(frozen=True, slots=True)
class ComponentCount:
    """In how many episodes a component stands; shares are None where they are withheld."""

    part: Part
    code: str
    name: str
    episodes: int
    share: float | None
    early: int
    late: int
    change: float | None
    by_sphere: Mapping[str, int]
    positive: int
    negative: int
    mixed: int
    intensity: float | None


@dataclass(frozen=True, slots=True)
class CoreTheme:
    """The most pervasive wish, response of other and response of self; None where none was coded."""

    wish: str | None
    response_of_other: str | None
    response_of_self: str | None

    @property
    def codes(self) -> dict[Part, str | None]:
        """By part."""
        return {
            "wish": self.wish,
            "response_of_other": self.response_of_other,
            "response_of_self": self.response_of_self,
        }


@dataclass(frozen=True, slots=True)
class Ccrt:
    """The report. `core` is None and shares are None where `withheld` says why."""

    episodes: int
    early_episodes: int
    late_episodes: int
    late_from: int | None
    by_sphere: Mapping[str, int]
    core: CoreTheme | None
    components: tuple[ComponentCount, ...]
    other: Polarities
    self: Polarities
    withheld: tuple[str, ...]

    def of(self, part: Part) -> tuple[ComponentCount, ...]:
        """The components of one part, the most pervasive first."""
        return tuple(c for c in self.components if c.part == part)


def ccrt(told: AllTold, *, late_from: int | None) -> Ccrt:
    """Pervasiveness, polarity and change of every component.

    Parameters
    ----------
    told
        The episodes of a treatment; only counted ones are used.
    late_from
        Number of the first late hour; None for no division.

    Notes
    -----
    1. A component counts once an episode.
    2. Below three episodes there is no core theme, below ten no share; a change needs three
       episodes on each side. Counts and lines are always there.

    Ties go to the higher mean intensity, then to the earlier component.

    ``p(x) = episodes with x / episodes``; change is early minus late, so what fell is positive.

    References
    ----------
    Luborsky & Crits-Christoph (1998), Understanding Transference, 2nd ed.
    """
    episodes = told.counted
    early = [e for e in episodes if late_from is None or e.hour.number < late_from]
    late = [e for e in episodes if late_from is not None and e.hour.number >= late_from]
    withheld = []
    if len(episodes) < LEAST_FOR_REPORT:
        withheld.append(
            _("core theme: %(told)s, %(least)s are the least for a report")
            % {"told": _told(len(episodes)), "least": LEAST_FOR_REPORT}
        )
    if len(episodes) < LEAST_FOR_PERVASIVENESS:
        withheld.append(
            _("shares: %(told)s, %(least)s are the least for a share")
            % {"told": _told(len(episodes)), "least": LEAST_FOR_PERVASIVENESS}
        )
    if late_from is not None and min(len(early), len(late)) < LEAST_A_SIDE:
        withheld.append(
            _("change: %(early)s early and %(late)s late, %(least)s each are the least")
            % {"early": len(early), "late": len(late), "least": LEAST_A_SIDE}
        )
    components = _count(episodes, late_from, len(early), len(late))
    core = None
    if len(episodes) >= LEAST_FOR_REPORT:
        first = {part: next((c.code for c in components if c.part == part), None) for part in PARTS}
        core = CoreTheme(first["wish"], first["response_of_other"], first["response_of_self"])
    return Ccrt(
        episodes=len(episodes),
        early_episodes=len(early),
        late_episodes=len(late),
        late_from=late_from,
        by_sphere={s: sum(e.episode.sphere == s for e in episodes) for s in SPHERES},
        core=core,
        components=components,
        other=_polarities(episodes, "response_of_other"),
        self=_polarities(episodes, "response_of_self"),
        withheld=tuple(withheld),
    )


@dataclass(slots=True)
class _Sum:
    by_sphere: dict[str, int]
    polarities: list[str | None]
    strengths: list[float]
    episodes: int = 0
    late: int = 0


def _count(
    episodes: Sequence[ToldEpisode], late_from: int | None, early: int, late: int
) -> tuple[ComponentCount, ...]:
    found: dict[Key, _Sum] = {}
    for told in episodes:
        is_late = late_from is not None and told.hour.number >= late_from
        sphere = told.episode.sphere
        for component in told.episode.components:
            key = component.key
            held = found.get(key)
            if held is None:
                held = found[key] = _Sum(dict.fromkeys(SPHERES, 0), [], [])
            held.episodes += 1
            held.late += is_late
            if sphere is not None:
                held.by_sphere[sphere] += 1
            held.polarities.append(component.polarity)
            if component.intensity is not None:
                held.strengths.append(component.intensity)
    share_shown = len(episodes) >= LEAST_FOR_PERVASIVENESS
    change_shown = share_shown and min(early, late) >= LEAST_A_SIDE
    rows = [
        ComponentCount(
            part=part,  # type: ignore[arg-type]
            code=code,
            name=names_of(part).get(code) or code.replace("_", " "),
            episodes=held.episodes,
            share=held.episodes / len(episodes) if share_shown else None,
            early=held.episodes - held.late,
            late=held.late,
            change=(held.episodes - held.late) / early - held.late / late if change_shown else None,
            by_sphere=held.by_sphere,
            positive=held.polarities.count("positive"),
            negative=held.polarities.count("negative"),
            mixed=held.polarities.count("mixed"),
            intensity=sum(held.strengths) / len(held.strengths) if held.strengths else None,
        )
        for (part, code), held in found.items()
    ]
    # The sort is stable, so that of equals the earlier one stays first.
    rows.sort(key=lambda c: (PARTS.index(c.part), -c.episodes, -(c.intensity or 0.0)))
    return tuple(rows)


@cache
def names_of(part: str) -> Mapping[str, str]:
    """Names of the codes of a construct."""
    return {code.code: code.name for code in codes_for(part).values()}


def _polarities(episodes: Sequence[ToldEpisode], part: Part) -> Polarities:
    return polarities(
        [{c.code: c.polarity for c in told.episode.components if c.part == part} for told in episodes]
    )


def _told(n: int) -> str:
    return ngettext("%(n)s episode", "%(n)s episodes", n) % {"n": n}
