"""Crisis numbers, law and rules: not yet checked until a named person of the practice has looked them up."""

from datetime import UTC, date, datetime, timedelta

import pytest

from depthwork.practice.audit.models import Event
from depthwork.practice.policy.confirming import confirm, matters_of, standing_of, unchecked
from depthwork.practice.policy.models import Confirmation
from depthwork.practice.ui import doctor
from depthwork.practice.ui.checked_page import all_matters

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def a_number(practice):
    return next(one for one in matters_of(practice) if one.id.startswith("crisis:"))


def test_at_first_nothing_is_checked(cast):
    assert unchecked(cast.practice, all_matters(cast.practice), on=DAY) == list(all_matters(cast.practice))


def test_a_confirmation_carries_name_day_and_way_and_one_event(cast):
    matter = a_number(cast.practice)
    confirm(matter=matter, by=cast.ana.person, on=DAY, how="dialled")
    (one,) = standing_of(cast.practice, [matter], on=DAY)
    assert (one.holds.by, one.holds.on, one.holds.how) == (cast.ana.person, DAY, "dialled")
    assert Event.objects.filter(verb="fact.confirmed").count() == 1


def test_a_confirmation_holds_for_a_year(cast):
    matter = a_number(cast.practice)
    confirm(matter=matter, by=cast.ana.person, on=DAY, how="dialled")
    assert unchecked(cast.practice, [matter], on=DAY + timedelta(days=365)) == []
    assert unchecked(cast.practice, [matter], on=DAY + timedelta(days=366)) == [matter]


def test_another_number_in_a_newer_file_is_asked_again(cast):
    matter = a_number(cast.practice)
    confirm(matter=matter, by=cast.ana.person, on=DAY, how="dialled")
    newer = type(matter)(matter.id, matter.name, matter.source, "000")
    assert unchecked(cast.practice, [newer], on=DAY) == [newer]


def test_a_profile_is_asked_again_when_its_file_falls_due(cast):
    law = matters_of(cast.practice)[-1]
    confirm(matter=law, by=cast.ana.person, on=law.review_due - timedelta(days=10), how="source")
    assert unchecked(cast.practice, [law], on=law.review_due) == []
    assert unchecked(cast.practice, [law], on=law.review_due + timedelta(days=1)) == [law]


def test_what_one_practice_confirms_says_nothing_for_another(cast):
    matter = a_number(cast.practice)
    confirm(matter=matter, by=cast.ana.person, on=DAY, how="dialled")
    assert unchecked(cast.dov.person.practice, [matter], on=DAY) == [matter]


def test_a_press_on_the_page_confirms_in_the_name_of_who_presses(cast):
    browser = cast.ana.browser()
    assert "not yet checked by the practice" in browser.get("/practice/checked/").content.decode()
    browser.post("/practice/checked/", {"matter": a_number(cast.practice).id, "how": "dialled"})
    row = Confirmation.objects.get()
    assert (row.by, row.practice, row.how) == (cast.ana.person, cast.practice, "dialled")
    assert cast.ana.person.display_name in browser.get("/practice/checked/").content.decode()


@pytest.mark.parametrize(
    "sent", [{"matter": "crisis:XX:1", "how": "source"}, {"matter": "considerations", "how": "guessed"}]
)
def test_what_is_not_on_the_page_is_not_confirmed(cast, sent):
    cast.ana.browser().post("/practice/checked/", sent)
    assert not Confirmation.objects.exists()


def test_a_client_does_not_reach_the_page(cast):
    assert cast.cleo.browser().get("/practice/checked/").status_code == 404


@pytest.mark.parametrize("page", ["consents", "safety-plan"])
def test_the_pages_that_act_on_it_say_that_it_is_not_yet_checked(cast, page):
    shown = cast.ana.browser().get(f"/clients/{cast.client.id}/{page}/").content.decode()
    assert "not yet checked by the practice" in shown


def test_the_doctor_counts_what_waits_and_is_silent_when_all_is_checked(cast, tmp_path):
    (ask,) = [one for one in doctor.LATER if one.__name__ == "_facts_are_checked"]
    now = datetime.now(UTC)
    assert ask(doctor.Look(tmp_path, now)).level == "hint"
    for actor in (cast.ana, cast.dov):
        for matter in all_matters(actor.person.practice):
            confirm(matter=matter, by=actor.person, on=now.date(), how="source")
    assert ask(doctor.Look(tmp_path, now)) is None
