"""Help beside the thing: what each number claims, and the two pages to print for a first evening."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from depthwork.coding.shelf import installed
from depthwork.measures import measures
from depthwork.practice.casework.words import name_of_construct
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.ui.claims import PATTERNS, of_measure
from depthwork.reports.start_guide import start_guide


@rule(P.OPEN_PUBLIC_PAGE)
def start(request: HttpRequest) -> HttpResponse:
    """The two pages to print. They hold nothing of the practice, so the door may offer them too."""
    return HttpResponse(
        start_guide((get_language() or "en")[:2]),
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="depthwork-start.pdf"'},
    )


@rule(P.OPEN_PUBLIC_PAGE)
def not_protected(request: HttpRequest) -> HttpResponse:
    """Where the walls end, for clients and for who works here. It holds nothing of the practice."""
    person = request.user if isinstance(request.user, Person) else None
    at_work = person is not None and person.client is None
    return render(
        request, "ui/not_protected.html", {"frame": "ui/base.html" if at_work else "ui/client_base.html"}
    )


@rule(P.OPEN_PUBLIC_PAGE)
def no_mail(request: HttpRequest) -> HttpResponse:
    """The login package would send a passphrase by mail; here nobody has it. The recovery code sets a new one."""
    return redirect("people:recover")


@rule(P.USE_OWN_ACCOUNT)
def claims(request: HttpRequest) -> HttpResponse:
    """Every pattern and every questionnaire, with both sentences."""
    known = sorted((of_measure(one) for one in measures()), key=lambda one: str(one.name))
    groups = [
        (_("Patterns"), list(PATTERNS.items())),
        (_("Measures"), [("", one) for one in known]),
    ]
    return render(request, "ui/claims.html", {"groups": groups})


@rule(P.SEE_PRACTICE)
def codebooks(request: HttpRequest) -> HttpResponse:
    """Every installed codebook: its version, where it comes from, its codes in one line each."""
    today = datetime.now(zone_of(person_of(request).practice.time_zone)).date()
    books = [
        (
            book,
            book.review_passed(today),
            [(name_of_construct(one), list(codes.values())) for one, codes in book.codes.items()],
        )
        for book in installed().values()
    ]
    return render(request, "ui/codebooks.html", {"books": books})
