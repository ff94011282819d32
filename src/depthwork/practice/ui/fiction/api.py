"""A token that was made for a count of hours, and has ended."""

from __future__ import annotations

from datetime import timedelta

from depthwork.practice.api.actions import make_token
from depthwork.practice.api.models import ApiToken
from depthwork.practice.ui.fiction.book import Book

MOVES = "abroad"


def fill(book: Book) -> None:
    if MOVES not in book.treatments:
        return
    with book.as_clinician(MOVES) as by:
        day = book.today - timedelta(days=40)
        row, _words = make_token(
            by=by, purpose="Hours of the year, for the accountant", clients=[book.rows[MOVES]],
            compartments=["administration"], ends_on=day + timedelta(days=14), today=day,
        )  # fmt: skip
        ApiToken.objects.filter(pk=row.pk).update(last_used_on=day + timedelta(days=2))
