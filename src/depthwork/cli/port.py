"""Whether a page can be promised at an address: another program may answer there already."""

from __future__ import annotations

import errno
import socket

from depthwork.cli.say import refuse


def needs_port(host: str, port: int, *, by_make: bool = False) -> None:
    """Refuse a port that cannot be had. Without it the address is promised first, and what answers is another program."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as the server does: a port just left is free
        try:
            probe.bind((host, port))
        except OSError as error:
            refuse(_says(host, port, error, by_make))


def _says(host: str, port: int, error: OSError, by_make: bool) -> str:
    other = 8080 if port != 8080 else 8090
    make = f" (make demo PORT={other})" if by_make else ""
    if error.errno == errno.EADDRINUSE:
        return (
            f"another program answers at {host}:{port} already, perhaps Depthwork in another window;"
            f" stop it, or choose another port: --port {other}{make}"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {port} is not open to you; choose one above 1023: --port {other}"
    return f"nothing can be served at {host}:{port} ({error.strerror or error}); look at --host and --port"
