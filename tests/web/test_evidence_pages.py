"""Evidence: quoted figures open to the line, trials that the practice brings, a page that needs no sign-in."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from depthwork.evidence.published import published
from depthwork.practice.audit.models import Event
from depthwork.practice.intake import considering

pytestmark = pytest.mark.django_db

TRIALS = """study;therapy;comparator;effect;se;n
Arden 2001;dyn;wl;0,40;0,20;60
Arden 2001;dyn;wl;0,60;0,20;60
Brook 2005;dyn;cau;0,30;0,15;90
Cole 2009;dyn;cau;0,35;0,18;80
Dunn 2012;dyn;wl;1,90;0,25;44
Ebbe 2015;cbt;wl;0,70;0,20;70
Fell 2019;dyn;cau;;;50
"""


def sent(text=TRIALS, **more):
    file = SimpleUploadedFile("trials.csv", text.encode() if isinstance(text, str) else text)
    return {"problem": "depression", "name": "Our own list", "positive": "higher", "file": file} | more


@pytest.fixture
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


def test_every_figure_has_its_own_line(cast, home):
    page = cast.ana.browser().get("/evidence/").content.decode()
    for one in published():
        assert f'<li id="{one.id}"' in page, one.id


def test_every_source_of_the_considerations_has_its_own_line(cast, home):
    page = cast.ana.browser().get("/evidence/").content.decode()
    for id in considering.references():
        assert f'<li id="source-{id}"' in page, id


def test_the_page_needs_few_queries(cast, home, django_assert_max_num_queries):
    browser = cast.ana.browser()
    with django_assert_max_num_queries(9):
        browser.get("/evidence/")


def test_counter_evidence_is_named_as_such(cast, home):
    page = cast.ana.browser().get("/evidence/?problem=panic").content.decode()
    assert 'id="shear_2001_panic"' in page
    assert "Speaks against" in page
    assert 'id="steinert_2017_post"' not in page


def test_an_unchecked_number_is_withheld(cast, home):
    page = cast.ana.browser().get("/evidence/?problem=common").content.decode()
    assert "its number is withheld" in page
    assert "0.97" not in page


def test_the_download_holds_what_is_shown(cast, home):
    answer = cast.ana.browser().get("/evidence/download.csv?problem=panic")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["id"] for row in rows] == ["shear_2001_panic"]
    assert rows[0]["caution"]


def test_trials_are_brought_pooled_and_the_one_that_moves_most_is_two_clicks_away(cast, home):
    browser = cast.ana.browser()
    answer = browser.post("/evidence/trials/", sent(), follow=True)
    page = answer.content.decode()
    assert "The trial that moves the mean most is <strong>Dunn 2012</strong>" in page
    assert "4 studies, 5 rows" in page
    assert "Without an effect, left out: 1 row of Fell 2019" in page
    link = page.split('id="most"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    without = browser.get(link).content.decode()
    assert "Left out. With it the mean is" in without
    assert "3 studies, 4 rows" in without


def test_small_trials_are_drawn_as_a_funnel_with_its_two_questions_beside(cast, home):
    browser = cast.ana.browser()
    page = browser.post("/evidence/trials/", sent(), follow=True).content.decode()
    assert 'id="funnel-w-t"' in page
    assert "Egger" in page
    assert "below 10 this test says little" in page
    assert "A check, not a correction" in page


def test_with_two_trials_the_questions_of_small_trials_say_why_they_are_withheld(cast, home):
    two = "study;effect;se\nA;0,4;0,2\nB;0,6;0,3\n"
    browser = cast.ana.browser()
    browser.post("/evidence/trials/", sent(two))
    page = browser.get("/evidence/?therapy=").content.decode()
    assert "needs 3 studies; there are 2" in page
    assert not re.search(r"\bnan\b", page.casefold())


def test_the_filter_shows_another_therapy_alone(cast, home):
    browser = cast.ana.browser()
    browser.post("/evidence/trials/", sent())
    page = browser.get("/evidence/?therapy=CBT").content.decode()
    assert "One study; nothing is pooled." in page


def test_a_set_is_kept_as_numbers_in_a_file_and_the_bringing_is_recorded(cast, home):
    cast.ana.browser().post("/evidence/trials/", sent())
    (path,) = Path(settings.HOME, "evidence", str(cast.practice.id)).glob("*.json")
    assert len(json.loads(path.read_text())["trials"]) == 6
    assert Event.objects.filter(verb="trials brought", object_id=path.stem).exists()


def test_another_practice_does_not_see_the_set(cast, home):
    cast.ana.browser().post("/evidence/trials/", sent())
    assert "Dunn 2012" not in cast.dov.browser().get("/evidence/").content.decode()


def test_another_practice_cannot_remove_the_set(cast, home):
    cast.ana.browser().post("/evidence/trials/", sent())
    (path,) = Path(settings.HOME, "evidence").rglob("*.json")
    cast.dov.browser().post(f"/evidence/trials/{path.stem}/remove/")
    assert path.exists()
    cast.ana.browser().post(f"/evidence/trials/{path.stem}/remove/")
    assert not path.exists()


def test_a_client_cannot_bring_trials(cast, home):
    assert cast.cleo.browser().post("/evidence/trials/", sent()).status_code == 404
    assert not list(Path(settings.HOME).rglob("*.json"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TRIALS.replace("0,15", "0"), "row 4: the standard error is 0"),
        (TRIALS.replace("0,15", "-0,15"), "row 4: the standard error is negative"),
        (TRIALS.replace("0,15", "small"), "not a number"),
        ("study,g\na,1\n", "there is no column"),
        (b"\x00\x01\x02", "not a text file"),
        ("study;effect;se\nA;;\n", "no row has both"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(cast, home, text, told):
    answer = cast.ana.browser().post("/evidence/trials/", sent(text))
    assert answer.status_code == 422
    assert told in answer.content.decode().replace("&#x27;", "'")
    assert not list(Path(settings.HOME).rglob("*.json"))


def test_a_name_is_shown_as_words_and_a_cell_is_no_formula(cast, home):
    browser = cast.ana.browser()
    page = browser.post(
        "/evidence/trials/", sent(TRIALS.replace("Dunn 2012", "=1+1<b>"), name="<i>set</i>"), follow=True
    ).content.decode()
    assert "<i>set" not in page
    assert "=1+1<b>" not in page
    (path,) = Path(settings.HOME, "evidence").rglob("*.json")
    rows = browser.get(f"/evidence/download.csv?set={path.stem}").content.decode()
    assert "'=1+1<b>" in rows


def test_the_page_for_clients_opens_without_a_sign_in_or_a_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        page = Browser().get("/evidence/for-clients/").content.decode()
    assert "What is not known" in page
    assert "What else there is" in page
    assert "Trauma-focused CBT" in page


def test_a_stranger_does_not_see_the_clinicians_page():
    assert Browser().get("/evidence/").status_code == 302


def test_after_our_own_endings_it_is_too_few_yet(cast):
    page = cast.ana.browser().get("/evidence/own/").content.decode()
    assert "Too few yet" in page
    assert "0.18" in page


def test_a_manager_does_not_see_what_followed_endings(cast):
    assert cast.mara.browser().get("/evidence/own/").status_code == 404
