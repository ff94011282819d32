"""What is wrong with a command is said in one line on stderr, with the way on; whatever the command."""

import io
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from depthwork.cli import COMMANDS, cli
from depthwork.cli.say import bar, plural, step


def commands():
    """Every command that does something, with its words."""
    root = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(root, name)
        if isinstance(command, click.Group):
            yield from ((name, one) for one in command.commands)
        else:
            yield (name,)


def leaf(words):
    command = cli
    for word in words:
        command = command.get_command(click.Context(command), word)
    return command


def refused(*words, **more):
    result = CliRunner().invoke(cli, list(words), **more)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("depthwork: ")
    assert result.stderr.count("\n") == 1, result.stderr
    assert "Traceback" not in result.output
    return result.stderr


ALL = [pytest.param(words, id=" ".join(words)) for words in commands()]


@pytest.mark.parametrize("words", ALL)
def test_an_unknown_option_is_one_line_with_the_way_to_the_help(words):
    said = refused(*words, "--frobnicate")
    assert "--frobnicate" in said
    assert f"`depthwork {' '.join(words)} --help` shows how" in said


# What would be asked for first is given; `profile` takes any number of files.
ANSWERS = {("init",): ("--name", "n", "--who", "w", "--login", "l")}


@pytest.mark.parametrize("words", [one for one in ALL if one.values[0] != ("profile",)])
def test_one_argument_too_many_is_one_line(words):
    assert "--help` shows how" in refused(*words, *ANSWERS.get(words, ()), *["one-too-many"] * 9)


@pytest.mark.parametrize("words", [one for one in ALL if any(p.required for p in leaf(one.values[0]).params)])
def test_what_is_missing_is_named_in_one_line(words):
    said = refused(*words)
    assert "Missing" in said
    assert "--help` shows how" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("pool", "x.csv", "--effect", "g", "--se", "se", "--rho", "abc"), "'abc' is not a valid float"),
        (("corpus", "d", "--out", "o", "--workers", "0"), "0 is not in the range"),
        (("serve", "--port", "99999"), "99999 is not in the range"),
        (("measure", "frob"), "No such command 'frob'"),
        (("export", "frob"), "No such command 'frob'"),
        (("frob",), "`depthwork --help` lists the commands"),
        (("--frob",), "`depthwork --help` shows how"),
        (("pool", "x.csv", "--effect"), "requires an argument"),
    ],
)
def test_a_value_or_command_that_is_not_one_is_one_line(words, says):
    assert says in refused(*words)


@pytest.mark.parametrize("words", [(), ("measure",), ("export",)])
def test_a_group_without_a_command_shows_its_help_and_says_so(words):
    result = CliRunner().invoke(cli, list(words))
    assert "Commands" in result.stdout
    assert (result.exit_code, result.stderr) == (2, "depthwork: name a command; they are listed above\n")


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("pool", "--help")])
def test_asking_for_help_or_version_is_no_error(words):
    result = CliRunner().invoke(cli, list(words))
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_question_left_unanswered_ends_in_one_line(tmp_path):
    result = CliRunner().invoke(cli, ["init", "--home", str(tmp_path / "new")], input="")
    assert result.exit_code == 2
    assert result.stderr == "depthwork: stopped before it was done; run it again when you wish\n"
    assert not (tmp_path / "new").exists()


def test_the_installed_command_ends_as_the_library_does():
    made = subprocess.run(
        [sys.executable, "-m", "depthwork", "pool"], capture_output=True, text=True, env=os.environ
    )
    assert (made.returncode, made.stdout, made.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize(
    ("origin", "says"),
    [
        ("http://book.example.org", "not https"),
        ("book.example.org", "scheme and host"),
        ("https://", "scheme and host"),
        ("", "scheme and host"),
        ("https://book.example.org/clients", "scheme and host"),
        ("https://me@book.example.org", "scheme and host"),
        ("https://book.example.org:port", "not an address"),
    ],
)
def test_a_public_address_that_is_none_is_refused_before_anything_starts(tmp_path, monkeypatch, origin, says):
    monkeypatch.setenv("DEPTHWORK_PUBLIC_ORIGIN", "")
    assert says in refused("serve", "--home", str(tmp_path / "none"), "--public", origin)
    assert not (tmp_path / "none").exists()


def test_a_public_address_reaches_the_settings(tmp_path):
    """In a process of its own: settings are read once."""
    code = (
        "import sys\n"
        "from depthwork.cli import main, practice\n"
        "begin = practice.start\n"
        "def start(folder):\n"
        "    begin(folder)\n"
        "    from django.conf import settings\n"
        "    print(settings.PUBLIC_ORIGIN, settings.SESSION_COOKIE_SECURE, settings.ALLOWED_HOSTS[-1])\n"
        "    sys.exit(0)\n"
        "practice.start = start\n"
        f"main(['serve', '--home', {str(tmp_path)!r}, '--public', 'https://Book.example.org/'])\n"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ)
    assert made.stdout == "https://book.example.org True book.example.org\n", made.stderr


@pytest.mark.parametrize("lacking", [".data.age", ".keys.age"])
def test_restore_looks_for_both_files_before_it_asks_for_the_code(tmp_path, lacking):
    for half in {".data.age", ".keys.age"} - {lacking}:
        (tmp_path / f"kept{half}").write_bytes(b"x")
    asked = (
        "from depthwork.cli import main; import click\n"
        "click.prompt = lambda *a, **k: print('ASKED')\n"
        f"main(['restore', '--home', {str(tmp_path / 'home')!r}, {str(tmp_path / 'kept')!r}])\n"
    )
    made = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, env=os.environ)
    assert (made.returncode, made.stdout) == (2, "")
    assert f"kept{lacking}" in made.stderr
    assert made.stderr.count("\n") == 1


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("shown", [lambda: bar("Reading"), lambda: step("Reading")])
def test_a_sign_of_life_goes_to_the_terminal_and_nowhere_else(monkeypatch, capsys, shown):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with shown() as told:
        if told is not None:
            told(1, 3)
    assert "Reading" in terminal.getvalue()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with shown() as told:
        if told is not None:
            told(1, 3)
    assert sys.stderr.getvalue() == ""
    assert capsys.readouterr().out == ""


def test_a_count_goes_with_its_noun():
    assert (plural(1, "person", "people"), plural(2, "person", "people")) == ("1 person", "2 people")
    assert (plural(1, "row"), plural(1000, "row")) == ("1 row", "1,000 rows")


IN_A_PRACTICE = {
    "backups",
    "database",
    "demo",
    "export",
    "founding",
    "place",
    "practice",
    "signed_in",
    "take_in",
}


def test_every_command_file_is_held_to_the_contract_or_works_in_a_practice():
    root = Path(__file__).parents[3]
    contracts = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (held,) = [one for one in contracts if one.get("forbidden_modules", [""])[0] == "django"]
    named = {name.removeprefix("depthwork.cli.") for name in held["source_modules"] if ".cli." in name}
    files = {file.stem for file in (root / "src/depthwork/cli").glob("*.py")} - {"__init__"}
    assert named | IN_A_PRACTICE == files
    assert not named & IN_A_PRACTICE
