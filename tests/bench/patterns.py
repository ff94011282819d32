"""Patterns of a long treatment: 300 hours and 5,000 marks, against the budget of 50 ms on one core.

Run with ``python -m tests.bench.patterns``.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import date, timedelta

from depthwork.coding.marks import Mark, Span
from depthwork.coding.marks_file import Reading
from depthwork.coding.shelf import codes_for
from depthwork.patterns.hours import Hour
from depthwork.patterns.overview import patterns, patterns_apart
from tests.bench.rows import Contestant, Goal, Row

BUDGET_MS = 50.0


def long_treatment(hours: int = 300, marks: int = 5000, *, seed: int = 7, aided: float = 0.0) -> list[Hour]:
    """A made-up treatment of that size: episodes with parts, defenses, interpretations, strains, themes."""
    rng = random.Random(seed)
    constructs = ("wish", "response_of_other", "response_of_self", "defense")
    constructs += ("rupture_withdrawal", "rupture_resolution")
    codes = {construct: list(codes_for(construct)) for construct in constructs}
    each = marks // hours
    found: list[Hour] = []
    made = 0
    for number in range(1, hours + 1):
        n = each + (1 if number <= marks - each * hours else 0)
        given: list[Mark] = []

        def mark(
            construct: str, code: str, start: int, end: int, number: int = number, **about: object
        ) -> Mark:
            origin = "cue:rules@1" if rng.random() < aided else "coder:ana"
            return Mark(
                source_id=f"hour-{number}", span=Span(start, end), turn=start // 50, speaker="C",
                construct=construct, code=code, origin=origin, status="confirmed",
                codebook_version="x@1.0.0", id=f"{number}-{start}-{construct}-{code}", attributes=about,
                quote="w" * (end - start),
            )  # fmt: skip

        at = 0
        while len(given) < n:
            kind = rng.random()
            if kind < 0.5:
                sphere = rng.choice(["past", "current", "therapist"])
                given.append(mark("episode", "mother", at, at + 90, figure="mother", sphere=sphere))
                for step, part in enumerate(("wish", "response_of_other", "response_of_self")):
                    code = rng.choice(codes[part][:6])
                    given.append(mark(part, code, at + 10 + 20 * step, at + 25 + 20 * step))
            elif kind < 0.75:
                given.append(mark("defense", rng.choice(codes["defense"][:30]), at, at + 40))
            elif kind < 0.88:
                person = rng.sample(["therapist", "current", "past"], rng.randint(1, 3))
                conflict = rng.sample(["defense", "anxiety", "feeling"], rng.randint(1, 3))
                given.append(
                    mark(
                        "intervention", "interpretation_other", at, at + 40, person=person, conflict=conflict
                    )
                )
            elif kind < 0.96:
                given.append(mark("rupture_withdrawal", rng.choice(codes["rupture_withdrawal"]), at, at + 30))
                given.append(mark("rupture_resolution", codes["rupture_resolution"][4], at + 31, at + 60))
            else:
                given.append(mark("theme", "the_garden", at, at + 30))
            at += 100
        given = given[:n]
        made += len(given)
        day = date(2020, 1, 6) + timedelta(days=7 * number)
        text = "w" * (at + 100)
        found.append(Hour(f"h{number}", number, day, Reading("whole", True), "verbatim", tuple(given), text))
    assert made == marks
    return found


def yardstick() -> float:
    """Milliseconds of a plain loop of a million additions: how quick the machine is just now."""

    def loop() -> int:
        total = 0
        for i in range(1_000_000):
            total += i
        return total

    times = []
    for _ in range(5):
        begin = time.process_time()
        loop()
        times.append(1000 * (time.process_time() - begin))
    return min(times)


def measure(runs: int = 9) -> dict[str, float]:
    """Milliseconds of processor time, best and median, for codes of one kind and of two kinds."""
    plain, mixed = long_treatment(), long_treatment(aided=0.4)
    patterns(plain)  # the codebooks are read once a process
    result: dict[str, float] = {}
    for name, work in (
        ("patterns", lambda: patterns(plain)),
        ("patterns_apart", lambda: patterns_apart(mixed)),
    ):
        times = []
        for _ in range(runs):
            begin = time.process_time()
            work()
            times.append(1000 * (time.process_time() - begin))
        result[f"{name}_best_ms"], result[f"{name}_median_ms"] = min(times), sorted(times)[runs // 2]
    return result


def _patterns() -> Iterator[list[Contestant]]:
    plain, mixed = long_treatment(), long_treatment(aided=0.4)
    yield [
        Contestant("codes of one kind", lambda: patterns(plain), 5000),
        Contestant("unaided and accepted codes apart", lambda: patterns_apart(mixed), 5000),
    ]


ROWS = [
    Row(
        "patterns of 300 hours with 5,000 marks, seconds of CPU",
        "marks",
        _patterns,
        (Goal("codes of one kind", None, BUDGET_MS / 1000),),
        rounds=9,
        clock=time.process_time,
        why="some ten microseconds a mark, in Python: .040 to .065 s on one machine, by what runs beside it.",
    )
]


def main() -> None:
    result = measure()
    for name, value in result.items():
        print(f"{name:<28}{value:8.1f}")
    print(f"{'a million additions':<28}{yardstick():8.1f}")
    ratio = result["patterns_median_ms"] / BUDGET_MS
    print(f"300 hours, 5,000 marks: {ratio:.2f} of the budget of {BUDGET_MS:.0f} ms")


if __name__ == "__main__":
    main()
