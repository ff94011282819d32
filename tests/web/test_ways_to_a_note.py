"""From where a clinician stands to the note they want to write: every way is a link or a button."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest

from depthwork.practice.record import actions as record
from depthwork.practice.record.models import ProgressNote
from depthwork.practice.sources import actions as sources
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened
from tests import cast as people

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)
WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(30)


@pytest.fixture
def hours(cast):
    return list(
        Session.objects.select_related("client__practice", "treatment__client").filter(client=cast.client)
    )


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


def html(browser, url):
    page = browser.get(url, follow=True)
    assert page.status_code == 200
    return page.content.decode()


def hour_of_today(cast, status="planned", ago=timedelta(hours=1)):
    at = datetime.now(UTC) - ago
    with opened(cast.ana.unlocked):
        return Session.objects.create(
            client=cast.client, treatment=cast.treatment, clinician=cast.ana.person, day=datetime.now(UTC).date(),
            wall_time=at.time().replace(microsecond=0), zone="UTC", starts_at=at, status=status,
            number=4 if status == "held" else None,
        )  # fmt: skip


def missed(cast, status="missed_no_notice"):
    start = datetime(2026, 2, 3, 17, tzinfo=UTC)
    with opened(cast.ana.unlocked):
        return Session.objects.create(
            client=cast.client, treatment=cast.treatment, clinician=cast.ana.person, day=start.date(),
            wall_time=time(17), zone="Europe/London", starts_at=start, status=status,
        )  # fmt: skip


def progress(cast, hour, *, signed=False):
    with opened(cast.ana.unlocked):
        row = record.begin_progress_note(
            treatment=hour.treatment, session=hour, by=cast.ana.person, on=hour.day, state="Sleeps."
        )
        return record.sign_progress_note(note=row, by=cast.ana.person, version=1) if signed else row


def test_the_hour_leads_to_its_progress_note_before_and_after_it_is_written(cast, hours, browser):
    url = f"/hours/{hours[0].id}/progress-note/"
    assert f'href="{url}"' in html(browser, f"/hours/{hours[0].id}/")
    note = progress(cast, hours[0])
    page = html(browser, f"/hours/{hours[0].id}/")
    assert f'href="/progress-notes/{note.id}/"' in page
    assert f'href="{url}"' not in page


def test_the_record_lists_the_hours_without_a_note_and_no_others(cast, hours, browser):
    progress(cast, hours[0])
    page = html(browser, f"/clients/{cast.client.id}/record/")
    ways = set(re.findall(r'href="/hours/([\w-]+)/progress-note/"', page))
    assert ways == {str(hour.id) for hour in hours[1:]}


def test_a_record_of_years_shows_the_last_hours_without_a_note_and_folds_the_rest(cast, browser):
    other = people.client_of(cast.ana, "Ines Vale")
    people.treatment_of(cast.ana, other, hours=9, brief=None)
    page = html(browser, f"/clients/{other.id}/record/")
    assert (
        page.index("Hour 9")
        < page.index("Hour 5")
        < page.index("<summary>4 earlier hours")
        < page.index("Hour 4")
    )


def test_who_only_reads_the_record_is_offered_no_note_to_write(cast, browser):
    from depthwork.practice.policy.models import Involvement, Part
    from depthwork.practice.vault import actions as vault

    with opened(cast.ana.unlocked):
        for compartment in ("administration", "record"):
            vault.share(
                owner=cast.client.id, compartments=[compartment], reader=cast.ben.id, purpose="supervision"
            )
    Involvement.objects.create(
        person=cast.ben.person, practice=cast.practice.id, client=cast.client.id, part=Part.SUPERVISOR
    )
    assert "Hours without a note" not in html(cast.ben.browser(), f"/clients/{cast.client.id}/record/")


def test_today_leads_to_the_note_of_an_hour_that_has_begun(cast, browser):
    hour = hour_of_today(cast)
    assert f'href="/hours/{hour.id}/progress-note/"' in html(browser, f"/today/?day={hour.day}")


def test_today_says_how_far_a_note_is(cast, browser):
    hour = hour_of_today(cast, "held")
    note = progress(cast, hour)
    assert "(not signed yet)" in html(browser, f"/today/?day={hour.day}")
    with opened(cast.ana.unlocked):
        record.sign_progress_note(note=note, by=cast.ana.person, version=1)
    assert "(signed)" in html(browser, f"/today/?day={hour.day}")


def test_an_hour_to_come_has_no_note_yet(cast, browser):
    hour = hour_of_today(cast, ago=-timedelta(minutes=5))
    assert f'href="/hours/{hour.id}/progress-note/"' not in html(browser, f"/today/?day={hour.day}")


def test_a_note_of_an_hour_nobody_spoke_of_asks_first_and_then_opens(cast, browser):
    hour = hour_of_today(cast)
    asked = browser.get(f"/hours/{hour.id}/progress-note/")
    assert asked["Location"] == f"/hours/{hour.id}/attendance/?then=note"
    said = browser.post(asked["Location"], {"status": "held", "late_minutes": "0", "version": "1"})
    assert said["Location"] == f"/hours/{hour.id}/progress-note/"


def test_after_the_hour_leads_on_to_the_progress_note(cast, browser):
    hour = hour_of_today(cast)
    page = html(browser, f"/hours/{hour.id}/after/")
    assert 'name="and_note"' in page
    sent = {"status": "held", "words": "The key.", "version": "1", "and_note": "yes"}
    assert browser.post(f"/hours/{hour.id}/after/", sent)["Location"] == f"/hours/{hour.id}/progress-note/"
    note = ProgressNote.objects.filter(session=hour)
    assert not note.exists()
    note = progress(cast, Session.objects.select_related("client", "treatment__client").get(pk=hour.pk))
    assert f'href="/progress-notes/{note.id}/"' in html(browser, f"/hours/{hour.id}/after/")


def test_each_thing_kept_of_an_hour_is_one_click_from_it(cast, hours, browser):
    with opened(cast.ana.unlocked):
        made = [
            sources.keep_note(session=hours[0], by=cast.ana.person, kind=kind, text="Two words.")
            for kind in (Source.Kind.PROCESS_NOTE, Source.Kind.COUNTERTRANSFERENCE, Source.Kind.DREAM)
        ]
        gone = sources.write_note(session=hours[0], by=cast.ana.person, text="To burn.")
        sources.burn_source(source=gone, by=cast.ana.person)
    page = html(browser, f"/hours/{hours[0].id}/")
    for one in made:
        assert f'href="/sources/{one.id}/"' in page
        assert f'href="/sources/{one.id}/edit/"' in page
        assert f'href="/sources/{one.id}/burn/"' in html(browser, f"/sources/{one.id}/")
    assert f'href="/sources/{gone.id}/"' in page
    assert f'href="/sources/{gone.id}/edit/"' not in page


def test_an_own_note_is_listed_for_its_writer_alone(cast, hours):
    from depthwork.practice.sources.queries import standing_of_hour

    with opened(cast.ana.unlocked):
        own = sources.keep_note(
            session=hours[0], by=cast.ana.person, kind=Source.Kind.COUNTERTRANSFERENCE, text="Mine."
        )
        assert standing_of_hour(hours[0], cast.ana.person) == [own]
        assert standing_of_hour(hours[0], cast.eve.person) == []


@pytest.mark.parametrize(
    ("file", "type", "words", "tag"),
    [
        (PNG, "image/png", "", "<img"),
        (PNG, "image/png", "It is ours.", "<img"),
        (WAV, "audio/wav", "", "<audio"),
    ],
)
def test_a_thing_is_seen_on_the_page_of_its_hour(cast, hours, browser, file, type, words, tag):
    with opened(cast.ana.unlocked):
        thing = sources.add_material(
            session=hours[0], file=file, words=words, about={"type": type, "ending": "x", "described": "A house"},
            by=cast.ana.person,
        )  # fmt: skip
    page = html(browser, f"/hours/{hours[0].id}/")
    assert page.count(tag) == 1
    assert f'src="/sources/{thing.id}/file/"' in page
    with opened(cast.ana.unlocked):
        sources.write_note(session=hours[0], by=cast.ana.person, text="A drawing.")
    page = html(browser, f"/hours/{hours[0].id}/")
    assert page.count(tag) == 1
    assert f'href="?source={thing.id}"' in page


def test_a_hint_is_seen_after_keeping_and_moves_with_one_click(cast, hours, browser):
    kept = browser.post(f"/hours/{hours[0].id}/note/", {"text": "The key. Takes sertraline since March."})
    page = html(browser, kept["Location"])
    assert "One line may belong in the record" in page
    [form] = re.findall(r'<form method="post" action="(/sources/[\w-]+/move/)">(.*?)</form>', page, re.S)
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1]))
    moved = browser.post(form[0], sent)
    assert moved["Location"] == f"/hours/{hours[0].id}/"
    page = html(browser, moved["Location"])
    assert "Moved to the record" in page
    assert "may belong in the record rather" not in page
    with opened(cast.ana.unlocked):
        assert "sertraline" in ProgressNote.objects.get(session=hours[0]).medication


def test_a_dream_that_is_kept_is_written_on_and_another_can_be_begun(cast, hours, browser):
    browser.post(f"/hours/{hours[0].id}/dream/", {"text": "A house without doors."})
    dream = Source.objects.get(kind="dream")
    page = html(browser, f"/hours/{hours[0].id}/dream/")
    assert f'href="/sources/{dream.id}/edit/"' in page
    sent = {"text": "A house without doors.", "later": "The doors were in hour 3.", "base": "1"}
    browser.post(f"/sources/{dream.id}/edit/", sent)
    page = html(browser, f"/clients/{cast.client.id}/dreams/")
    assert "The doors were in hour 3." in page
    assert f'href="/sources/{dream.id}/"' in page


@pytest.mark.parametrize(
    "status", ["missed_no_notice", "missed_notice", "cancelled_by_client", "cancelled_by_clinician"]
)
def test_a_missed_or_cancelled_hour_is_a_link_wherever_hours_stand(cast, browser, status):
    hour = missed(cast, status)
    url = f"/hours/{hour.id}/"
    thread = html(browser, f"/clients/{cast.client.id}/")
    picture, words = thread.split('class="plain hour-list"')
    assert f'href="{url}"' in picture
    assert f'href="{url}"' in words
    assert f'href="{url}"' in html(browser, f"/clients/{cast.client.id}/kept-lines/")
    page = html(browser, url)
    assert f'href="{url}progress-note/"' in page
    assert 'id="note"' in page
