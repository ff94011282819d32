"""The relationship episodes of a treatment, each with its hour: the ground of the CCRT and the parallels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from depthwork.coding.marks import Mark
from depthwork.patterns.hours import Hour, Line, Treatment, component_line, in_order, line_of
from depthwork.process.episodes import Episode, episodes_of

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ToldEpisode:
    """An episode in its hour. `counted`: the hour was read whole and the story told fully enough.

    `lines` holds the lines of its components, made once: every pattern shows the same ones.
    """

    hour: Hour
    episode: Episode
    counted: bool
    line: Line
    lines: Mapping[Key, tuple[Line, ...]]


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
        episodes += [_told(hour, episode) for episode in told.episodes]
        unplaced += [(hour, mark) for mark in told.unplaced]
    return AllTold(tuple(episodes), tuple(unplaced))


def _told(hour: Hour, episode: Episode) -> ToldEpisode:
    counted = hour.counts and episode.complete_enough
    figure, sphere = episode.figure, episode.sphere
    lines = {
        component.key: (component_line(hour, component, figure, sphere, counted),)
        if len(component.marks) == 1
        else tuple(
            line_of(hour, mark, figure=figure, sphere=sphere, counted=counted) for mark in component.marks
        )
        for component in episode.components
    }
    line = line_of(hour, episode.mark, figure=figure, sphere=sphere, counted=counted)
    return ToldEpisode(hour, episode, counted, line, lines)


def lines_of(episodes: Iterable[ToldEpisode], keys: frozenset[Key]) -> tuple[Line, ...]:
    """The lines of some components over episodes, in order."""
    return in_order(
        line for told in episodes for key in told.lines if key in keys for line in told.lines[key]
    )
