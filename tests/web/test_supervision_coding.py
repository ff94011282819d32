"""Two coders on one hour: blind until both are sealed, then agreement, then what is settled together."""

from __future__ import annotations

import pytest
from django.urls import reverse

from depthwork.practice.supervision import actions
from depthwork.practice.supervision.actions.coding import take_own_marks
from depthwork.practice.supervision.models import CodingSheet
from depthwork.practice.supervision.queries import compared
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.vault.unlocked import opened
from tests.supervising import share, supervised, text_url, wishes

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast):
    return supervised(cast)


@pytest.fixture
def coding(room):
    room.row = share(room)
    with opened(room.ana.unlocked):
        room.exercise = actions.ask_for_coding(
            source=room.source, coders=[room.ana.person, room.ben.person], by=room.ana.person
        )
    room.first = CodingSheet.objects.get(exercise=room.exercise, coder=room.ana.person)
    room.second = CodingSheet.objects.get(exercise=room.exercise, coder=room.ben.person)
    return room


def test_a_blind_coder_sees_the_text_and_nothing_else_of_the_client(coding):
    browser = coding.ben.browser()
    page = browser.get(reverse("supervision:sheet", args=[coding.second.id]))
    assert page.status_code == 200
    assert "Hour 1" not in page.content.decode()
    closed = [text_url(coding.row, coding.source), reverse("supervision:course", args=[coding.row.id]),
              reverse("ui:thread", args=[coding.client.id]),
              reverse("supervision:sheet", args=[coding.first.id])]  # fmt: skip
    assert [browser.get(u).status_code for u in closed] == [404] * 4


def _mark(sheet, actor, start, end, code):
    with opened(actor.unlocked):
        row = CodingSheet.objects.select_related("source", "exercise").get(pk=sheet.pk)
        actions.add_mark(
            sheet=row, start=start, end=end, construct="wish", code=code, by=actor.person, version=row.version
        )


def _seal(sheet, actor):
    with opened(actor.unlocked):
        row = CodingSheet.objects.select_related("source", "exercise").get(pk=sheet.pk)
        return actions.seal_sheet(sheet=row, read_whole=True, by=actor.person, version=row.version)


def test_nothing_opens_before_both_are_sealed(coding):
    _mark(coding.second, coding.ben, 0, 8, wishes()[0])
    assert _seal(coding.second, coding.ben) is False
    browser = coding.ben.browser()
    assert browser.get(reverse("supervision:agreement", args=[coding.exercise.id])).status_code == 404
    assert browser.get(text_url(coding.row, coding.source)).status_code == 404
    assert _seal(coding.first, coding.ana) is True
    assert browser.get(reverse("supervision:agreement", args=[coding.exercise.id])).status_code == 200
    assert browser.get(text_url(coding.row, coding.source)).status_code == 200


def test_agreement_is_counted_from_the_sealed_sheets(coding):
    same, other = wishes()
    for sheet, actor, codes in (
        (coding.first, coding.ana, (same, same)),
        (coding.second, coding.ben, (same, other)),
    ):
        _mark(sheet, actor, 0, 8, codes[0])
        _mark(sheet, actor, 10, 20, codes[1])
        _seal(sheet, actor)
    with opened(coding.ana.unlocked):
        coding.exercise.refresh_from_db()
        told = compared(coding.exercise)[0].comparison.constructs["wish"]
    assert (told.units, told.percent, told.span_f1) == (2, 50.0, 1.0)


def test_a_sealed_sheet_does_not_change(coding):
    _seal(coding.first, coding.ana)
    with pytest.raises(Changed, match="sealed"):
        _mark(coding.first, coding.ana, 0, 8, wishes()[0])


def test_a_sheet_is_its_coders_own(coding):
    with opened(coding.ana.unlocked), pytest.raises(CourseError, match="somebody else"):
        actions.seal_sheet(sheet=coding.second, read_whole=True, by=coding.ana.person, version=1)


def test_a_sheet_set_aside_opens_the_client_again(coding):
    with opened(coding.ben.unlocked):
        actions.set_aside(sheet=coding.second, by=coding.ben.person, version=1)
    assert coding.ben.browser().get(text_url(coding.row, coding.source)).status_code == 200


def test_accepted_cues_do_not_enter_a_blind_sheet(coding):
    with opened(coding.ana.unlocked):
        assert take_own_marks(sheet=coding.first, by=coding.ana.person, version=1) == 0


def test_what_is_settled_is_a_consensus_beside_the_sheets(coding):
    code = wishes()[0]
    _mark(coding.first, coding.ana, 0, 8, code)
    _seal(coding.first, coding.ana)
    _seal(coding.second, coding.ben)
    with opened(coding.ana.unlocked):
        coding.exercise.refresh_from_db()
        mark = CodingSheet.objects.get(pk=coding.first.pk).marks[0]["id"]
        actions.settle(
            exercise=coding.exercise, chosen=[mark], by=coding.ana.person, version=1, is_finished=True
        )
        assert [m["origin"] for m in coding.exercise.consensus] == ["consensus"]
        with pytest.raises(Changed):
            actions.settle(exercise=coding.exercise, chosen=[], by=coding.ana.person, version=2)


def test_several_candidates_code_one_hour_and_each_pair_is_compared(room):
    coders = [room.ana, room.ben, room.eve]
    for candidate in coders[1:]:
        share(room, purpose="training", supervisor=candidate.person)
    with opened(room.ana.unlocked):
        exercise = actions.ask_for_coding(
            source=room.source, coders=[one.person for one in coders], by=room.ana.person
        )
    for n, actor in enumerate(coders):
        sheet = CodingSheet.objects.get(exercise=exercise, coder=actor.person)
        _mark(sheet, actor, 0, 8, wishes()[n % 2])
        assert _seal(sheet, actor) is (n == 2)
    with opened(room.ana.unlocked):
        exercise.refresh_from_db()
        told = {(one.a.coder.display_name, one.b.coder.display_name): one.comparison.constructs["wish"].percent
                for one in compared(exercise)}  # fmt: skip
    assert told == {("Ana", "Ben"): 0.0, ("Ana", "Eve"): 100.0, ("Ben", "Eve"): 0.0}
    assert room.eve.browser().get(reverse("supervision:agreement", args=[exercise.id])).status_code == 200


def test_who_came_for_training_sees_their_sheet_only(room):
    row = share(room, purpose="training")
    with opened(room.ana.unlocked):
        actions.ask_for_coding(
            source=room.source, coders=[room.ana.person, room.ben.person], by=room.ana.person
        )
    browser = room.ben.browser()
    sheet = CodingSheet.objects.get(coder=room.ben.person)
    assert browser.get(reverse("supervision:sheet", args=[sheet.id])).status_code == 200
    assert browser.get(text_url(row, room.source)).status_code == 404
    assert browser.get(reverse("supervision:course", args=[row.id])).status_code == 404


def test_a_text_that_is_not_shared_cannot_be_coded(room):
    with opened(room.ana.unlocked), pytest.raises(CourseError, match="share the course"):
        actions.ask_for_coding(
            source=room.source, coders=[room.ana.person, room.ben.person], by=room.ana.person
        )
