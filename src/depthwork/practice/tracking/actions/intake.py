"""Take in what arrived while nobody was signed in, and score it."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop

from depthwork.measures import MeasureError, measure, score
from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.tracking.models import Alert, Response, Score
from depthwork.practice.tracking.queries.own_text import form_of
from depthwork.practice.treatments.actions.followups import answer_follow_up
from depthwork.practice.treatments.models import Client, FollowUp
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.unlocked import take_from_inbox

# Sealed with the answers as it stands; whoever reads it is told in the language of their page.
FORM_CHANGED = gettext_noop(
    "the form was changed between asking and answering; the answers are kept as given"
)


@transaction.atomic
def take_in(*, client: Client, by: Person, at: datetime | None = None) -> int:
    """Open the inbox of a client: answers and alerts move under the record's key, answers are scored once."""
    at = at or datetime.now(UTC)
    taken = 0
    waiting = Response.objects.select_for_update(of=("self",)).select_related("followup", "client")
    for row in waiting.filter(client=client, box__isnull=False):
        row.answers = _opened(row)
        row.box = row.data_key = None
        row.taken_in_at = at
        row.save(update_fields=["answers", "box", "data_key", "taken_in_at"])
        score_response(row, at=at)
        settle_follow_up(row, by=by)
        taken += 1
    # Locked: an answer that arrives between the reading and the writing would go with the box.
    for alert in Alert.objects.select_for_update().filter(client=client, box__isnull=False):
        alert.what = _opened(alert)
        alert.box = alert.data_key = None
        alert.save(update_fields=["what", "box", "data_key"])
    if taken:
        record(
            verb="forms.taken_in",
            by=by.id,
            practice=by.practice_id,
            object_type="treatments.client",
            object_id=client.id,
            client=client.id,
        )
    return taken


def take_in_what_waits(*, client: Client, by: Person) -> None:
    """The same, where something waits, before a page that would otherwise show an older score.

    Who has no key to the record leaves it waiting.
    """
    waits = Exists(Response.objects.filter(client=OuterRef("pk"), box__isnull=False))
    waits |= Exists(Alert.objects.filter(client=OuterRef("pk"), box__isnull=False))
    if Client.objects.filter(waits, id=client.id).exists():
        with suppress(NoKey):
            take_in(client=client, by=by)


def _opened(row: Response | Alert) -> Any:
    assert row.box is not None
    assert row.data_key is not None
    raw = take_from_inbox(
        owner=row.client_id, compartment=row.compartment, data_key=row.data_key, blob=bytes(row.box)
    )
    return json.loads(raw)


def score_response(row: Response, *, at: datetime) -> Score:
    """Score a response by the definition as it stands, once more as a further row if there is one already."""
    number = Score.objects.filter(response=row).count() + 1
    return Score.objects.create(
        client=row.client,
        response=row,
        number=number,
        made_at=at,
        result=result_of(row.answers, practice=row.client.practice_id),
    )


def result_of(content: dict[str, Any], *, practice: UUID | None = None) -> dict[str, Any]:
    """What the key makes of the answers, as it is kept; under the practice's own words where it has some.

    Answers that no longer fit are kept and not scored.
    """
    try:
        name = content["measure"]
        definition = measure(name) if practice is None else form_of(practice, name)
        made = score(definition, content["answers"])
    except MeasureError:
        return {
            "measure": content["measure"],
            "version": content.get("version"),
            "hash": content.get("hash"),
            "scores": {},
            "labels": {},
            "withheld": FORM_CHANGED,
        }
    return {
        "measure": made.measure,
        "version": made.version,
        "hash": made.definition_hash,
        "scores": {
            name: {
                "value": one.value,
                "band": one.band,
                "answered": one.answered,
                "missing": one.missing,
                "withheld": one.withheld,
                "lower_bound": one.is_lower_bound,
            }
            for name, one in made.scores.items()
            if not one.is_internal
        },
        "labels": {name: one.label for name, one in made.labels.items() if one.shown},
        "withheld": made.withheld,
        "key_basis": made.key_basis,
        "unanswered": list(made.unanswered),
        "changed_since_asked": content.get("asked_hash") not in (None, made.definition_hash),
    }


def settle_follow_up(row: Response, *, by: Person) -> None:
    """A follow-up that was asked for is answered with its first form."""
    followup = row.followup
    if followup is None or followup.answer in (FollowUp.Answer.DONE, FollowUp.Answer.DECLINED):
        return
    answer_follow_up(followup=followup, by=by, words=followup.words, figures=followup.figures)
