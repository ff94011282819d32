"""The printable start guide: two pages, the same on every machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from depthwork.cli import cli
from depthwork.reports.start_guide import HEADS, start_guide


@pytest.mark.parametrize("language", sorted(HEADS))
def test_it_has_two_pages(language):
    assert len(re.findall(rb"/Type\s*/Page\b", start_guide(language))) == 2


def test_a_language_without_words_of_its_own_is_read_in_english():
    assert start_guide("fr") == start_guide()


def test_it_is_the_same_each_time():
    assert start_guide() == start_guide()


def test_the_command_writes_it(tmp_path):
    said = CliRunner().invoke(cli, ["guide", str(tmp_path / "start.pdf")])
    assert said.exit_code == 0
    assert (tmp_path / "start.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("language", sorted(HEADS))
def test_the_command_writes_it_in_each_language(language, tmp_path):
    file = tmp_path / "start.pdf"
    assert CliRunner().invoke(cli, ["guide", "--language", language, str(file)]).exit_code == 0
    assert file.read_bytes() == start_guide(language)


def test_the_printed_copy_beside_the_guide_is_current():
    kept = Path(__file__).parents[2] / "docs" / "guide" / "start.pdf"
    assert kept.read_bytes() == start_guide(), "run: depthwork guide docs/guide/start.pdf"


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    said = CliRunner().invoke(cli, ["guide", str(tmp_path / "nowhere" / "start.pdf")])
    assert said.exit_code == 2
    assert "choose another place" in said.output
