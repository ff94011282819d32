"""`depthwork take-in`: what comes into a practice, by the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from depthwork.cli.say import plural, print_json, refuse
from depthwork.cli.signed_in import client_of, home_option, login_option, signed_in
from depthwork.interchange.annotations.arriving import is_annotations


@click.command("take-in", epilog="Example: depthwork take-in ada.age")
@home_option
@login_option
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--passphrase", "ask", is_flag=True, help="The package was sealed by a passphrase; it is asked for."
)
@click.option(
    "--without-unknown", "without", is_flag=True, help="Of a FHIR bundle: leave out what is not kept here."
)
@click.option("--client", "who", default=None, help="Of marks: whose texts they were made on.")
@click.option("--coder", default="", help="Of marks: who coded, if somebody outside did.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def take_in(
    folder: Path | None, login: str | None, file: Path, ask: bool, without: bool, who: str | None, coder: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Take in a case package, a FHIR bundle, or the marks of a coder's tool: whole, or not at all.

    Of a package or a bundle you become the treatment's clinician. Marks (UIMA CAS XMI, web annotations, a marks
    file, or a zip of them) come back to the texts of --client that they were made on.
    """
    if not file.is_file():
        refuse(f"there is no file {file}")
    if file.stat().st_size > 2 * 1024**3:
        refuse(f"{file}: larger than 2 GB; ask for it in parts")
    raw = file.read_bytes()
    marks = is_annotations(raw)
    if marks and who is None:
        refuse("--client: these are marks; say whose texts they were made on")
    if who is not None and not marks:
        refuse(
            f"{file.name}: no marks; --client belongs to XMI, web annotations, a marks file or a zip of them"
        )
    with signed_in(folder, login) as person:
        if who is not None:
            told = _marks(raw, who, coder, person, name=file.name)
        else:
            told = _treatment(raw, ask=ask, without=without, person=person)
    if as_json:
        print_json(told)
    elif marks:
        _say_marks(told)
    else:
        click.echo(
            f"Taken in: client {told['client'][:6]}. What was checked stands on the page of the arrival."
        )


def _treatment(raw: bytes, *, ask: bool, without: bool, person: Any) -> dict[str, Any]:
    from depthwork.interchange.fhir.arriving import read_bundle
    from depthwork.interchange.parcel import sha256
    from depthwork.practice.disclosure.actions.arriving import (
        open_package,
        take_in_bundle,
        take_in_package,
    )
    from depthwork.practice.disclosure.errors import Asked

    if raw.lstrip()[:1] in (b"{", b"[", b"\xef"):
        read = read_bundle(raw)
        for fault in read.faults[1:20]:
            click.echo(f"also: {fault}", err=True)
        if len(read.faults) > 20:
            click.echo(f"also: {len(read.faults) - 20} more of this kind", err=True)
        try:
            treatment: Any = take_in_bundle(read=read, digest=sha256(raw), by=person, without=without)
        except Asked as error:
            for line in error.lines:
                click.echo(f"not kept here: {line}", err=True)
            refuse(f"{error} (--without-unknown)")
    else:
        words = click.prompt("Passphrase of the package", hide_input=True, err=True) if ask else ""
        package, digest = open_package(raw, passphrase=words)
        treatment = take_in_package(package=package, digest=digest, by=person)
    return {"client": treatment.client_id.hex, "treatment": treatment.id.hex}


def _marks(raw: bytes, who: str, coder: str, person: Any, *, name: str) -> dict[str, Any]:
    from dataclasses import asdict

    from depthwork.practice.disclosure.actions.annotating import take_in_annotations

    client = client_of(who, person)
    taken = take_in_annotations(raw=raw, client=client, by=person, coder=coder, name=name)
    return {"client": client.id.hex, **asdict(taken)}


def _say_marks(told: dict[str, Any]) -> None:
    for one in told["findings"]:
        click.echo(f"also: {one}", err=True)
    if told["more_findings"]:
        click.echo(f"also: {told['more_findings']} more of this kind", err=True)
    click.echo(
        f"Taken in: {plural(told['written'], 'mark')} on {plural(told['texts'], 'text')}; {told['stood']} stood here"
        f" already, {plural(told['proposals'], 'proposal')} left out."
    )
