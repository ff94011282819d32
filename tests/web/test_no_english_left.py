"""The pages of a treatment of the fiction, read in German and in Spanish: nothing of the interface stays English.

A text that stands on a page in both languages is either a person's own, or it was forgotten. What people of the
fiction wrote is known from its files; items of a questionnaire and titles of the literature keep their language, and
what a page says in English on purpose says so itself (`lang="en"`), as a screen reader needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from depthwork.practice.treatments.models import Session
from depthwork.practice.ui.fiction.book import Book
from depthwork.practice.vault.unlocked import current
from tests import cast as people
from tests.moving import REPO, fill_rooms, small_fiction, standing
from tests.words import LANGUAGES, PACKAGE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OF_THE_PRACTICE = (
    "/today/", "/caseload/", "/inquiries/", "/evidence/for-clients/", "/evidence/own/", "/kept-lines/", "/supervision/",
    "/practice/", "/practice/keys/", "/practice/forms/", "/take-in/", "/search/", "/help/", "/account/",
)  # fmt: skip
OF_A_CLIENT = (
    "", "frame/", "patterns/", "dreams/", "formulation/", "before/", "kept-lines/", "measures/", "record/", "consents/",
    "alongside/", "coverage/", "papers/", "supervision/", "give/", "safety/", "consultation/",
)  # fmt: skip
ENGLISH = (
    "the and of to a is it you that was for on are with as they be at this have from or had by not but what all were "
    "when there can your which their if do will each about how then them these so some would her his him has than who "
    "now before after left open read kept told not none never last hours client answered measured usual from"
)
COMMON = frozenset(ENGLISH.split())
NAMES = frozenset({"Depthwork", "Deutsch", "Español", "Ctrl"})
FINGERPRINT = re.compile(r"[0-9A-F]{4}( [0-9A-F]{4})+")
A_DAY = re.compile(r", \d{1,2}(\. ?| )?\w{0,3}\.?…?$")  # after the words of an event on a chart
VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)


class _Said(HTMLParser):
    """What a page says: its text, and the names that only a screen reader speaks."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._open: list[tuple[str, bool]] = []  # each element that is open, and whether it is passed over

    def _passes_over(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        is_english = tag != "html" and held.get("lang") == "en"
        passes = self._passes_over() or tag in ("script", "style") or is_english
        if tag not in VOID:
            self._open.append((tag, passes))
        names = ("aria-label", "title", "placeholder", "alt", "data-label")
        if not passes:
            self.said += [" ".join((held.get(name) or "").split()) for name in names if held.get(name)]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == tag:
                del self._open[at:]
                return

    def handle_data(self, data: str) -> None:
        for line in data.splitlines():
            words = " ".join(line.split())
            if words and not self._passes_over():
                self.said.append(words)


def _said(page: str) -> list[str]:
    reader = _Said()
    reader.feed(page)
    return reader.said


def _words_of_people() -> str:
    """Everything that the fiction and the questionnaires say, on one line."""
    files = [
        *(path for path in REPO.joinpath("demo").rglob("*") if path.suffix in (".yaml", ".txt", ".json")),
        *PACKAGE.joinpath("practice", "ui", "fiction").rglob("*.py"),
        *PACKAGE.joinpath("measures", "definitions").glob("*.yaml"),
    ]
    text = " ".join(path.read_text() for path in files).replace("''", "'")
    return " ".join(re.sub(r"[>|]-?\s", " ", text).split())


def _is_english(words: str) -> bool:
    found = re.findall(r"[a-z’']+", words.lower())
    return len(found) > 1 and any(word in COMMON for word in found)


def _is_a_persons(words: str, people_said: str) -> bool:
    """Whether each sentence of a text was written by somebody of the fiction, or stands in a questionnaire."""
    plain = A_DAY.sub("", words)
    parts = [one.strip(" .:;,“”‘’…") for one in re.split(r"(?<=[.?!…])[ ”]+|\[pause \d+s\]", plain)]
    return all(one in people_said for one in parts)


def _read(actor: people.Actor, pages: list[str], language: str) -> dict[str, list[str]]:
    """What each page says in a language; pages that this practice has not are left out."""
    browser = actor.browser()
    browser.post("/language/", {"language": language})
    answers = {path: browser.get(path) for path in pages}
    return {path: _said(one.content.decode()) for path, one in answers.items() if one.status_code == 200}


@pytest.fixture(scope="module")
def practice(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """The clinician of the brief therapy, and every page as it reads in English."""
    with standing(django_db_blocker):
        book = fill_rooms(
            Book(
                small_fiction(tmp_path_factory.mktemp("fiction") / "demo", "brief"), today=date(2026, 11, 20)
            )
        )
        treatment = book.treatments["brief"]
        with book.as_clinician("brief") as by:
            actor = people.Actor(by, current(), "")
        hour = Session.objects.filter(treatment=treatment, status="held").order_by("number")[7]
        pages = [*OF_THE_PRACTICE, f"/hours/{hour.id}/"]
        pages += [f"/clients/{treatment.client_id}/{leaf}" for leaf in OF_A_CLIENT]
        yield actor, _read(actor, pages, "en"), _words_of_people()


@pytest.mark.parametrize(
    ("words", "is_known"),
    [
        ("Nobody told you of it, 4 Sep", True),
        ("Nobody told you of it. It was there!", True),
        ("Nobody told you of it. Read the answer.", False),
        ("Read the answer", False),
    ],
)
def test_only_what_somebody_wrote_stands_for_itself(words: str, is_known: bool) -> None:
    assert _is_a_persons(words, "C: Nobody told you of it. T: It was there!") is is_known


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_the_interface_stays_english(language: str, practice: Any) -> None:
    actor, english, people_said = practice
    own = _read(actor, list(english), language)
    assert len(own) >= 20
    left = {
        words: path
        for path, said in english.items()
        for words in set(said) & set(own[path])
        if _is_english(words)
        and words not in NAMES
        and not FINGERPRINT.fullmatch(words)
        and not _is_a_persons(words, people_said)
    }
    assert left == {}
