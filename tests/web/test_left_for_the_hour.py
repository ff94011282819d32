"""What a client leaves between the hours is told, read in the hour, and kept with it; what they hope for is theirs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from depthwork.practice.portal import actions
from depthwork.practice.portal.models import Thought
from depthwork.practice.portal.reading import waiting_for, waits_for_the_hour
from depthwork.practice.sources.actions import burn_source
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.actions import add_goal
from depthwork.practice.treatments.models import Goal, Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened
from tests.cast import pin_each_other, treatment_of

NOW = datetime.now(UTC)
pytestmark = pytest.mark.django_db
WORDS = "a house with the stairs on the outside"


@pytest.fixture
def place(cast):
    """Cleo's account, let in; both agreed to thoughts, and one waits."""
    pin_each_other(cast.ana, cast.cleo)
    with opened(cast.ana.unlocked):
        vault.share(
            owner=cast.client.id,
            compartments=["administration", "record"],
            reader=cast.cleo.id,
            purpose="own place",
        )
        actions.open_thoughts(client=cast.client, by=cast.ana.person, yes=True)
    with opened(cast.cleo.unlocked):
        actions.open_thoughts(client=cast.client, by=cast.cleo.person, yes=True)
        actions.leave_thought(client=cast.client, by=cast.cleo.person, kind="dream", words=WORDS)
    cast.url = f"/clients/{cast.client.id}/place/"
    cast.hour = cast.treatment.sessions.order_by("-number").first()
    return cast


def read(place):
    browser = place.ana.browser()
    browser.post(place.url, {"act": "read"})
    return browser


def keep(place, browser, kind="dream", **more):
    thought = Thought.objects.get()
    sent = {"act": "keep", "thought": thought.id, "hour": place.hour.id, "kind": kind, **more}
    return browser.post(place.url, sent, follow=True)


def test_today_says_that_something_waits_and_not_what(place, django_assert_num_queries):
    words = place.ana.browser().get("/today/").content.decode()
    assert "Left for the hour" in words
    assert "one waits for the hour" in words
    assert place.url in words
    assert WORDS not in words
    with opened(place.ana.unlocked), django_assert_num_queries(2):  # the keys, and one for all clients
        (one,) = waiting_for(place.ana.person)
    assert (one.called, one.n) == ("Cleo", 1)


def test_another_clinicians_today_says_nothing_of_it(place):
    assert "Left for the hour" not in place.eve.browser().get("/today/").content.decode()


def test_the_page_before_an_hour_says_it_and_not_what(place):
    said = waits_for_the_hour(place.client.id, timezone.now().date())
    assert said == ["The client left one thing for the hour in their own place; it is read in the hour."]
    read(place)
    assert waits_for_the_hour(place.client.id, timezone.now().date()) == []


def test_once_read_nothing_waits(place):
    assert "Left for the hour" not in read(place).get("/today/").content.decode()


def test_it_is_kept_as_a_dream_of_the_hour_in_the_clients_own_words(place):
    page = keep(place, read(place)).content.decode()
    source = Source.objects.get()
    assert (source.kind, source.session_id, source.provenance) == ("dream", place.hour.id, "verbatim")
    assert f'href="/sources/{source.id}/"' in page
    with opened(place.ana.unlocked):
        assert source.versions.get().text == WORDS
    shown = place.ana.browser().get(f"/sources/{source.id}/").content.decode()
    assert "Left by the client in their own place on" in shown
    dreams = place.ana.browser().get(f"/clients/{place.client.id}/dreams/").content.decode()
    assert WORDS in dreams


def test_it_is_kept_as_a_note(place):
    keep(place, read(place), "process_note")
    assert Source.objects.get().kind == "process_note"


def test_sent_twice_it_is_kept_once(place):
    browser = read(place)
    keep(place, browser)
    keep(place, browser, "process_note")
    assert Source.objects.count() == 1


def test_burned_with_its_hour_no_copy_is_left(place):
    keep(place, read(place))
    with opened(place.ana.unlocked):
        assert "words" not in Thought.objects.get().words
        burn_source(source=Source.objects.get(), by=place.ana.person)
    words = place.ana.browser().get(place.url).content.decode()
    assert WORDS not in words
    assert "burned with its hour" in words


def test_what_was_not_read_is_not_kept(place):
    answer = keep(place, place.ana.browser())
    assert answer.status_code == 404
    with opened(place.ana.unlocked), pytest.raises(actions.PlaceError, match="read it first"):
        actions.keep_thought(
            thought=Thought.objects.get(), session=place.hour, kind="dream", by=place.ana.person
        )


@pytest.mark.parametrize("more", [{"hour": "x"}, {"thought": "x"}, {"hour": ""}])
def test_what_is_not_there_is_not_kept(place, more):
    assert keep(place, read(place), **more).status_code == 404


def test_it_is_not_kept_with_the_hour_of_another_client(place):
    theirs = place.other_treatment.sessions.first()
    assert keep(place, read(place), hour=theirs.id).status_code == 404
    assert not Source.objects.exists()


def test_it_is_not_kept_as_a_transcript(place):
    assert "as a dream or as a note" in keep(place, read(place), "transcript").content.decode()
    assert not Source.objects.exists()


def test_the_client_writes_what_they_hope_for_and_the_clinician_sees_whose_words_they_are(place):
    browser = place.cleo.browser()
    answer = browser.post("/place/hope/", {"words": " to ask before I go "}, follow=True)
    assert "to ask before I go" in answer.content.decode()
    with opened(place.ana.unlocked):
        goal = Goal.objects.get()
        assert (goal.words, goal.is_own, goal.treatment_id) == (
            "to ask before I go",
            True,
            place.treatment.id,
        )
    words = place.ana.browser().get(f"/clients/{place.client.id}/alongside/").content.decode()
    assert "written by the client, in their own place" in words


def test_a_hope_written_in_the_hour_is_not_said_to_be_written_by_the_client(place):
    with opened(place.ana.unlocked):
        add_goal(treatment=place.treatment, by=place.ana.person, words="to sleep")
    words = place.ana.browser().get(f"/clients/{place.client.id}/alongside/").content.decode()
    assert "written by the client" not in words


def test_a_hope_sent_twice_is_kept_once(place):
    for _ in range(2):
        place.cleo.browser().post("/place/hope/", {"words": "to sleep"})
    assert Goal.objects.count() == 1


@pytest.mark.parametrize("words", ["", "   ", "x" * 301])
def test_a_hope_without_words_or_with_too_many_is_not_kept(place, words):
    assert place.cleo.browser().post("/place/hope/", {"words": words}).status_code == 422
    assert not Goal.objects.exists()


def test_more_hopes_than_a_page_holds_are_spoken_of_in_the_hour(place):
    with opened(place.cleo.unlocked):
        for n in range(actions.MOST_OWN_GOALS):
            actions.hope_for(client=place.client, by=place.cleo.person, words=f"hope {n}")
        with pytest.raises(actions.PlaceError, match="in the hour"):
            actions.hope_for(client=place.client, by=place.cleo.person, words="one more")


def test_nobody_else_writes_what_a_client_hopes_for(place):
    with opened(place.ana.unlocked), pytest.raises(actions.PlaceError):
        actions.hope_for(client=place.client, by=place.ana.person, words="to be well")
    assert place.ana.browser().post("/place/hope/", {"words": "x"}).status_code == 404


def test_the_clinicians_own_aims_do_not_stand_among_the_clients_hopes(place):
    with opened(place.ana.unlocked):
        aim = add_goal(treatment=place.treatment, by=place.ana.person, words="bear envy", is_own=False)
    browser = place.cleo.browser()
    assert "bear envy" not in browser.get("/place/").content.decode()
    assert browser.post(f"/place/goals/{aim.id}/", {"value": "3"}).status_code == 404


def test_hopes_of_a_treatment_that_ended_are_not_asked_about(place):
    with opened(place.ana.unlocked):
        add_goal(treatment=place.treatment, by=place.ana.person, words="an old hope")
        Treatment.objects.filter(id=place.treatment.id).update(state="ended")
        again = treatment_of(place.ana, place.client, start=NOW.date())
        add_goal(treatment=again, by=place.ana.person, words="a new hope")
    words = place.cleo.browser().get("/place/").content.decode()
    assert "an old hope" not in words
    assert "a new hope" in words


def test_where_no_treatment_goes_on_nothing_is_asked(place):
    Treatment.objects.filter(client=place.client).update(state="ended")
    browser = place.cleo.browser()
    assert "What you hope for" not in browser.get("/place/").content.decode()
    assert "no treatment under way" in browser.post("/place/hope/", {"words": "x"}).content.decode()


def test_the_page_before_an_hour_says_that_a_hope_was_written(place):
    from depthwork.practice.treatments.handover import said_before_an_hour

    with opened(place.cleo.unlocked):
        actions.hope_for(client=place.client, by=place.cleo.person, words="to ask")
    today = timezone.now().date()
    told = dict(said_before_an_hour(place.client.id, today))
    (page,) = [page for words, page in told.items() if "what they hope for" in words]
    assert page == f"/clients/{place.client.id}/alongside/"
    assert any("left one thing" in words and page == place.url for words, page in told.items())
    later = today + timedelta(weeks=4)
    assert not any("what they hope for" in words for words, _ in said_before_an_hour(place.client.id, later))
