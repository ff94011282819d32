"""Who opens a record in an emergency, and a treatment that is proposed to a colleague and waits for their answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from depthwork.practice.treatments.actions import propose_handover
from depthwork.practice.treatments.actions.emergency import name_two
from depthwork.practice.ui.fiction.book import Book
from depthwork.practice.vault.unlocked import opened


def fill(book: Book) -> None:
    """Last of all: what is divided and handed on are keys of what stands."""
    proposed = [
        slug for slug, facts in book.clients.items() if facts.get("handover") and slug in book.treatments
    ]
    if not proposed:
        return
    for one in book.facts.get("emergency") or []:
        first, second = (book.people[slug] for slug in one["keepers"])
        with opened(book.unlocked[one["clinician"]]):
            name_two(first=first, second=second, by=book.people[one["clinician"]])
    for slug in proposed:
        _proposal(book, slug, book.clients[slug]["handover"])


def _proposal(book: Book, slug: str, told: dict[str, Any]) -> None:
    from_day = book.today + timedelta(weeks=told["in_weeks"])
    with book.as_clinician(slug) as by:
        propose_handover(
            treatment=book.treatments[slug], to=book.people[told["to"]], by=by, line=told["line"], from_day=from_day,
            agreed_on=min(book.day(slug, told["agreed_week"]), book.today),
            reads_until=from_day + timedelta(weeks=told["reads_weeks"]),
        )  # fmt: skip
