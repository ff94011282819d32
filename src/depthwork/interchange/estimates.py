"""When a good-faith estimate is due to a person who pays for themselves (United States)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

SOURCE = "No Surprises Act, 45 CFR 149.610"
DISPUTE_ABOVE = 400  # dollars above the estimate
DISPUTE_DAYS = 120


@dataclass(frozen=True, slots=True)
class Due:
    """When the estimate is due, or that none is due unless asked."""

    on: date | None
    why: str


def business_days_between(booked: date, service: date, holidays: Collection[date] = ()) -> int:
    """Business days after the booking up to and including the day of service; weekends and holidays do not count."""
    days, at = 0, booked
    while at < service:
        at += timedelta(days=1)
        if at.weekday() < 5 and at not in holidays:
            days += 1
    return days


def add_business_days(day: date, n: int, holidays: Collection[date] = ()) -> date:
    """The n-th business day after a day."""
    while n > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            n -= 1
    return day


def estimate_due(
    *,
    booked: date,
    service: date | None = None,
    asked_on: date | None = None,
    holidays: Collection[date] = (),
) -> Due:
    """When the estimate is due.

    Parameters
    ----------
    booked : date
        Day of booking.
    service : date, optional
        First day of service.
    asked_on : date, optional
        Day on which the person asked for an estimate; it counts from there.

    Raises
    ------
    ValueError
        If the service lies before the booking, or neither a service day nor a request is given.
    """
    if asked_on is not None:
        return Due(add_business_days(asked_on, 3, holidays), "asked for: within three business days")
    if service is None:
        raise ValueError("give the day of service, or the day on which the estimate was asked for")
    if service < booked:
        raise ValueError("the day of service lies before the booking; look at the two dates")
    ahead = business_days_between(booked, service, holidays)
    if ahead < 3:
        return Due(None, "booked fewer than three business days ahead: none unless asked")
    if ahead < 10:
        return Due(
            add_business_days(booked, 1, holidays), "booked three to nine business days ahead: within one"
        )
    return Due(add_business_days(booked, 3, holidays), "booked ten or more business days ahead: within three")
