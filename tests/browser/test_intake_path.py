"""By keyboard alone, in a real browser: from an inquiry to the twelfth hour of a brief therapy to a follow-up.

Two addresses are typed: the form of whoever asks, and the door of whoever is asked. From there on every page is
reached by a link or a button, as a person would, so a page without a way to it fails the walk.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from depthwork.practice.intake import actions, forms
from depthwork.practice.intake.models import Consultation, Inquiry
from depthwork.practice.people.actions import set_passphrase
from depthwork.practice.record.models import ProgressNote
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.consents import allows
from depthwork.practice.treatments.models import Client, FollowUp, Session, Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened
from tests import cast as people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOURS = 12
PASSPHRASE = "seven lanterns under gravel"


@pytest.fixture
def site(live_server, monkeypatch):
    """A practice whose inbox and desk are open. The form need not be looked at for three seconds."""
    monkeypatch.setattr(forms, "TOO_SOON_SECONDS", -1)
    cache.clear()
    cast = people.everybody()
    with opened(cast.ana.unlocked):
        vault.make_keys(
            organisation=cast.practice.id,
            owner=cast.practice.id,
            readers={"administration": {cast.mara.id}},
            purpose="office",
        )
    actions.open_desk(by=cast.mara.person, read_by="Mara", weekdays=[0, 1, 2, 3, 4], read_until=time(17))
    cast.url = live_server.url
    with opened(cast.ana.unlocked):
        set_passphrase(person=cast.ana.person, passphrase=PASSPHRASE, unlocked=cast.ana.unlocked)
    return cast


@pytest.fixture
def page(chromium, site):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    sheet = context.new_page()
    sheet.faults = []
    sheet.on("pageerror", lambda error: sheet.faults.append(str(error)))
    sheet.on("console", lambda m: sheet.faults.append(m.text) if m.type == "error" else None)
    yield sheet
    assert sheet.faults == []
    context.close()


class Hands:
    """A person without a mouse."""

    def __init__(self, page):
        self.page = page

    def _here(self):
        return self.page.evaluate(
            "() => { const e = document.activeElement; return {name: e.name || '', value: e.value || '', "
            "type: e.type || '', text: (e.innerText || '').trim(), tag: e.tagName, inside: !!e.closest('main')} }"
        )

    def reach(self, wanted, limit=260):
        """Press Tab until `wanted` has the focus."""
        for _ in range(limit):
            if wanted(self._here()):
                return
            self.page.keyboard.press("Tab")
        words = self.page.locator("main").inner_text()[:400]
        raise AssertionError(f"the keyboard does not get there: {self.page.url} {words}")

    def write(self, name, text):
        self.reach(lambda e: e["name"] == name)
        kind = self._here()["type"]
        if kind in ("date", "time"):
            self.page.locator(f"[name={name}]").fill(text)  # its segments differ by locale
        else:
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(text)

    def choose(self, name, value):
        """A radio button by its arrows, or a list by its first letters."""
        self.reach(lambda e: e["name"] == name)
        here = self._here()
        if here["tag"] == "SELECT":
            for _ in range(12):
                if self._here()["value"] == value:
                    return
                self.page.keyboard.press("ArrowDown")
            raise AssertionError(f"{name} has no {value}")
        if here["type"] == "checkbox":
            self.reach(lambda e: e["name"] == name and e["value"] == value)
            self.page.keyboard.press("Space")
            return
        if not self.page.evaluate("() => document.activeElement.checked"):
            self.page.keyboard.press("Space")
        for _ in range(8):
            if self._here()["value"] == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} has no {value}")

    def press(self, words):
        """A link or button by what it says; waits for the next page."""
        self.reach(lambda e: e["tag"] in ("A", "BUTTON") and e["text"].startswith(words))
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press("Enter")

    def send(self):
        """The button that sends the form."""
        self.reach(lambda e: e["inside"] and e["tag"] == "BUTTON" and e["type"] == "submit")
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press("Enter")


def sign_in(page, site, actor):
    cookies = actor.browser().cookies.values()
    page.context.clear_cookies()
    page.context.add_cookies([{"name": c.key, "value": c.value, "url": site.url} for c in cookies])


def ask(page, site, hands):
    page.goto(site.url + reverse("intake:ask_at", args=[site.practice.id]))
    hands.write("name", "Delphine")
    hands.write("phone", "555-0185")
    hands.write("brings", "I leave good jobs in the eleventh month.")
    hands.press("Send")
    assert "It has arrived" in page.content()


def come_in(page, site, hands):
    page.goto(site.url + reverse("account_login"))
    hands.write("login", "ana@example.org")
    hands.write("password", PASSPHRASE)
    hands.press("Sign in")
    assert "/today/" in page.url


def meet(page, hands):
    hands.press("Inquiries")
    hands.press("Delphine")
    hands.press("Meet them")
    assert "I leave good jobs" in page.content()


def weigh(page, hands):
    hands.press("What is known")
    hands.choose("fact_recurring_pattern", "confirmed")
    hands.choose("fact_circumscribed_focus", "confirmed")
    hands.write("reading_core10_q6", "1")
    hands.press("Keep this")
    assert "Something returns" not in page.content()
    hands.write("how", "Asked in full. No plan, no means; a plan made together.")
    hands.press("I have seen to it")
    assert "Something returns" in page.content()
    hands.write("decision", "Brief therapy, twelve hours.")
    hands.press("Record what we decided")
    assert "Brief therapy, twelve hours." in page.content()


def consent(page, hands):
    hands.press("Ask for consent")
    hands.reach(lambda e: e["tag"] == "A" and e["text"].startswith("Ask") and "word for word" in e["text"])
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    hands.choose("answer", "no")
    hands.press("Write the answer down")
    assert re.search(r"<strong>No</strong>", page.content())


def begin(hands, first):
    hands.press("Client")
    hands.press("Begin a treatment")
    hands.write("starts_on", first.isoformat())
    hands.choose("format", "brief")
    hands.write("hours_agreed", str(HOURS))
    hands.write("focus", "why I leave in the eleventh month")
    hands.press("Begin, and agree the frame")
    hands.choose("day_1", str(first.weekday()))
    hands.write("time_1", "10:00")
    hands.send()
    hands.write("until", (first + timedelta(weeks=HOURS + 2)).isoformat())
    hands.send()


def hold(hands, hours):
    for _ in range(hours):
        hands.press("Frame")
        hands.press("what became of it")
        hands.choose("status", "held")
        hands.press("Keep this")


def write_both_notes(page, hands):
    """What is for the clinician alone, and what stands in the record, of the hour that was held last."""
    hands.press("Open hour 1")
    hands.write("text", "She counted the months on her fingers.")
    hands.press("Keep this note")
    assert "She counted the months on her fingers." in page.content()
    hands.press("Write its progress note")
    hands.write("state", "Sleeps five hours.")
    hands.press("Sign this note")
    assert "Signed by" in page.content()
    assert "Sleeps five hours." in page.content()


def end(hands, last):
    hands.press("Frame")
    hands.press("Agree a follow-up")
    hands.choose("months", "3")
    hands.choose("answer", "yes")
    hands.send()
    hands.press("End the treatment")
    hands.write("on", last.isoformat())
    hands.choose("planned", "yes")
    hands.send()


def come_back(page, hands):
    """Three months later: what came of it is asked by telephone and written down."""
    hands.press("what came back")
    hands.write("words", "In the twelfth month, and still there.")
    hands.press("Keep this")
    assert "In the twelfth month, and still there." in page.content()


def test_from_an_inquiry_to_the_twelfth_hour_to_a_follow_up(page, site):
    hands = Hands(page)
    today = date.today()
    first = today - timedelta(weeks=HOURS + 1)
    ask(page, site, hands)
    come_in(page, site, hands)
    meet(page, hands)
    weigh(page, hands)
    consent(page, hands)
    client = Client.objects.exclude(id__in=[site.client.id, site.other.id]).get()
    assert Inquiry.objects.get().client_id == client.id
    assert Consultation.objects.get(client=client).decided_by_id == site.ana.id
    assert not allows(client, "transcript")
    begin(hands, first)
    treatment = Treatment.objects.get(client=client)
    assert Session.objects.filter(treatment=treatment).count() == HOURS
    hold(hands, 1)
    write_both_notes(page, hands)
    hold(hands, HOURS - 1)
    assert list(
        Session.objects.filter(treatment=treatment).order_by("number").values_list("number", flat=True)
    ) == list(range(1, HOURS + 1))
    end(hands, first + timedelta(weeks=HOURS - 1))
    assert Treatment.objects.get(pk=treatment.pk).state == "ended"
    come_back(page, hands)
    hour = Session.objects.get(treatment=treatment, number=1)
    assert Source.objects.get(session=hour).kind == "process_note"
    assert ProgressNote.objects.get(session=hour).signed_by_id == site.ana.id
    asked = FollowUp.objects.get(treatment=treatment)
    assert (asked.months, asked.answer) == (3, "done")


def test_the_safety_plan_is_one_key_away_and_prints(page, site):
    with opened(site.ana.unlocked):
        actions.make_safety_plan(
            client=site.client,
            by=site.ana.person,
            parts={
                "warning_signs": ["Good news"],
                "people_to_ask": [{"name": "Paulette", "phone": "555-0132"}],
            },
            on=date(2026, 2, 1),
        )
    sign_in(page, site, site.ana)
    page.goto(site.url + reverse("treatments:frame", args=[site.client.id]))
    page.wait_for_load_state("networkidle")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("!")
    assert "Good news" in page.content()
    page.emulate_media(media="print")
    assert page.locator("text=Good news").is_visible()
    assert page.locator("text=Make it anew").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_form_and_the_ways_of_working_are_sound_at_every_width(chromium, site, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    sheet = context.new_page()
    for path in (reverse("intake:ask_at", args=[site.practice.id]), reverse("intake:formats")):
        sheet.goto(site.url + path)
        assert sheet.evaluate("document.documentElement.scrollWidth") <= width
        found = axe.Axe().run(sheet)
        serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
        assert [v["id"] for v in serious] == []
    context.close()
