"""A PostgreSQL of the tests' own: made in a temporary folder, on loopback, gone afterwards.

`python -m tests.postgres COMMAND...` runs a command with `DATABASE_URL` set to it (`make test-postgres`).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Every answer is on the disk, as in a clinic; or nothing is, because the tests throw the cluster away.
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_sync_retry": "off"}
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_wal_size": "2GB"}
MASTER, WORD = "cluster", "a-password-of-the-tests"


def programs() -> Path | None:
    """The folder of the server's programs, where this machine has them."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "postgres").exists():
            return folder
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found else None


def why_not() -> str | None:
    """Why no server can be started here; None when it can."""
    if programs() is None:
        return "PostgreSQL's server programs are not installed (package: postgresql)"
    if os.getuid() == 0 and shutil.which("setpriv") is None:
        return "the server does not run as root, and setpriv is missing"
    return None


@dataclass(slots=True)
class Cluster:
    """A running server. `url` belongs to its superuser."""

    folder: Path
    port: int

    def url(self, database: str = "depthwork", *, user: str = MASTER, password: str = WORD) -> str:
        return f"postgres://{user}:{password}@127.0.0.1:{self.port}/{database}"

    @property
    def server_id(self) -> int:
        """The first process of the server, of which all others are children."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def start(self) -> None:
        log = self.folder / "log"
        _as_server(
            ["pg_ctl", "-D", str(self.folder / "data"), "-l", str(log), "-w", "-t", "60", "start"], log
        )

    def stop(self, mode: str = "immediate") -> None:
        _as_server(["pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "-t", "60", "stop"])

    def run(self, sql: str, database: str = "postgres") -> None:
        """One statement as the superuser, outside a transaction."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as own:
            own.execute(sql)


def _as_server(command: list[str], log: Path | None = None) -> None:
    folder = programs()
    assert folder is not None
    command = [str(folder / command[0]), *command[1:]]
    if os.getuid() == 0:
        command = [
            "setpriv",
            f"--reuid={_server_user()}",
            f"--regid={_server_user()}",
            "--clear-groups",
            *command,
        ]
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", check=False,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    if done.returncode:
        more = log.read_text()[-2000:] if log is not None and log.exists() else ""
        raise RuntimeError(f"{command[-1]}: {done.stderr}{more}")


def _server_user() -> str:
    import pwd

    names = {row.pw_name for row in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


# It waits until nobody holds the other end of its input any more, then stops what still runs and clears up.
WARDEN = """cat > /dev/null
server=$(head -n 1 "$0/data/postmaster.pid" 2> /dev/null)
if [ -n "$server" ]; then
  kill -QUIT "$server"
  for n in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$server" 2> /dev/null || break; sleep 1; done
fi
rm -rf "$0"
"""


@contextmanager
def _watched(folder: Path) -> Iterator[None]:
    """A run that is killed takes its server along: a warden in a session of its own outlives it by a moment."""
    with subprocess.Popen(
        ["sh", "-c", WARDEN, str(folder)], stdin=subprocess.PIPE, start_new_session=True, cwd="/"
    ):
        yield


@contextmanager
def cluster(*, durable: bool = False, port: int | None = None, **more: str) -> Iterator[Cluster]:
    """A new server with a database `depthwork`, stopped and removed at the end."""
    folder = Path(
        tempfile.mkdtemp(
            prefix="dw-pg-", dir="/dev/shm" if not durable and Path("/dev/shm").is_dir() else None
        )
    )
    one = Cluster(folder, port or _free_port())
    with _watched(folder):
        word = folder / "word"
        word.write_text(WORD)
        if os.getuid() == 0:
            for path in (folder, word):
                shutil.chown(path, _server_user())
        _as_server(
            ["initdb", "-D", str(folder / "data"), "-U", MASTER, f"--pwfile={word}", "-A", "scram-sha-256",
             "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync"]
        )  # fmt: skip
        lines = {
            "listen_addresses": "127.0.0.1", "port": str(one.port), "unix_socket_directories": "",
            "shared_buffers": "128MB", "max_connections": "60", **(DURABLE if durable else FAST), **more,
        }  # fmt: skip
        with (folder / "data" / "postgresql.conf").open("a") as handle:
            handle.writelines(f"{name} = '{value}'\n" for name, value in lines.items())
        one.start()
        try:
            one.run("create database depthwork")
            yield one
        finally:
            one.stop("immediate")


def main() -> int:
    """Run the given command on a server of its own."""
    reason = why_not()
    if reason is not None:
        print(f"skipped: {reason}", file=sys.stderr)
        return 2
    with cluster() as one:
        return subprocess.run(
            sys.argv[1:], env={**os.environ, "DATABASE_URL": one.url()}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
