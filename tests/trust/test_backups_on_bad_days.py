"""`backup` and `restore` as real processes on bad days: an old key file, a full disk, a kill at any point.

Each ends in one clear line, and in a practice that opens.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from depthwork.practice.keeping import backup as keeping
from depthwork.practice.keeping import diary, in_use, places
from depthwork.practice.keeping.watched import alone
from depthwork.practice.vault.age import new_identity
from tests.trust.conftest import REPO, run
from tests.trust.figures import Tried, figure
from tests.trust.home import WORDS


@pytest.fixture(scope="module")
def people():
    return [new_identity(), new_identity()]


@pytest.fixture
def home(filled, tmp_path):
    shutil.copytree(filled, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def paper(people, tmp_path):
    """A file with the first person's identity, as one keeps it on a stick."""
    file = tmp_path / "identity.txt"
    file.write_text("# kept in the drawer\n" + people[0][0] + "\n")
    return file


def back_up(home, target, people, **more):
    given = [part for _, recipient in people for part in ("--recipient", recipient)]
    return run("-m", "depthwork", "backup", target, *given, home=home, **more)


def in_limits(size, *arguments, home):
    """The command, in a process that may write no file larger than `size`: to it, the disk is full."""
    start = f"import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size})); sys.argv = sys.argv[1:]; runpy.run_module('depthwork', run_name='__main__')"
    return run(
        "-c", start, "depthwork", *arguments, home=home, COVERAGE_PROCESS_CONFIG=""
    )  # nor may that write


def notes_in(home):
    with closing(sqlite3.connect(home / "practice.sqlite3")) as practice:
        assert practice.execute("pragma integrity_check").fetchone()[0] == "ok"
        return practice.execute("select count(*) from sources_version").fetchone()[0]


def one_line(done):
    lines = done.stderr.strip().splitlines()
    assert done.returncode == 2, done.stdout + done.stderr
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_the_key_file_of_another_day_says_what_stays_closed_and_the_right_one_opens_it(
    home, people, paper, tmp_path
):
    assert back_up(home, tmp_path / "monday", people).returncode == 0
    changed = run(REPO / "tests" / "trust" / "changed.py", home)
    assert changed.returncode == 0, changed.stderr
    assert back_up(home, tmp_path / "tuesday", people).returncode == 0
    old = keeping.paths(tmp_path / "monday")[1]
    done = run(
        "-m", "depthwork", "restore", tmp_path / "tuesday", "--keys", old, "--identity", paper, home=home
    )
    assert done.returncode == 0, done.stderr
    assert "1 value stands under keys that this key file does not hold: it was sealed" in done.stdout
    assert "before-restore" in done.stdout
    done = run("-m", "depthwork", "restore", tmp_path / "tuesday", "--identity", paper, home=home)
    assert done.returncode == 0, done.stderr
    assert "does not hold" not in done.stdout
    assert notes_in(home) == 500
    assert len(list(home.glob("practice.sqlite3.before-restore-*"))) == 2


def test_nothing_is_put_in_place_while_the_practice_is_served_and_the_other_way_round(
    home, people, paper, tmp_path
):
    assert back_up(home, tmp_path / "monday", people).returncode == 0
    restore = ("-m", "depthwork", "restore", tmp_path / "monday", "--identity", paper)
    with in_use.served(home) as is_held:
        assert is_held
        assert "end `depthwork serve` first" in one_line(run(*restore, home=home))
        with in_use.served(home) as is_second:  # another port is no reason to wait
            assert is_second
    assert not list(home.glob("practice.sqlite3.before-restore-*"))
    with alone(home / in_use.FILE), in_use.served(home) as is_held:
        assert not is_held
    done = run(*restore, home=home)
    assert done.returncode == 0, done.stderr
    assert notes_in(home) == 500


def test_serve_waits_until_a_backup_is_in_place(home):
    with alone(home / in_use.FILE):
        done = run("-m", "depthwork", "serve", "--port", "8399", home=home)
    assert "a backup is being put in place" in one_line(done)


def test_a_drawing_named_as_identity_and_a_key_file_that_stays_are_each_one_line(home, people, tmp_path):
    assert back_up(home, tmp_path / "monday", people).returncode == 0
    drawing = tmp_path / "drawing.png"
    drawing.write_bytes(b"\x89PNG\r\n\xff\xfe\x00")
    said = one_line(run("-m", "depthwork", "restore", tmp_path / "monday", "--identity", drawing, home=home))
    assert "AGE-SECRET-KEY-1" in said
    (tmp_path / "stuck.keys.age").mkdir()
    long_ago = (datetime.now(UTC) - timedelta(days=40)).isoformat()
    diary.note(home, "backup", at=long_ago, keys=str(tmp_path / "stuck.keys.age"), data="d")
    one_line(run("-m", "depthwork", "backup", "--expire", home=home))


KNOWS = """
import django; django.setup()
from depthwork.practice.people.logins import login_of
from depthwork.practice.people.models import Person
print(Person.objects.filter(login=login_of("ana@example.org")).count())
"""


def knows_ana(home, **env):
    """Whether the sign-in name that Ana types is found in the practice of a folder."""
    return (
        run("-c", KNOWS, home=home, DJANGO_SETTINGS_MODULE="depthwork.practice.config.settings", **env).stdout
        == "1\n"
    )


def test_on_a_new_machine_a_first_try_that_failed_costs_no_sign_in(home, people, paper, tmp_path):
    assert back_up(home, tmp_path / "monday", people).returncode == 0
    new = tmp_path / "new"
    one_line(run("-m", "depthwork", "restore", tmp_path / "mondey", "--identity", paper, home=new))
    assert (new / "secret").read_text() != (home / "secret").read_text()  # the try has made one
    done = run("-m", "depthwork", "restore", tmp_path / "monday", "--identity", paper, home=new)
    assert done.returncode == 0, done.stderr
    assert knows_ana(new)
    assert (new / "secret").stat().st_mode & 0o077 == 0
    assert [file.name for file in new.glob("secret*")] == ["secret"]


def test_set_up_again_makes_the_second_key_that_a_new_machine_lacks_and_asks_for_nothing_else(home):
    said = run("-m", "depthwork", "init", home=home, stdin="\n")
    assert said.returncode == 0, said.stderr
    second = next(line.strip() for line in said.stdout.splitlines() if "AGE-SECRET-KEY-1" in line)
    assert "Name of the practice" not in said.stdout
    made = run("-m", "depthwork", "backup", home.parent / "monday", home=home)
    assert made.returncode == 0, made.stderr
    assert "sealed to 2 people" in made.stdout
    stick = home.parent / "stick.txt"
    stick.write_text(second)
    back = run("-m", "depthwork", "restore", home.parent / "monday", "--identity", stick, home=home)
    assert back.returncode == 0, back.stderr
    assert "nothing is missing" in one_line(run("-m", "depthwork", "init", home=home, stdin="\n"))


def test_a_full_drill_opens_a_backup_of_before_an_upgrade(home, people, tmp_path):
    older = run(
        "-m", "django", "migrate", "people", "0003", "--verbosity", "0", home=home,
        DJANGO_SETTINGS_MODULE="depthwork.practice.config.settings",
    )  # fmt: skip
    assert older.returncode == 0, older.stderr
    assert back_up(home, tmp_path / "monday", people).returncode == 0
    drilled = run(
        "-m", "depthwork", "drill", "--full", "--login", "ana@example.org", home=home, stdin=WORDS + "\n"
    )
    assert drilled.returncode == 0, drilled.stderr
    assert "values opened with your keys; no clinical will yet." in drilled.stdout


def test_a_full_drill_does_not_pass_where_a_canary_is_missing(home, people, tmp_path):
    with closing(sqlite3.connect(home / "practice.sqlite3")) as practice:
        practice.execute("delete from vault_canary where n > 95")
        practice.commit()
    assert back_up(home, tmp_path / "monday", people).returncode == 0
    drilled = run(
        "-m", "depthwork", "drill", "--full", "--login", "ana@example.org", home=home, stdin=WORDS + "\n"
    )
    assert "96 of 100 canaries open" in drilled.stdout
    assert drilled.returncode == 1


def test_over_another_practice_its_secret_and_its_canaries_come_along(home, people, paper, tmp_path):
    assert back_up(home, tmp_path / "monday", people).returncode == 0
    other = tmp_path / "other"  # as `init` leaves a folder: a database, a secret and a drill's key of its own
    shutil.copytree(home, other)
    (other / "secret").write_text("another-" * 12)
    (other / "drill.key").write_text(new_identity()[0])
    assert not knows_ana(other)
    done = run("-m", "depthwork", "restore", tmp_path / "monday", "--identity", paper, home=other)
    assert done.returncode == 0, done.stderr
    assert knows_ana(other)
    kept = next(other.glob("secret.before-restore-*"))
    assert kept.name in done.stdout
    assert kept.read_text() == "another-" * 12
    assert back_up(other, tmp_path / "tuesday", people).returncode == 0
    drilled = run("-m", "depthwork", "drill", home=other)
    assert drilled.returncode == 0, drilled.stderr


def test_a_secret_that_the_environment_gives_is_said_to_be_another_one(home, people, paper, tmp_path):
    assert back_up(home, tmp_path / "monday", people).returncode == 0
    new, given = tmp_path / "new", {"DEPTHWORK_SECRET_KEY": "another-" * 12}
    done = run("-m", "depthwork", "restore", tmp_path / "monday", "--identity", paper, home=new, **given)
    assert done.returncode == 0, done.stderr
    assert "with it nobody could sign in" in done.stdout
    right = (new / "secret.restored").read_text()
    assert right not in done.stdout
    assert (knows_ana(new, **given), knows_ana(new, DEPTHWORK_SECRET_KEY=right)) == (False, True)


@pytest.mark.parametrize("size", [8_192, 600_000])
def test_a_backup_on_a_full_disk_says_so_and_leaves_nothing_half_written(home, people, tmp_path, size):
    given = [part for _, recipient in people for part in ("--recipient", recipient)]
    told = one_line(in_limits(size, "backup", str(tmp_path / "out" / "full"), *given, home=home))
    assert "the disk took nothing more: make room" in told
    assert list((tmp_path / "out").iterdir()) == []
    assert notes_in(home) == 500


def test_a_restore_on_a_full_disk_leaves_what_stood_there(home, people, paper, tmp_path):
    assert back_up(home, tmp_path / "monday", people).returncode == 0
    before = (home / "practice.sqlite3").read_bytes()
    told = one_line(
        in_limits(300_000, "restore", str(tmp_path / "monday"), "--identity", str(paper), home=home)
    )
    assert "make room" in told
    assert (home / "practice.sqlite3").read_bytes() == before
    assert list(home.glob(places.PREFIX + "*")) == []


def killed(arguments, home, after):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DEPTHWORK_", "DJANGO_", "DATABASE_"))}
    child = subprocess.Popen(
        [sys.executable, "-m", "depthwork", *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**clean, "PYTHONPATH": f"{REPO / 'src'}:{REPO}", "DEPTHWORK_HOME": str(home)}, cwd=REPO,
    )  # fmt: skip
    time.sleep(after)
    child.send_signal(signal.SIGKILL)
    return child.wait()


def length_of(act):
    began = time.perf_counter()
    assert act().returncode == 0
    return time.perf_counter() - began


def kills(home, people, paper, tmp_path, times):
    """Backups and restores in turn, each killed somewhere on its way. Gives how many were truly cut off."""
    draw, cut = random.Random(9), 0
    given = [part for _, recipient in people for part in ("--recipient", recipient)]
    whole = length_of(lambda: back_up(home, tmp_path / "whole", people))
    back = length_of(
        lambda: run("-m", "depthwork", "restore", tmp_path / "whole", "--identity", paper, home=home)
    )
    for n in range(times):
        target = tmp_path / "out" / f"cut{n}"
        if n % 2:
            code = killed(
                ["restore", tmp_path / "whole", "--identity", paper], home, draw.uniform(0.3, 1.0) * back
            )
        else:
            code = killed(["backup", target, *given], home, draw.uniform(0.3, 1.0) * whole)
            data, keys = keeping.paths(target)
            for file, part in ((data, "data"), (keys, "keys")):
                if file.exists():  # a file that bears the name is whole
                    assert keeping.read(file, people[0][0], tmp_path / "read").part == part
        cut += code == -signal.SIGKILL
        assert notes_in(home) == 500
    return cut


def ends_well(home, people, paper, tmp_path):
    """After all kills the next runs succeed, and take away what the killed ones left."""
    left = [*(tmp_path / "out").glob(places.PREFIX + "*"), *home.glob(places.PREFIX + "*")]
    for folder in left:
        os.utime(folder, (0, 0))
    assert back_up(home, tmp_path / "out" / "last", people).returncode == 0
    done = run("-m", "depthwork", "restore", tmp_path / "out" / "last", "--identity", paper, home=home)
    assert done.returncode == 0, done.stderr
    assert [folder for folder in left if folder.exists()] == []
    assert notes_in(home) == 500


@figure(
    "R10",
    tried="backups and restores by command, killed on their way",
    passes="practice whole, files whole or absent",
)
def test_a_kill_during_backup_or_restore_leaves_a_whole_practice(home, people, paper, tmp_path):
    cut = kills(home, people, paper, tmp_path, 2)
    ends_well(home, people, paper, tmp_path)
    return Tried(2, f"whole 2 of 2; {cut} cut off before their end")


@pytest.mark.slow
@figure("R10", tried="sixty backups and restores by command, killed on their way", passes="practice whole, files whole or absent", tier="nightly")  # fmt: skip
def test_sixty_kills_during_backup_or_restore_leave_a_whole_practice(home, people, paper, tmp_path):
    cut = kills(home, people, paper, tmp_path, 60)
    ends_well(home, people, paper, tmp_path)
    assert cut >= 30
    return Tried(60, f"whole 60 of 60; {cut} cut off before their end")


def test_a_folder_of_a_run_at_work_is_left_alone(tmp_path):
    with places.private_folder(tmp_path) as working:
        os.utime(working, (0, 0))
        with places.private_folder(tmp_path):
            assert working.exists()
    (tmp_path / (places.PREFIX + "left")).mkdir()
    with places.private_folder(tmp_path):
        assert (tmp_path / (places.PREFIX + "left")).exists()  # just made: perhaps about to be locked
    os.utime(tmp_path / (places.PREFIX + "left"), (0, 0))
    with places.private_folder(tmp_path):
        assert not (tmp_path / (places.PREFIX + "left")).exists()


def test_nothing_of_the_old_log_is_read_into_a_restored_database(tmp_path):
    old, fresh = tmp_path / "practice.sqlite3", tmp_path / "fresh"
    with closing(sqlite3.connect(fresh)) as made:
        made.executescript("create table t (x); insert into t values ('restored')")
    live = sqlite3.connect(old)
    live.executescript("pragma journal_mode=wal; create table t (x); insert into t values ('old')")
    places.put_in_place(fresh, old, "practice.sqlite3.kept")
    live.close()
    for file, word in ((old, "restored"), (tmp_path / "practice.sqlite3.kept", "old")):
        with closing(sqlite3.connect(file)) as now:
            assert now.execute("select x from t").fetchall() == [(word,)]
