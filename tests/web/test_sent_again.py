"""What was typed in the window that came second: it is shown beside what stands, and can be sent again."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse

from depthwork.practice.casework import actions as casework
from depthwork.practice.casework.bridge import mark_of
from depthwork.practice.casework.errors import MarkError
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.casework.queries import marks_of_source
from depthwork.practice.intake import actions as intake
from depthwork.practice.intake.models import Consultation, InquiryStep
from depthwork.practice.sources import actions as sources
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import version_of
from depthwork.practice.tracking.models import Schedule
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened
from tests.casework import hour_with_words, note_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        cast.hour = Session.objects.get(client=cast.client, number=3)
        yield cast


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


def field(html, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', html) or re.search(
        rf'value="([^"]*)"[^>]*name="{name}"', html
    )
    return found[1]


# A form that lost a race ---------------------------------------------------------------------------------


def consultation(cast):
    intake.begin_consultation(client=cast.client, by=cast.ana.person)
    return Consultation


def inquiry(cast):
    vault.make_keys(
        organisation=cast.practice.id,
        owner=cast.practice.id,
        readers={"administration": {cast.mara.id}},
        purpose="office",
    )
    desk = intake.open_desk(
        by=cast.mara.person, read_by="Mara", weekdays=[0, 1, 2, 3, 4], read_until=time(17)
    )
    words = {"name": "Delphine", "phone": "555-0185", "brings": "Work."}
    return intake.receive_inquiry(
        desk=desk, token="one", words=words, at=datetime(2026, 11, 17, 9, tzinfo=UTC)
    )


def of_client(name):
    return lambda cast: reverse(name, args=[cast.client.id])


def of_hour(name):
    return lambda cast: reverse(name, args=[cast.hour.id])


def refer(cast):
    return reverse("intake:refer", args=[inquiry(cast).id])


def consulted(name):
    def path(cast):
        consultation(cast)
        return reverse(f"intake:{name}", args=[cast.client.id])

    return path


RACES = {
    "attendance": (of_hour("treatments:attendance"), {"status": "missed_notice"},
                   {"status": "held", "late_minutes": "7"}, "missed, with notice", 'value="7"',
                   lambda cast: Session.objects.get(pk=cast.hour.pk).late_minutes == 7),
    "after the hour": (of_hour("formulation:after"), {"status": "held", "line": "Theirs stands."},
                       {"status": "held", "line": "Mine, later."}, "Theirs stands.", "Mine, later.",
                       lambda cast: Session.objects.get(pk=cast.hour.pk).kept_line == "Mine, later."),
    "facts": (consulted("facts"), {"reading_phq9_total": "11"}, {"reading_phq9_total": "13"}, ">11<", 'value="13"',
              lambda cast: Consultation.objects.get().readings["phq9_total"] == 13),
    "preferences": (consulted("preferences"), {"talk": "By day."}, {"talk": "By night."}, "By day.", "By night.",
                    lambda cast: Consultation.objects.get().preferences["talk"] == "By night."),
    "notes": (consulted("notes"), {"question_1": "Who?", "answer_1": "An aunt."},
              {"question_1": "Who?", "answer_1": "A cousin."}, "An aunt.", "A cousin.",
              lambda cast: Consultation.objects.get().notes[0]["answer"] == "A cousin."),
    "schedule": (of_client("tracking:schedule"), {"when_phq9": "every_4"}, {"when_phq9": "every_12"}, '<dd class="lines">every four hours</dd>', "every_12",
                 lambda cast: [one["when"] for one in Schedule.objects.get().lines] == ["every_12"]),
    "refer": (refer, {"where": "Harbour", "letter": "Theirs."}, {"where": "The mill", "letter": "Mine."}, "Harbour", "The mill",
              lambda cast: InquiryStep.objects.count() == 2),
}  # fmt: skip


@pytest.mark.parametrize("race", RACES)
def test_what_lost_a_race_stands_beside_the_other_and_is_kept_when_sent_again(ana, browser, race):
    path, first, second, theirs, mine, is_kept = RACES[race]
    path = path(ana)
    sent = {"version": field(browser.get(path).content.decode(), "version")}
    assert browser.post(path, sent | first).status_code == 302
    page = browser.post(path, sent | second)
    html = page.content.decode()
    assert page.status_code == 409
    assert theirs in html
    assert mine in html
    assert not is_kept(ana)
    assert browser.post(path, second | {"version": field(html, "version")}).status_code == 302
    assert is_kept(ana)


def test_a_decision_that_lost_a_race_can_be_sent_again(ana, browser):
    consultation(ana)
    path = reverse("intake:decide", args=[ana.client.id])
    browser.post(reverse("intake:preferences", args=[ana.client.id]), {"talk": "By day.", "version": 1})
    sent = {"decision": "Weekly, from May.", "version": 1}
    page = browser.post(path, sent)
    assert page.status_code == 409
    html = page.content.decode()
    assert "Weekly, from May." in html
    assert browser.post(path, sent | {"version": field(html, "version")}).status_code == 302
    assert Consultation.objects.get().decision == "Weekly, from May."


def test_a_decision_that_came_second_is_shown_to_be_copied(ana, browser):
    consultation(ana)
    path = reverse("intake:decide", args=[ana.client.id])
    assert browser.post(path, {"decision": "Weekly.", "version": 1}).status_code == 302
    page = browser.post(path, {"decision": "Twice a week.", "reasons": "She asked.", "version": 1})
    html = page.content.decode()
    assert page.status_code == 409
    assert "Twice a week." in html
    assert "She asked." in html
    assert Consultation.objects.get().decision == "Weekly."


def test_words_sent_to_a_consultation_decided_meanwhile_are_not_lost(ana, browser):
    consultation(ana)
    browser.post(reverse("intake:decide", args=[ana.client.id]), {"decision": "Weekly.", "version": 1})
    path = reverse("intake:preferences", args=[ana.client.id])
    html = browser.post(path, {"talk": "By day.", "version": 1}).content.decode()
    assert "By day." in html
    assert "this consultation is decided" in html
    assert browser.get(path).status_code == 404


# The minute after the hour -------------------------------------------------------------------------------


def test_a_window_opened_before_does_not_erase_what_was_left_after_the_hour(ana, browser):
    path = reverse("formulation:after", args=[ana.hour.id])
    first = {"status": "held", "version": ana.hour.version, "line": "She stayed.", "feeling_bored": "3",
             "question": "Whose haste?", "last_words": "Until Tuesday."}  # fmt: skip
    assert browser.post(path, first).status_code == 302
    page = browser.post(path, {"status": "held", "version": ana.hour.version, "words": "two words"})
    html = page.content.decode()
    assert page.status_code == 409
    for words in ("She stayed.", "Whose haste?", "Until Tuesday.", "bored 3", "two words"):
        assert words in html
    row = Session.objects.get(pk=ana.hour.pk)
    assert (row.kept_line, row.after["feelings"], row.last_words) == (
        "She stayed.",
        {"bored": 3},
        "Until Tuesday.",
    )
    assert not Source.objects.filter(session=row).exists()


def test_the_minute_after_the_hour_sent_twice_writes_one_note(ana, browser):
    path = reverse("formulation:after", args=[ana.hour.id])
    page = browser.get(path).content.decode()
    sent = {"status": "held", "version": field(page, "version"), "once": field(page, "once"),
            "words": "two words", "line": "She stayed."}  # fmt: skip
    for _ in range(2):
        assert browser.post(path, sent).status_code == 302
    assert Source.objects.filter(session=ana.hour, kind="process_note").count() == 1
    other = browser.post(path, sent | {"words": "other words"})
    assert other.status_code == 409
    again = sent | {"words": "other words", "version": field(other.content.decode(), "version")}
    assert browser.post(path, again).status_code == 302
    assert Source.objects.filter(session=ana.hour, kind="process_note").count() == 2


def test_an_hour_marked_held_twice_by_a_double_click_is_no_conflict(ana, browser):
    Session.objects.filter(pk=ana.hour.pk).update(status="missed_notice", number=None)
    path = reverse("formulation:after", args=[ana.hour.id])
    sent = {"status": "held", "version": ana.hour.version, "line": "She stayed."}
    for _ in range(2):
        assert browser.post(path, sent).status_code == 302


def test_the_times_of_an_hour_stay_when_its_minute_after_says_who_was_late(ana, browser):
    started = ana.hour.starts_at + timedelta(minutes=4)
    Session.objects.filter(pk=ana.hour.pk).update(
        started_at=started, stopped_at=started + timedelta(minutes=50)
    )
    path = reverse("formulation:after", args=[ana.hour.id])
    sent = {"status": "held", "version": ana.hour.version, "late_minutes": "4"}
    assert browser.post(path, sent).status_code == 302
    row = Session.objects.get(pk=ana.hour.pk)
    assert (row.late_minutes, row.started_at) == (4, started)
    assert row.stopped_at is not None


def test_a_line_written_on_the_hour_does_not_take_the_place_of_another(ana, browser):
    path = reverse("casework:line", args=[ana.hour.id])
    Session.objects.filter(pk=ana.hour.pk).update(kept_line=None)
    browser.post(path, {"line": "Theirs."})
    page = browser.post(path, {"line": "Mine."})
    html = page.content.decode()
    assert page.status_code == 409
    assert "Theirs." in html
    assert "Mine.</textarea>" in html
    browser.post(path, {"line": "Mine.", "version": field(html, "version")})
    assert Session.objects.get(pk=ana.hour.pk).kept_line == "Mine."


# What a client is called, and how to reach them -----------------------------------------------------------


def test_a_contact_can_be_emptied_and_the_rest_stays(ana, browser):
    ana.client.contact = {
        "phone": "555-0100",
        "email": "cleo@example.org",
        "wishes": "after six",
        "emergency": {"name": "Jo", "phone": "555-0111"},
    }
    ana.client.details = {"born": 1990, "pronouns": "she/her", "work": "baker"}
    ana.client.save()
    path = f"/clients/{ana.client.id}/about/edit/"
    html = browser.get(path).content.decode()
    sent = {"name": "Cleo Marsh", "called": "Cleo", "version": field(html, "version"), "born": "", "pronouns": "",
            "phone": "", "email": "", "address": "", "emergency": field(html, "emergency")}  # fmt: skip
    assert browser.post(path, sent).status_code == 302
    row = Client.objects.get(pk=ana.client.pk)
    assert row.details == {"work": "baker"}
    assert row.contact == {"wishes": "after six", "emergency": {"name": "Jo", "phone": "555-0111"}}
    sent |= {"emergency": "", "version": row.version}
    assert browser.post(path, sent).status_code == 302
    assert Client.objects.get(pk=ana.client.pk).contact == {"wishes": "after six"}
    part = {"name": "Cleo Marsh", "version": row.version + 1, "phone": "555-0100"}
    assert browser.post(path, part).status_code == 302
    row = Client.objects.get(pk=ana.client.pk)
    assert row.contact == {"wishes": "after six", "phone": "555-0100"}
    assert browser.post(path, {"name": "Cleo Marsh", "version": row.version}).status_code == 302
    assert Client.objects.get(pk=ana.client.pk).contact["phone"] == "555-0100"


# Marks stay on their words ---------------------------------------------------------------------------------


def an_interpretation(cast):
    source = note_of(cast.ana, cast.client, "She was late.\n\nI said that she tests whether I wait.")
    start = version_of(source).text.index("she tests")
    row = casework.make_mark(
        source=source,
        by=cast.ana.person,
        start=start,
        end=start + len("she tests whether I wait"),
        construct="intervention",
        code="interpretation_transference",
    )
    return source, row


def test_what_became_of_an_interpretation_stays_with_its_words_in_a_changed_text(ana):
    source, row = an_interpretation(ana)
    text = "A paragraph on top.\n\nShe was late.\n\nI said that she tests whether I wait."
    sources.change_source(source=source, by=ana.ana.person, version=1, text=text)
    row = MarkRow.objects.select_related("source").get(pk=row.pk)
    casework.say_what_became(mark=row, by=ana.ana.person, version=1, became="taken_further")
    mark = mark_of(MarkRow.objects.get(pk=row.pk))
    assert mark.quote == "she tests whether I wait"
    assert mark.anchor[0].endswith("I said that ")
    casework.undo(source=source, by=ana.ana.person, act="edited", what=row.pk)
    back = MarkRow.objects.get(pk=row.pk)
    assert (back.source_version, back.status) == (1, "confirmed")
    assert mark_of(back).quote == "she tests whether I wait"
    assert "became" not in mark_of(back).attributes


def test_a_mark_whose_words_are_gone_is_not_put_on_others(ana):
    source, row = an_interpretation(ana)
    sources.change_source(
        source=source, by=ana.ana.person, version=1, text="Something quite different was said today."
    )
    row = MarkRow.objects.select_related("source").get(pk=row.pk)
    with pytest.raises(MarkError, match="no longer stand"):
        casework.say_what_became(mark=row, by=ana.ana.person, version=1, became="taken_further")
    assert mark_of(MarkRow.objects.get(pk=row.pk)).quote == "she tests whether I wait"


def test_undo_gives_an_accepted_cue_its_status_back(ana):
    source, row = an_interpretation(ana)
    MarkRow.objects.filter(pk=row.pk).update(status="confirmed")
    row = MarkRow.objects.select_related("source").get(pk=row.pk)
    row.body = {**row.body, "origin": "cue:known"}
    row.save(update_fields=["body"])
    casework.edit_mark(
        mark=row, by=ana.ana.person, version=1, construct="intervention", code="interpretation_transference"
    )
    assert MarkRow.objects.get(pk=row.pk).status == "edited"
    casework.undo(source=source, by=ana.ana.person, act="edited", what=row.pk)
    assert MarkRow.objects.get(pk=row.pk).status == "confirmed"


def test_words_selected_in_a_text_that_was_changed_meanwhile_are_asked_for_again(ana, browser):
    source = hour_with_words(ana.ana, ana.client)
    path = reverse("casework:make", args=[source.id])
    sent = {"start": 0, "end": 9, "construct": "wish", "code": "w_closeness"}
    page = browser.post(f"{path}?text=7", sent)
    assert page.status_code == 422
    assert "select the words once more" in page.content.decode()
    assert marks_of_source(source) == []
    assert browser.post(f"{path}?text=1", sent).status_code == 302
    html = browser.get(reverse("casework:hour", args=[source.session_id])).content.decode()
    assert "&amp;text=1" in html


def test_a_mark_changed_in_two_windows_can_be_sent_again(ana, browser):
    _source, row = an_interpretation(ana)
    sent = {"start": row.body["start"], "end": row.body["end"], "construct": "intervention", "version": 1}
    path = reverse("casework:edit", args=[row.id]) + "?text=1"
    assert browser.post(path, sent | {"code": "interpretation_genetic"}).status_code == 302
    page = browser.post(path, sent | {"code": "interpretation_other"})
    html = page.content.decode()
    assert page.status_code == 409
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))
    assert again["code"] == "interpretation_other"
    assert browser.post(path, again).status_code == 302
    assert MarkRow.objects.get(pk=row.pk).body["code"] == "interpretation_other"
