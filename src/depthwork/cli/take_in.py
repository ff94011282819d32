"""`depthwork take-in`: what comes into a practice, by the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from depthwork.cli.say import plural, print_json, refuse
from depthwork.cli.signed_in import client_of, home_option, login_option, signed_in
from depthwork.interchange.annotations.arriving import is_annotations
from depthwork.interchange.fhir.arriving import is_record


@click.command("take-in", epilog="Example: depthwork take-in ada.age")
@home_option
@login_option
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--passphrase", "ask", is_flag=True, help="The package was sealed by a passphrase; it is asked for."
)
@click.option(
    "--without-unknown",
    "without",
    is_flag=True,
    help="Leave out what is not kept here: of a FHIR bundle, or beside a course that joins --client.",
)
@click.option(
    "--client",
    "who",
    default=None,
    help="Of marks: whose texts they were made on. Of a package or a bundle: the client here whose record it is.",
)
@click.option(
    "--same-person",
    is_flag=True,
    help="Of a FHIR bundle with --client: you compared names and births, and it is the same person.",
)
@click.option(
    "--same-course",
    is_flag=True,
    help="Of a FHIR bundle with --client: the treatment open in it is the one under way here.",
)
@click.option("--coder", default="", help="Of marks: who coded, if somebody outside did.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def take_in(
    folder: Path | None, login: str | None, file: Path, ask: bool, without: bool, who: str | None, same_person: bool,
    same_course: bool, coder: str, as_json: bool,
) -> None:  # fmt: skip
    """Take in a case package, a FHIR bundle, or the marks of a coder's tool: whole, or not at all.

    Of a package or a bundle you become the treatment's clinician. With --client, it is of somebody whom you treat here:
    what is new in it joins them, and nothing comes twice. Marks (UIMA CAS XMI, web annotations, a marks
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
    with signed_in(folder, login) as person:
        if who is not None and not marks and is_record(raw):
            told = _beside(
                raw, who, without=without, same_person=same_person, same_course=same_course, person=person
            )
        elif who is not None and not marks:
            told = _further(raw, who, ask=ask, without=without, person=person)
        elif who is not None:
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

    if is_record(raw):
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
        package, digest = open_package(raw, passphrase=_passphrase(ask))
        treatment = take_in_package(package=package, digest=digest, by=person)
    return {"client": treatment.client_id.hex, "treatment": treatment.id.hex}


def _passphrase(ask: bool) -> str:
    return str(click.prompt("Passphrase of the package", hide_input=True, err=True)) if ask else ""


def _further(raw: bytes, who: str, *, ask: bool, without: bool, person: Any) -> dict[str, Any]:
    """A further course of a client who stands here; what would stay out is said before anything is written."""
    from depthwork.practice.disclosure.actions.arriving import open_package
    from depthwork.practice.disclosure.actions.joining import join_package, look_at_joining

    client = client_of(who, person)
    package, digest = open_package(raw, passphrase=_passphrase(ask))
    found = look_at_joining(package=package, client=client, by=person)
    for one in found.left:
        click.echo(f"stays out: {one.words()}", err=True)
    if found.left and not without:
        refuse("some of what it says of the client has no place beside what stands here (--without-unknown)")
    treatment = join_package(package=package, digest=digest, client=client, by=person)
    return {"client": treatment.client_id.hex, "treatment": treatment.id.hex, "left_out": len(found.left)}


def _beside(
    raw: bytes, who: str, *, without: bool, same_person: bool, same_course: bool, person: Any
) -> dict[str, Any]:
    """A record of somebody who stands here: both are shown, and what stays out, before anything is written."""
    from depthwork.interchange.fhir.arriving import read_bundle
    from depthwork.interchange.parcel import sha256
    from depthwork.practice.disclosure.actions.arriving import left_in_words
    from depthwork.practice.disclosure.actions.joining_bundle import join_bundle, look_at_joining_bundle

    client, read = client_of(who, person), read_bundle(raw)
    for fault in read.faults[1:20]:
        click.echo(f"also: {fault}", err=True)
    found, unkept = look_at_joining_bundle(read=read, client=client, by=person)
    left = [*(one.words() for one in found.left), *map(left_in_words, unkept)]
    for one in left:
        click.echo(f"stays out: {one}", err=True)
    theirs = read.facts.client if read.facts else None
    if not same_person and theirs is not None and found.is_new:
        born = (client.details or {}).get("born") or "no birth date"
        click.echo(f"in the bundle: {theirs.name}, {theirs.born or 'no birth date'}", err=True)
        click.echo(f"here:          {client.name}, {born}", err=True)
        refuse("say that they are one and the same person, if they are (--same-person)")
    if left and not without and found.is_new:
        refuse("some of it has no place beside what stands here (--without-unknown)")
    treatment = join_bundle(
        read=read, digest=sha256(raw), client=client, by=person, is_same_person=same_person or not found.is_new,
        is_same_course=same_course,
    )  # fmt: skip
    return {"client": treatment.client_id.hex, "treatment": treatment.id.hex, "left_out": len(left)}


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
