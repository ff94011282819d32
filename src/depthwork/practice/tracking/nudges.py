"""A mail that says only: look into Depthwork. If it does not go out, nothing is lost; the alert stands inside."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from depthwork.practice.tracking.models import Watch

log = logging.getLogger(__name__)


def nudge(kind: str, *, to: Sequence[UUID] | None = None) -> int:
    """Mail the people who asked for it. Gives how many mails went out; a mail server that is down is noted, not raised."""
    sent = 0
    for watch in Watch.objects.all():
        for person, address in watch.nudges.items():
            if to is not None and person not in {str(one) for one in to}:
                continue
            try:
                sent += send_mail(
                    _("Depthwork"),
                    _("Something is waiting for you in Depthwork. %(where)s")
                    % {"where": settings.PUBLIC_ORIGIN},
                    None,
                    [address],
                )
            except Exception as error:  # a nudge never stands in the way of what it speaks of
                log.warning("a mail (%s) did not go out: %s", kind, type(error).__name__)
    return sent
