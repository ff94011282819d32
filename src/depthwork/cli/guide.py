"""`depthwork guide`: two pages to print for a first evening."""

from __future__ import annotations

from pathlib import Path

import click

from depthwork.cli.say import refuse


@click.command(epilog="Example: depthwork guide start.pdf")
@click.option(
    "--language",
    type=click.Choice(["en", "de", "es"]),
    default="en",
    show_default=True,
    help="English, German or Spanish.",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default=Path("depthwork-start.pdf"))
def guide(file: Path, language: str) -> None:
    """Write the two-page start guide as a PDF to print."""
    from depthwork.reports.start_guide import start_guide

    try:
        file.write_bytes(start_guide(language))
    except OSError as error:
        refuse(f"{file} cannot be written ({error.strerror}); choose another place")
    click.echo(f"{file}: two pages, to print on both sides of one sheet")
