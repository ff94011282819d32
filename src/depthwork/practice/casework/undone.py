"""The last acts of a sign-in on a source, by id: what undo goes back over. No clinical word stands in it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from depthwork.practice.sources.models import Source

NAME = "casework.acts"
MOST = 40


def remember(request: HttpRequest, source: Source, act: str, what: Any, cue: Any = None) -> None:
    """Put an act on the pile."""
    acts = [*request.session.get(NAME, []), [str(source.id), act, str(what), str(cue) if cue else None]]
    request.session[NAME] = acts[-MOST:]


def last_act(request: HttpRequest, source: Source) -> str | None:
    """Which act undo would take back on this source, in a word."""
    acts = [a for a in request.session.get(NAME, []) if a[0] == str(source.id)]
    return acts[-1][1] if acts else None


def take_last(request: HttpRequest, source: Source) -> list[Any] | None:
    """The last act on a source, taken off the pile."""
    acts = request.session.get(NAME, [])
    for at in range(len(acts) - 1, -1, -1):
        if acts[at][0] == str(source.id):
            found: list[Any] = acts[at]
            request.session[NAME] = acts[:at] + acts[at + 1 :]
            return found
    return None
