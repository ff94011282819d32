"""The relationship episodes of a treatment, each with its hour: the ground of the CCRT and the parallels."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from depthwork.coding.marks import Mark
from depthwork.patterns.hours import Hour, Line, Treatment, in_order, line_of
from depthwork.process.episodes import Episode, episodes_of

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ToldEpisode:
    """An episode in its hour. `counted`: the hour was read whole and the story told fully enough.

    Lines are made when they are asked for: a view shows some of them, and counts need none.
    """

    hour: Hour
    episode: Episode
    counted: bool

    @property
    def line(self) -> Line:
        """The line of the episode itself."""
        return self._line(self.episode.mark)

    def lines(self, keys: Collection[Key] | None = None) -> tuple[Line, ...]:
        """The lines of its components, or of some of them."""
        return tuple(
            self._line(mark)
            for component in self.episode.components
            if keys is None or component.key in keys
            for mark in component.marks
        )

    def _line(self, mark: Mark) -> Line:
        about = self.episode
        return line_of(self.hour, mark, figure=about.figure, sphere=about.sphere, counted=self.counted)


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


def lines_of(episodes: Iterable[ToldEpisode], keys: Collection[Key]) -> tuple[Line, ...]:
    """The lines of some components over episodes, in order."""
    wanted = frozenset(keys)
    holding = [told for told in episodes if not wanted.isdisjoint(told.episode.keys)]
    return in_order(line for told in holding for line in told.lines(wanted))
