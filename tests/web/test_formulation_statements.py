"""A formulation: statements of a person, each with what it rests on, in versions that stand as they were kept."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from depthwork.coding import Mark, Span
from depthwork.practice.casework.bridge import body_of
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.formulation import actions
from depthwork.practice.formulation.differences import Stand, differences, in_words, pieces
from depthwork.practice.formulation.models import Citation, Formulation, Prediction, Statement
from depthwork.practice.formulation.offers import offers
from depthwork.practice.formulation.queries import page_of, stands_of
from depthwork.practice.sources.actions import burn_source, change_source, write_note
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db

NOTE = "She swept round the chair.\n\nShe would like to be asked, though nobody asks."


def _mark(source, start, end, quote, cast):
    mark = Mark(
        source_id=str(source.id), span=Span(start, end), turn=1, speaker="N", construct="wish", code="to_be_understood",
        origin=f"coder:{cast.ana.id}", status="confirmed", codebook_version="relationship@1", quote=quote,
        anchor=("", ""),
    )  # fmt: skip
    return MarkRow.objects.create(
        client=cast.client, treatment=cast.treatment, session=source.session, source=source,
        coder=cast.ana.person, body=body_of(mark),
    )  # fmt: skip


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        cast.session = cast.treatment.sessions.order_by("starts_at").first()
        cast.source = write_note(session=cast.session, text=NOTE, by=cast.ana.person)
        text = NOTE.replace("\n\n", "\n")
        at = text.index("She would like to be asked")
        cast.mark = _mark(cast.source, at, at + 26, "She would like to be asked", cast)
        cast.row = actions.begin_version(
            treatment=cast.treatment, titles=["What returns", "Here, with me"], by=cast.ana.person
        )
        cast.section = cast.row.sections[0]["key"]
        cast.statement = actions.add_statement(
            formulation=cast.row, section=cast.section, words="She wishes to be asked.", by=cast.ana.person
        )
        yield cast


def _only(ana):
    return page_of(ana.row).statements[0]


def test_a_statement_without_a_citation_is_bare(ana):
    assert _only(ana).standing == "bare"


def test_a_statement_marked_as_inference_is_not_bare(ana):
    actions.mark_inference(statement=ana.statement, is_inference=True, by=ana.ana.person, version=1)
    assert _only(ana).standing == "inference"


def test_a_cited_mark_holds_a_statement_up(ana):
    actions.cite(statement=ana.statement, key=f"mark:{ana.mark.id}", by=ana.ana.person)
    told = _only(ana)
    assert (told.standing, told.rests_on[0].quote, told.rests_on[0].by) == (
        "cited", "She would like to be asked", "Hour 1, turn 2",
    )  # fmt: skip


def test_the_same_line_is_cited_once(ana):
    for _ in range(3):
        actions.cite(statement=ana.statement, key=f"mark:{ana.mark.id}", by=ana.ana.person)
    assert Citation.objects.count() == 1


def test_a_rejected_mark_flags_its_statement(ana):
    actions.cite(statement=ana.statement, key=f"mark:{ana.mark.id}", by=ana.ana.person)
    MarkRow.objects.filter(id=ana.mark.id).update(status="rejected")
    told = _only(ana)
    assert (told.standing, told.is_bare, told.lost[0].state) == ("flagged", True, "rejected")


def test_a_removed_mark_flags_its_statement(ana):
    actions.cite(statement=ana.statement, key=f"mark:{ana.mark.id}", by=ana.ana.person)
    ana.mark.delete()
    assert _only(ana).lost[0].state == "removed"


def test_a_mark_whose_words_left_the_text_flags_its_statement(ana):
    actions.cite(statement=ana.statement, key=f"mark:{ana.mark.id}", by=ana.ana.person)
    change_source(
        source=ana.source, by=ana.ana.person, version=1, turns=[["N", "Nothing of it.", None, None]]
    )
    assert _only(ana).lost[0].state == "detached"


def test_a_mark_whose_words_only_moved_still_holds(ana):
    actions.cite(statement=ana.statement, key=f"mark:{ana.mark.id}", by=ana.ana.person)
    turns = [["N", "A line before it all.", None, None], *[["N", t, None, None] for t in NOTE.split("\n\n")]]
    change_source(source=ana.source, by=ana.ana.person, version=1, turns=turns)
    assert _only(ana).standing == "cited"


def test_a_burned_source_takes_its_quotation_with_it(ana):
    actions.cite(statement=ana.statement, key=f"mark:{ana.mark.id}", by=ana.ana.person)
    burn_source(source=ana.source, by=ana.ana.person)
    told = _only(ana)
    assert (told.lost[0].state, told.lost[0].quote) == ("burned", "")


def test_the_next_version_can_be_begun_after_a_cited_source_was_burned(ana):
    actions.cite(statement=ana.statement, key=f"mark:{ana.mark.id}", by=ana.ana.person)
    actions.keep_version(formulation=ana.row, by=ana.ana.person)
    burn_source(source=ana.source, by=ana.ana.person)
    second = actions.begin_version(treatment=ana.treatment, titles=[], by=ana.ana.person)
    assert page_of(second).statements[0].lost[0].state == "burned"


def test_a_passage_nobody_marked_can_be_cited_by_its_very_words(ana):
    found = offers(ana.treatment, words="She swept round the chair.")
    assert found[0].key.startswith("passage:") or found[1].key.startswith("passage:")
    key = next(o.key for o in found if o.key.startswith("passage:"))
    actions.cite(statement=ana.statement, key=key, by=ana.ana.person)
    assert _only(ana).rests_on[0].quote == "She swept round the chair."


def test_what_speaks_against_a_statement_does_not_hold_it_up(ana):
    actions.cite(statement=ana.statement, key=f"mark:{ana.mark.id}", by=ana.ana.person, is_against=True)
    told = _only(ana)
    assert (told.standing, len(told.against)) == ("bare", 1)


def test_an_hour_can_be_cited_by_its_date(ana):
    actions.cite(statement=ana.statement, key=f"session:{ana.session.id}", by=ana.ana.person)
    assert _only(ana).rests_on[0].by == "Hour 1"


@pytest.mark.parametrize(
    "key", ["", "mark:", "mark:nonsense", "mark:00000000-0000-4000-8000-000000000001", "passage:x:1", "cue:1"]
)
def test_a_citation_of_nothing_is_refused_in_words(ana, key):
    with pytest.raises(CourseError, match="not there any more"):
        actions.cite(statement=ana.statement, key=key, by=ana.ana.person)


def test_a_mark_of_another_client_cannot_be_cited(ana):
    with opened(ana.dov.unlocked):
        source = write_note(
            session=ana.other_treatment.sessions.first(), text="Elsewhere.", by=ana.dov.person
        )
        key = f"passage:{source.id}:0:9"
    with opened(ana.ana.unlocked), pytest.raises(CourseError):
        actions.cite(statement=ana.statement, key=key, by=ana.ana.person)


def test_offers_follow_the_words_being_written(ana):
    assert [o.key for o in offers(ana.treatment, words="asked by anyone", kind="lines")] == [
        f"mark:{ana.mark.id}"
    ]
    assert offers(ana.treatment, words="zebra", kind="lines") == []


def test_a_kept_version_is_not_changed(ana):
    actions.keep_version(formulation=ana.row, by=ana.ana.person)
    with pytest.raises(CourseError, match="stands as it was signed"):
        actions.change_statement(statement=ana.statement, words="otherwise", by=ana.ana.person, version=1)
    with pytest.raises(CourseError, match="stands as it was signed"):
        actions.cite(statement=ana.statement, key=f"mark:{ana.mark.id}", by=ana.ana.person)
    assert page_of(ana.row).statements[0].words == "She wishes to be asked."


def test_an_empty_version_is_not_kept(ana):
    actions.strike_out(statement=ana.statement, by=ana.ana.person, version=1)
    with pytest.raises(CourseError, match="no statement"):
        actions.keep_version(formulation=ana.row, by=ana.ana.person)


def test_only_one_version_is_written_at_a_time(ana):
    with pytest.raises(CourseError, match="being written"):
        actions.begin_version(treatment=ana.treatment, titles=["x"], by=ana.ana.person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Formulation.objects.create(client=ana.client, treatment=ana.treatment, number=9)


def test_a_kept_version_has_a_keeper_in_the_database(ana):
    from django.utils import timezone

    with pytest.raises(IntegrityError), transaction.atomic():
        Formulation.objects.filter(id=ana.row.id).update(kept_at=timezone.now())


def test_a_line_stands_once_in_a_version(ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.create(client=ana.client, formulation=ana.row, line=ana.statement.line)


def test_a_cited_date_has_a_day_in_the_database(ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        Citation.objects.create(client=ana.client, statement=ana.statement, kind="date")


def test_a_cited_score_has_its_form_in_the_database(ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        Citation.objects.create(client=ana.client, statement=ana.statement, kind="measure")


def test_versions_differ_by_statement(ana):
    actions.keep_version(formulation=ana.row, by=ana.ana.person)
    second = actions.begin_version(treatment=ana.treatment, titles=[], by=ana.ana.person)
    carried = Statement.objects.get(formulation=second)
    actions.change_statement(
        statement=carried, words="She wishes to be asked twice.", by=ana.ana.person, version=1
    )
    actions.add_statement(formulation=second, section=ana.section, words="And answers.", by=ana.ana.person)
    found = differences(stands_of(ana.row), stands_of(second))
    assert [d.change for d in found] == ["rewritten", "added"]
    assert in_words(found) == "one rewritten, one added"


def test_carried_citations_are_no_difference(ana):
    actions.cite(statement=ana.statement, key=f"mark:{ana.mark.id}", by=ana.ana.person)
    actions.keep_version(formulation=ana.row, by=ana.ana.person)
    second = actions.begin_version(treatment=ana.treatment, titles=[], by=ana.ana.person)
    assert {d.change for d in differences(stands_of(ana.row), stands_of(second))} == {"same"}


def test_what_was_struck_out_stands_where_it_stood():
    a, b, c = (Stand(uuid.uuid4(), "s", w, False, ()) for w in ("a", "b", "c"))
    assert [d.change for d in differences([a, b, c], [a, c])] == ["same", "struck out", "same"]


def test_a_rewritten_statement_shows_the_words_that_came_and_went():
    assert [(p.words, p.how) for p in pieces("She leaves early.", "She stays early.")] == [
        ("She ", "same"), ("leaves", "went"), ("stays", "came"), (" early.", "same"),
    ]  # fmt: skip


def test_two_people_writing_one_statement_meet(ana):
    first = Statement.objects.get(pk=ana.statement.pk)
    second = Statement.objects.get(pk=ana.statement.pk)
    actions.change_statement(statement=first, words="Hers.", by=ana.ana.person, version=1)
    with pytest.raises(actions.Crossed) as met:
        actions.change_statement(statement=second, words="Mine.", by=ana.ana.person, version=1)
    assert (met.value.theirs.words, met.value.mine) == ("Hers.", "Mine.")


def test_the_page_of_a_lost_race_shows_both_texts(ana):
    browser = ana.ana.browser()
    url = reverse("formulation:statement", args=[ana.statement.id])
    browser.post(url, {"words": "Written first.", "version": 1})
    answer = browser.post(url, {"words": "Written second.", "version": 1})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Written first." in page
    assert "Written second." in page


def test_words_in_the_field_are_kept_when_a_line_is_cited(ana):
    browser = ana.ana.browser()
    browser.post(
        reverse("formulation:cite", args=[ana.statement.id]),
        {"words": "She wishes to be asked, once.", "version": 1, "key": f"mark:{ana.mark.id}"},
    )
    with opened(ana.ana.unlocked):
        told = _only(ana)
    assert (told.words, told.standing) == ("She wishes to be asked, once.", "cited")


def test_an_expectation_is_dated_and_says_what_came(ana):
    row = actions.expect(
        formulation=ana.row, words="She will spare me.", made_on=date(2026, 1, 7), by=ana.ana.person
    )
    actions.say_what_came(
        prediction=row, words="She did both.", on=date(2026, 2, 1), by=ana.ana.person, version=1
    )
    again = Prediction.objects.get(pk=row.pk)
    assert (again.words, again.came) == ("She will spare me.", "She did both.")


def test_what_came_has_its_day_in_the_database(ana):
    row = actions.expect(formulation=ana.row, words="x", made_on=date(2026, 1, 7), by=ana.ana.person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Prediction.objects.filter(pk=row.pk).update(came_on=date(2026, 1, 8))


def test_the_page_costs_few_queries(ana, django_assert_max_num_queries):
    actions.cite(statement=ana.statement, key=f"mark:{ana.mark.id}", by=ana.ana.person)
    browser = ana.ana.browser()
    with django_assert_max_num_queries(30):
        answer = browser.get(reverse("formulation:formulation", args=[ana.client.id]))
    assert answer.status_code == 200
    assert "She would like to be asked" in answer.content.decode()


@pytest.mark.parametrize("who", ["eve", "ben", "mara", "rui", "dov", "cleo"])
def test_nobody_else_opens_a_formulation(ana, who):
    browser = getattr(ana, who).browser()
    for name, key in (("formulation", ana.client.id), ("version", ana.row.id), ("write", ana.row.id),
                      ("version_pdf", ana.row.id), ("kept_lines", ana.client.id),
                      ("before", ana.session.id), ("after", ana.session.id)):  # fmt: skip
        assert browser.get(reverse(f"formulation:{name}", args=[key])).status_code == 404


def test_no_word_of_a_formulation_stands_in_the_database(ana):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select words, body from formulation_statement")
        assert b"wishes" not in b"".join(bytes(v) for row in cursor.fetchall() for v in row if v)
