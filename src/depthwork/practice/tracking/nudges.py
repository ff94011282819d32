"""A mail that says only: look into Depthwork. If it does not go out, nothing is lost; the alert stands inside."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from threading import Thread
from uuid import UUID

from django.conf import settings
from django.core.mail import get_connection, send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.tracking.models import Watch

log = logging.getLogger(__name__)
Letter = tuple[str, str]
"""An address, and the language its owner reads."""


def has_server() -> bool:
    """Whether this practice has set a mail server up."""
    return bool(settings.MAIL.host)


def nudge(kind: str, *, to: Sequence[UUID] | None = None) -> int:
    """Mail the people who asked for it. Gives how many mails went out; a mail server that is down is noted, not raised."""
    return _send(kind, _letters(to))


def nudge_soon(kind: str, *, to: Sequence[UUID], path: str = "") -> None:
    """The same beside a request: whoever waits for its page, a client with the crisis numbers, waits for no server.

    `path` is the page that waits, where the mail may lead to it: an address of random numbers, without a name.
    """
    letters = _letters(to) if has_server() else []
    if letters:
        Thread(target=_send, args=(kind, letters, path), daemon=True).start()


def _letters(to: Sequence[UUID] | None) -> list[Letter]:
    """Of those who left an address, the ones whose sign-in is open."""
    addresses = {who: at for watch in Watch.objects.all() for who, at in watch.nudges.items()}
    people = Person.objects.filter(id__in=list(addresses), is_active=True)
    if to is not None:
        people = people.filter(id__in=list(to))
    return [(addresses[str(one.id)], one.language or settings.LANGUAGE_CODE) for one in people]


def _send(kind: str, letters: Sequence[Letter], path: str = "") -> int:
    """One connection for all; nothing of the database is asked here, so that a thread may do it."""
    if not letters:
        return 0
    sent, connection = 0, get_connection()
    try:
        connection.open()  # a server that is down costs its waiting time once, not once for each address
        for address, language in letters:
            try:
                with translation.override(language):
                    sent += send_mail(_("Depthwork"), _words(path), None, [address], connection=connection)
            except Exception as error:  # one address that is refused keeps no other back
                _failed(kind, error)
        connection.close()
    except Exception as error:  # a nudge never stands in the way of what it speaks of
        _failed(kind, error)
    return sent


def _words(path: str = "") -> str:
    said, link = _("Something is waiting for you in Depthwork."), settings.MAIL_LINK
    return f"{said} {link.rstrip('/') + path if link and path else link}".strip()


def _failed(kind: str, error: Exception) -> None:
    log.warning(f"a mail ({kind}) did not go out: {type(error).__name__}")
