"""How cost grows with size: text, patterns, search and pages at 1, 10 and 100 times, drawn as docs/growth/*.svg.

`python -m tests.bench.sizes [NAME]`. Both axes of a drawing are logarithmic: cost in proportion to size is the dotted
line, and a curve above it grows faster than what it works on.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

REPO = Path(__file__).resolve().parents[2]
FOLDER = REPO / "docs" / "growth"
Points = list[tuple[float, float]]  # size, seconds of CPU


def cost(act: Callable[[], object], *, rounds: int = 5) -> float:
    """Seconds of CPU, the median of some runs after one that warms."""
    act()
    times = []
    for _ in range(rounds):
        began = time.process_time()
        act()
        times.append(time.process_time() - began)
    return statistics.median(times)


def text() -> dict[str, Points]:
    """Words of hours, scored by ten dictionaries and smoothed."""
    import numpy as np

    from depthwork.language.pieces import is_compiled_available
    from tests.bench import text as bench

    rng = np.random.default_rng(20)
    listed = bench._vocabulary(rng)
    chances = 1 / np.arange(1, bench.TYPES + 1)
    chances /= chances.sum()
    found: dict[str, Points] = {}
    with tempfile.TemporaryDirectory() as name:
        bench.WORDS = 2_000_000
        paths, dictionaries = (
            bench._write(Path(name), rng, listed, chances),
            bench._dictionaries(rng, listed, chances)[:10],
        )
        for engine in ("numpy", "compiled") if is_compiled_available() else ("numpy",):
            points = []
            for share in (100, 10, 1):
                some = paths[: max(1, len(paths) // share)]
                run = bench._own(some, dictionaries, listed, engine)  # type: ignore[arg-type]
                points.append((len(some) * 8000, cost(run, rounds=3)))
            found[engine] = points
    return found


def patterns() -> dict[str, Points]:
    """Marks of treatments."""
    from depthwork.patterns.overview import patterns as overview
    from tests.bench.patterns import long_treatment

    points = []
    for hours, marks in ((6, 100), (60, 1_000), (600, 10_000)):
        treatment = long_treatment(hours, marks)
        points.append((marks, cost(lambda treatment=treatment: overview(treatment))))  # type: ignore[misc]
    return {"patterns": points}


def search() -> dict[str, Points]:
    """Sealed notes, searched for one word: by scan, and by the index."""
    from tests.bench.sealed import RARE, practice, unlocked_session

    found: dict[str, Points] = {"scan": [], "index": []}
    for notes in (120, 1_200, 12_000):
        with practice(notes) as cast:
            from depthwork.practice.ui import search as asked
            from depthwork.practice.vault.unlocked import opened

            key, person = unlocked_session(cast), cast.ana.person

            def scan(asked=asked, cast=cast, person=person, opened=opened) -> int:  # type: ignore[no-untyped-def]
                with opened(cast.ana.unlocked):
                    return len(asked.scan(person, RARE))

            def index(asked=asked, cast=cast, person=person, opened=opened, key=key) -> int:  # type: ignore[no-untyped-def]
                with opened(cast.ana.unlocked):
                    return len(asked.search(person, RARE, session=key))

            found["scan"].append((notes, cost(scan, rounds=3)))
            found["index"].append((notes, cost(index, rounds=3)))
    return found


def pages() -> dict[str, Points]:
    """The caseload by clients, and the page of an hour by words (drawn per hundred words)."""
    from tests.bench.caseload import many_clients
    from tests.bench.hour_page import marked_hour
    from tests.bench.site import page, site

    found: dict[str, Points] = {"caseload, by clients": [], "hour, by hundreds of words": []}
    for clients in (4, 40, 400):
        with site() as cast:
            many_clients(cast, clients)
            found["caseload, by clients"].append((clients, cost(page(cast.ana.browser(), "/caseload/"))))
    for words in (400, 4_000, 40_000):
        with site() as cast:
            url = marked_hour(cast, words=words, marks=words // 40)
            found["hour, by hundreds of words"].append(
                (words / 100, cost(page(cast.ana.browser(), url), rounds=3))
            )
    return found


UNITS = {"text": "words", "patterns": "marks", "search": "notes", "pages": "clients, or hundreds of words"}
SHADES = ("#1f4e5f", "#a3542a")


def drawing(title: str, unit: str, curves: dict[str, Points]) -> str:
    """A small drawing, both axes logarithmic; every point says its cost."""
    sizes = [size for points in curves.values() for size, _ in points]
    costs = [spent for points in curves.values() for _, spent in points]
    left, right, top, bottom = 64.0, 420.0, 34.0, 236.0
    x0, x1 = math.log10(min(sizes)), math.log10(max(sizes))
    y0, y1 = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))

    def at(size: float, spent: float) -> tuple[float, float]:
        return (
            left + (right - left) * (math.log10(size) - x0) / (x1 - x0 or 1),
            bottom - (bottom - top) * (math.log10(spent) - y0) / (y1 - y0 or 1),
        )

    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 520 280" role="img" font-family="Georgia, serif" font-size="12">',
        f"<title>{title}</title>",
        '<rect width="520" height="280" fill="#fffdf8"/>',
        f'<text x="{left}" y="18" fill="#333">{title}: seconds of CPU by {unit}; dotted: in proportion</text>',
    ]
    for power in range(y0, y1 + 1):
        _x, y = at(min(sizes), 10.0**power)
        lines += [
            f'<path d="M{left} {y:.1f}H{right}" stroke="#e4ddd0"/>',
            f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#666">{10.0**power:g} s</text>',
        ]
    for (name, points), shade in zip(curves.items(), SHADES, strict=False):
        first, last = points[0], points[-1]
        x, y = at(*first)
        to_x, to_y = at(last[0], first[1] * last[0] / first[0])
        lines.append(
            f'<path d="M{x:.1f} {y:.1f}L{to_x:.1f} {max(top, to_y):.1f}" stroke="{shade}" stroke-dasharray="2 4" fill="none"/>'
        )
        way = "L".join(f"{px:.1f} {py:.1f}" for px, py in (at(*one) for one in points))
        lines.append(f'<path d="M{way}" stroke="{shade}" stroke-width="2" fill="none"/>')
        for size, spent in points:
            px, py = at(size, spent)
            lines.append(
                f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3.5" fill="{shade}"><title>{size:,.0f}: {spent:.4f} s</title></circle>'
            )
        px, py = at(*last)
        lines.append(f'<text x="{px + 8:.1f}" y="{py + 4:.1f}" fill="{shade}">{name}</text>')
    for size in sorted({size for points in curves.values() for size, _ in points}):
        px, _y = at(size, 10.0**y0)
        lines.append(
            f'<text x="{px:.1f}" y="{bottom + 18}" text-anchor="middle" fill="#666">{size:,.0f}</text>'
        )
    return "\n".join([*lines, "</svg>", ""])


ALL: dict[str, Callable[[], dict[str, Points]]] = {
    "text": text,
    "patterns": patterns,
    "search": search,
    "pages": pages,
}


def main(wanted: list[str]) -> Iterator[str]:
    """Measure and draw; says each."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, measure in ALL.items():
        if wanted and name not in wanted:
            continue
        curves = measure()
        (FOLDER / f"{name}.svg").write_text(drawing(name.capitalize(), UNITS[name], curves), encoding="utf-8")
        yield f"{name}: {json.dumps(curves)}"


if __name__ == "__main__":
    for said in main(sys.argv[1:]):
        print(said, flush=True)
