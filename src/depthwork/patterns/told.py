"""The relationship episodes of a treatment, each with its hour: the ground of the CCRT and the parallels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from depthwork.coding.marks import Mark
from depthwork.patterns.hours import Hour, Line, Treatment, in_order, line_of
from depthwork.process.episodes import Component, Episode, episodes_of

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ToldEpisode:
    """An episode in its hour. `counted`: the hour was read whole and the story told fully enough."""

    hour: Hour
    episode: Episode
    counted: bool

    def lines(self, component: Component) -> tuple[Line, ...]:
        """The lines of one of its parts."""
        return tuple(
            line_of(
                self.hour,
                mark,
                figure=self.episode.figure,
                sphere=self.episode.sphere,
                counted=self.counted,
            )
            for mark in component.marks
        )

    @property
    def line(self) -> Line:
        """The line of the episode itself."""
        return line_of(self.hour, self.episode.mark, counted=self.counted)


@dataclass(frozen=True, slots=True)
class AllTold:
    """Episodes in order, and component lines that stand in no episode (shown, never counted)."""

    episodes: tuple[ToldEpisode, ...]
    unplaced: tuple[tuple[Hour, Mark], ...]

    @property
    def counted(self) -> tuple[ToldEpisode, ...]:
        """Episodes that give counts."""
        return tuple(told for told in self.episodes if told.counted)


def told_in(treatment: Treatment) -> AllTold:
    """Every episode of a treatment with its components."""
    episodes: list[ToldEpisode] = []
    unplaced: list[tuple[Hour, Mark]] = []
    for hour, marks in treatment.each():
        told = episodes_of(marks)
        episodes += [ToldEpisode(hour, e, hour.counts and e.complete_enough) for e in told.episodes]
        unplaced += [(hour, mark) for mark in told.unplaced]
    return AllTold(tuple(episodes), tuple(unplaced))


def lines_of(episodes: Iterable[ToldEpisode], keys: frozenset[Key]) -> tuple[Line, ...]:
    """The lines of some components over episodes, in order."""
    return in_order(
        line
        for told in episodes
        for component in told.episode.components
        if component.key in keys
        for line in told.lines(component)
    )
