"""`depthwork transcript`: an hour from a file, as a page in the terminal, JSON, or another format."""

from __future__ import annotations

from typing import Any

import click

from depthwork.cli.say import print_json, refuse
from depthwork.transcripts import WRITABLE, Transcript, TranscriptError, read, write


@click.command(epilog='Example: depthwork transcript hour.vtt --therapist "Anna"')
@click.argument("file", type=click.Path())
@click.option(
    "--therapist", metavar="NAME", help="The therapist's name in the file, where the guess is wrong."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.option("--to", metavar="FORMAT", help=f"Write it in another format: {', '.join(WRITABLE)}.")
def transcript(file: str, therapist: str | None, as_json: bool, to: str | None) -> None:
    """Read an hour from a file and show who said what, when.

    Reads WebVTT, SubRip, plain text, Word, Whisper and WhisperX JSON, CHAT and ELAN. A text without
    speakers is read as a process note.
    """
    if as_json and to is not None:
        refuse("--json and --to each fill the output; give one of them")
    try:
        hour = read(file, therapist=therapist)
    except TranscriptError as error:
        refuse(f"{file}: {error}")
    if as_json:
        print_json(contract(hour))
    elif to is not None:
        try:
            text = write(hour, to)
        except ValueError as error:
            refuse(f"--to: {error}")
        for warning in hour.warnings:
            click.echo(f"depthwork: {warning}", err=True)
        untimed = sum(turn.start_s is None for turn in hour.turns)
        if to in ("vtt", "srt") and untimed == len(hour.turns):
            click.echo(f"depthwork: no turn has a time; each stands at 0 in the {to}", err=True)
        elif to in ("vtt", "srt") and untimed:
            turns = (
                "1 turn has no time; it stands"
                if untimed == 1
                else f"{untimed} turns have no time; they stand"
            )
            click.echo(f"depthwork: {turns} where the one before ended", err=True)
        click.echo(text, nl=False)
    else:
        _show(hour)


def contract(hour: Transcript) -> dict[str, Any]:
    """The hour as the file contract has it."""
    return {
        "source": hour.source,
        "format": hour.format,
        "provenance": hour.provenance,
        "turns": [
            {
                "index": turn.index,
                "speaker": turn.speaker,
                "text": turn.text,
                "start_s": turn.start_s,
                "end_s": turn.end_s,
            }
            for turn in hour.turns
        ],
        "warnings": list(hour.warnings),
    }


def _show(hour: Transcript) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from depthwork.transcripts import comments
    from depthwork.transcripts.recognize import NAMES

    console = Console(highlight=False, soft_wrap=False)
    note = hour.provenance == "notes"
    count = f"{len(hour.turns)} {'paragraph' if note else 'turn'}{'' if len(hour.turns) == 1 else 's'}"
    kind = "process note" if note else "transcript"
    console.print()
    console.print(Padding(Text(hour.source, style="bold"), (0, 2)))
    console.print(
        Padding(Text(f"{NAMES.get(hour.format, hour.format)}, {kind}, {count}", style="dim"), (0, 2))
    )
    for warning in hour.warnings:
        console.print(Padding(Text(f"Note: {warning}.", style="yellow"), (0, 2)))
    console.print()
    page = Table.grid(padding=(0, 2, 1, 0))
    page.add_column(justify="right", style="dim", no_wrap=True)
    page.add_column(style="bold", max_width=14, overflow="fold")
    page.add_column(max_width=66)
    timed = any(turn.start_s is not None for turn in hour.turns)
    for turn in hour.turns:
        text = Text(turn.text)
        for start, end in comments(turn.text):
            text.stylize("dim italic", start, end)
        where = _clock(turn.start_s) if timed else str(turn.index + 1)
        page.add_row(where, Text("" if note else turn.speaker), text)
    console.print(Padding(page, (0, 2)))


def _clock(time_s: float | None) -> str:
    if time_s is None:
        return ""
    minutes, second = divmod(int(time_s), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
