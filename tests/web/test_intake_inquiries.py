"""Someone asks for a first conversation: sealed on arrival, kept once, worked through by people."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from depthwork.practice.audit.models import Event
from depthwork.practice.intake import actions
from depthwork.practice.intake.forms import fresh_token
from depthwork.practice.intake.matching import Offer, Wishes, match, match_all
from depthwork.practice.intake.models import Consultation, Desk, Inquiry, InquiryStep
from depthwork.practice.intake.queries import words_of
from depthwork.practice.intake.reading import next_reading
from depthwork.practice.people.models import Practice
from depthwork.practice.policy import crisis
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Client
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
WORDS = {"name": "Delphine", "phone": "555-0185", "brings": "I leave good jobs in the eleventh month."}


@pytest.fixture
def inbox(cast):
    """A practice whose inbox Ana and Mara open, and whose desk says who reads."""
    cache.clear()
    with opened(cast.ana.unlocked):
        vault.make_keys(
            organisation=cast.practice.id,
            owner=cast.practice.id,
            readers={"administration": {cast.mara.id}},
            purpose="office",
        )
    with opened(cast.mara.unlocked):
        cast.desk = actions.open_desk(
            by=cast.mara.person, read_by="Mara", weekdays=[0, 1, 2, 3, 4], read_until=time(17)
        )
    return cast


def arrives(cast, token="one", at=None, **words):
    return actions.receive_inquiry(
        desk=cast.desk, token=token, words={**WORDS, **words}, at=at or datetime(2026, 11, 17, 9, tzinfo=UTC)
    )


def aged(seconds):
    """A token made some seconds ago."""
    from unittest.mock import patch

    with patch("django.core.signing.time.time", return_value=datetime.now(UTC).timestamp() - seconds):
        return fresh_token()


def ask(cast, token=None, **data):
    return Browser().post(
        reverse("intake:ask_at", args=[cast.practice.id]),
        {"token": token or aged(20), "name": "Delphine", "phone": "555-0185", **data},
    )


def test_what_is_asked_lies_sealed_in_the_database(inbox):
    arrives(inbox)
    with connection.cursor() as cursor:
        cursor.execute("select box from intake_inquiry")
        assert b"eleventh" not in bytes(cursor.fetchone()[0])


def test_the_people_of_the_inbox_open_it_and_nobody_else(inbox):
    row = arrives(inbox)
    for reader in (inbox.ana, inbox.mara):
        with opened(reader.unlocked):
            assert words_of(row)["brings"].startswith("I leave")
    with opened(inbox.eve.unlocked), pytest.raises(NoKey):
        words_of(row)


def test_the_form_works_without_a_sign_in_and_says_who_reads_when_and_that_nobody_watches(inbox):
    page = Browser().get(reverse("intake:ask_at", args=[inbox.practice.id])).content.decode()
    assert "Mara reads this." in page
    assert "nobody is watching" in page
    assert "116 123" in page
    assert "For adults so far" in page


def test_no_form_stands_open_where_nobody_has_said_who_reads(cast):
    page = Browser().get(reverse("intake:ask_at", args=[cast.practice.id])).content.decode()
    assert 'name="brings"' not in page
    assert "Please telephone" in page


def test_sending_keeps_it_and_says_the_day(inbox):
    answer = ask(inbox)
    assert answer.status_code == 302
    row = Inquiry.objects.get()
    assert row.state == "new"
    assert Event.objects.filter(verb="inquiry.received", object_id=str(row.id)).count() == 1


def test_the_same_form_twice_is_one_inquiry(inbox):
    token = aged(20)
    for _ in range(3):
        assert ask(inbox, token).status_code == 302
    assert Inquiry.objects.count() == 1


def test_twenty_equal_sends_of_one_token_make_one_row(inbox):
    rows = {arrives(inbox, "the same").id for _ in range(20)}
    assert len(rows) == 1


def test_a_send_within_a_blink_is_asked_for_again_with_its_words(inbox):
    answer = ask(inbox, fresh_token(), brings="four hundred loaves")
    assert answer.status_code == 422
    assert b"four hundred loaves" in answer.content
    assert not Inquiry.objects.exists()


def test_a_form_open_for_two_days_keeps_its_words_and_gets_a_new_token(inbox):
    old = aged(48 * 3600)
    answer = ask(inbox, old, brings="four hundred loaves")
    assert answer.status_code == 422
    assert b"four hundred loaves" in answer.content
    assert old.encode() not in answer.content


def test_a_forged_token_is_not_taken(inbox):
    assert ask(inbox, "forged:by:hand").status_code == 422
    assert not Inquiry.objects.exists()


def test_what_fills_the_hidden_field_is_never_told_that_it_arrived(inbox):
    answer = ask(inbox, second_name="http://spam.example")
    assert answer.status_code == 422
    assert not Inquiry.objects.exists()


def test_one_way_to_be_reached_is_needed(inbox):
    answer = ask(inbox, phone="")
    assert b"One way to reach you is needed" in answer.content


def test_the_seventh_of_an_hour_is_asked_to_telephone(inbox):
    for n in range(6):
        assert ask(inbox).status_code == 302, n
    answer = ask(inbox, brings="four hundred loaves")
    assert answer.status_code == 429
    assert b"four hundred loaves" in answer.content


def test_unknown_fields_of_a_request_are_not_kept(inbox):
    ask(inbox, state="closed", practice="x", client="y")
    row = Inquiry.objects.get()
    with opened(inbox.ana.unlocked):
        assert set(words_of(row)) <= {"name", "phone"}
    assert row.state == "new"


def test_an_inbox_without_a_key_takes_nothing_and_says_so(cast):
    cache.clear()
    Desk.objects.create(
        practice=cast.practice, is_open=True, read_by="Mara", weekdays=[0], read_until=time(17)
    )
    answer = ask(cast)
    assert answer.status_code == 503
    assert b"nothing was kept" in answer.content


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 17, 9, 0), date(2026, 11, 17)),
        (datetime(2026, 11, 17, 16, 59), date(2026, 11, 17)),
        (datetime(2026, 11, 17, 17, 0), date(2026, 11, 18)),
        (datetime(2026, 11, 20, 18, 0), date(2026, 11, 23)),  # Friday evening
        (datetime(2026, 11, 21, 3, 0), date(2026, 11, 23)),  # Saturday night
    ],
)
def test_the_promised_day_is_the_next_day_of_reading(at, day):
    assert next_reading(at, weekdays=[0, 1, 2, 3, 4], until=time(17)) == day


def test_without_a_reading_day_nothing_is_promised():
    with pytest.raises(ValueError, match="at least one weekday"):
        next_reading(datetime(2026, 11, 17, 9), weekdays=[], until=time(17))


def test_the_promised_day_is_that_of_the_practices_clock(inbox):
    inbox.practice.time_zone = "Pacific/Auckland"
    inbox.practice.save()
    inbox.desk.refresh_from_db()
    row = arrives(inbox, at=datetime(2026, 11, 16, 20, tzinfo=UTC))  # Tuesday 09:00 in Auckland
    assert row.due_on == date(2026, 11, 17)


def test_the_list_says_what_waits_beyond_its_day(inbox):
    arrives(inbox, at=datetime.now(UTC) - timedelta(days=10))
    page = inbox.ana.browser().get(reverse("intake:inbox")).content.decode()
    assert "to be read by" in page
    assert "Delphine" in page


def test_the_list_takes_few_queries(inbox, django_assert_max_num_queries):
    for n in range(20):
        arrives(inbox, f"token {n}")
    browser = inbox.ana.browser()
    with django_assert_max_num_queries(12):
        browser.get(reverse("intake:inbox"))


def test_who_holds_no_key_of_the_inbox_is_told_so(inbox):
    arrives(inbox)
    page = inbox.eve.browser().get(reverse("intake:inbox")).content.decode()
    assert "do not open the practice" in page
    assert "Delphine" not in page


def test_an_inquiry_of_another_practice_is_not_there(inbox):
    row = arrives(inbox)
    assert inbox.dov.browser().get(reverse("intake:inquiry", args=[row.id])).status_code == 404


def test_a_supervisor_and_a_client_do_not_reach_the_inbox(inbox):
    row = arrives(inbox)
    for actor in (inbox.ben, inbox.cleo, inbox.rui):
        assert actor.browser().get(reverse("intake:inquiry", args=[row.id])).status_code == 404


def test_a_step_is_written_down_and_moves_the_inquiry(inbox):
    row = arrives(inbox)
    browser = inbox.mara.browser()
    url = reverse("intake:inquiry", args=[row.id])
    browser.post(url, {"words": "Telephoned, no answer.", "state": "calling", "version": 1})
    row.refresh_from_db()
    assert row.state == "calling"
    with opened(inbox.ana.unlocked):
        assert InquiryStep.objects.get().words == "Telephoned, no answer."


def test_two_people_at_one_inquiry_get_a_conflict_and_lose_nothing(inbox):
    row = arrives(inbox)
    url = reverse("intake:inquiry", args=[row.id])
    inbox.mara.browser().post(url, {"words": "Telephoned.", "state": "calling", "version": 1})
    answer = inbox.ana.browser().post(url, {"words": "I wrote to her.", "state": "offered", "version": 1})
    assert answer.status_code == 409
    assert b"I wrote to her." in answer.content
    assert b"Telephoned." in answer.content
    assert InquiryStep.objects.count() == 1


def test_a_referral_keeps_its_letter(inbox):
    row = arrives(inbox)
    browser = inbox.ana.browser()
    url = reverse("intake:refer", args=[row.id])
    assert "Dear Delphine" in browser.get(url).content.decode()
    browser.post(url, {"where": "The hospital", "letter": "Dear Delphine, ...", "version": 1})
    row.refresh_from_db()
    assert row.state == "referred"


def test_meeting_someone_opens_their_pages_with_what_they_wrote(inbox):
    row = arrives(inbox)
    answer = inbox.ana.browser().post(reverse("intake:become", args=[row.id]))
    client = Client.objects.get(id=Inquiry.objects.get().client_id)
    assert answer.url == reverse("intake:consultation", args=[client.id])
    with opened(inbox.ana.unlocked):
        assert client.name == "Delphine"
        assert Consultation.objects.get(client=client).asked_for["brings"].startswith("I leave")
    assert client.state == "consultation"


def test_what_was_written_once_is_not_asked_again(inbox):
    said = {"plan": "Harbor Mutual", "self_pay": True, "times": ["evening"], "times_said": "not on Fridays"}
    said |= {
        "formats": ["brief"],
        "places": ["video"],
        "problems": ["work"],
        "step_free": True,
        "hopes": "to stay",
    }
    row = arrives(inbox, **said)
    browser = inbox.ana.browser()
    page = browser.get(browser.post(reverse("intake:become", args=[row.id])).url).content.decode()
    for words in (
        "Harbor Mutual",
        "in the evening",
        "not on Fridays",
        "a brief therapy",
        "by video",
        "work, study",
        "to stay",
    ):
        assert words in page
    assert "I would pay myself" in page
    client = Inquiry.objects.get().client_id
    Practice.objects.filter(pk=inbox.practice.pk).update(country="US")
    assert (
        'value="Harbor Mutual"' in browser.get(reverse("coverage:add_plan", args=[client])).content.decode()
    )


def test_an_inquiry_becomes_a_client_once(inbox):
    row = arrives(inbox)
    with opened(inbox.ana.unlocked):
        actions.become_client(inquiry=row, words=WORDS, by=inbox.ana.person)
        with pytest.raises(Changed):
            actions.become_client(inquiry=row, words=WORDS, by=inbox.ana.person)
    assert Client.objects.filter(practice=inbox.practice).count() == 2


def test_a_manager_does_not_open_a_clients_pages(inbox):
    row = arrives(inbox)
    assert inbox.mara.browser().post(reverse("intake:become", args=[row.id])).status_code == 404


def test_a_client_beside_an_open_inquiry_is_refused_by_the_database(inbox):
    row = arrives(inbox)
    with pytest.raises(IntegrityError), transaction.atomic():
        Inquiry.objects.filter(pk=row.pk).update(client=inbox.client)


def test_a_desk_that_promises_nothing_does_not_open(inbox):
    with pytest.raises(CourseError, match="who reads"):
        actions.open_desk(by=inbox.mara.person, read_by="Mara", weekdays=[], read_until=time(17))


def test_a_clinician_without_the_office_does_not_change_what_the_form_promises(inbox):
    assert inbox.ana.browser().get(reverse("intake:desk")).status_code == 404


def test_a_match_says_what_fits_and_what_does_not_and_gives_no_figure():
    wishes = Wishes(languages=("Spanish",), times=("evening",), plan="Northlight", step_free=True)
    offer = Offer("Ana", languages=("English", "Spanish"), times=("morning",), step_free=None)
    found = match(wishes, offer)
    assert "speaks Spanish" in found.fits
    assert any("in the evening" in words for words in found.does_not)
    assert any("Northlight" in words for words in found.to_ask)
    assert "a way in without steps" in found.to_ask


def test_a_sentence_about_the_payer_is_no_plan_that_does_not_fit():
    written = "Does not know; has a card somewhere"
    found = match(Wishes(plan=written), Offer("Ana", plans=("Northlight",)))
    assert not any(written in words for words in (*found.fits, *found.does_not))
    assert f"payment: “{written}”" in found.to_ask
    assert not any(char.isdigit() for words in (*found.fits, *found.does_not) for char in words)


def test_matches_stand_in_the_order_of_names_whoever_fits_better():
    wishes = Wishes(languages=("Spanish",))
    rows = match_all(wishes, [Offer("Zoe", languages=("Spanish",)), Offer("Ana", languages=("Welsh",))])
    assert [one.name for one in rows] == ["Ana", "Zoe"]


def test_a_profile_is_shown_to_people_who_ask_only_when_its_clinician_says_so(inbox):
    with opened(inbox.ana.unlocked):
        actions.keep_profile(by=inbox.ana.person, about="Twenty years by the sea.", is_public=False)
    url = reverse("intake:people", args=[inbox.practice.id])
    assert b"by the sea" not in Browser().get(url).content
    actions.keep_profile(by=inbox.ana.person, is_public=True)
    assert b"by the sea" in Browser().get(url).content


def test_the_ways_of_working_stand_side_by_side_without_a_sign_in():
    page = Browser().get(reverse("intake:formats")).content.decode()
    for name in ("Brief psychodynamic therapy", "Psychoanalysis", "CBT and other structured therapies"):
        assert name in page
    assert "benefits grow after therapy" not in page


def test_every_crisis_number_names_its_source_and_none_is_a_treatment_provider():
    for country in crisis.countries():
        for line in crisis.crisis_lines(country):
            assert line.source
            assert line.href.startswith("tel:")
            assert any(char.isdigit() for char in line.number)
    assert crisis.review_due() > date(2026, 1, 1)


def test_the_numbers_are_those_of_the_country():
    assert [line.number for line in crisis.crisis_lines("us")] == ["988", "911"]
    assert "116 123" in [line.number for line in crisis.crisis_lines("GB")]
    assert "112" in [line.number for line in crisis.crisis_lines("DE")]
    assert crisis.crisis_lines("XX") == ()


def test_an_inquiry_leads_to_the_pages_of_its_client_where_one_may_open_them(inbox):
    row, ours, theirs = arrives(inbox), inbox.client, inbox.other
    leads = [(inbox.ana, ours, "consultation/"), (inbox.mara, ours, "about/"), (inbox.ana, theirs, None)]
    for actor, client, page in leads:
        Inquiry.objects.filter(id=row.id).update(client=client, state="client")
        said = actor.browser().get(f"/inquiries/{row.id}/").content.decode()
        assert (f"/clients/{client.id}/{page or ''}" in said) == (page is not None)
