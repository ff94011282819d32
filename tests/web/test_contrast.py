"""Colour: every pair of tokens that is used, computed by the WCAG formula from the sheet itself."""

import re
from pathlib import Path

import pytest

import depthwork.practice.ui as ui

STATIC = Path(ui.__file__).parent / "static" / "depthwork"
TOKENS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(
        r"--([a-z]+):\s*light-dark\((#[0-9A-Fa-f]{6}), (#[0-9A-Fa-f]{6})\)",
        (STATIC / "tokens.css").read_text(),
    )
}
TEXT = ("ink", "quiet", "link", "code", "cue", "alert")


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_gives_the_published_ends():
    assert ratio("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert ratio("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "wash"])
@pytest.mark.parametrize("name", TEXT)
def test_text_stands_out_from_the_page_and_from_the_wash(name, ground, scheme):
    assert ratio(TOKENS[name][scheme], TOKENS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "wash"])
def test_borders_of_controls_and_lines_of_charts_stand_out(ground, scheme):
    assert ratio(TOKENS["edge"][scheme], TOKENS[ground][scheme]) >= 3.0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_of_the_primary_button_stand_out_from_it(scheme):
    assert ratio(TOKENS["paper"][scheme], TOKENS["link"][scheme]) >= 4.5


def test_no_sheet_but_the_tokens_names_a_colour():
    for sheet in STATIC.glob("*.css"):
        if sheet.name == "tokens.css":
            continue
        found = set(re.findall(r"#[0-9A-Fa-f]{3,8}\b|\brgba?\(|\bhsla?\(", sheet.read_text()))
        # Print is ink on white, and says so itself.
        assert found <= ({"#fff", "#F1F1EF"} if sheet.name == "print.css" else set()), sheet.name


def test_no_static_file_names_another_host():
    for path in STATIC.rglob("*"):
        if path.is_file():
            hosts = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", path.read_text()))
            assert hosts <= {"http://www.w3.org"}, path.name


def test_no_sheet_imports_and_no_script_evaluates():
    for path in STATIC.rglob("*"):
        if path.suffix == ".css":
            assert "@import" not in path.read_text()
            assert "url(" not in path.read_text()
        if path.suffix == ".js":
            text = path.read_text()
            assert not re.search(
                r"\beval\(|new Function|\.innerHTML|document\.write|insertAdjacentHTML", text
            ), path.name


def test_no_script_keeps_a_persons_words_in_the_browser():
    for path in (STATIC / "js").glob("*.js"):
        for call in re.findall(r"(?:local|session)Storage\.setItem\(([^)]*)\)", path.read_text()):
            if (
                path.name == "questions.js"
            ):  # answers of a form not sent yet, on the client's own phone, until it is sent or runs out
                assert call.startswith("this.name, JSON.stringify({ until: this.until")
                continue
            assert call in ('"depthwork." + name, value', 'NAME, "yes"'), path.name


def test_nothing_moves_longer_than_a_sixth_of_a_second():
    for sheet in STATIC.glob("*.css"):
        text = sheet.read_text()
        assert "animation" not in text
        for seconds in re.findall(r"transition:[^;]*?(\.\d+)s", text):
            assert float(seconds) <= 0.15


def test_all_sheets_and_scripts_together_are_small():
    assert (
        sum(path.stat().st_size for path in STATIC.rglob("*") if path.is_file()) < 132_000
    )  # with htmx it stays under the 200 kB of a first page


def test_sheets_speak_of_start_and_end_so_that_any_script_can_be_read():
    """Right-to-left turns the page by itself; a left or a right would stay behind."""
    physical = re.compile(
        r"(?:margin|padding|border|inset|scroll-margin)-(?:left|right)|text-align:\s*(?:left|right)|float:\s*(?:left|right)|[;{]\s*(?:left|right)\s*:"
    )
    for sheet in STATIC.glob("*.css"):
        assert physical.findall(sheet.read_text()) == [], sheet.name
