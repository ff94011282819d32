"""Setting a practice up: what is asked, what follows from the country, what stands on no screen any more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from depthwork.cli import founding
from depthwork.cli.founding import init, machine_zone, what_follows, what_next, wrong_country, wrong_zone
from depthwork.practice.keeping import recipients

REPO = Path(__file__).parents[3]
WHO = ["--name", "Harbour Rooms", "--who", "Ana", "--login", "ana"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--country", "Ohio"], "--country Ohio: two letters"),
        (["--country", "UK"], "the two letters of the United Kingdom are GB"),
        (["--country", "ÄÖ"], "two letters"),
        (["--time-zone", "Ohio"], "--time-zone Ohio: not an IANA name"),
        (["--time-zone", "../../etc/passwd"], "not an IANA name"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line_and_nothing_is_made(tmp_path, options, says):
    home = tmp_path / "home"
    done = CliRunner().invoke(init, [*WHO, "--home", str(home), *options])
    assert done.exit_code == 2
    assert says in done.output
    assert not home.exists()


def test_the_zone_of_the_machine_is_offered(monkeypatch):
    monkeypatch.setenv("TZ", ":America/New_York")
    assert machine_zone() == "America/New_York"


def test_a_machine_that_does_not_say_its_zone_offers_none(monkeypatch):
    monkeypatch.setenv("TZ", "nowhere at all")
    monkeypatch.setattr(founding, "_text_of", lambda file: "")
    monkeypatch.setattr(founding, "_zone_of_link", lambda link: "")
    assert machine_zone() is None


def test_there_is_no_zone_and_no_country_by_default():
    for param in init.params:
        if param.name in ("time_zone", "country"):
            assert param.default is None


def test_a_good_zone_and_country_are_taken():
    assert (wrong_zone("America/New_York"), wrong_country("us")) == ("", "")


def test_a_practice_in_the_united_states_gets_its_own_rules_money_and_numbers():
    words = "\n".join(what_follows("US", "us", "USD"))
    assert "USD" in words
    assert "988" in words
    assert "116 123" not in words
    assert "none" not in words


def test_what_is_not_installed_for_a_country_is_said():
    words = "\n".join(what_follows("BR", "default", "BRL"))
    assert "none of this country is installed" in words
    assert "none is installed; pages name the nearest emergency department" in words


def test_three_lines_say_what_comes_next(tmp_path):
    recipients.choose_place(tmp_path, Path("/media/disk"))
    lines = what_next(tmp_path, given=tmp_path)
    assert f"depthwork serve --home {tmp_path}" in lines[1]
    assert "/clients/new/" in lines[2]
    assert "/media/disk/practice-" in lines[3]
    assert "drill" in lines[3]


def test_the_folder_for_backups_is_kept_for_its_owner_alone(tmp_path):
    assert recipients.place(tmp_path) is None
    recipients.choose_place(tmp_path, Path("/media/disk"))
    recipients.choose_place(tmp_path, Path("/media/other"))
    assert recipients.place(tmp_path) == Path("/media/other")
    assert (tmp_path / recipients.PLACE).stat().st_mode & 0o077 == 0


# A terminal that answers: what is asked for in secret comes by the same lines.
ANSWERING = """
import re, sys, click
from click.testing import CliRunner
from depthwork.cli import founding

real, cleared = click.prompt, []
said = []
answers = iter(sys.argv[2:])

def prompt(words, **options):
    print("ASKED", words, options.get("default"))
    if "Type the code back" in words:
        return re.search(r"^  ((?:[0-9A-Z]{4}-?)+)$", "\\n".join(said), re.M).group(1)
    if "on paper" in words or "Passphrase" in words:
        return "" if "on paper" in words else "salt rope lantern quarter"
    given = next(answers)
    return options.get("default") if given == "=" else given

def echo(words="", **options):
    said.append(str(words))
    print(words)

founding.click.prompt, founding.click.echo = prompt, echo
founding.click.clear = lambda: print("CLEARED")
founding.init(["--name", "Harbour Rooms", "--who", "Ana", "--login", "ana", "--home", sys.argv[1]])
"""


@pytest.mark.slow
def test_an_evening_from_nothing_to_a_practice_in_ohio(tmp_path):
    home, place = tmp_path / "home", tmp_path / "disk"
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("DEPTHWORK", "DJANGO", "DATABASE"))
    }
    env |= {"PYTHONPATH": str(REPO / "src"), "TZ": "America/New_York"}
    done = subprocess.run(
        [sys.executable, "-c", ANSWERING, str(home), "=", "Ohio", "us", str(place)],
        capture_output=True, text=True, env=env, cwd=tmp_path, timeout=180, check=False,
    )  # fmt: skip
    words = done.stdout
    assert done.returncode == 0, done.stderr
    assert "ASKED Time zone America/New_York" in words
    assert words.index("Ohio: two letters") < words.index("988")
    # The code leaves the screen before it is typed back, and so does the second key.
    assert words.index("CLEARED") < words.index("ASKED Type the code back")
    assert words.count("CLEARED") == 2
    assert words.index("AGE-SECRET-KEY-") < words.rindex("CLEARED")
    assert recipients.place(home) == place
    assert place.is_dir()
    assert f"depthwork backup --home {home} {place}/practice-" in words
    again = [sys.executable, "-m", "depthwork", "doctor", "--home", str(home)]
    told = subprocess.run(
        again, capture_output=True, text=True, env=env, cwd=tmp_path, timeout=180, check=False
    )
    assert f"it is written to {place}" in told.stdout
    backup = [sys.executable, "-m", "depthwork", "backup", "--home", str(home)]
    kept = subprocess.run(
        backup, capture_output=True, text=True, env=env, cwd=tmp_path, timeout=180, check=False
    )
    assert kept.returncode == 0, kept.stderr
    assert len(list(place.glob("practice-*.data.age"))) == 1
    place.rename(tmp_path / "unplugged")
    gone = subprocess.run(
        backup, capture_output=True, text=True, env=env, cwd=tmp_path, timeout=180, check=False
    )
    assert (gone.returncode, place.exists()) == (2, False)
    assert "plug the disk in" in gone.stderr
