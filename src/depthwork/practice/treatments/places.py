"""Where a treatment stands, in words."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from depthwork.practice.config.dates import in_words


def place_in(
    *,
    format: str,
    held: int,
    hours_agreed: int | None,
    starts_on: date,
    today: date,
    state: str = "active",
    ended_on: date | None = None,
) -> str:
    """7 of 16; year 2, hour 31; ended."""
    if state == "ended":
        return _("ended") if ended_on is None else _("ended %(when)s") % {"when": in_words(ended_on, "F Y")}
    if format == "brief" and hours_agreed:
        return _("brief, %(n)s of %(all)s") % {"n": held, "all": hours_agreed}
    year = (today - starts_on).days // 365 + 1
    if not held:
        return _("year %(year)s, before the first hour") % {"year": year}
    return _("year %(year)s, hour %(n)s") % {"year": year, "n": held}
