"""What tests of moving a treatment share: everything of a client as plain values, and making it go away."""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.db import connection, transaction

from depthwork.practice.disclosure import carried
from depthwork.practice.disclosure.packing import package_of
from depthwork.practice.people.models import Practice
from depthwork.practice.policy.models import Involvement
from depthwork.practice.ui.fiction import ROOMS
from depthwork.practice.vault.models import DataKey, ItemKey
from depthwork.practice.vault.unlocked import opened

REPO = Path(__file__).resolve().parents[1]
ALL = ("administration", "record", "process_notes", "sud")


def everything(treatment, by):
    """Rows and files of a treatment as its package holds them."""
    made = package_of(treatment, compartments=ALL, by=by, made_on=date(2026, 11, 22))
    return {
        label: sorted(rows, key=lambda row: row["id"]) for label, rows in made.rows.items() if rows
    }, made.files


def small_fiction(folder, *slugs):
    """The fiction's folder with these clients alone: filling all twelve takes many times as long."""
    (folder / "clients").mkdir(parents=True)
    for one in REPO.joinpath("demo").iterdir():
        if one.name != "clients":
            (folder / one.name).symlink_to(one)
    for slug in slugs:
        (folder / "clients" / f"{slug}.yaml").symlink_to(REPO / "demo" / "clients" / f"{slug}.yaml")
    return folder


@contextmanager
def standing(blocker):
    """Rows for a whole file of tests: each test's own changes are undone after it, and these at the end."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def fill_rooms(book):
    """Every room of the fiction but the client's own place, whose one account is another client's."""
    for room in ROOMS:
        if room != "portal":
            module = importlib.import_module(f"depthwork.practice.ui.fiction.{room}")
            with opened(book.unlocked.get("clinician") if room != "people" else None):
                module.fill(book)
    return book


def forget(client_id):
    """As if the client had never been here: rows, keys and parts are gone, without a tombstone."""
    DataKey.objects.filter(owner=client_id).delete()  # what is signed goes only after every key of it
    hexed = client_id.hex if connection.vendor == "sqlite" else str(client_id)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        for label in reversed([*carried.TRAVELS, *carried.STAYS]):
            model = carried.model_of(label)
            names = {field.column for field in model._meta.concrete_fields}
            column = "id" if label == "treatments.client" else "client_id"
            if label == "intake.inquiry":
                cursor.execute("UPDATE intake_inquiry SET client_id = NULL WHERE client_id = %s", [hexed])
            elif column in names:
                cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE "{column}" = %s', [hexed])
        for model, column in ((ItemKey, "owner"), (Involvement, "client")):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE "{column}" = %s', [hexed])
    assert Practice.objects.exists()
