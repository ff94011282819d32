"""The practice's own mail server, as the environment names it. Without one no mail leaves the house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

TLS: Final = {"starttls": 587, "tls": 465, "none": 25}
"""How the server is spoken to, each with its usual port."""
TIMEOUT_S: Final = 10


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails go. `host` is empty where none is set up; a port that is none reads 0, which `doctor` refuses."""

    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"
    sender: str = ""

    @property
    def backend(self) -> str:
        """Django's name for the way out, or for none."""
        return f"django.core.mail.backends.{'smtp' if self.host else 'dummy'}.EmailBackend"

    @property
    def is_odd(self) -> bool:
        """Whether a server is named by a port or a word that does not exist."""
        return bool(self.host) and not (0 < self.port < 65536 and self.tls in TLS)


def mail_server(env: Mapping[str, str]) -> MailServer:
    """Read DEPTHWORK_MAIL_HOST, _PORT, _USER, _PASSWORD, _TLS and _FROM."""

    def said(name: str) -> str:
        return env.get(f"DEPTHWORK_MAIL_{name}", "").strip()

    host, user, tls, port = said("HOST"), said("USER"), said("TLS").lower() or "starttls", said("PORT")
    if not host:
        return MailServer()
    if port:
        number = int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 0
    else:
        number = TLS.get(tls, 0)
    sender = said("FROM") or (user if "@" in user else f"depthwork@{host}")
    return MailServer(host, number, user, env.get("DEPTHWORK_MAIL_PASSWORD", ""), tls, sender)
