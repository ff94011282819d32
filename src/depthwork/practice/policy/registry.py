"""Every route names its rule. A route without one stops the start, and is refused if it is reached."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.http import HttpRequest
from django.urls import URLResolver, get_resolver

from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.predicates import Case, is_kept_out, parts_of
from depthwork.practice.policy.roles import POLICY

View = TypeVar("View", bound=Callable[..., Any])
Loader = Callable[..., Any]
Fresh = bool | tuple[str, ...] | Callable[[HttpRequest], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route asks for, of which row, and under which verb a reading of it is audited."""

    permission: Permission
    of: Loader | None = None
    reads: str | None = None
    needs_keys: bool = False
    fresh: Fresh = False

    def asks_again(self, request: HttpRequest) -> bool:
        """Whether the passphrase must have been typed in the last minutes, for all of the route or for this act."""
        if callable(self.fresh):
            return self.fresh(request)
        if isinstance(self.fresh, bool):
            return self.fresh
        return request.POST.get("act") in self.fresh


def rule(
    permission: Permission,
    *,
    of: Loader | None = None,
    reads: str | None = None,
    needs_keys: bool | None = None,
    fresh: Fresh = False,
) -> Callable[[View], View]:
    """Guard a view. `of(**url kwargs)` gives the row (or None: 404), which the view finds as `request.subject`.

    `reads` is the audit verb of looking at it. `needs_keys` (default: whenever there is a row) sends a locked
    sign-in to the unlock page first. `fresh` asks for the passphrase where it was not typed in the last five minutes:
    always, for the acts that are named, or where what is sent asks for it.
    """
    keys = (of is not None) if needs_keys is None else needs_keys

    def guard(view: View) -> View:
        view.rule = Rule(permission, of, reads, keys, fresh)  # type: ignore[attr-defined]
        return view

    return guard


# Routes of packages that we mount, by name. `None` means: open to everyone.
MOUNTED: dict[str, Rule] = {}


def mount(
    name: str,
    permission: Permission,
    *,
    needs_keys: bool = False,
    fresh: bool | tuple[str, ...] = False,
) -> None:
    """Declare the rule of a route whose view is not ours."""
    MOUNTED[name] = Rule(permission, needs_keys=needs_keys, fresh=fresh)


def rule_of(view: Any, url_name: str | None) -> Rule | None:
    """The rule of a view, or of a mounted route."""
    found = getattr(view, "rule", None) or getattr(getattr(view, "view_class", None), "rule", None)
    if found is None and url_name is not None:
        found = MOUNTED.get(url_name)
    return found if isinstance(found, Rule) else None


def allows(
    person: Person,
    permission: Permission,
    *,
    practice: uuid.UUID | None = None,
    client: uuid.UUID | None = None,
) -> bool:
    """The one policy function of pages, API and command line."""
    parts = parts_of(person, client) if client is not None else frozenset()
    case = Case(person, practice, client, parts)
    if is_kept_out(case):
        return False
    return any(predicate(case) for predicate in POLICY[permission])


# What a room closes for a while, above every role: `closed(person, permission, row)`.
_CLOSED: list[Callable[[Person, Permission, Any], bool]] = []


def keeps_closed(closed: Callable[[Person, Permission, Any], bool]) -> None:
    """Let a room close rows to someone whom the roles would let in: a blind coder, for as long as the coding lasts."""
    if closed not in _CLOSED:
        _CLOSED.append(closed)


def allows_row(person: Person, permission: Permission, row: Any) -> bool:
    """Whether a person may do this with a row that knows its client and practice."""
    if not allows(person, permission, practice=row.policy_practice, client=row.policy_client):
        return False
    return not any(closed(person, permission, row) for closed in _CLOSED)


@cache
def _asked_for() -> dict[str, Permission]:
    return {name: found.permission for _, name, view in routes() if name and (found := rule_of(view, name))}


def permission_of(name: str) -> Permission:
    """What the page of that name asks for: a link that would lead nowhere for its reader is not shown."""
    return _asked_for()[name]


def routes(
    resolver: URLResolver | None = None, prefix: str = "", names: tuple[str, ...] = ()
) -> Iterator[tuple[str, str | None, Any]]:
    """Every route of the site: pattern, name, view."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            space = (*names, entry.namespace) if entry.namespace else names
            yield from routes(entry, prefix + str(entry.pattern), space)
        else:
            name = ":".join((*names, entry.name)) if entry.name else None
            yield prefix + str(entry.pattern), name, entry.callback


def undeclared() -> list[str]:
    """Routes without a rule."""
    return [f"/{pattern}" for pattern, name, view in routes() if rule_of(view, name) is None]


def person_of(request: HttpRequest) -> Person:
    """The signed-in person of a request whose rule asked for one."""
    assert isinstance(request.user, Person)
    return request.user
