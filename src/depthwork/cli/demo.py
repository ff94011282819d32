"""`depthwork demo`: the fictional practice on SQLite, in one folder."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import date, timedelta
from pathlib import Path

import click

from depthwork.cli.port import needs_port
from depthwork.cli.say import refuse, step

OLD = timedelta(days=7)  # from then on Today shows hours of another week


def fiction_root() -> Path:
    """Where the fiction lies: beside the sources in a checkout, inside the package when installed."""
    import depthwork

    package = Path(depthwork.__file__).parent
    for root in (package / "fiction", package.parent.parent / "demo"):
        if (root / "practice.yaml").exists():
            return root
    return refuse("the fictional practice is not installed; reinstall depthwork, or run from a checkout")


@click.command(epilog="Example: depthwork demo --port 8080")
@click.option(
    "--home",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(".depthwork-demo"),
    show_default=True,
    help="All files of the demo.",
)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port on this machine."
)
@click.option("--reset", is_flag=True, help="Fill it anew: what you changed in the demo is lost.")
@click.option("--no-serve", is_flag=True, help="Fill it and stop.")
def demo(folder: Path, port: int, reset: bool, no_serve: bool) -> None:
    """Open a fictional practice: twelve clients, three treatments in full, nobody real."""
    folder = folder.absolute()
    marker, begun = folder / "demo", folder / "demo-begun"
    if begun.exists() and not marker.exists():
        if _runs(begun):
            refuse(
                f"{folder} is being filled in another window; open its address once it says that it is ready"
            )
        shutil.rmtree(folder)  # a filling that was cut off: nothing of a person's is in it
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        refuse(f"{folder} holds something else; choose another folder with --home")
    if not no_serve:
        needs_port("127.0.0.1", port, by_make=True)
    if reset and marker.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["DEPTHWORK_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "depthwork.practice.config.settings"
    os.environ.pop("DATABASE_URL", None)
    fresh = not marker.exists()
    if fresh:
        begun.write_text(str(os.getpid()))
    import django

    django.setup()
    from depthwork.practice.ui.demo import bring_demo_up_to_date, fill_demo, logins_in_words

    if fresh:
        with step("Filling the fictional practice"):
            fill_demo(fiction_root())
        marker.write_text("The fictional practice of Depthwork. Delete this folder whenever you like.\n")
        begun.unlink()
    else:
        bring_demo_up_to_date()
        filled = date.fromtimestamp(marker.stat().st_mtime)
        if date.today() - filled >= OLD:
            click.echo(
                f"It was filled on {filled:%Y-%m-%d}; with --reset it is filled anew, with the days of this week."
            )
    click.echo(f"Depthwork is ready at http://127.0.0.1:{port}")
    for line in logins_in_words():
        click.echo(f"  {line}")
    if no_serve:
        return
    sys.stdout.flush()
    from depthwork.practice.config.serving import serve_site
    from depthwork.practice.ui.minutes import each_minute

    serve_site(port=port, each_minute=each_minute)


def _runs(begun: Path) -> bool:
    """Whether another process fills it now; the file holds its number."""
    try:
        number = int(begun.read_text())
        os.kill(number, 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return number != os.getpid()
