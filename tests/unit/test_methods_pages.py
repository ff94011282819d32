"""The pages of docs/methods say what the docstrings say."""

import pytest

from tests.methods import MODULES, judges, page, pages


def test_every_methods_page_is_current():
    stale = [
        file.name
        for file, text in pages().items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run make methods"


@pytest.mark.parametrize("title", MODULES)
def test_every_page_names_a_source_a_judge_and_when_not_to_use_it(title):
    words = page(title, MODULES[title])
    assert "When not to use it: Not" in words
    assert any(source in words for source in ("References\n----------", "Source: ", "doi:"))
    assert judges(MODULES[title])


@pytest.mark.parametrize("name", MODULES.values())
def test_every_module_says_what_it_claims(name):
    import importlib

    assert (importlib.import_module(name).__doc__ or "").strip()
