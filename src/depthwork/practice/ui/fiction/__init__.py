"""The fictional practice: from the files of `demo/` to a database, through the same models and keys as a real one."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.db import transaction

from depthwork.practice.audit import actions as audit
from depthwork.practice.ui.fiction.book import Book
from depthwork.practice.vault.unlocked import opened

# Each room fills its own shelf, in this order.
ROOMS = (
    "people",
    "treatments",
    "intake",
    "sources",
    "record",
    "tracking",
    "casework",
    "formulation",
    "supervision",
    "coverage",
    "portal",
    "disclosure",
    "api",
    "keeping",
)


def fill(root: Path, *, today: date, say: Callable[[str], None] = lambda _: None) -> Book:
    """Fill an empty database with the fictional practice; every date is counted from `today`."""
    book = Book(root, today=today)
    with transaction.atomic():
        for room in ROOMS:
            started = time.monotonic()
            try:
                module = importlib.import_module(f"depthwork.practice.ui.fiction.{room}")
            except ModuleNotFoundError as error:
                if error.name != f"depthwork.practice.ui.fiction.{room}":
                    raise
                continue
            with opened(book.unlocked.get("clinician") if room != "people" else None):
                module.fill(book)
            say(f"{room} {time.monotonic() - started:.1f} s")
        audit.record(verb="demo.filled", by=None, practice=book.practice.id)
    return book
