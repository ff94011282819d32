"""What there is to say of a treatment in a line of the caseload: at most two things, the nearest first."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.practice.config.dates import in_words
from depthwork.practice.treatments.queries import CaseLine

LAST_HOURS = 3  # of a brief therapy: from here on the ending is said
LATELY = timedelta(weeks=6)


def last_hours(*, format: str, hours_agreed: int | None, number: int) -> str:
    """Where the hour `number` stands near the end of a brief therapy; empty before."""
    if format != "brief" or not hours_agreed or number < 1:
        return ""
    left = hours_agreed - number
    if left == 0:
        return _("the last hour")
    if not 0 < left < LAST_HOURS:
        return ""
    return ngettext("%(n)s hour after this one", "%(n)s hours after this one", left) % {"n": left}


def said_of(line: CaseLine, *, today: date) -> tuple[str, ...]:
    """The last hours, a break, a change of the frame."""
    said: list[str] = []
    if line.state == "ended":
        return ()
    if line.format == "brief" and line.hours_agreed:
        left = line.hours_agreed - line.held
        if left == 0:
            said.append(_("all agreed hours are held"))
        elif 0 < left <= LAST_HOURS:
            said.append(ngettext("%(n)s hour left", "%(n)s hours left", left) % {"n": left})
    if line.break_from is not None:
        told = _("told") if line.break_told else _("not told yet")
        if line.break_from <= today:
            said.append(_("on a break since %(day)s") % {"day": in_words(line.break_from)})
        elif line.break_from - today <= LATELY:
            said.append(_("break from %(day)s, %(told)s") % {"day": in_words(line.break_from), "told": told})
    if line.frame_on is not None and today - line.frame_on <= LATELY:
        said.append(_("the frame changed on %(day)s") % {"day": in_words(line.frame_on)})
    return tuple(said[:2])
