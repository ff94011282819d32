"""How long a record is kept follows the rules of the place, and the page that lists it deletes nothing."""

from datetime import date

import pytest
from django.urls import reverse

from depthwork.practice.policy.jurisdiction import Retention, _retention, profile, profiles
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.ui.kept_page import kept_lines
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened
from tests.cast import client_of, treatment_of

PAGE = "/practice/kept/"


@pytest.mark.parametrize(
    ("rules", "last", "born", "until"),
    [
        ("us", date(2019, 3, 4), 1980, date(2026, 3, 4)),  # an adult: seven years
        ("us", date(2019, 3, 4), None, date(2026, 3, 4)),
        ("us", date(2019, 3, 4), 2010, date(2032, 1, 1)),  # nine years old: 18 in 2028, three years on
        ("us", date(2026, 3, 4), 2009, date(2033, 3, 4)),  # seventeen: the seven years are the later
        ("uk", date(2019, 3, 4), 2010, date(2036, 1, 1)),  # until their twenty-fifth year is over
        ("eu", date(2019, 3, 4), 1980, date(2029, 3, 4)),  # ten years
        ("default", date(2016, 2, 29), 1980, date(2023, 3, 1)),
    ],
)
def test_the_first_day_on_which_it_need_no_longer_be_kept(rules, last, born, until):
    assert profile(rules).retention.kept_until(last, born=born) == until


def test_every_profile_says_how_long_and_on_what_ground():
    for one in profiles():
        assert isinstance(one.retention, Retention)
        assert one.retention.sources
        assert one.retention.says


@pytest.mark.parametrize(
    "raw", [None, {}, {"years": "many", "minor_years": 3, "majority": 18, "says": "x"},
            {"years": 0, "minor_years": 3, "majority": 18, "says": "x", "sources": []}],
)  # fmt: skip
def test_a_profile_without_a_whole_rule_is_refused_by_name(raw):
    with pytest.raises(ValueError, match=r"here\.yaml: retention"):
        _retention(raw, "here.yaml")


@pytest.fixture
def ended(cast):
    """Three ended clients of Ana: one kept long enough, one still kept, one whom she never met; and a running one."""
    cast.old = treatment_of(cast.ana, client_of(cast.ana, "Olga Old"), hours=2, start=date(2014, 1, 7)).client
    cast.new = treatment_of(cast.ana, client_of(cast.ana, "Nia New"), hours=2, start=date(2025, 1, 7)).client
    cast.never = client_of(cast.ana, "Vera Never")
    Client.objects.filter(id__in=[cast.old.id, cast.new.id, cast.never.id]).update(state=Client.State.ENDED)
    return cast


def test_the_page_parts_those_whose_time_is_over_from_the_others(ended):
    page = ended.ana.browser().get(PAGE).content.decode()
    over, _, running = page.partition("Still kept")
    assert "Olga" in over
    assert "14 January 2021" in over
    assert "Vera" in over
    assert "no hour was held" in over
    assert "Nia" in running
    assert "until 14 January 2032" in running
    assert "Cleo" not in page
    assert reverse("ui:erase", args=[ended.old.id]) in over
    assert Client.objects.filter(id=ended.old.id).exists()


def test_a_longer_rule_keeps_longer(ended):
    ended.practice.jurisdiction = "eu"
    ended.practice.save()
    assert "14 January 2024" in ended.ana.browser().get(PAGE).content.decode()


def test_who_is_held_is_named_and_not_led_to_erasing(ended):
    vault.hold(owner=ended.old.id, by=ended.ana.id)
    page = ended.ana.browser().get(PAGE).content.decode()
    assert "a legal hold stands" in page
    assert reverse("ui:erase", args=[ended.old.id]) not in page


def test_a_colleague_sees_their_own_alone(ended):
    page = ended.eve.browser().get(PAGE).content.decode()
    assert "Olga" not in page
    assert "Nobody’s time is over yet." in page


def test_the_list_asks_four_queries_whatever_its_length(ended, django_assert_max_num_queries):
    with opened(ended.ana.unlocked):
        kept_lines(ended.ana.person)
        with django_assert_max_num_queries(4):
            assert len(kept_lines(ended.ana.person)) == 3


def test_the_page_of_erasing_follows_the_same_rule(ended):
    url = reverse("ui:erase", args=[ended.new.id])
    page = ended.ana.browser().get(url).content.decode()
    last = Session.objects.filter(client=ended.new).order_by("-day").first().day
    assert last == date(2025, 1, 14)
    assert "it is kept until 14 January 2032" in page
    assert (
        "it is kept until"
        not in ended.ana.browser().get(reverse("ui:erase", args=[ended.old.id])).content.decode()
    )
