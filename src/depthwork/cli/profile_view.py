"""A profile as a page in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from depthwork.patterns.profile import Profile
from depthwork.process.cycles import Cycles
from depthwork.reports.profile_words import head_of, lines_of, name_of

# Height tells the patterns apart without colour.
_BARS = {"relaxing": "\u2581", "reflecting": "\u2583", "experiencing": "\u2585", "connecting": "\u2588"}


def show(profile: Profile, *, warnings: Sequence[str] = ()) -> None:
    """Print one profile: its source, the patterns as a strip, each measure with its caution, what is withheld."""
    console = Console(highlight=False)
    console.print()
    console.print(Padding(Text(profile.source, style="bold"), (0, 2)))
    console.print(Padding(Text(head_of(profile), style="dim"), (0, 2)))
    for warning in warnings:
        console.print(Padding(Text(f"Note: {warning}.", style="yellow"), (0, 2)))
    console.print()
    if isinstance(profile.cycles, Cycles):
        _strip(console, profile.cycles)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(max_width=80)
    for line in lines_of(profile):
        table.add_row(Text(line.name, style="bold"), Text(line.found))
        table.add_row("", Text(line.caution, style="dim"))
    for part in profile.withheld:
        table.add_row(
            Text(name_of(part.measure), style="bold"), Text(f"not enough to say: {part.reason}", style="dim")
        )
    console.print(Padding(table, (0, 2)))
    console.print()


def _strip(console: Console, cycles: Cycles) -> None:
    strip = "".join(_BARS[block.pattern] for block in cycles.blocks)
    key = "  ".join(f"{bar} {name}" for name, bar in _BARS.items())
    console.print(Padding(Text(strip), (0, 2)))
    console.print(Padding(Text(f"{key}, in blocks of {cycles.block_words} words", style="dim"), (0, 2)))
    console.print()
