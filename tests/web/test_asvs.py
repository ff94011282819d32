"""docs/asvs.csv: each requirement of OWASP ASVS 5.0.0 that it names has a test, and the test is there."""

import ast
import csv
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
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


PAGES = ("/today/", "/practice/", "/account/login/", "/nowhere/", "/api/openapi.json")


@pytest.mark.django_db
def test_the_name_of_a_sign_in_is_long_and_random(cast):
    names = {cast.ana.browser().cookies["dw-session"].value for _ in range(20)}
    assert len(names) == 20
    assert min(len(set(name)) for name in names) > 10
    assert min(map(len, names)) * 5.1 > 128  # each of 36 letters and digits holds 5.17 bits


@pytest.mark.django_db
def test_the_heads_of_every_page(cast):
    browser = cast.ana.browser()
    for page in PAGES:
        answer = browser.get(page, headers={"origin": "https://elsewhere.example"})
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin")
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.django_db
def test_every_answer_says_what_it_is(cast):
    browser = cast.ana.browser()
    for page in PAGES:
        kind = browser.get(page)["Content-Type"]
        assert kind in ("text/html; charset=utf-8", "application/json", "application/json; charset=utf-8"), (
            page
        )


@pytest.mark.django_db
def test_moments_of_the_audit_are_utc(cast):
    assert record(verb="hour.read", by=cast.ana.id, practice=cast.practice.id).utc.endswith("+00:00")


@pytest.mark.parametrize(
    "words",
    [
        "gravel lantern orchard seven",
        "1234 5678 ßü漢字 zebra",
        "q" * 3 + "wvx !?" * 60,
        "XKCD-less-COMMON-words",
    ],
)
def test_any_mixture_of_characters_is_a_passphrase(words):
    validate_password(words)


def test_fourteen_characters_are_too_few():
    with pytest.raises(ValidationError):
        validate_password("lantern-orcha!")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"]
)
def test_no_way_back_leads_to_another_site(cast, back):
    answer = cast.ana.browser().get("/unlock/", {"next": back})
    assert answer["Location"] == "/"


@pytest.mark.django_db
def test_a_file_that_leaves_has_a_name_of_ours(cast):
    answer = cast.ana.browser().get(
        "/help/start.pdf", {"filename": "x.html\r\nSet-Cookie: y", "name": "../../z"}
    )
    assert answer.status_code == 200
    assert "x.html" not in str(answer.headers)
    assert "filename=" in answer["Content-Disposition"]


def test_cookies_of_a_public_site_are_bound_to_it(tmp_path):
    ask = (
        "from depthwork.practice.config import settings as s; "
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, "
        "s.SECURE_HSTS_SECONDS >= 31536000, s.SECURE_HSTS_INCLUDE_SUBDOMAINS)"
    )
    env = {**os.environ, "DEPTHWORK_HOME": str(tmp_path), "DEPTHWORK_PUBLIC_ORIGIN": "https://rooms.example", "PYTHONPATH": str(REPO / "src")}  # fmt: skip
    told = subprocess.run([sys.executable, "-c", ask], env=env, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["__Host-session", "__Host-csrf", "True", "True", "True", "True"]
