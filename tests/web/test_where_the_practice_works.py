"""Where a practice works is said on a page; inquiries and the office's part are shared by those who hold them."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from depthwork.practice.audit.models import Event
from depthwork.practice.coverage.models import Charge
from depthwork.practice.intake import actions as intake
from depthwork.practice.intake.models import Inquiry
from depthwork.practice.intake.queries import words_of
from depthwork.practice.policy.jurisdiction import profiles, usual
from depthwork.practice.treatments import actions as treatments
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.models import KeyPin
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
BERLIN = {"country": "de", "time_zone": "Europe/Berlin", "currency": "EUR", "jurisdiction": "eu"}


def facts(practice):
    practice.refresh_from_db()
    return practice.country, practice.time_zone, practice.currency, practice.jurisdiction


def test_a_manager_says_where_the_practice_works(cast):
    page = cast.mara.browser().get("/practice/where/")
    assert all(str(one.name) in page.content.decode() for one in profiles())
    assert cast.mara.browser().post("/practice/where/", BERLIN).status_code == 302
    assert facts(cast.practice) == ("DE", "Europe/Berlin", "EUR", "eu")
    assert Event.objects.filter(verb="practice.place_chosen", actor=cast.mara.id).count() == 1


def test_a_clinician_does_not(cast):
    assert cast.ana.browser().post("/practice/where/", BERLIN).status_code in (403, 404)
    assert facts(cast.practice)[0] != "DE"


@pytest.mark.parametrize(
    ("name", "value"),
    [("country", "Germany"), ("country", "D3"), ("time_zone", "Europe/Atlantis"), ("currency", "XXX"), ("jurisdiction", "mars")],
)  # fmt: skip
def test_what_is_no_place_is_refused_and_nothing_changes(cast, name, value):
    before = facts(cast.practice)
    assert cast.mara.browser().post("/practice/where/", BERLIN | {name: value}).status_code == 422
    assert facts(cast.practice) == before


def test_money_stays_once_an_amount_was_asked_in_it(cast):
    with opened(cast.ana.unlocked):
        Charge.objects.create(
            client=cast.client, on=date(2026, 11, 3), amount=Decimal("90.00"), kind="session"
        )
    page = cast.mara.browser().post("/practice/where/", BERLIN)
    assert page.status_code == 422
    assert "asked in" in page.content.decode()
    same = BERLIN | {"currency": cast.practice.currency}
    assert cast.mara.browser().post("/practice/where/", same).status_code == 302


@pytest.mark.parametrize(
    ("country", "money", "law"),
    [("GB", "GBP", "uk"), ("US", "USD", "us"), ("de", "EUR", "eu"), ("SE", "SEK", "eu"), ("CH", "CHF", "default"), ("QQ", "USD", "default")],
)  # fmt: skip
def test_a_country_brings_its_usual_money_and_rules(country, money, law):
    assert usual(country) == (money, law)


def letter(cast):
    """An inquiry as it lies in the inbox."""
    with opened(cast.ana.unlocked):
        vault.make_keys(organisation=cast.practice.id, owner=cast.practice.id, readers={"administration": []})
    desk = intake.open_desk(by=cast.mara.person, read_by="Mara", weekdays=[0], read_until=time(17))
    words = {"name": "Lea", "brings": "sleep"}
    return intake.receive_inquiry(desk=desk, token="one", words=words, at=datetime.now(UTC))


def act(actor, other, what):
    return actor.browser().post(f"/practice/keys/{other.id}/", {"act": what})


def test_whoever_holds_the_inquiries_shares_them_and_takes_them_back(cast):
    row = letter(cast)
    with opened(cast.eve.unlocked), pytest.raises(NoKey):
        words_of(row)
    assert "Share the inquiries" in cast.ana.browser().get("/practice/keys/").content.decode()
    assert act(cast.ana, cast.eve, "inquiries").status_code == 302
    with opened(cast.eve.unlocked):
        assert words_of(Inquiry.objects.get(id=row.id))["name"] == "Lea"
    assert act(cast.ana, cast.eve, "take_back").status_code == 302
    with opened(cast.eve.unlocked), pytest.raises(NoKey):
        words_of(Inquiry.objects.get(id=row.id))
    with opened(cast.ana.unlocked):
        assert words_of(Inquiry.objects.get(id=row.id))["name"] == "Lea"
    verbs = Event.objects.filter(verb__startswith="inquiries.").values_list("verb", flat=True)
    assert sorted(verbs) == ["inquiries.shared", "inquiries.taken_back"]


def test_nobody_shares_inquiries_they_cannot_open(cast):
    letter(cast)
    assert act(cast.eve, cast.mara, "inquiries").status_code == 404


def test_a_stranger_and_a_client_are_no_colleagues_to_share_with(cast):
    letter(cast)
    for other in (cast.dov, cast.cleo):
        assert act(cast.ana, other, "inquiries").status_code == 404


def test_without_compared_keys_nothing_is_shared(cast):
    letter(cast)
    KeyPin.objects.filter(person=cast.ana.person, other=cast.eve.id).delete()
    act(cast.ana, cast.eve, "inquiries")
    assert not intake.opens_inquiries(cast.eve.person)


def test_the_office_sees_clients_who_were_there_before_it(cast):
    with opened(cast.ana.unlocked):
        KeyPin.objects.filter(person=cast.ana.person, other=cast.mara.id).delete()
        later = treatments.admit_client(name="Noor Haddad", by=cast.ana.person)
    from tests.cast import pin_each_other

    pin_each_other(cast.ana, cast.mara)
    with opened(cast.mara.unlocked) as keys:
        assert not keys.holds(later.id, "administration")
    assert later.id in treatments.not_in_the_office(reader=cast.mara.person, by=cast.ana.person)
    assert act(cast.ana, cast.mara, "office").status_code == 302
    with opened(cast.mara.unlocked) as keys:
        assert keys.holds(later.id, "administration")
        assert not keys.holds(later.id, "record")
        assert not keys.holds(later.id, "process_notes")
    assert treatments.not_in_the_office(reader=cast.mara.person, by=cast.ana.person) == []


def test_the_office_is_a_manager_of_the_practice(cast):
    with opened(cast.ana.unlocked), pytest.raises(CourseError):
        treatments.show_the_office(reader=cast.eve.person, by=cast.ana.person)


def test_kept_lines_leave_today_when_asked(cast):
    Session.objects.filter(client=cast.client).update(kept_line=None)
    with opened(cast.ana.unlocked):
        first = Session.objects.filter(client=cast.client).order_by("day").first()
        first.kept_line = "a heron on the weir"
        first.save()
    last = Session.objects.filter(client=cast.client).order_by("day").last()
    browser, page = cast.ana.browser(), f"/today/?day={last.day}"
    shown = browser.get(page).content.decode()
    assert "a heron on the weir" in shown
    assert "Hide the kept lines" in shown
    assert browser.post("/today/lines/", {"shown": "no"}).status_code == 302
    hidden = browser.get(page).content.decode()
    assert "heron" not in hidden
    assert "Show the line" in hidden
    browser.post("/today/lines/", {"shown": "yes"})
    assert "a heron on the weir" in browser.get(page).content.decode()
