"""A client's own place: how it opens, what stands in it, and what never does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser

from depthwork.practice.people.models import Person
from depthwork.practice.portal import actions
from depthwork.practice.portal.models import Invitation, Opening, Thought
from depthwork.practice.tracking import actions as tracking
from depthwork.practice.tracking.models import Alert, Request
from depthwork.practice.tracking.queries.answers import asked_of
from depthwork.practice.treatments.actions import add_goal
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.treatments.models import GoalRating
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def place(cast):
    """Cleo's account, let in by Ana."""
    cache.clear()
    for one, other in ((cast.ana, cast.cleo), (cast.cleo, cast.ana)):
        pins.pin(
            person=one.id,
            own=one.unlocked.keys,
            other=other.id,
            fingerprint=pins.fingerprint_of(other.id),
            compared_at=NOW,
        )
    with opened(cast.ana.unlocked):
        vault.share(
            owner=cast.client.id,
            compartments=["administration", "record"],
            reader=cast.cleo.id,
            purpose="own place",
        )
        answer_consent(
            client=cast.client, by=cast.ana.person, purpose="forms", is_yes=True, given_on=NOW.date()
        )
        cast.goal = add_goal(treatment=cast.treatment, by=cast.ana.person, words="to stay when it is hard")
    return cast


def both_agree(place):
    with opened(place.ana.unlocked):
        actions.open_thoughts(client=place.client, by=place.ana.person, yes=True)
    with opened(place.cleo.unlocked):
        actions.open_thoughts(client=place.client, by=place.cleo.person, yes=True)


def test_a_client_finds_their_own_place_with_the_crisis_numbers_at_its_foot(place):
    page = place.cleo.browser().get("/place/")
    words = page.content.decode()
    assert page.status_code == 200
    assert "to stay when it is hard" in words
    assert words.index("116 123") > words.index("</main>")


def test_every_page_of_the_place_has_the_numbers_in_the_same_place(place):
    both_agree(place)
    browser = place.cleo.browser()
    for url in ("/place/", "/place/thought/"):
        words = browser.get(url).content.decode()
        assert words.count('<aside class="crisis"') == 1
        assert words.index('<aside class="crisis"') > words.index("</main>")


def test_no_line_of_an_hour_reaches_the_place(place):
    words = place.cleo.browser().get("/place/").content.decode()
    assert "line of hour" not in words
    assert "why I leave" not in words
    with opened(place.cleo.unlocked), pytest.raises(NoKey):
        str(place.treatment.sessions.first().kept_line)


@pytest.mark.parametrize("who", ["ana", "eve", "mara", "rui", "dov", "ben"])
def test_nobody_but_the_client_enters_it(place, who):
    assert getattr(place, who).browser().get("/place/").status_code == 404


def test_a_client_opens_no_page_of_the_practice(place):
    browser = place.cleo.browser()
    for url in (
        "/today/",
        "/caseload/",
        f"/clients/{place.client.id}/",
        f"/clients/{place.client.id}/measures/",
        f"/clients/{place.client.id}/place/",
        f"/clients/{place.other.id}/measures/",
    ):
        assert browser.get(url).status_code == 404


def test_an_account_nobody_let_in_sees_what_to_do_and_nothing_else(cast):
    page = cast.cleo.browser().get("/place/")
    assert "Almost open" in page.content.decode()


def test_a_client_rates_their_own_goal(place):
    browser = place.cleo.browser()
    browser.post(f"/place/goals/{place.goal.id}/", {"value": "4"})
    browser.post(f"/place/goals/{place.goal.id}/", {"value": "7"})
    with opened(place.cleo.unlocked):
        assert [(r.by, r.value) for r in GoalRating.objects.all()] == [("client", 7)]


@pytest.mark.parametrize("bad", ["", "11", "-1", "four", "3.5"])
def test_a_rating_out_of_range_is_named(place, bad):
    page = place.cleo.browser().post(f"/place/goals/{place.goal.id}/", {"value": bad}, follow=True)
    assert "A number from 0 to 10" in page.content.decode()
    assert not GoalRating.objects.exists()


def test_a_form_in_the_place_is_kept_item_by_item_and_scored(place):
    with opened(place.ana.unlocked):
        made = tracking.ask(
            client=place.client,
            by=place.ana.person,
            measure_id="gad7",
            mode="place",
            treatment=place.treatment,
        )
    browser = place.cleo.browser()
    assert f"/place/forms/{made.request.id}/" in browser.get("/place/").content.decode()
    browser.post(f"/place/forms/{made.request.id}/save/", {"q1": "2"})
    browser.post(f"/place/forms/{made.request.id}/send/", {f"q{n}": "2" for n in range(1, 8)})
    assert browser.get(f"/place/forms/{made.request.id}/").status_code == 200
    with opened(place.ana.unlocked):
        (one,) = asked_of(place.client.id)
    assert one.value("total") == 14


def test_a_risk_question_does_not_go_to_the_place_unless_someone_watches(place):
    with opened(place.ana.unlocked):
        made = tracking.ask(
            client=place.client,
            by=place.ana.person,
            measure_id="phq9",
            mode="place",
            treatment=place.treatment,
        )
    assert made.measure == "phq8"
    assert not Alert.objects.exists()


def test_a_form_of_the_room_does_not_open_in_the_place(place):
    with opened(place.ana.unlocked):
        made = tracking.ask(client=place.client, by=place.ana.person, measure_id="gad7", mode="room")
    assert place.cleo.browser().get(f"/place/forms/{made.request.id}/").status_code == 404
    assert Request.objects.get().state == "asked"


def test_thoughts_are_off_unless_both_said_yes(place):
    browser = place.cleo.browser()
    assert browser.get("/place/thought/").status_code == 404
    browser.post("/place/thoughts/agree/", {"yes": "1"})
    assert browser.get("/place/thought/").status_code == 404
    place.ana.browser().post(f"/clients/{place.client.id}/place/", {"act": "yes"})
    assert browser.get("/place/thought/").status_code == 200
    browser.post("/place/thoughts/agree/", {"yes": "0"})
    assert browser.get("/place/thought/").status_code == 404
    with opened(place.cleo.unlocked), pytest.raises(actions.PlaceError):
        actions.leave_thought(client=place.client, by=place.cleo.person, kind="dream", words="a house")


def test_a_thought_is_read_in_the_hour_and_not_before(place):
    both_agree(place)
    page = place.cleo.browser().post(
        "/place/thought/", {"kind": "dream", "words": "a house without doors"}, follow=True
    )
    assert "is not read before it" in page.content.decode()
    browser = place.ana.browser()
    assert "without doors" not in browser.get(f"/clients/{place.client.id}/place/").content.decode()
    assert "without doors" not in browser.get("/today/").content.decode()
    browser.post(f"/clients/{place.client.id}/place/", {"act": "read"})
    assert "without doors" in browser.get(f"/clients/{place.client.id}/place/").content.decode()


def test_a_thought_left_is_sealed_even_from_the_account_that_left_it(place):
    both_agree(place)
    with opened(place.cleo.unlocked):
        actions.leave_thought(
            client=place.client, by=place.cleo.person, kind="thought", words="the blue door"
        )
    with connection.cursor() as cursor:
        cursor.execute("select * from portal_thought")
        assert "blue door" not in str(cursor.fetchall())
    with opened(place.cleo.unlocked), pytest.raises(NoKey):
        actions.read_thoughts(client=place.client, by=place.cleo.person)


def test_a_very_long_thought_is_refused_in_words(place):
    both_agree(place)
    page = place.cleo.browser().post("/place/thought/", {"kind": "thought", "words": "a" * 9000})
    assert page.status_code == 200
    assert not Thought.objects.exists()


def test_a_score_is_shown_to_the_client_only_if_the_clinician_chose_so(place):
    from depthwork.practice.tracking.schedule import Line

    with opened(place.ana.unlocked):
        for value in (3, 1):
            made = tracking.ask(client=place.client, by=place.ana.person, measure_id="gad7", mode="room")
            tracking.send(
                request_id=made.request.id,
                token=None,
                given={f"q{n}": value for n in range(1, 8)},
                by=place.ana.person,
            )
    assert "GAD-7" not in place.cleo.browser().get("/place/").content.decode()
    with opened(place.ana.unlocked):
        tracking.change_schedule(
            client=place.client, by=place.ana.person, lines=[Line("gad7", "every_4")], shown=["gad7"]
        )
    assert "Anxiety" in place.cleo.browser().get("/place/").content.decode()


@pytest.mark.slow
def test_an_invitation_becomes_an_account_and_opens_after_the_comparison(cast):
    Person.objects.filter(id=cast.cleo.id).delete()
    ana = cast.ana.browser()
    page = ana.post(f"/clients/{cast.client.id}/place/", {"act": "invite"}).content.decode()
    token = page.split("/place/join/")[1].split("/")[0]
    phone = Browser()
    assert phone.get("/place/join/").status_code == 404
    assert phone.post(f"/place/join/{token}/")["Location"] == "/place/join/"
    joined = phone.post(
        "/place/join/", {"login": "cleo", "passphrase": "paper boats on a tin roof"}
    ).content.decode()
    assert "recovery code" in joined.lower()
    assert phone.get(f"/place/join/{token}/").status_code == 404
    row = Invitation.objects.get()
    ana.post(f"/clients/{cast.client.id}/place/", {"act": "let_in", "fingerprint": "0000 0000"})
    row.refresh_from_db()
    assert row.let_in_at is None
    ana.post(
        f"/clients/{cast.client.id}/place/",
        {"act": "let_in", "fingerprint": pins.fingerprint_of(row.person_id)},
    )
    row.refresh_from_db()
    assert row.let_in_at is not None


def test_the_page_of_an_invitation_does_not_repeat_its_token(cast):
    Person.objects.filter(id=cast.cleo.id).delete()
    with opened(cast.ana.unlocked):
        _, token = actions.invite(client=cast.client, by=cast.ana.person)
    page = Browser().get(f"/place/join/{token}/")
    assert page.status_code == 200
    assert token not in page.content.decode()


def test_an_invitation_past_its_time_opens_nothing(cast):
    Person.objects.filter(id=cast.cleo.id).delete()
    with opened(cast.ana.unlocked):
        _, token = actions.invite(client=cast.client, by=cast.ana.person, at=NOW - timedelta(hours=73))
    assert Browser().get(f"/place/join/{token}/").status_code == 404


def test_the_database_refuses_a_place_that_cannot_be(place):
    both_agree(place)
    with opened(place.cleo.unlocked):
        row = actions.leave_thought(client=place.client, by=place.cleo.person, kind="thought", words="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Thought.objects.filter(id=row.id).update(box=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.create(client=place.client)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            client=place.client, token_name="a" * 64, made_at=NOW, expires_at=NOW, let_in_at=NOW
        )


def test_the_place_says_who_stands_in_only_once_the_break_was_told(place):
    from depthwork.practice.treatments.actions import announce_break, tell_break

    soon = NOW.date() + timedelta(days=9)
    with opened(place.ana.unlocked):
        pause = announce_break(
            treatment=place.treatment,
            by=place.ana.person,
            from_date=soon,
            to_date=soon + timedelta(days=14),
            cover=place.eve.person,
        )
        cleo = place.cleo.browser()
        assert "Eve" not in cleo.get("/place/").content.decode()
        tell_break(pause=pause, by=place.ana.person, on=NOW.date())
    assert "In these days Eve is there in place of your therapist." in cleo.get("/place/").content.decode()


def test_the_safety_plan_is_one_link_away_on_every_page_of_the_place(place):
    from depthwork.practice.intake.actions import make_safety_plan

    cleo = place.cleo.browser()
    assert "There is none yet." in cleo.get("/place/safety-plan/").content.decode()
    assert 'href="/place/safety-plan/"' not in cleo.get("/place/").content.decode()  # none is made
    with opened(place.ana.unlocked):
        make_safety_plan(
            client=place.client, by=place.ana.person, parts={"on_my_own": ["The dog"]}, on=NOW.date()
        )
    assert 'href="/place/safety-plan/"' in cleo.get("/place/").content.decode()
    own = cleo.get("/place/safety-plan/").content.decode()
    assert "The dog" in own
    assert 'href="/place/safety-plan/"' not in own
