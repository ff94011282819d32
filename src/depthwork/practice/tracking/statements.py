"""What a client is told about who reads a form, and when. Each sentence is true at the moment it is shown."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from depthwork.practice.tracking.models import Request
from depthwork.practice.tracking.queries.watch import covering_name, watch_of


def reading_statements(
    request: Request, *, clinician: str, asks_risk: bool, now: datetime
) -> tuple[str, ...]:
    """When it is read, what becomes of it, and the one case in which somebody else reads it."""
    name = clinician or _("your therapist")
    if request.mode in (Request.Mode.ROOM, Request.Mode.CLINICIAN):
        first = _("%(name)s is with you and reads your answers when you are done.") % {"name": name}
        return (first, _kept(name))
    if request.followup_id is not None:
        first = _("%(name)s reads your answers within two weeks, not at once.") % {"name": name}
    else:
        first = _("%(name)s reads your answers before the next hour, not at once.") % {"name": name}
    said = [first, _kept(name)]
    if asks_risk:
        watch = watch_of(request.client.practice_id)
        cover = covering_name(request, now=now)
        said.append(
            _(
                "One exception: an answer about hurting yourself is shown to %(name)s at once. If it has not been "
                "opened after %(soon)s to %(late)s minutes, depending on the answer, it is shown to %(cover)s too."
            )
            % {
                "name": name,
                "soon": watch.immediate_minutes,
                "late": watch.same_day_minutes,
                "cover": cover or _("a colleague"),
            }
        )
        if watch.quiet_from is not None and watch.quiet_to is not None:
            said.append(
                _("Between %(from)s and %(to)s nobody may be reading. The crisis line is there then.")
                % {"from": watch.quiet_from.strftime("%H:%M"), "to": watch.quiet_to.strftime("%H:%M")}
            )
        else:
            said.append(
                _("Nobody watches this form round the clock. The crisis line is there day and night.")
            )
    else:
        said.append(
            _("Nobody watches this form between the hours. If it cannot wait, use the numbers below.")
        )
    return tuple(said)


def _kept(name: str) -> str:
    return _(
        "Your answers become part of your record. An insurer sees a score only if you and %(name)s choose so."
    ) % {"name": name}
