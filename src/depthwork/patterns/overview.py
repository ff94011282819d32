"""All patterns of a treatment at once, unaided and accepted codes apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from depthwork.patterns.ccrt import Ccrt, ccrt
from depthwork.patterns.concordance import Concordance, concordance
from depthwork.patterns.corners import Triangles, triangles
from depthwork.patterns.hours import Basis, Caption, Hour, Treatment
from depthwork.patterns.ladder import Ladder, ladder
from depthwork.patterns.parallels import Parallel, Similarity, parallels, therapist_similarity
from depthwork.patterns.strain import StrainCourse, strain_over
from depthwork.patterns.themes import HardToSay, Theme, hard_to_say, themes
from depthwork.patterns.told import AllTold, told_in
from depthwork.process.episodes import Part


@dataclass(frozen=True, slots=True)
class Patterns:
    """What recurs, on one basis. `concordance` is None where there is no pattern to show yet."""

    basis: Basis
    caption: Caption
    late_from: int | None
    told: AllTold
    ccrt: Ccrt
    concordance: Concordance | None
    parallels: tuple[Parallel, ...]
    similarity: Similarity
    triangles: Triangles
    ladder: Ladder
    strain: StrainCourse
    themes: tuple[Theme, ...]
    hard_to_say: tuple[HardToSay, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """The same patterns from unaided and from accepted codes; `together` never stands alone.

    Where all codes are of one kind, that kind is `together` itself and the other is None.
    """

    together: Patterns
    unaided: Patterns | None
    accepted: Patterns | None

    @property
    def mixed(self) -> bool:
        """Both kinds are there, so a page shows them side by side."""
        return self.unaided is not None and self.accepted is not None


def patterns(
    hours: Iterable[Hour],
    *,
    basis: Basis = "together",
    coder: str | None = None,
    pattern: Mapping[Part, Collection[str]] | None = None,
    late_from: int | None = None,
    seed: int = 0,
) -> Patterns:
    """Every pattern of a treatment.

    Parameters
    ----------
    hours
        The hours with their marks; any order.
    basis
        Which codes: unaided, accepted, or both together.
    coder
        Whose unaided codes, where several people coded; all when left out.
    pattern
        Codes by part for the concordance; the core theme when left out.
    late_from
        Number of the first late hour; the later half of the hours read whole when left out.
    seed
        Of the permutation and the bootstrap.

    Notes
    -----
    Nothing is stored: the same marks give the same patterns on every view.
    """
    treatment = Treatment(hours, basis=basis, coder=coder)
    late = treatment.split(late_from)
    told = told_in(treatment)
    core = ccrt(told, late_from=late)
    wanted = pattern or core.core
    return Patterns(
        basis=basis,
        caption=treatment.caption,
        late_from=late,
        told=told,
        ccrt=core,
        concordance=concordance(treatment, told, wanted, late_from=late) if wanted else None,
        parallels=parallels(told),
        similarity=therapist_similarity(told, seed=seed),
        triangles=triangles(treatment),
        ladder=ladder(treatment, late_from=late, seed=seed),
        strain=strain_over(treatment),
        themes=themes(treatment),
        hard_to_say=hard_to_say(treatment),
    )


def patterns_apart(
    hours: Iterable[Hour],
    *,
    coder: str | None = None,
    pattern: Mapping[Part, Collection[str]] | None = None,
    late_from: int | None = None,
    seed: int = 0,
) -> Apart:
    """The patterns with unaided and accepted codes reported apart."""
    given = tuple(hours)

    def on(basis: Basis) -> Patterns:
        return patterns(given, basis=basis, coder=coder, pattern=pattern, late_from=late_from, seed=seed)

    together = on("together")
    if not together.caption.accepted:
        return Apart(together, together if together.caption.unaided else None, None)
    if not together.caption.unaided:
        return Apart(together, None, together)
    return Apart(together, on("unaided"), on("accepted"))
