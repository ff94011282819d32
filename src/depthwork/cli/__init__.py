"""The `depthwork` command: one file a command group, imported when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

# Set before numpy is imported anywhere: two threads made small matrix work 25 times slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import click

import depthwork
from depthwork.cli.say import refuse, refuse_usage

# name -> (module under depthwork.cli, attribute, one-line help). The help stands here so that
# `depthwork --help` imports no command.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("demo", "demo", "Open the fictional practice."),
    "guide": ("guide", "guide", "Write the two-page start guide, to print."),
    "init": ("founding", "init", "Set up a practice of your own."),
    "serve": ("practice", "serve", "Serve the practice to a browser."),
    "doctor": ("practice", "doctor", "Check settings, keys, database, backups and the audit chain."),
    "backup": ("backups", "backup", "Write an encrypted backup."),
    "restore": ("backups", "restore", "Read a backup back."),
    "drill": ("backups", "drill", "Prove that a backup can be restored."),
    "move": ("database", "move", "Move a practice to PostgreSQL."),
    "upgrade": ("database", "upgrade", "Bring the tables up to date after a new version."),
    "export": (
        "export",
        "export",
        "Give out a record, annotations, a case package, a client's copy, research data.",
    ),
    "take-in": ("take_in", "take_in", "Take in a case package, a FHIR bundle, or a coder's marks."),
    "transcript": ("transcript", "transcript", "Read an hour from a file."),
    "profile": ("profile", "profile", "Describe what happened in an hour, in numbers with their cautions."),
    "cues": ("cues", "cues", "Propose passages worth a second look."),
    "agree": ("agree", "agree", "Compare two coders."),
    "measure": ("measure", "measure", "List, show and score questionnaires."),
    "change": ("change", "change", "Reliable change and sudden gains, person by person."),
    "growth": ("growth", "growth", "A growth model of many people's scores."),
    "corpus": ("corpus", "corpus", "Profiles of many transcripts as Parquet tables."),
    "pool": ("pool", "pool", "Pool the effects of trials."),
}


class _Lazy(click.Group):
    """Commands are imported when they are run, so that help stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(f"depthwork.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(f"{error.message} `depthwork --help` lists the commands.") from None

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command; what click has to complain of becomes our one line."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, **extra)
        try:
            code = super().main(args, prog_name, complete_var, False, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            refuse("name a command; they are listed above")
        except click.Abort:
            refuse("stopped before it was done; run it again when you wish")
        except click.ClickException as error:
            refuse_usage(error)
        sys.exit(code if isinstance(code, int) else 0)


@click.group(
    name="depthwork",
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: depthwork profile hour.vtt",
)
@click.version_option(depthwork.__version__, prog_name="depthwork")
def cli() -> None:
    """Keep the thread of a therapy: what recurs between then, now and here, with the lines that show it."""


def main(argv: Sequence[str] | None = None) -> Any:
    """Run the command; one line on stderr and exit 2 for bad usage or unreadable input."""
    return cli.main(args=list(argv) if argv is not None else None, prog_name="depthwork")
