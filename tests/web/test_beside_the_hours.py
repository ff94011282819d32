"""Goals, other treatments and events of a life are corrected and taken out; two windows never overwrite each other."""

import re
from datetime import date

import pytest

from depthwork.practice.audit.models import Event
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Adjunct, Goal, GoalRating, LifeEvent
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
# The kind, its first words, what a form then says, and the column of its words.
GOAL = (
    Goal,
    "goals",
    {"words": "To stay a year", "is_own": "no", "aim": "relations", "closed_on": ""},
    "words",
)
WORK = (Adjunct, "adjuncts", {"kind": "medication", "on": "2026-02-03", "until": "2026-03-01", "what": "sertraline 50"}, "what")  # fmt: skip
EVENT = (LifeEvent, "events", {"kind": "birth", "on": "2026-02-03", "words": "A niece"}, "words")
FIRST = {Goal: "To stay", Adjunct: "setraline", LifeEvent: "The dog"}
ALL = pytest.mark.parametrize(
    ("model", "path", "said", "column"), [GOAL, WORK, EVENT], ids=["goal", "work", "event"]
)


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


@pytest.fixture
def rows(cast):
    """One of each, as it was first written."""
    of = {"treatment": cast.treatment, "by": cast.ana.person}
    with opened(cast.ana.unlocked):
        return {
            Goal: actions.add_goal(**of, words="To stay"),
            Adjunct: actions.add_adjunct(**of, kind="other", on=date(2026, 2, 1), what="setraline"),
            LifeEvent: actions.add_life_event(**of, kind="loss", on=date(2026, 2, 1), words="The dog"),
        }


def seen(browser, url):
    return browser.get(url, follow=True).content.decode()


@ALL
def test_it_is_corrected_by_a_click_and_its_first_words_stay_beneath(
    cast, rows, browser, model, path, said, column
):
    row = rows[model]
    url = f"/{path}/{row.id}/correct/"
    assert f'href="{url}"' in seen(browser, f"/clients/{cast.client.id}/alongside/")
    assert browser.post(url, {**said, "version": "1"})["Location"] == f"/clients/{cast.client.id}/alongside/"
    page = seen(browser, f"/clients/{cast.client.id}/alongside/")
    assert said[column] in page
    with opened(cast.ana.unlocked):
        kept = model.objects.get(pk=row.pk)
        [before] = kept.before
        assert kept.version == 2
    page = seen(browser, url)
    assert "As it stood" in page
    assert before[column] == FIRST[model]
    assert before[column] in page
    assert Event.objects.filter(verb__endswith=".corrected", object_id=str(row.pk)).count() == 1


@ALL
def test_the_window_that_comes_second_sees_both_and_loses_nothing(
    cast, rows, browser, model, path, said, column
):
    row = rows[model]
    url = f"/{path}/{row.id}/correct/"
    browser.post(url, {**said, "version": "1"})
    late = browser.post(url, {**said, column: "Mine", "version": "1"})
    html = late.content.decode()
    assert late.status_code == 409
    assert said[column] in html
    assert "Mine" in html
    assert "The other window kept" in html
    again = re.search(r'name="version" value="(\d+)"', html).group(1)
    assert browser.post(url, {**said, column: "Mine", "version": again}).status_code == 302
    with opened(cast.ana.unlocked):
        kept = model.objects.get(pk=row.pk)
        assert getattr(kept, column) == "Mine"
        assert [one[column] for one in kept.before][1] == said[column]


@ALL
def test_the_same_sent_twice_is_one_correction(cast, rows, browser, model, path, said, column):
    row = rows[model]
    url = f"/{path}/{row.id}/correct/"
    browser.post(url, {**said, "version": "1"})
    browser.post(url, {**said, "version": "2"})
    with opened(cast.ana.unlocked):
        assert len(model.objects.get(pk=row.pk).before) == 1


@ALL
def test_what_was_written_by_mistake_is_taken_out_after_one_more_look(
    cast, rows, browser, model, path, said, column
):
    row = rows[model]
    url = f"/{path}/{row.id}/take-out/"
    assert f'href="{url}"' in seen(browser, f"/{path}/{row.id}/correct/")
    assert "Take it out?" in seen(browser, url)
    assert model.objects.filter(pk=row.pk).exists()
    browser.post(url, {"version": "1"})
    assert not model.objects.filter(pk=row.pk).exists()
    assert Event.objects.filter(verb__endswith=".removed", object_id=str(row.pk)).count() == 1


@ALL
def test_what_was_changed_meanwhile_is_not_taken_out_unseen(rows, browser, model, path, said, column):
    row = rows[model]
    browser.post(f"/{path}/{row.id}/correct/", {**said, "version": "1"})
    late = browser.post(f"/{path}/{row.id}/take-out/", {"version": "1"})
    assert late.status_code == 409
    assert said[column] in late.content.decode()
    assert model.objects.filter(pk=row.pk).exists()


@ALL
def test_a_correction_of_what_was_taken_out_gives_the_words_back(
    rows, browser, monkeypatch, model, path, said, column
):
    row = rows[model]

    def gone(**_given):
        model.objects.filter(pk=row.pk).delete()
        raise Changed("elsewhere")

    monkeypatch.setattr(actions, "correct", gone)
    late = browser.post(f"/{path}/{row.id}/correct/", {**said, "version": "1"})
    assert late.status_code == 409
    assert said[column] in late.content.decode()


@ALL
def test_nobody_else_corrects_or_takes_out(cast, rows, model, path, said, column):
    for who in ("eve", "ben", "mara", "rui", "dov", "cleo"):
        browser = getattr(cast, who).browser()
        for act in ("correct", "take-out"):
            url = f"/{path}/{rows[model].id}/{act}/"
            assert browser.get(url).status_code == 404
            assert browser.post(url, {**said, "version": "1"}).status_code == 404
    assert model.objects.get(pk=rows[model].pk).version == 1


def test_a_goal_closed_by_mistake_is_a_goal_again(cast, rows, browser):
    goal = rows[Goal]
    browser.post(f"/goals/{goal.id}/close/")
    sent = {"words": "To stay", "is_own": "yes", "aim": "", "closed_on": "", "version": "1"}
    browser.post(f"/goals/{goal.id}/correct/", sent)
    assert Goal.objects.values_list("closed_on", flat=True).get() is None


def test_a_goal_takes_its_ratings_with_it_and_says_so(cast, rows, browser):
    goal = rows[Goal]
    browser.post(f"/goals/{goal.id}/near/", {"rater": "client", "value": "3"})
    assert "One rating of it goes too." in seen(browser, f"/goals/{goal.id}/take-out/")
    browser.post(f"/goals/{goal.id}/take-out/", {"version": "1"})
    assert not GoalRating.objects.exists()


def test_what_ends_before_it_begins_comes_back_with_the_mend(rows, browser):
    sent = {"kind": "other", "on": "2026-02-01", "until": "2026-01-01", "what": "sertraline", "version": "1"}
    answer = browser.post(f"/adjuncts/{rows[Adjunct].id}/correct/", sent)
    assert answer.status_code == 422
    assert "It ends before it begins" in answer.content.decode()


def test_words_of_blanks_are_refused(cast, rows):
    with opened(cast.ana.unlocked), pytest.raises(CourseError, match="few words"):
        actions.correct(
            row=rows[Goal], by=cast.ana.person, version=1, words="  ", is_own=True, aim="", closed_on=None
        )


def test_under_a_legal_hold_nothing_is_taken_out(cast, rows, browser):
    vault.hold(owner=cast.client.id, by=cast.ana.id)
    answer = browser.post(f"/goals/{rows[Goal].id}/take-out/", {"version": "1"})
    assert answer.status_code == 422
    assert "legal hold" in answer.content.decode()
    assert Goal.objects.exists()
