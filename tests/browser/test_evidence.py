"""The evidence in a real browser: what moves a mean is two clicks away; the pages fit and are accessible in both schemes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.walk import findings

pytestmark = pytest.mark.browser
TRIALS = """study;therapy;comparator;effect;se;n
Arden 2001;dyn;wl;0,40;0,20;60
Brook 2005;dyn;cau;0,30;0,15;90
Cole 2009;dyn;cau;0,35;0,18;80
Dunn 2012;dyn;wl;1,90;0,25;44
Ebbe 2015;dyn;wl;0,55;0,22;70
"""


@pytest.fixture
def brought(signed_in: Any) -> Any:
    """A clinician's page, with a set of trials brought and taken away again."""
    page = signed_in("clinician")
    page.goto("/evidence/#bring")
    page.select_option("#bring select[name=problem]", "depression")
    page.fill("#bring input[name=name]", "Invented trials")
    page.set_input_files(
        "#bring input[type=file]", {"name": "t.csv", "mimeType": "text/csv", "buffer": TRIALS.encode()}
    )
    page.click("#bring button[type=submit]")
    page.wait_for_selector("#most")
    yield page
    page.goto("/evidence/")
    page.click("form[action$='/remove/'] button")


def test_the_trial_that_moves_the_mean_most_is_found_in_two_clicks(brought: Any) -> None:
    page = brought
    page.goto("/")
    page.click("nav a[href='/evidence/']")
    assert "Dunn 2012" in page.inner_text("#most")
    page.click("#most a")
    page.wait_for_selector(".notice:has-text('Dunn 2012')")
    assert "Left out" in page.inner_text(".notice:has-text('Dunn 2012')")
    assert page.locator("#most").count() == 0


@pytest.mark.parametrize("path", ["/evidence/", "/evidence/for-clients/", "/evidence/own/"])
def test_a_page_of_evidence_is_accessible_in_both_schemes_and_fits_a_phone(brought: Any, path: str) -> None:
    page, faults = brought, []
    page.goto(path)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{scheme} {width}: {one}" for one in findings(page)]
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if wide > 0:
                faults.append(f"{width}: {wide} px too wide")
    assert faults == []


def test_the_link_of_a_consideration_stands_at_its_line(brought: Any) -> None:
    for line in ("shear_2001_panic", "source-nice_ng116"):
        brought.goto(f"/evidence/#{line}")
        assert brought.evaluate("document.querySelector(':target').id") == line
