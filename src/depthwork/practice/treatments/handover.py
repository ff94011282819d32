"""What one room hands to another that stands beside it. Neither knows the other; both know this page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client, Session, Treatment

_record: list[Callable[..., Any]] = []
_at_ending: list[Callable[..., Any]] = []


def keeps_the_record(take: Callable[..., Any]) -> None:
    """The room that takes words into the record: `take(session=, part=, words=, by=)`, in the caller's transaction."""
    _record[:] = [take]


def hand_to_record(*, session: Session, part: str, words: str, by: Person) -> Any:
    """A passage that belongs in the record goes there."""
    if not _record:
        raise CourseError(_("this practice keeps no record to move it to"))
    return _record[0](session=session, part=part, words=words, by=by)


def does_at_ending(act: Callable[..., Any]) -> None:
    """What a room does when a treatment ends: `act(treatment=, by=)`, in the ending's transaction."""
    if act not in _at_ending:
        _at_ending.append(act)


_goes: list[Callable[[Treatment], Iterable[str]]] = []


def says_what_goes_with_an_ending(say: Callable[[Treatment], Iterable[str]]) -> None:
    """What a room will destroy when a treatment ends: `say(treatment)` gives whole sentences, or nothing."""
    if say not in _goes:
        _goes.append(say)


def what_goes_with_the_ending(treatment: Treatment) -> list[str]:
    """What is lost with an ending, for the page on which it is decided."""
    return [words for say in _goes for words in say(treatment)]


_before: list[tuple[Callable[[UUID, date], Iterable[str]], str]] = []
_at_opening: list[Callable[..., Any]] = []


def says_before_an_hour(say: Callable[[UUID, date], Iterable[str]], *, route: str = "") -> None:
    """What a room above has to say on the page before an hour: `say(client id, day)` gives whole sentences.

    `route` is the client's page that they lead to.
    """
    if (say, route) not in _before:
        _before.append((say, route))


def said_before_an_hour(client: UUID, day: date) -> list[tuple[str, str]]:
    """What the rooms above have to say of a client's day, each sentence with the address it leads to, or none."""
    return [
        (words, reverse(route, args=[client]) if route else "")
        for say, route in _before
        for words in say(client, day)
    ]


def does_before_an_hour(act: Callable[..., Any]) -> None:
    """What a room does when somebody opens a page that draws on what has come in: `act(client=, by=)`."""
    if act not in _at_opening:
        _at_opening.append(act)


def opens_the_page(*, client: Client, by: Person) -> None:
    """Tell the rooms, before anything is read."""
    for act in _at_opening:
        act(client=client, by=by)


_at_handing_on: list[Callable[..., Any]] = []


def does_when_handed_on(act: Callable[..., Any]) -> None:
    """What a room undoes when somebody else treats from here on: `act(treatment=, by=)`, in the transaction."""
    if act not in _at_handing_on:
        _at_handing_on.append(act)


def is_handed_on(*, treatment: Treatment, by: Person) -> None:
    """Tell the rooms. Nobody needs to be unlocked: no word is opened by it."""
    for act in _at_handing_on:
        act(treatment=treatment, by=by)


_open: list[Callable[[Treatment, Person], Iterable[tuple[str, str]]]] = []


def says_what_is_open(say: Callable[[Treatment, Person], Iterable[tuple[str, str]]]) -> None:
    """What a room has waiting in a course when it changes hands: `say(treatment, person)` gives sentences and addresses.

    The person is whoever reads the page: what is begun and not kept is theirs alone.
    """
    if say not in _open:
        _open.append(say)


def what_is_open(treatment: Treatment, person: Person) -> list[tuple[str, str]]:
    """What waits in a course, each sentence with the address that mends it."""
    return [one for say in _open for one in say(treatment, person)]


_at_end_of_sharing: list[Callable[..., Any]] = []


def does_when_sharing_ends(act: Callable[..., Any]) -> None:
    """What a room closes when others may read no more: `act(client=, by=, reader=, agreed_for=)`, in the transaction."""
    if act not in _at_end_of_sharing:
        _at_end_of_sharing.append(act)


def sharing_ends(*, client: UUID, by: Person, reader: UUID | None = None, agreed_for: str = "") -> None:
    """Tell the rooms: all that hung on a consent for a purpose, or all that one reader had, or both together."""
    for act in _at_end_of_sharing:
        act(client=client, by=by, reader=reader, agreed_for=agreed_for)


def treatment_ends(*, treatment: Treatment, by: Person) -> None:
    """Tell the rooms."""
    for act in _at_ending:
        act(treatment=treatment, by=by)


_tells: list[Callable[[Person, str], Any]] = []


def tells_who_is_asked(tell: Callable[[Person, str], Any]) -> None:
    """The room that sends mails: `tell(person, path)` says that something waits, and where; never what."""
    _tells[:] = [tell]


def tell(person: Person, path: str) -> None:
    """Say to a colleague that a page waits for them. Without a room that sends mails it stands on their Today alone."""
    for one in _tells:
        one(person, path)
