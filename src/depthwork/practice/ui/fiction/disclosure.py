"""A client who goes abroad lets their treatment go along; one copy of a record has left."""

from __future__ import annotations

from datetime import timedelta

from depthwork.practice.disclosure import making
from depthwork.practice.disclosure.actions import give_release
from depthwork.practice.ui.fiction.book import Book

MOVES = "abroad"


def fill(book: Book) -> None:
    if MOVES not in book.treatments:
        return
    with book.as_clinician(MOVES) as by:
        client, day = book.rows[MOVES], book.today - timedelta(days=9)
        give_release(
            client=client, by=by, purpose="transfer", compartments=["administration", "record", "process_notes"],
            to_whom="the colleague who takes over", signed_on=day, ends_on=day + timedelta(days=90),
            words="Everything, please. I do not want to begin at the beginning again.",
        )  # fmt: skip
        give_release(
            client=client,
            by=by,
            purpose="colleague",
            compartments=["record"],
            to_whom="the family doctor",
            signed_on=day,
        )
        making.give_fhir(client, book.treatments[MOVES], release=None, by=by, on=day)
