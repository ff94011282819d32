"""`depthwork export`: what leaves a practice, by the command line."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from depthwork.cli.say import plural, print_json, refuse, step
from depthwork.cli.signed_in import client_of, client_option, home_option, login_option, signed_in

_out = click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write; it must not be there yet.",
)
_course = click.option(
    "--treatment",
    "which",
    default=None,
    help="Its first day (2025-06-19); without it the present or last one.",
)
_json = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


@click.group(epilog="Example: depthwork export fhir --client 'Ada' -o ada.json")
def export() -> None:
    """Give something out: a record as FHIR, annotations, a case package, the client's own copy, research data.

    Each needs your sign-in and passphrase, which are asked for. What holds process notes leaves only on a release
    of the client that is written down (page Giving out). Each leaves a line in the audit and in the client's account.
    """


def _course_of(client: Any, which: str | None) -> Any:
    from depthwork.practice.treatments.models import Treatment
    from depthwork.practice.treatments.queries import current_treatment

    if which is not None:
        rows = list(Treatment.objects.filter(client=client).select_related("client__practice", "clinician"))
        named = [row for row in rows if which == row.starts_on.isoformat() or row.id.hex.startswith(which)]
        if len(named) == 1:
            return named[0]
        days = ", ".join(sorted(row.starts_on.isoformat() for row in rows)) or "none"
        refuse(f"--treatment: name one by its first day or the digits of its code; this client has: {days}")
    found = current_treatment(client)
    return found if found is not None else refuse("this client has no treatment yet")


def _today(person: Any) -> date:
    from depthwork.practice.treatments.consents import today_at

    return today_at(person.practice)


def _release(client: Any, kind: Any, on: date, *, notes: bool = False) -> Any:
    from depthwork.practice.disclosure.actions.giving import FITS
    from depthwork.practice.disclosure.queries import standing_release

    found = standing_release(client, FITS[kind], on=on)
    return next((one for one in found if not notes or "process_notes" in one.compartments), None)


def _free(out: Path) -> None:
    """Refused before anything is made, so that no trace is left of a file that could not be written."""
    if out.exists():
        refuse(f"{out} is there already; name another file")
    if not out.absolute().parent.is_dir():
        refuse(f"there is no folder {out.absolute().parent}")


@contextlib.contextmanager
def _leaving(out: Path) -> Iterator[Callable[[bytes], None]]:
    """What writes the file: whole or not at all, and together with its trace.

    The bytes lie beside before the trace is kept, so that a full disk leaves no account of something that never left;
    the file has its name only afterwards. No hard link: a stick that is carried elsewhere mostly knows none.
    """
    from django.db import transaction

    beside, claimed = out.with_name(f".{out.name}.part"), False

    def write(raw: bytes) -> None:
        nonlocal claimed
        try:
            with open(beside, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as handle:
                handle.write(raw)
                handle.flush()
                os.fsync(handle.fileno())
            os.close(os.open(out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            claimed = True
        except FileExistsError:
            refuse(f"{out} is there already; name another file")
        except OSError as error:
            why = (error.strerror or "the disk did not answer").lower()
            refuse(f"{out}: {why}; nothing was given out. Make room, or name another place")

    try:
        with transaction.atomic():
            yield write
        os.replace(beside, out)
        claimed = False
    finally:
        with contextlib.suppress(OSError):  # what could not be written was said already
            beside.unlink(missing_ok=True)
            if claimed:
                out.unlink(missing_ok=True)


def _say_others(client: Any, course: Any) -> None:
    """A package holds one treatment: whoever thinks that it holds the person is told so."""
    from depthwork.practice.treatments.models import Treatment

    others = Treatment.objects.filter(client=client).exclude(pk=course.pk).order_by("starts_on", "id")
    days = ", ".join(row.starts_on.isoformat() for row in others)
    if days:
        click.echo(
            f"also: this holds the treatment since {course.starts_on} alone; the client's others (--treatment): {days}",
            err=True,
        )


def _done(out: Path, given: Any, *, sealed: bool, as_json: bool) -> None:
    told = {
        "file": str(out), "kind": given.disclosure.kind, "compartments": given.disclosure.compartments,
        "sha256": given.disclosure.sha256, "bytes": out.stat().st_size, "sealed": sealed,
    }  # fmt: skip
    if as_json:
        print_json(told)
    else:
        holds = ", ".join(given.disclosure.compartments).replace("_", " ")
        click.echo(f"{out}: {holds}. Fingerprint before sealing: {given.disclosure.sha256[:16]}")
        if not sealed:
            click.echo(
                "It is not sealed: keep it on an encrypted disk, and delete it when it is handed over."
            )


@export.command(epilog="Example: depthwork export fhir --client Ada -o ada.json")
@home_option
@login_option
@client_option
@click.option(
    "--for-insurer",
    "is_for_insurer",
    is_flag=True,
    help="Leave out answers and scores unless the client's dated yes to that stands.",
)
@_out
@_json
def fhir(
    folder: Path | None, login: str | None, who: str, is_for_insurer: bool, out: Path, as_json: bool
) -> None:
    """The record as a FHIR R4 bundle. Process notes and licensed questionnaires' wording never stand in it."""
    _free(out)
    with signed_in(folder, login) as person:
        from depthwork.practice.disclosure.making import give_fhir

        client = client_of(who, person)
        with _leaving(out) as write, step("Gathering what is given out"):
            given = give_fhir(
                client, None, release=None, by=person, on=_today(person), is_for_insurer=is_for_insurer
            )
            write(given.raw)
    _done(out, given, sealed=False, as_json=as_json)


@export.command(
    "annotations", epilog="Example: depthwork export annotations --client Ada --form uima -o ada.zip"
)
@home_option
@login_option
@client_option
@click.option(
    "--form", type=click.Choice(["web", "uima", "elan", "chat", "marks"]), default="web", show_default=True
)
@_course
@_out
@_json
def texts(
    folder: Path | None, login: str | None, who: str, form: str, which: str | None, out: Path, as_json: bool
) -> None:
    """Texts and the codes on them, for a coder's tool. Needs a release that names the process notes."""
    _free(out)
    with signed_in(folder, login) as person:
        from depthwork.practice.disclosure.making import give_annotations

        client, on = client_of(who, person), _today(person)
        course = _course_of(client, which)
        with _leaving(out) as write, step("Gathering what is given out"):
            release = _release(client, "annotations", on, notes=True)
            given = give_annotations(course, form=form, release=release, by=person, on=on)
            write(given.raw)
        if which is None:
            _say_others(client, course)
    _done(out, given, sealed=False, as_json=as_json)


@export.command(epilog="Example: depthwork export case --client Ada --to age1... -o ada.age")
@home_option
@login_option
@client_option
@click.option(
    "--to", "recipients", multiple=True, help="Receiving key (age1...); more than one may be given."
)
@click.option("--passphrase", "ask", is_flag=True, help="Seal by a passphrase instead; it is asked for.")
@_course
@_out
@_json
def case(
    folder: Path | None,
    login: str | None,
    who: str,
    which: str | None,
    recipients: tuple[str, ...],
    ask: bool,
    out: Path,
    as_json: bool,
) -> None:
    """A whole treatment for another practice, sealed. Needs a release for moving the treatment."""
    _free(out)
    if bool(recipients) == ask:
        refuse("--to age1... or --passphrase: one of the two")
    with signed_in(folder, login) as person:
        from depthwork.practice.disclosure.actions import seal
        from depthwork.practice.disclosure.making import give_case

        client, on = client_of(who, person), _today(person)
        words = (
            click.prompt("Passphrase of the package", hide_input=True, confirmation_prompt=True, err=True)
            if ask
            else ""
        )
        seal(b"", recipients=recipients, passphrase=words)
        release, course = _release(client, "case", on), _course_of(client, which)
        with _leaving(out) as write:
            with step("Gathering what is given out"):
                given = give_case(
                    course,
                    compartments=release.compartments if release else (),
                    release=release,
                    by=person,
                    on=on,
                )
            with step("Sealing"):
                write(seal(given.raw, recipients=recipients, passphrase=words))
        if which is None:
            _say_others(client, course)
    _done(out, given, sealed=True, as_json=as_json)


@export.command(epilog="Example: depthwork export access --client Ada -o ada.zip")
@home_option
@login_option
@client_option
@_out
@_json
def access(folder: Path | None, login: str | None, who: str, out: Path, as_json: bool) -> None:
    """The client's own copy: readable pages, tables, data. The jurisdiction profile says whether notes belong in it."""
    _free(out)
    with signed_in(folder, login) as person:
        from depthwork.practice.disclosure.access import rule_in_words
        from depthwork.practice.disclosure.making import give_access

        client, on = client_of(who, person), _today(person)
        with _leaving(out) as write, step("Gathering what is given out"):
            given = give_access(client, release=_release(client, "access", on), by=person, on=on)
            write(given.raw)
        says = rule_in_words(client)
    if not as_json:
        click.echo(says)
    _done(out, given, sealed=False, as_json=as_json)


@export.command(epilog="Example: depthwork export research --project 'alliance 2026' -o study.zip")
@home_option
@login_option
@click.option("--project", required=True, help="The same name gives the same pseudonyms again.")
@_out
@_json
def research(folder: Path | None, login: str | None, project: str, out: Path, as_json: bool) -> None:
    """De-identified tables (Parquet, and CSV with a reader for R) of everyone who agreed to research, with their dictionary."""
    _free(out)
    with signed_in(folder, login) as person:
        from depthwork.practice.disclosure.research_out import give_study

        with _leaving(out) as write, step("Gathering what is given out"):
            made = give_study(by=person, project=project, on=_today(person))
            write(made.raw)
    told = {
        "file": str(out), "people": made.study.people, "without_key": made.without_key,
        "smallest_cell": made.study.smallest, "suppressed": dict(made.study.suppressed),
        "rows": {name: len(rows) for name, rows in made.study.tables.items()},
    }  # fmt: skip
    if as_json:
        print_json(told)
    else:
        click.echo(
            f"{out}: {plural(made.study.people, 'person', 'people')}. Cells of fewer than {made.study.smallest} are withheld."
        )
