"""Answer a passage that may speak of danger."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.casework.errors import MarkError
from depthwork.practice.casework.models import CuesKept, PassageAnswer
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.actions.note import note


@transaction.atomic
def answer_passage(*, source: Source, passage_id: UUID, by: Person, answer: str) -> PassageAnswer:
    """Dealt with in the hour, now in the record, or not about risk. A later answer stands beside the earlier one."""
    if answer not in PassageAnswer.Answer.values:
        raise MarkError(_("choose one of the three answers"))
    found = None
    for row in CuesKept.objects.filter(source=source, source_version=source.version):
        found = next((p for p in row.cues["passages"] if p["id"] == str(passage_id)), found)
    if found is None:
        raise MarkError(_("this passage is no longer in the text; open the page again"))
    made = PassageAnswer.objects.create(
        client_id=source.client_id,
        source=source,
        answer=answer,
        by=by,
        passage={"id": found["id"], "quote": found["quote"], "code": found["code"]},
    )
    note("passage.answered", made, by=by)
    return made
