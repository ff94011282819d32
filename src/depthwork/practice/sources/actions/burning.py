"""Destroy a note or a transcript for good: its key, so every version of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.practice.audit.models import Event
from depthwork.practice.config import rows
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Draft, Source, SourceVersion
from depthwork.practice.sources.queries import outlived
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.consents import today_at, transcripts_end_with, transcripts_to_burn
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.models import Tombstone


@transaction.atomic
def burn_source(*, source: Source, by: Person, verb: str = "source.burned") -> Tombstone:
    """Every version and draft is gone at once; the tombstone names the day the last backup of the key expires."""
    if Source.objects.filter(pk=source.pk, burned_at__isnull=False).exists():
        raise CourseError(_("this was burned before"))
    tombstone = vault.burn(owner=source.client_id, item=source.id, by=by.id)
    SourceVersion.objects.filter(source=source).update(
        text=None, turns=None, passages=None, about=None, file=None
    )
    Draft.objects.filter(source=source).delete()
    Source.objects.filter(pk=source.pk).update(burned_at=datetime.now(UTC))
    source.refresh_from_db(fields=["burned_at"])
    note(verb, source, by=by)
    return tombstone


def burn_what_was_to_end(*, treatment: Treatment, by: Person) -> None:
    """What was agreed to live only until the treatment ends: each such source, or by consent all its transcripts.

    Under a legal hold it stays, and the log says so.
    """
    today = today_at(treatment.client.practice)
    burn_outlived(clients=[treatment.client_id], by=by, on=today)
    over = Source.objects.filter(treatment=treatment, until_end=True, treatment__ending__on__lte=today)
    _burn(over, by=by)


def what_goes_with_the_ending(treatment: Treatment) -> list[str]:
    """What an ending would burn, in words for the page on which it is decided."""
    kept = Source.objects.filter(treatment=treatment, burned_at=None)
    going = Q(until_end=True)
    if transcripts_end_with(treatment):
        going |= Q(kind=Source.Kind.TRANSCRIPT)
    n = kept.filter(going).count()
    if not n:
        return []
    if vault.is_held(treatment.client_id):
        return []  # a legal hold keeps them, and nothing is lost
    said = ngettext(
        "%(n)s transcript was agreed to be kept until the treatment ends. It is burned on the last day, with every version of it; nobody can bring it back.",
        "%(n)s transcripts were agreed to be kept until the treatment ends. They are burned on the last day, with every version of them; nobody can bring them back.",
        n,
    )
    return [said % {"n": n}]


def burn_outlived(*, clients: Iterable[UUID], by: Person, on: date) -> int:
    """Burn every transcript of these clients that has outlived its consent; gives how many went."""
    due = {one.treatment_id for one in transcripts_to_burn(clients, on=on)}
    return _burn(Source.objects.filter(treatment_id__in=due, kind=Source.Kind.TRANSCRIPT), by=by)


def burn_what_is_due(*, at: datetime | None = None) -> int:
    """What each hour of serving does: burn what has outlived what was agreed, with nobody asking.

    The act stands under the name of the treatment's clinician, who wrote the agreement down; the log's verb says that
    it was done as agreed. It may run twice at once: the second finds nothing left.
    """
    burned = 0
    for _practice in rows.each_practice():
        for source in outlived(at=at):
            burned += _burn_as_agreed(source)
    return burned


def burn_what_is_due_of(person: Person, *, clients: Iterable[UUID]) -> int:
    """The same for some clients of one practice, whoever of it comes in."""
    clients = list(clients)
    with rows.within(
        practice=person.practice_id
    ):  # in a colleague's name too, which a person's own scope refuses
        return sum(_burn_as_agreed(source) for source in outlived(clients=clients))


@transaction.atomic
def _burn_as_agreed(source: Source) -> int:
    return _burn(
        Source.objects.filter(pk=source.pk), by=source.treatment.clinician, verb="source.burned_as_agreed"
    )


def _burn(sources: QuerySet[Source], *, by: Person, verb: str = "source.burned") -> int:
    burned = 0
    for source in sources.filter(burned_at=None).select_related("client__practice"):
        if vault.is_held(source.client_id):
            _note_held_back(source, by=by)
        else:
            burn_source(source=source, by=by, verb=verb)
            burned += 1
    return burned


def _note_held_back(source: Source, *, by: Person) -> None:
    """Once for each source, however often its hour comes round."""
    verb = "source.held_back_from_burning"
    if not Event.objects.filter(verb=verb, object_id=str(source.pk)).exists():
        note(verb, source, by=by)
