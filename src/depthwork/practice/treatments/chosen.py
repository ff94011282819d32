"""Which course of a client lies open. A client who came back has several; the pages show one, the present one by default.

The choice is the sign-in's own: it stands in its session and is gone with it. Only a course that is not the present
one is ever kept there, so that whatever stands there is worth saying at the head of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

COURSES = "courses"
_open: ContextVar[Mapping[str, str]] = ContextVar("open_courses", default={})  # noqa: B039  (never written to)


def chosen_course(client: UUID) -> UUID | None:
    """The course of this client that was opened in this sign-in, if it is not the present one."""
    found = _open.get().get(str(client))
    return UUID(found) if found else None


def open_course(session: SessionBase, client: UUID, treatment: UUID | None) -> None:
    """Open a course from the next request on; None opens the present one."""
    courses = dict(session.get(COURSES, {}))
    courses.pop(str(client), None)
    if treatment is not None:
        courses[str(client)] = str(treatment)
    session[COURSES] = courses


@contextmanager
def reading(courses: Mapping[str, str]) -> Iterator[None]:
    """For the length of a request these courses lie open."""
    token = _open.set(courses)
    try:
        yield
    finally:
        _open.reset(token)


class CourseMiddleware:
    """Lets every page of a client read the course that was opened."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with reading(request.session.get(COURSES, {})):
            return self.get_response(request)
