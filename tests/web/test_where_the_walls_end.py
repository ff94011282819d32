"""The plain page of what is not protected: there for clients and for who works here, also before signing in."""

import html
import re
from pathlib import Path

import pytest

from depthwork.practice.policy.public_host import PUBLIC

pytestmark = pytest.mark.django_db
ADDRESS = "/place/not-protected/"
DOCS = Path(__file__).parents[2] / "docs"


def test_a_stranger_a_client_and_a_clinician_can_read_it(cast, client):
    for browser in (client, cast.cleo.browser(), cast.ana.browser(), cast.ana.browser(locked=True)):
        page = browser.get(ADDRESS)
        assert page.status_code == 200
        assert "There is no back door" in page.content.decode()


def test_clients_reach_it_by_the_public_address():
    assert "ui:not_protected" in PUBLIC


def test_it_is_linked_where_clients_and_clinicians_are(cast):
    assert ADDRESS in cast.ana.browser().get("/practice/").content.decode()


def test_it_says_nothing_of_the_practice(cast):
    page = cast.ana.browser().get(ADDRESS).content.decode()
    assert cast.practice.name not in page
    assert "Cleo" not in page


# What is deliberately not protected, by the number it has in the decision: as the page says it, and as the guide does.
ENDS = {
    1: ("A running machine", "A running machine"),
    2: ("What can be counted without reading", "What can be counted without reading"),
    3: ("Memory:", "**Memory.**"),
    4: ("Copies that people made", "Copies that people made"),
    5: ("The whole database set back", "The whole database set back"),
    6: ("a trustee of a clinical will", "A clinical will"),
    7: ("Destroying:", "**Destroying.**"),
    8: ("own account may delete", "own account may delete"),
    9: ("Weaknesses of other people’s packages", "Weaknesses that become known later"),
}


def test_every_end_that_was_chosen_is_looked_for():
    chosen = (DOCS / "decisions" / "0380-what-is-deliberately-not-protected.md").read_text()
    assert [int(n) for n in re.findall(r"^(\d+)\. ", chosen, re.M)] == list(ENDS)


@pytest.mark.parametrize("number", ENDS)
def test_each_end_of_the_walls_that_was_chosen_is_a_sentence_here_and_in_the_guide(number, client):
    page, guide = ENDS[number]
    assert page in html.unescape(client.get(ADDRESS).content.decode())
    assert guide in (DOCS / "guide" / "what-is-not-protected.md").read_text()


def test_no_mail_is_promised_to_clients(client):
    """The program writes to colleagues alone; what a person writes is theirs."""
    assert "Depthwork sends you no mail." in client.get(ADDRESS).content.decode()
