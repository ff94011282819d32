"""A practice of the tests' own for a benchmark: an empty database with the cast in it, gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.rows import Contestant


@contextmanager
def database() -> Iterator[None]:
    """Django and a fresh database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.test import utils

    utils.setup_test_environment(debug=False)
    made = utils.setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        utils.teardown_databases(made, verbosity=0)
        utils.teardown_test_environment()


@contextmanager
def site() -> Iterator[Any]:
    """The cast, in a fresh database."""
    with database():
        from tests.cast import everybody

        yield everybody()


def page(browser: Any, url: str) -> Callable[[], object]:
    """Open a page, which must be there."""

    def opened() -> object:
        response = browser.get(url)
        assert response.status_code == 200, f"{url}: {response.status_code}"
        return response

    return opened


def one_page(name: str, prepare: Callable[[Any], str]) -> Callable[[], Iterator[list[Contestant]]]:
    """A row's `prepare`: fill the practice, then open the page at the address that this gives."""

    def contestants() -> Iterator[list[Contestant]]:
        with site() as cast:
            url = prepare(cast)
            yield [Contestant(name, page(cast.ana.browser(), url), 1)]

    return contestants
