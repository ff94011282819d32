"""`depthwork cues`: passages worth a second look, proposed and explained, never found."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from depthwork.cli.say import print_json, refuse, step

TITLES = {
    "episode": "Relationship episodes",
    "wish": "Wishes",
    "response_of_other": "Responses of the other",
    "response_of_self": "Responses of the self",
    "defense": "Defenses",
    "rupture_withdrawal": "Strain: moving away",
    "rupture_confrontation": "Strain: moving against",
    "rupture_resolution": "Attempts to repair",
    "intervention": "What the therapist did",
    "dream": "Dreams",
    "figure": "Figures",
}


@click.command(epilog="Example: depthwork cues hour.txt --json")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--engine", "name", default="depthwork", show_default=True, help="Which engine proposes.")
@click.option(
    "--therapist", metavar="NAME", help="The therapist's name in the file, where the guess is wrong."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def cues(file: Path, name: str, therapist: str | None, as_json: bool) -> None:
    """Propose passages worth a second look in a transcript or a note.

    A cue is a question to you, with the words it rests on and the reason; it is not a finding and
    no count may be made of it. Passages that may speak of danger come first and apart, without a
    confidence; that none is shown says nothing about safety.

    Use it only where the client has agreed and the law of the place allows a program to read the
    hour. Everything is computed on this machine.
    """
    from depthwork.cues.engine import EngineError, engine
    from depthwork.transcripts import read
    from depthwork.transcripts.model import TranscriptError

    try:
        chosen = engine(name)
    except EngineError as error:
        refuse(f"--engine: {error}")
    try:
        transcript = read(file, therapist=therapist)
        with step(f"Reading {file.name}"):
            found = chosen.propose(transcript)
    except (TranscriptError, EngineError) as error:
        refuse(f"{file}: {error}")
    if as_json:
        print_json(
            {
                "source": transcript.source,
                "engine": f"{chosen.name}@{chosen.version}",
                "cues": [cue.as_dict() for cue in found],
            }
        )
        return
    danger = [cue for cue in found if cue.construct == "risk"]
    if danger:
        click.echo("Passages to read again (no confidence is given; none shown would say nothing)")
        for cue in danger:
            click.echo(f"  turn {cue.turns[0] + 1}: {_short(cue.quote)}\n      {cue.why}")
        click.echo()
    for construct, title in TITLES.items():
        group = [cue for cue in found if cue.construct == construct]
        if not group:
            continue
        click.echo(title)
        for cue in group:
            click.echo(f"  {_place(cue.turns)} {_named(cue.code, cue.attributes)}, {_sure(cue.confidence)}")
            click.echo(f"      {_short(cue.quote)}\n      {cue.why}")
        click.echo()
    if not found:
        click.echo("No cues. That is an answer too; it says nothing about what was there.")
    sys.stdout.flush()
    for warning in transcript.warnings:
        click.echo(f"note: {warning}", err=True)


def _place(turns: tuple[int, int]) -> str:
    first, last = turns
    return f"turn {first + 1}:" if first == last else f"turns {first + 1}-{last + 1}:"


def _named(code: str, attributes: object) -> str:
    parts = [code]
    if isinstance(attributes, dict):
        for key, value in attributes.items():
            if value not in (None, [], ""):
                parts.append(f"{key} {', '.join(value) if isinstance(value, list) else value}")
    return "; ".join(parts)


def _sure(confidence: float | None) -> str:
    return "no confidence given" if confidence is None else f"confidence {confidence:.2f}"


def _short(quote: str, most: int = 160) -> str:
    line = " ".join(quote.split())
    return f"“{line}”" if len(line) <= most else f"“{line[: most - 1].rsplit(' ', 1)[0]} …”"
