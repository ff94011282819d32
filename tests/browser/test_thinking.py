"""Citing by mouse and by keyboard, and the pages of thinking with others, in a real browser."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.urls import reverse

from depthwork.practice.formulation import actions as formulation
from depthwork.practice.formulation.models import Citation
from depthwork.practice.sources.actions import write_note
from depthwork.practice.supervision import actions as supervision
from depthwork.practice.supervision.models import CodingSheet
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.vault.unlocked import opened
from tests import cast as people
from tests.browser.demo_site import needs_chromium
from tests.browser.walk import findings

append_only = import_module("depthwork.practice.audit.migrations.0002_append_only")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]
NOTE = "She swept round the chair.\n\nShe would like to be asked, though nobody asks."


@pytest.fixture
def room():
    """A course shared with a supervisor: two versions, an exercise with both sheets sealed, a pack, an agenda."""
    cast = people.everybody()
    ana = cast.ana.person
    with opened(cast.ana.unlocked):
        hour = cast.treatment.sessions.order_by("starts_at").first()
        cast.hour, cast.source = hour, write_note(session=hour, text=NOTE, by=ana)
        for purpose in ("supervision", "training"):
            answer_consent(client=cast.client, by=ana, purpose=purpose, is_yes=True, given_on=date.today())
        first = formulation.begin_version(treatment=cast.treatment, titles=["What returns", "Here"], by=ana)
        one = formulation.add_statement(
            formulation=first, section=first.sections[0]["key"], words="She wishes to be asked.", by=ana
        )
        formulation.keep_version(formulation=first, by=ana)
        cast.draft = formulation.begin_version(treatment=cast.treatment, titles=[], by=ana)
        cast.statement = cast.draft.statements.get(line=one.line)
        formulation.change_statement(
            statement=cast.statement, words="She wishes to be asked, and sweeps.", by=ana, version=1
        )
        cast.shared = supervision.invite(
            treatment=cast.treatment, supervisor=cast.ben.person, purpose="supervision", words="weekly",
            ends_on=date.today() + timedelta(days=30), by=ana,
        )  # fmt: skip
        supervision.comment(source=cast.source, start=0, end=9, words="And under it?", by=ana)
        supervision.add_to_agenda(supervision=cast.shared, words="The chair.", on=date.today(), by=ana)
        cast.exercise = supervision.ask_for_coding(source=cast.source, coders=[ana, cast.ben.person], by=ana)
        cast.pack = supervision.begin_pack(
            treatment=cast.treatment, choice={"audience": "the seminar", "hours": [str(hour.id)]},
            today=date.today(), by=ana,
        )  # fmt: skip
    for actor in (cast.ana, cast.ben):
        with opened(actor.unlocked):
            sheet = CodingSheet.objects.select_related("source", "exercise").get(
                exercise=cast.exercise, coder=actor.person
            )
            supervision.add_mark(
                sheet=sheet,
                start=0,
                end=26,
                construct="wish",
                code=_wish(),
                by=actor.person,
                version=sheet.version,
            )
            supervision.seal_sheet(sheet=sheet, read_whole=True, by=actor.person, version=sheet.version)
    return cast


def _wish() -> str:
    from depthwork.coding.shelf import codes_for

    return next(iter(codes_for("wish")))


@pytest.fixture
def open_as(chromium, live_server, room):
    """`open_as(actor, path)` gives a page, signed in and unlocked, that collects what goes wrong."""
    contexts = []

    def opened_page(actor: Any, path: str) -> Any:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=live_server.url)
        contexts.append(context)
        context.add_cookies(
            [
                {"name": c.key, "value": c.value, "url": live_server.url}
                for c in actor.browser().cookies.values()
            ]
        )
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda m: page.faults.append(m.text) if m.type == "error" else None)
        answer = page.goto(path)
        assert answer.status == 200, path
        return page

    yield opened_page
    for context in contexts:
        context.close()


def test_a_line_is_dragged_to_a_statement(open_as, room):
    page = open_as(room.ana, reverse("formulation:write", args=[room.draft.id]))
    field = page.locator(f"#w{room.statement.id}")
    field.focus()
    # Nobody has marked a line here: what is offered is the passage whose very words are being written.
    field.press("ControlOrMeta+a")
    field.press_sequentially("She swept round the chair.")
    line = page.locator("#offers [data-key-of^='passage:']").first
    line.wait_for()
    with page.expect_navigation():
        line.drag_to(page.locator(f"#s{room.statement.id}"))
    (row,) = Citation.objects.filter(statement=room.statement)
    assert row.kind == "passage"
    with opened(room.ana.unlocked):
        room.statement.refresh_from_db()
        assert room.statement.words.endswith("She swept round the chair.")  # what was being typed is kept
    assert page.faults == []


def test_a_line_is_cited_by_keyboard_alone(open_as, room):
    page = open_as(room.ana, reverse("formulation:write", args=[room.draft.id]))
    button = page.locator(f"#s{room.statement.id} button", has_text="cite a line")
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("#q").focus()
    # It holds the statement's words; Tab selects them, focus alone does not.
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("She swept round the chair.")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("[data-key-of^='passage:'] button", has_text="cite").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Citation.objects.filter(statement=room.statement, kind="passage").count() == 1
    assert page.faults == []


@pytest.mark.slow
def test_the_pages_of_thinking_with_others_are_sound(open_as, room):
    pages = [
        (room.ana, [
            reverse("formulation:write", args=[room.draft.id]),
            reverse("formulation:cite", args=[room.statement.id]),
            reverse("formulation:changes", args=[room.draft.id]),
            reverse("supervision:client", args=[room.client.id]),
            reverse("supervision:invite", args=[room.client.id]),
            reverse("supervision:pack", args=[room.pack.id]),
            reverse("supervision:new_pack", args=[room.client.id]),
            reverse("supervision:agreement", args=[room.exercise.id]),
            reverse("supervision:agenda"),
            reverse("casework:hour", args=[room.hour.id]),
            "/practice/forms/wai_sr/",
            "/watch/",
        ]),
        (room.ben, [
            reverse("casework:hour", args=[room.hour.id]),
            reverse("supervision:course", args=[room.shared.id]),
            reverse("supervision:agenda"),
            reverse("supervision:agreement", args=[room.exercise.id]),
        ]),
    ]  # fmt: skip
    faults: list[str] = []
    for actor, paths in pages:
        page = open_as(actor, paths[0])
        for path in paths:
            page.goto(path)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                faults += [f"{path} ({scheme}): {fault}" for fault in findings(page)]
            page.set_viewport_size({"width": 390, "height": 844})
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            faults += [f"{path}: {wide} px wider than a phone"] if wide > 0 else []
            page.set_viewport_size({"width": 1280, "height": 900})
        faults += page.faults
    assert not faults, "\n".join(faults)


def test_the_thread_of_the_fiction_shows_alliance_distress_a_sudden_gain_and_follow_ups(signed_in):
    """Beneath the beads of the brief therapy stand four things that belong together."""
    page = signed_in("colleague")
    page.goto("/caseload/")
    href = page.locator("a[href^='/clients/']", has_text="Graça").first.get_attribute("href")
    if href is None:
        pytest.fail("the brief therapy is not on the caseload")
    page.goto(href)
    picture = page.locator("figure.chart svg[role=img], figure.chart svg g[role=img]").first
    words = " ".join(picture.locator("text").all_text_contents())
    for said in ("Between us", "Distress", "sudden gain, hour 11 to 12", "months after"):
        assert said in words, said
    sentence = page.locator("figure.chart figcaption").first.inner_text()
    assert "Distress after the end: 5 at 3 months, 7 at 6 months and 4 at 12 months." in sentence
