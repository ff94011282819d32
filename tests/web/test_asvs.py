"""docs/asvs.csv: each requirement of OWASP ASVS 5.0.0 that it names has a test, and the test is there."""

import ast
import csv
from collections import Counter
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.test import Client as Browser

from depthwork.practice.audit.actions import record
from depthwork.practice.audit.models import Event
from depthwork.practice.people.actions import admit

REPO = Path(__file__).parents[2]
ROWS = list(csv.DictReader((REPO / "docs" / "asvs.csv").read_text().splitlines()))
WORDS = "gravel lantern orchard seven"


def cases_in(path):
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_every_named_test_exists():
    wrong, known = [], {}
    for row in ROWS:
        file, _, name = row["test"].partition("::")
        path = REPO / file
        if path not in known:
            known[path] = cases_in(path) if path.is_file() else set()
        if name not in known[path]:
            wrong.append(f"{row['id']}: {row['test']}")
    assert wrong == []


def test_each_requirement_stands_once_with_its_level_and_how():
    assert [one for one, n in Counter(row["id"] for row in ROWS).items() if n > 1] == []
    assert len(ROWS) >= 40
    for row in ROWS:
        assert row["level"] in ("L1", "L2", "L3")
        assert row["how"]
        assert row["applies"] == "yes" or row["remark"]


@pytest.mark.django_db
def test_signing_in_begins_a_new_session(cast):
    admit(practice=cast.practice, address="gil@example.org", passphrase=WORDS, roles=["clinician"], by=None)
    browser = Browser()
    browser.get("/account/login/")
    session = browser.session
    session["before"] = True
    session.save()
    before = browser.cookies["dw-session"].value if "dw-session" in browser.cookies else session.session_key
    browser.post("/account/login/", {"login": "gil@example.org", "password": WORDS})
    assert browser.cookies["dw-session"].value != before


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"verb": "other"}, {"utc": "2020-01-01"}])
def test_the_audit_cannot_be_rewritten(cast, change):
    event = record(verb="hour.read", by=cast.ana.id, practice=cast.practice.id)
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.filter(n=event.n).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.filter(n=event.n).delete()
