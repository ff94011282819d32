"""The pages of a caseload of forty clients, against their budgets: 60 ms of CPU, 9 queries."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from tests.bench.rows import Contestant, Goal, Row
from tests.bench.site import page, site

CLIENTS, BUDGET_S, QUERIES = 40, 0.060, 9


def many_clients(cast: Any, count: int) -> None:
    """A caseload of so many, with hours; one of them is the cast's own."""
    from tests import cast as people

    for n in range(count - 1):
        people.treatment_of(cast.ana, people.client_of(cast.ana, f"Client {n}"), hours=4)


def _caseload() -> Iterator[list[Contestant]]:
    with site() as cast:
        many_clients(cast, CLIENTS)
        opened = page(cast.ana.browser(), "/caseload/")
        opened()
        assert _asked(opened) <= QUERIES
        yield [Contestant("the caseload page", opened, 1)]


def _asked(opened: Any) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        opened()
    aside = ("SAVEPOINT", "RELEASE", "BEGIN")  # they ask for nothing
    return sum(not one["sql"].startswith(aside) for one in asked.captured_queries)


def addresses(cast: Any) -> dict[str, str]:
    """The pages that a working day opens, by what they are called; the hour and the brief have rows of their own."""
    client = f"/clients/{cast.client.id}/"
    return {
        "today": "/today/", "the thread": client, "measures": f"{client}measures/", "the frame": f"{client}frame/",
        "the record": f"{client}record/", "patterns": f"{client}patterns/", "kept lines": f"{client}kept-lines/",
        "formulation": f"{client}formulation/", "coverage": f"{client}coverage/", "consents": f"{client}consents/",
        "practice": "/practice/", "inquiries": "/inquiries/",
    }  # fmt: skip


def _pages() -> Iterator[list[Contestant]]:
    with site() as cast:
        many_clients(cast, CLIENTS)
        browser = cast.ana.browser()
        found = []
        for name, url in addresses(cast).items():
            opened = page(browser, url)
            opened()
            found.append(Contestant(name, opened, 1, asked=_asked(opened)))
        yield found


ROWS = [
    Row(
        name=f"caseload page: {CLIENTS} clients, seconds of CPU",
        unit="pages",
        prepare=_caseload,
        goals=(Goal("the caseload page", None, BUDGET_S),),
        rounds=15,
        clock=time.process_time,
    ),
    Row(
        name=f"any page of a caseload of {CLIENTS}, seconds of CPU",
        unit="pages",
        prepare=_pages,
        goals=(Goal("*", None, BUDGET_S),),
        most_asked=12,
        rounds=7,
        clock=time.process_time,
    ),
]
