"""Under the thread stands what the last kept formulation says first, and what its marks say of strain."""

from __future__ import annotations

import pytest
from django.urls import reverse

from depthwork.coding import Mark, Span
from depthwork.practice.casework.bridge import body_of
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.formulation import actions
from depthwork.practice.sources.actions import write_note
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db


def thread(cast):
    return cast.ana.browser().get(reverse("ui:thread", args=[cast.client.id])).content.decode()


def written(cast, words, *, kept):
    with opened(cast.ana.unlocked):
        row = actions.begin_version(treatment=cast.treatment, titles=["What returns"], by=cast.ana.person)
        actions.add_statement(
            formulation=row,
            section=row.sections[0]["key"],
            words=words,
            is_inference=True,
            by=cast.ana.person,
        )
        if kept:
            actions.keep_version(formulation=row, by=cast.ana.person)


def marked(cast, number, construct, code):
    with opened(cast.ana.unlocked):
        hour = cast.treatment.sessions.get(number=number)
        source = write_note(session=hour, text="He shrugged.\n\nI said so.", by=cast.ana.person)
        mark = Mark(
            source_id=str(source.id), span=Span(0, 12), turn=0, speaker="N", construct=construct, code=code,
            origin=f"coder:{cast.ana.id}", status="confirmed", codebook_version="ruptures@1", quote="He shrugged.",
            anchor=("", ""),
        )  # fmt: skip
        MarkRow.objects.create(
            client=cast.client, treatment=cast.treatment, session=hour, source=source, coder=cast.ana.person,
            body=body_of(mark),
        )  # fmt: skip


def test_nothing_stands_there_before_anything_was_said(cast):
    assert "Where it stands" not in thread(cast)


def test_the_first_sentence_of_the_last_kept_formulation_stands_there(cast):
    written(cast, "She waits to be asked. Then she is gone.", kept=True)
    told = thread(cast)
    assert "<i>She waits to be asked.</i>" in told
    assert "Then she is gone" not in told
    assert reverse("formulation:formulation", args=[cast.client.id]) in told


def test_a_formulation_that_is_being_written_does_not_stand_there(cast):
    written(cast, "She waits to be asked.", kept=False)
    assert "She waits" not in thread(cast)


def test_a_strain_that_nobody_marked_as_repaired_stands_there_with_its_hour(cast):
    marked(cast, 2, "rupture_withdrawal", "withdrawal_minimal_response")
    assert "Strain since hour 2, still open." in thread(cast)
    marked(cast, 3, "rupture_resolution", "repair_acknowledge_own_part")
    assert "still open" not in thread(cast)
