"""`depthwork profile`: what was counted in an hour, in the terminal, as JSON, or as a page."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

import click

from depthwork.cli.say import bar, print_json, refuse


@click.command(epilog="Example: depthwork profile hour.vtt --html hour.html")
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@click.option(
    "--dictionary",
    type=click.Path(),
    metavar="FILE",
    help="Your own list for the referential measures: one word and its weight a line.",
)
@click.option(
    "--therapist", metavar="NAME", help="The therapist's name in the files, where the guess is wrong."
)
@click.option("--html", "html", type=click.Path(), metavar="OUT", help="Write one page that stands alone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; a list for several files.")
def profile(
    files: tuple[str, ...], dictionary: str | None, therapist: str | None, html: str | None, as_json: bool
) -> None:
    """Describe what happened in an hour, in numbers with their cautions.

    Reads what `depthwork transcript` reads; a text without speakers is profiled as a process note. A
    measure with too little to stand on is withheld, with the reason.
    """
    from depthwork.language.dictionaries import DictionaryError, read_dictionary
    from depthwork.patterns.profile import profile_of
    from depthwork.transcripts import TranscriptError, read

    try:
        own = read_dictionary(Path(dictionary)) if dictionary is not None else None
    except DictionaryError as error:
        refuse(f"--dictionary: {error}")
    hours, found = [], []
    with bar("Profiling") if len(files) > 1 else nullcontext(_untold) as told:
        for done, (file, name) in enumerate(zip(files, _told_apart(files), strict=True), 1):
            try:
                hours.append(read(file, name=name, therapist=therapist))
            except TranscriptError as error:
                refuse(f"{file}: {error}")
            found.append(profile_of(hours[-1], dictionary=own))
            told(done, len(files))
    if html is not None:
        from depthwork.reports.profile_page import profile_page

        _write(Path(html), profile_page(found), sources=files)
    if as_json:
        print_json([one.as_dict() for one in found] if len(found) > 1 else found[0].as_dict())
    elif html is not None:
        click.echo(f"The page is in {html}")
    else:
        from depthwork.cli.profile_view import show

        for hour, one in zip(hours, found, strict=True):
            show(one, warnings=hour.warnings)


def _untold(done: int, of: int | None) -> None:
    """One file is too soon done to show."""


def _told_apart(files: tuple[str, ...]) -> list[str]:
    """What each source is called: the file's name, or its path as given where several have one name."""
    names = Counter(Path(file).name for file in files)
    return [name if names[name := Path(file).name] == 1 else file for file in files]


def _write(out: Path, page: str, *, sources: tuple[str, ...]) -> None:
    if any(os.path.exists(source) and out.exists() and os.path.samefile(source, out) for source in sources):
        refuse(f"--html: {out} is one of the files to read; name another file")
    try:
        out.write_text(page, encoding="utf-8", errors="replace")
    except OSError as error:
        refuse(f"--html: {out} cannot be written ({error.strerror}); name a file in a folder that exists")
