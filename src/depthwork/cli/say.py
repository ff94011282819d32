"""How commands speak: one JSON object, one clear line of error, and a sign of life while work lasts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click


def refuse(message: str) -> NoReturn:
    """One line on stderr (what, where, the mend), exit 2, no traceback."""
    click.echo(f"depthwork: {' '.join(message.split())}", err=True)
    sys.exit(2)


def refuse_usage(error: click.ClickException) -> NoReturn:
    """What click finds wrong with a command, in our one line, with the way to the help."""
    says = error.format_message().strip().rstrip(".")
    context = getattr(error, "ctx", None)
    if context is None or "--help" in says:
        refuse(says)
    refuse(f"{says}; `{context.command_path} --help` shows how")


def print_json(value: Any) -> None:
    """Exactly one JSON value on stdout and nothing else; a NaN is a fault of ours, so it raises."""
    click.echo(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


@contextmanager
def bar(words: str) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on a terminal, silence elsewhere; what it yields takes how many are done, of how many."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(words, total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)


@contextmanager
def step(words: str) -> Iterator[None]:
    """The name of a step that has no parts to count, with the time it has taken; only on a terminal.

    Nothing may be asked inside it: the line would run over the question.
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(words), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        shown.add_task(words, total=None)
        yield


def plural(n: int, one: str, many: str | None = None) -> str:
    """A count with its noun: 1 person, 2 people."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
