"""Ruptures and repairs over the course: in which hours the work was strained, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from depthwork.patterns.hours import Hour, Line, Treatment, line_of
from depthwork.process.ruptures import Kind, Strain, strains_of


@dataclass(frozen=True, slots=True)
class StrainLine:
    """One rupture with its line and the repair strategies after it."""

    kind: Kind
    family: str | None
    line: Line
    salience: float | None
    repaired: bool | None
    attempts: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class StrainedHour:
    """An hour with a rupture in it. `mended`: all, some or none of its strains were said to be repaired."""

    hour: int
    date: date | None
    strains: tuple[StrainLine, ...]
    loose_repairs: tuple[Line, ...]
    counted: bool

    @property
    def mended(self) -> bool | None:
        """True where every strain is said to be repaired, False where one is not, else None."""
        said = [strain.repaired for strain in self.strains]
        if False in said:
            return False
        return True if said and None not in said else None


@dataclass(frozen=True, slots=True)
class StrainCounts:
    """Counts over hours read whole; `attempted`: not said, but a repair strategy followed."""

    hours: int
    strained_hours: int
    withdrawal: int
    confrontation: int
    by_therapist: int
    repaired: int
    not_repaired: int
    not_said: int
    attempted: int


@dataclass(frozen=True, slots=True)
class StrainCourse:
    """The strained hours in order, with counts; `open` are those still without a repair."""

    hours: tuple[StrainedHour, ...]
    counts: StrainCounts

    @property
    def open(self) -> tuple[StrainedHour, ...]:
        """Hours in which a strain was left, as far as the coder said."""
        return tuple(hour for hour in self.hours if hour.mended is False)


def left_open(course: StrainCourse) -> StrainedHour | None:
    """The last strained hour that no later hour repaired, as far as the coder said.

    Returns
    -------
    StrainedHour or None
        None where there was no strain, or the last one was repaired in its own hour or in a later one.
    """
    waiting: StrainedHour | None = None
    for hour in course.hours:
        if hour.mended or (not hour.strains and hour.loose_repairs):
            waiting = None
        elif hour.strains:
            waiting = hour
    return waiting


def strain_over(treatment: Treatment) -> StrainCourse:
    """Every strained hour of a treatment.

    Notes
    -----
    1. A strain counts as repaired only where the coder said so; strategies alone are attempts.
    2. No marked strain does not mean that there was none.
    """
    found: list[StrainedHour] = []
    strains: list[Strain] = []
    for hour, marks in treatment.each():
        told = strains_of(marks)
        if not told.strains and not told.loose_repairs:
            continue
        found.append(
            StrainedHour(
                hour=hour.number,
                date=hour.date,
                strains=tuple(_line(hour, strain) for strain in told.strains),
                loose_repairs=tuple(line_of(hour, mark) for mark in told.loose_repairs),
                counted=hour.counts,
            )
        )
        if hour.counts:
            strains += told.strains
    return StrainCourse(
        tuple(found),
        StrainCounts(
            hours=treatment.n_counted,
            strained_hours=len({hour.hour for hour in found if hour.strains and hour.counted}),
            withdrawal=sum(s.kind == "withdrawal" for s in strains),
            confrontation=sum(s.kind == "confrontation" for s in strains),
            by_therapist=sum(s.mark.speaker == "T" for s in strains),
            repaired=sum(s.repaired is True for s in strains),
            not_repaired=sum(s.repaired is False for s in strains),
            not_said=sum(s.repaired is None for s in strains),
            attempted=sum(s.repaired is None and bool(s.attempts) for s in strains),
        ),
    )


def _line(hour: Hour, strain: Strain) -> StrainLine:
    return StrainLine(
        kind=strain.kind,
        family=strain.family,
        line=line_of(hour, strain.mark),
        salience=strain.mark.intensity,
        repaired=strain.repaired,
        attempts=tuple(line_of(hour, mark) for mark in strain.attempts),
    )
