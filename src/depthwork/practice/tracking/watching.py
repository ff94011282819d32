"""May a risk question be asked between the hours? Four conditions, each with its reason; pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

BEAT_WITHIN: Final = timedelta(minutes=15)
UNBROKEN_FOR: Final = timedelta(hours=24)
TEST_WITHIN: Final = timedelta(days=90)

REASONS: Final = {
    "off": _("this practice has not said that its host is always on"),
    "no_heartbeat": _("the computer has not shown that it was on for the last 24 hours"),
    "no_deputy": _("no colleague is named who sees the answer if the clinician has not"),
    "no_key": _("the covering colleague holds no key to this client’s record that lasts as long as the form"),
    "no_test": _("the covering colleague has not answered a test message in the last 90 days"),
    "no_cover": _("a break falls into the time of the form, and no covering colleague is named for it"),
    "after_the_end": _("the treatment has ended, and nobody is named who sees the answer"),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when a form is about to go out, or is opened."""

    now: datetime
    until: datetime  # the form's end
    is_always_on: bool
    last_beat: datetime | None
    unbroken_since: datetime | None
    in_break: bool
    has_break_cover: bool
    has_ended: bool
    has_named_person: bool  # after the end
    has_deputy: bool
    key_lasts: bool
    last_test: datetime | None


def reasons_against(s: Situation) -> tuple[str, ...]:
    """Names of `REASONS` that speak against asking; empty where all conditions hold."""
    found = []
    if not s.is_always_on:
        found.append("off")
    beats = s.last_beat is not None and timedelta(0) <= s.now - s.last_beat <= BEAT_WITHIN
    unbroken = s.unbroken_since is not None and s.now - s.unbroken_since >= UNBROKEN_FOR
    if not (beats and unbroken):
        found.append("no_heartbeat")
    if s.has_ended and not s.has_named_person:
        found.append("after_the_end")
    if s.in_break and not s.has_break_cover:
        found.append("no_cover")
    if not s.has_deputy and not s.in_break:
        found.append("no_deputy")
    elif s.has_deputy or s.has_break_cover:
        if not s.key_lasts:
            found.append("no_key")
        if s.last_test is None or s.now - s.last_test > TEST_WITHIN:
            found.append("no_test")
    return tuple(found)
