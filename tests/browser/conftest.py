"""One browser and one served demo for the whole folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.demo_site import ARGS, CHROMIUM, PATIENCE, served

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the served fictional practice."""
    with served(tmp_path_factory.mktemp("site")) as base:
        yield base


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A headless Chromium, or a skip that says what is missing."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: install Debian's chromium")
    tools = request.getfixturevalue("playwright_tools")
    browser = tools.chromium.launch(executable_path=CHROMIUM, args=ARGS)
    yield browser
    browser.close()


@pytest.fixture
def signed_in(chromium: Any, demo_url: str) -> Iterator[Any]:
    """`signed_in(who, **context)` gives a page on which a demo login is signed in."""
    contexts = []

    def open_page(who: str, **options: Any) -> Any:
        context = chromium.new_context(
            base_url=demo_url, **{"viewport": {"width": 1280, "height": 900}, **options}
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.goto("/account/login/")
        with page.expect_navigation(wait_until="load"):
            page.evaluate("who => document.querySelector(`form[action$='/${who}/']`).submit()", who)
        return page

    yield open_page
    for context in contexts:
        context.close()
