"""Data files are read alike with the compiled reader and without it: not every machine has libyaml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

REPO = Path(__file__).resolve().parents[2]
FILES = sorted((*REPO.glob("src/**/*.yaml"), *REPO.glob("demo/**/*.yaml")))


@pytest.mark.skipif(not hasattr(yaml, "CSafeLoader"), reason="no libyaml here: every test reads without it")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_data_file_is_read_alike_without_libyaml(file: Path) -> None:
    words = file.read_text(encoding="utf-8")
    assert yaml.load(words, Loader=yaml.SafeLoader) == yaml.load(words, Loader=yaml.CSafeLoader)
