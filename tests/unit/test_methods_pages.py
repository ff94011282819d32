"""The pages of docs/methods say what the docstrings say."""

import pytest

from tests.methods import MODULES, pages


def test_every_methods_page_is_current():
    stale = [
        file.name
        for file, text in pages().items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run make methods"


@pytest.mark.parametrize("name", MODULES.values())
def test_every_module_says_what_it_claims(name):
    import importlib

    assert (importlib.import_module(name).__doc__ or "").strip()
