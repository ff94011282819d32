"""What is refused comes back as it was typed, in its place, with the reason; nothing is cut and nothing goes."""

import re
from datetime import date

import pytest
from django.urls import reverse

from depthwork.practice.formulation import actions
from depthwork.practice.formulation.actions.writing import LONGEST
from depthwork.practice.formulation.models import Formulation, Prediction, Statement
from depthwork.practice.intake import actions as intake
from depthwork.practice.intake.actions.consultation import considered
from depthwork.practice.sources.actions import write_note
from depthwork.practice.supervision.actions import begin_pack
from depthwork.practice.supervision.models import AgendaItem, Comment, Pack
from depthwork.practice.supervision.packs import cleaned
from depthwork.practice.vault.unlocked import opened
from tests.supervising import agree, share, supervised

pytestmark = pytest.mark.django_db
LONG = "It goes on. " * (LONGEST // 12 + 1)


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        cast.row = actions.begin_version(
            treatment=cast.treatment, titles=["What returns", "Here, with me"], by=cast.ana.person
        )
        cast.section = cast.row.sections[0]["key"]
        cast.statement = actions.add_statement(
            formulation=cast.row, section=cast.section, words="She wishes to be asked.", by=cast.ana.person
        )
        yield cast


@pytest.fixture
def browser(ana):
    return ana.ana.browser()


def of_version(name, cast):
    return reverse(f"formulation:{name}", args=[cast.row.id])


def of_statement(name, cast):
    return reverse(f"formulation:{name}", args=[cast.statement.id])


def field(html, id):
    """What stands in one textarea of a page."""
    return re.search(rf'<textarea[^>]*id="{id}"[^>]*>(.*?)</textarea>', html, re.S)[1].strip()


def test_a_new_statement_that_is_too_long_stands_under_its_heading_again(ana, browser):
    page = browser.post(of_version("add", ana), {"section": ana.section, "words": LONG})
    assert page.status_code == 422
    assert field(page.content.decode(), f"n{ana.section}") == LONG.strip()
    assert "make two of it" in page.content.decode()


@pytest.mark.parametrize("act", ["statement", "cite", "inference"])
def test_a_statement_that_is_too_long_stands_in_its_own_field_again(ana, browser, act):
    page = browser.post(of_statement(act, ana), {"words": LONG, "version": 1, "key": "mark:", "on": "1"})
    assert page.status_code == 422
    assert field(page.content.decode(), f"w{ana.statement.id}") == LONG.strip()
    assert Statement.objects.get().words == "She wishes to be asked."


@pytest.mark.parametrize("act", ["statement", "cite", "inference", "strike"])
@pytest.mark.parametrize("version", ["x", "9" * 40, "-1", "²"])
def test_a_page_without_a_readable_version_is_answered_in_words(ana, browser, act, version):
    page = browser.post(of_statement(act, ana), {"words": "Other words.", "version": version, "on": "1"})
    assert page.status_code == 422
    assert "which version it shows" in page.content.decode()
    assert field(page.content.decode(), f"w{ana.statement.id}") == "Other words."


def test_what_is_written_under_a_heading_that_is_gone_stands_to_be_copied(ana, browser):
    page = browser.post(of_version("add", ana), {"section": "gone", "words": "Where would this go?"})
    assert page.status_code == 422
    assert "your words stand here" in page.content.decode()
    assert "Where would this go?" in page.content.decode()


@pytest.mark.parametrize(
    ("act", "sent"),
    [
        ("add", {"words": "One more."}),
        ("headings", {"title": "One more.", "version": 1}),
        ("statement", {"words": "One more.", "version": 1}),
        ("cite", {"words": "One more.", "version": 1, "key": "mark:"}),
        ("inference", {"words": "One more.", "version": 1, "on": "1"}),
    ],
)
def test_words_sent_to_a_version_that_was_kept_meanwhile_stand_to_be_copied(ana, browser, act, sent):
    actions.keep_version(formulation=ana.row, by=ana.ana.person)
    path = (of_version if act in ("add", "headings") else of_statement)(act, ana)
    page = browser.post(path, {"section": ana.section} | sent)
    html = page.content.decode()
    assert page.status_code == 409
    assert "This version was kept in another window" in html
    assert "One more." in html
    assert Statement.objects.get().words == "She wishes to be asked."


def test_headings_named_in_two_windows_stand_side_by_side(ana, browser):
    path, key = of_version("headings", ana), f"heading_{ana.section}"
    browser.post(path, {"title": "Hers", "version": 1, key: "What comes back"})
    page = browser.post(path, {"title": "Mine", "version": 1, key: "What stays", "more": "The end"})
    html = page.content.decode()
    assert page.status_code == 409
    for words in ("Hers", "What comes back", 'value="Mine"', 'value="What stays"', "The end</textarea>"):
        assert words in html
    version = re.search(r'name="version" value="(\d+)" id="id_version"', html)[1]
    browser.post(path, {"title": "Mine", "version": version, key: "What stays", "more": "The end"})
    row = Formulation.objects.get()
    assert (row.title, [one["title"] for one in row.sections]) == (
        "Mine",
        ["What stays", "Here, with me", "The end"],
    )


def test_a_title_that_is_too_long_is_shown_again(ana, browser):
    page = browser.post(of_version("headings", ana), {"title": "t" * 201, "version": 1, "more": "The end"})
    assert page.status_code == 422
    assert "t" * 201 in page.content.decode()
    assert "The end</textarea>" in page.content.decode()


@pytest.mark.parametrize("is_kept", [False, True])
@pytest.mark.parametrize("sent", [{"words": "w" * 1001}, {"words": "", "by_date": "2027-05-02"},
                                  {"words": "She stays.", "by_date": "2026-02-30"},
                                  {"words": "She stays.", "by_date": "2001-01-01"}])  # fmt: skip
def test_an_expectation_that_is_refused_says_why_and_keeps_the_words(ana, browser, sent, is_kept):
    if is_kept:
        actions.keep_version(formulation=ana.row, by=ana.ana.person)
    page = browser.post(of_version("expect", ana), sent)
    html = page.content.decode()
    assert page.status_code == 422
    assert "to mend" in html
    assert sent["words"] in html
    assert sent.get("by_date", "") in html
    assert not Prediction.objects.exists()


@pytest.mark.parametrize(
    "sent", [{"words": "w" * 2001, "version": 1}, {"words": "She left.", "version": "x"}]
)
def test_what_came_is_refused_in_words_and_shown_again(ana, browser, sent):
    row = actions.expect(formulation=ana.row, words="She stays.", made_on=date(2026, 1, 5), by=ana.ana.person)
    page = browser.post(reverse("formulation:came", args=[row.id]), sent)
    assert page.status_code == 422
    assert sent["words"] in page.content.decode()
    assert Prediction.objects.get().came is None


# Supervision ---------------------------------------------------------------------------------------------


@pytest.fixture
def room(cast):
    room = supervised(cast)
    room.row = share(room)
    return room


def test_a_comment_is_refused_whole_and_shown_again(room):
    words = "And under it? " * 600
    browser = room.ana.browser()
    sent = {"turn": "1", "quote": "swept", "words": words}
    page = browser.post(reverse("supervision:comment", args=[room.source.id]), sent)
    html = page.content.decode()
    assert page.status_code == 422
    assert field(html, "words") == words.strip()
    assert 'value="swept"' in html
    assert not Comment.objects.exists()


@pytest.mark.parametrize("words", ["w" * 2001, "   "])
def test_a_point_of_the_agenda_is_refused_in_words_and_shown_again(room, words):
    path = reverse("supervision:add_to_agenda", args=[room.row.id])
    for who in (room.ana, room.ben):
        page = who.browser().post(path, {"words": words})
        assert page.status_code == 422
        assert f'value="{words}"' in page.content.decode()
    assert not AgendaItem.objects.exists()


@pytest.fixture
def pack(cast):
    with opened(cast.ana.unlocked):
        session = cast.treatment.sessions.order_by("-starts_at").first()
        write_note(session=session, text="Cleo rang Rosie from Marsh Lane.", by=cast.ana.person)
        agree(cast, "training", given_on=date(2026, 1, 1))
        choice = {
            "title": "A case",
            "audience": "a seminar",
            "hours": [str(session.id)],
            "people": "Rosie = the sister",
        }
        made = begin_pack(treatment=cast.treatment, choice=choice, today=date(2026, 2, 1), by=cast.ana.person)
        _passages, found = cleaned(made)
    return made, [one.key for one in found.waiting({})]


def test_decisions_of_two_windows_on_a_pack_are_made_one_and_can_be_sent_again(cast, pack):
    row, (first, second, *_rest) = pack
    browser, path = cast.ana.browser(), reverse("supervision:pack", args=[row.id])
    browser.post(path, {f"d_{first}": "keep", f"d_{second}": "", "version": 1})
    page = browser.post(
        path, {f"d_{first}": "", f"d_{second}": "replace", f"w_{second}": "a harbour", "version": 1}
    )
    html = page.content.decode()
    assert page.status_code == 409
    assert 'value="a harbour"' in html
    assert html.count(" selected>") == 2
    with opened(cast.ana.unlocked):
        assert Pack.objects.get().decisions == {first: "keep"}
    both = {f"d_{first}": "keep", f"d_{second}": "replace", f"w_{second}": "a harbour", "version": 2}
    assert browser.post(path, both).status_code == 302
    with opened(cast.ana.unlocked):
        assert Pack.objects.get().decisions == {first: "keep", second: "replace"}
    assert browser.post(path, {f"d_{first}": "", "version": 3}).status_code == 302
    with opened(cast.ana.unlocked):
        assert Pack.objects.get().decisions == {second: "replace"}


def test_own_words_for_a_spelling_are_refused_whole_and_shown_again(cast, pack):
    row, (first, *_rest) = pack
    page = cast.ana.browser().post(
        reverse("supervision:pack", args=[row.id]), {f"w_{first}": "w" * 201, "version": 1}
    )
    assert page.status_code == 409
    assert "w" * 201 in page.content.decode()
    with opened(cast.ana.unlocked):
        assert Pack.objects.get().words == {}


def test_an_answer_about_a_pack_that_is_refused_is_shown_again(cast, pack):
    row, keys = pack
    browser = cast.ana.browser()
    browser.post(
        reverse("supervision:pack", args=[row.id]), {**{f"d_{key}": "replace" for key in keys}, "version": 1}
    )
    path = reverse("supervision:finish_pack", args=[row.id])
    page = browser.post(path, {"who": "two colleagues and the seminar", "self": "", "version": 2})
    html = page.content.decode()
    assert page.status_code == 422
    assert field(html, "who") == "two colleagues and the seminar"
    again = {
        "who": "two colleagues",
        "self": "yes; asked",
        "version": re.search(r'name="version" value="(\d+)"', html)[1],
    }
    assert browser.post(path, again).status_code == 302


def test_what_was_done_about_danger_is_shown_again_when_it_is_refused(ana, browser):
    row = intake.begin_consultation(client=ana.client, by=ana.ana.person)
    intake.keep_facts(consultation=row, by=ana.ana.person, facts={}, readings={"core10_q6": 1})
    key = considered(row).waits_for[0].key
    path = reverse("intake:acknowledge", args=[ana.client.id])
    page = browser.post(path, {"key": key, "how": "Asked. " * 200})
    assert page.status_code == 422
    assert field(page.content.decode(), "how-1") == ("Asked. " * 200).strip()
    assert browser.post(path, {"key": key, "how": "Asked in full."}).status_code == 302
    page = browser.post(path, {"key": key, "how": "Asked again."})
    assert page.status_code == 422
    assert "Asked again." in page.content.decode()
