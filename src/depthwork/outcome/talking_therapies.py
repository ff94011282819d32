"""NHS Talking Therapies' definitions of recovery, over a depression and an anxiety measure together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from depthwork.outcome.columns import OutcomeError
from depthwork.outcome.reliable_change import Yardstick

PHQ9: Final = Yardstick(points=6, cutoff=10, source="NHS Talking Therapies, registration NCT05134103")
GAD7: Final = Yardstick(points=4, cutoff=8, source="NHS Talking Therapies, registration NCT05134103")


@dataclass(frozen=True, slots=True)
class Course:
    """What became of one course of treatment; `recovery` is None where there was no caseness."""

    was_case: bool
    recovery: bool | None
    reliable_improvement: bool
    reliable_deterioration: bool
    reliable_recovery: bool | None


def course(
    depression: tuple[float, float],
    anxiety: tuple[float, float],
    *,
    by_depression: Yardstick = PHQ9,
    by_anxiety: Yardstick = GAD7,
) -> Course:
    """Judge one course by the first and last score of two measures.

    Parameters
    ----------
    depression, anxiety : (first, last)
        Scores in points.
    by_depression, by_anxiety : Yardstick
        Both with a cut-off.

    Returns
    -------
    Course

    Raises
    ------
    OutcomeError
        If a yardstick has no cut-off.

    Notes
    -----
    1. A case began above either cut-off; recovery ends below both.
    2. Improvement: one measure reliably better and the other not reliably worse; deterioration
       the other way round. The clause about the other measure follows common practice and was
       not read in the service's manual.
    3. Recovery rates leave out courses that began below caseness; the other rates use all.

    References
    ----------
    Trial registration NCT05134103 (caseness, recovery, changes of 6 and 4).
    """
    pairs = ((depression, by_depression), (anxiety, by_anxiety))
    if any(by.cutoff is None for _, by in pairs):
        raise OutcomeError("both measures need a cut-off")
    was_case = any(by.is_case(first) for (first, _), by in pairs)
    recovery = not any(by.is_case(last) for (_, last), by in pairs) if was_case else None
    gains = [by.better_by(first, last) for (first, last), by in pairs]
    better = [gain > 0 and by.exceeds(gain) for gain, (_, by) in zip(gains, pairs, strict=True)]
    worse = [gain < 0 and by.exceeds(-gain) for gain, (_, by) in zip(gains, pairs, strict=True)]
    improved = any(better) and not any(worse)
    return Course(
        was_case=was_case,
        recovery=recovery,
        reliable_improvement=improved,
        reliable_deterioration=any(worse) and not any(better),
        reliable_recovery=None if recovery is None else recovery and improved,
    )
