"""The caseload page of forty clients, against its budgets: 60 ms of CPU, 4 queries by the view and 9 in all."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

from tests.bench.rows import Contestant, Goal, Row

CLIENTS, BUDGET_S, QUERIES = 40, 0.060, 9


def forty_clients(cast: Any) -> None:
    """A caseload of forty, with hours."""
    from tests import cast as people

    for n in range(CLIENTS - 1):
        people.treatment_of(cast.ana, people.client_of(cast.ana, f"Client {n}"), hours=4)


def _prepare() -> Iterator[list[Contestant]]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import (
        CaptureQueriesContext,
        setup_databases,
        setup_test_environment,
        teardown_databases,
        teardown_test_environment,
    )

    setup_test_environment(debug=False)
    made = setup_databases(verbosity=0, interactive=False)
    try:
        from tests.cast import everybody

        cast = everybody()
        forty_clients(cast)
        browser = cast.ana.browser()

        def opened_page() -> object:
            response = browser.get("/caseload/")
            assert response.status_code == 200
            return response

        opened_page()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            opened_page()
        print(f"queries: {len(asked)} in all (at most {QUERIES})")
        assert len(asked) <= QUERIES
        yield [Contestant("the caseload page", opened_page, 1)]
    finally:
        teardown_databases(made, verbosity=0)
        teardown_test_environment()


ROWS = [
    Row(
        name=f"caseload page: {CLIENTS} clients, seconds of CPU",
        unit="pages",
        prepare=_prepare,
        goals=(Goal("the caseload page", None, BUDGET_S),),
        rounds=15,
        clock=time.process_time,
    )
]
