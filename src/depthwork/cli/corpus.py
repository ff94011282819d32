"""`depthwork corpus`: profiles of many transcripts as Parquet."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from depthwork.cli.say import bar, plural, print_json, refuse

SHOWN = 10


@click.command(epilog="Example: depthwork corpus transcripts/ --out profiles/ --workers 4")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Where the tables go.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 256), default=None, help="Processes of this machine.")
@click.option("--dask", "cluster", metavar="ADDRESS", help="The scheduler of a Dask cluster, as tcp://host:8786.")  # fmt: skip
@click.option("--dictionary", type=click.Path(path_type=Path), metavar="FILE",
              help="Your own list for the referential measures: one word and its weight a line.")  # fmt: skip
@click.option("--therapist", metavar="NAME", help="The therapist's name in the files, where the guess is wrong.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def corpus(
    folder: Path, out: Path, workers: int | None, cluster: str | None, dictionary: Path | None,
    therapist: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Profile every transcript of a folder into two Parquet tables: one row a transcript, one row a turn.

    Stopped, it goes on where it was: run the same command again. A file that changed is done again. Files that
    cannot be read are listed with the reason and left out. With --dask the words travel to the cluster's workers.
    """
    if workers is not None and cluster is not None:
        refuse("--workers and --dask exclude each other; give one of them")
    if not folder.is_dir():
        refuse(f"{folder}: no such folder; name the one that holds the transcripts")
    from depthwork.interchange.corpus import CorpusError, run_corpus
    from depthwork.interchange.corpus.work import Recipe
    from depthwork.language.dictionaries import DictionaryError, read_dictionary

    own, name = None, ""
    if dictionary is not None:
        try:
            name = read_dictionary(dictionary).name
            own = dictionary.read_text(encoding="utf-8-sig")
        except DictionaryError as error:
            refuse(f"--dictionary: {error}")
    recipe = Recipe(dictionary=own, dictionary_name=name, therapist=therapist)
    try:
        with bar("Profiling") as progress:
            made = run_corpus(
                folder, out, recipe=recipe, workers=workers or 1, cluster=cluster, progress=progress
            )
    except CorpusError as error:
        refuse(str(error))
    except ModuleNotFoundError as error:
        extra = "corpus" if error.name in ("pyarrow", "polars") else "cluster"
        refuse(f"{error.name} is not installed; install depthwork[{extra}]")
    except KeyboardInterrupt:
        refuse("stopped; what is finished is kept, and the same command goes on from there")
    if as_json:
        left = [{"file": file, "reason": reason} for file, reason in made.left_out]
        print_json({"out": str(out), "files": made.files, "done_now": made.done_now, "left_out": left,
                    "transcripts": made.transcripts, "turns": made.turns, "words": made.words})  # fmt: skip
    else:
        for file, reason in made.left_out[:SHOWN]:
            click.echo(f"left out  {file}: {reason}", err=True)
        if len(made.left_out) > SHOWN:
            click.echo(f"left out  {len(made.left_out) - SHOWN} more; all stand in left-out.csv", err=True)
        click.echo(
            f"{plural(made.transcripts, 'transcript')}, {plural(made.turns, 'turn')}, {plural(made.words, 'word')} in {out}; "
            f"{made.done_now:,} done now, {len(made.left_out):,} left out"
        )
    if not made.transcripts:
        sys.exit(1)
