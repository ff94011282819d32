"""What stands beside an hour for people who were invited to it. The room of supervision says it; here it is only set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from depthwork.practice.config.at_once import Look
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source


@dataclass(frozen=True, slots=True)
class Comment:
    """Somebody's words beside a stretch of the text. `withdraw` is where its writer takes it back."""

    id: UUID
    turn: int
    start: int
    end: int
    quote: str
    who: str
    words: str
    withdraw: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """Comments on a text, where a new one goes, and how an invited reader knows the course: by a number, no name."""

    comments: tuple[Comment, ...]
    post: str
    home: str = ""
    called: str = ""
    is_whole: bool = True  # the course is shared without a first and a last day


_said_by: Callable[[Source, Person], Look[Beside | None]] | None = None


def said_by(room: Callable[[Source, Person], Look[Beside | None]]) -> None:
    """Called once at the start by the room that keeps the comments."""
    global _said_by
    _said_by = room


def beside(source: Source, person: Person) -> Beside | None:
    """What a reader finds beside a text; None where nobody is invited and nothing was said."""
    return look_beside(source, person).now()


def look_beside(source: Source, person: Person) -> Look[Beside | None]:
    """The same, to be asked together with what else a page wants to know."""
    return Look((), lambda: None) if _said_by is None else _said_by(source, person)
