"""What a row of the benchmark is, and how contestants are run side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to do the work. `run` does `work` units of it; a slow peer may do less than the others."""

    name: str
    run: Callable[[], object]
    work: float
    asked: int | None = None  # queries of one run, where the row has a bound for them


@dataclass(frozen=True, slots=True)
class Goal:
    """Ours against a peer: at least so many times its speed; or, without a peer, at most so many seconds.

    `*` for ours means each contestant of the row.
    """

    ours: str
    peer: str | None
    bound: float


@dataclass(frozen=True, slots=True)
class Row:
    """One benchmark. `prepare` is a context that yields the contestants, so that nothing is built before its turn.

    A module of this folder takes part by a list named ``ROWS``.
    """

    name: str
    unit: str
    prepare: Callable[[], Iterator[list[Contestant]]]
    goals: tuple[Goal, ...]
    rounds: int = 5
    clock: Callable[[], float] = time.perf_counter  # `time.process_time` where the budget is one of CPU
    most_asked: int | None = None  # queries that a run may ask
    is_warmed: bool = True  # False where the first run is the one that counts
    why: str = ""  # printed where a goal is missed: what stands in the way


@dataclass(frozen=True, slots=True)
class Measured:
    """Median seconds of each contestant, and the units it did in them."""

    row: Row
    seconds: dict[str, float]
    work: dict[str, float]
    asked: dict[str, int]

    def rate(self, name: str) -> float:
        """Units a second."""
        return self.work[name] / self.seconds[name]


def measure(row: Row) -> Measured:
    """Run every contestant once unmeasured, then in turn, round by round, so that a busy minute hurts all alike."""
    with contextmanager(row.prepare)() as contestants:
        times: dict[str, list[float]] = {one.name: [] for one in contestants}
        for one in contestants if row.is_warmed else ():
            one.run()
        for _ in range(row.rounds):
            for one in contestants:
                begin = row.clock()
                one.run()
                times[one.name].append(row.clock() - begin)
        work = {one.name: one.work for one in contestants}
        asked = {one.name: one.asked for one in contestants if one.asked is not None}
    return Measured(row, {name: median(found) for name, found in times.items()}, work, asked)


def table(found: Measured) -> str:
    """The row as Markdown: each contestant's time and rate, then each goal with what was reached."""
    lines = [f"## {found.row.name}", "", f"| way | s | {found.row.unit} a second |", "|---|---|---|"]
    lines += [
        f"| {name} | {seconds:.3f} | {found.rate(name):,.2f} |" for name, seconds in found.seconds.items()
    ]
    lines += ["", "| goal | reached | met |", "|---|---|---|"]
    for goal in (one for given in found.row.goals for one in _spread(given, found)):
        if goal.ours not in found.seconds or (goal.peer is not None and goal.peer not in found.seconds):
            lines.append(f"| {goal.ours} against {goal.peer} | not run: not installed | |")
        elif goal.peer is None:
            reached = found.seconds[goal.ours]
            lines.append(
                f"| {goal.ours}: {goal.bound:g} s at most | {reached:.3f} s | {_met(reached <= goal.bound)} |"
            )
        else:
            ratio = found.rate(goal.ours) / found.rate(goal.peer)
            told = f"{goal.ours}: {goal.bound:g}x {goal.peer}"
            lines.append(f"| {told} | {ratio:.2f}x | {_met(ratio >= goal.bound)} |")
    if (most := found.row.most_asked) is not None:
        lines += [
            f"| {name}: {most} queries at most | {asked} | {_met(asked <= most)} |"
            for name, asked in found.asked.items()
        ]
    if found.row.why and any(line.endswith("| no |") for line in lines):
        lines += ["", f"Why not: {found.row.why}"]
    return "\n".join([*lines, ""])


def _spread(goal: Goal, found: Measured) -> list[Goal]:
    """A goal for `*` holds for every contestant."""
    return [Goal(name, goal.peer, goal.bound) for name in found.seconds] if goal.ours == "*" else [goal]


def _met(is_met: bool) -> str:
    return "yes" if is_met else "no"
