"""What a client has agreed to, asked anew at each request: an answer that was taken back binds from the next one on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Literal
from uuid import UUID

from django.db.models import QuerySet

from depthwork.practice.config.at_once import Look, look, rows_at_once
from depthwork.practice.people.models import Person, Practice
from depthwork.practice.policy.jurisdiction import profile_of
from depthwork.practice.treatments.calendar import day_in
from depthwork.practice.treatments.models import Client, Consent, Ending, FollowUp, Treatment

ONE_DAY = timedelta(days=1)
TO_AGREE = timedelta(days=31)
Answered = Literal["yes", "no", "unasked"]


def today_at(practice: Practice) -> date:
    """Today on the practice's clock."""
    return day_in(practice.time_zone, datetime.now(UTC))


def open_answers(client: Client | UUID, purpose: str | None = None) -> list[Consent]:
    """The answers that stand, yes and no; one query. A yes to another practice is none until it is confirmed here."""
    rows = _open_answers(client.id if isinstance(client, Client) else client)
    return list(rows if purpose is None else rows.filter(purpose=purpose))


def _open_answers(client_id: UUID) -> QuerySet[Consent]:
    rows = Consent.objects.filter(client_id=client_id, revoked_at=None, replaced_at=None, waits=None)
    return rows.select_related("person")


def allows(client: Client, purpose: str, *, person: Person | None = None, on: date | None = None) -> bool:
    """Whether a client has agreed to a purpose (for a person). Not asked is no; a past end is no; a No is no.

    An answer about a person stands before the general one: a yes to supervision with a no to one supervisor keeps
    that supervisor out.
    """
    return agreement(client, purpose, person=person, on=on) is not None


def agreement(
    client: Client, purpose: str, *, person: Person | None = None, on: date | None = None
) -> Consent | None:
    """The yes that stands for a purpose (and a person); None where `allows` would say no."""
    return look_at_agreement(client, purpose, person=person, on=on).now()


def look_at_agreement(
    client: Client, purpose: str, *, person: Person | None = None, on: date | None = None
) -> Look[Consent | None]:
    """The same, to be asked together with what else a page wants to know."""

    @look(_open_answers(client.id).filter(purpose=purpose))
    def read(rows: list[Consent]) -> Consent | None:
        day = on or today_at(client.practice)
        answers = {row.person_id: row for row in rows}
        row = (answers.get(person.id) if person is not None else None) or answers.get(None)
        stands = row is not None and row.is_yes and (row.ends_on is None or day <= row.ends_on)
        return row if stands else None

    return read


def answered(client: Client, purpose: str, *, on: date | None = None) -> Answered:
    """What a client last said to a purpose in general, told apart from never having been asked.

    A yes that was taken back, or whose day is past, is a no.
    """
    return look_at_answer(client, purpose, on=on).now()


def look_at_answer(client: Client, purpose: str, *, on: date | None = None) -> Look[Answered]:
    """The same, to be asked together with what else a page wants to know."""

    @look(Consent.objects.filter(client=client, purpose=purpose, person=None, waits=None))
    def read(rows: list[Consent]) -> Answered:
        last = max(rows, key=attrgetter("created_at"), default=None)
        if last is None:
            return "unasked"
        stands = last.is_yes and last.is_open
        day = on or today_at(client.practice)
        return "yes" if stands and (last.ends_on is None or day <= last.ends_on) else "no"

    return read


def agreed_among(clients: Iterable[UUID], purpose: str, *, on: date) -> set[UUID]:
    """Those of many clients who agreed to a purpose in general; one query."""
    rows = Consent.objects.filter(
        client_id__in=list(clients),
        purpose=purpose,
        person=None,
        is_yes=True,
        revoked_at=None,
        replaced_at=None,
        waits=None,
    ).values_list("client_id", "ends_on")
    return {client for client, ends_on in rows if ends_on is None or on <= ends_on}


def cues_possible(practice: Practice) -> bool:
    """Whether the practice's jurisdiction lets software propose anything at all."""
    return profile_of(practice).cues_possible


def transcripts_end_with(treatment: Treatment) -> bool:
    """Whether the transcripts of a treatment were agreed to go with its ending, if it came now."""
    row = next(
        (
            one
            for one in open_answers(treatment.client_id, Consent.Purpose.TRANSCRIPT)
            if one.person_id is None
        ),
        None,
    )
    if row is None or not row.is_yes:
        return False
    if row.lives == Consent.Lives.FOLLOW_UPS:
        asked = set(FollowUp.objects.filter(treatment=treatment).values_list("answer", flat=True))
        return asked == {FollowUp.Answer.DECLINED}
    return row.lives == Consent.Lives.TREATMENT


@dataclass(frozen=True, slots=True)
class Burning:
    """A treatment whose transcripts are to be burned, since when, and which agreement says so."""

    client_id: UUID
    treatment_id: UUID
    since: date
    consent_id: UUID | None


def transcripts_to_burn(clients: Iterable[UUID], *, on: date) -> list[Burning]:
    """Treatments of these clients whose transcripts have outlived what was agreed; one journey for all.

    Until the treatment ends: due from the day of its ending. Until the last follow-up: from the day after the last one
    that was agreed, or with the ending when all were declined, or a month after it when none was asked. Until a day: from the day after it. A yes that was taken back, or gave way to a No: from that day.
    """
    clients = list(clients)
    answers, endings, asked, treatments = rows_at_once(
        Consent.objects.filter(client_id__in=clients, purpose=Consent.Purpose.TRANSCRIPT, person=None),
        Ending.objects.filter(client_id__in=clients).values_list("treatment_id", "on"),
        FollowUp.objects.filter(client_id__in=clients).values_list("treatment_id", "due_on", "answer"),
        Treatment.objects.filter(client_id__in=clients).values_list("id", "client_id"),
    )
    latest: dict[UUID, Consent] = {}
    refused_on: dict[UUID, date] = {}
    for row in sorted(answers, key=attrgetter("created_at")):
        if row.is_yes:
            latest[row.client_id] = row
            refused_on.pop(row.client_id, None)
        elif row.client_id in latest:
            refused_on[row.client_id] = row.given_on
    ends = dict(endings)
    last_asked: dict[UUID, date] = {}
    declined: set[UUID] = set()
    for treatment, due, answer in asked:
        if answer == FollowUp.Answer.DECLINED:
            declined.add(treatment)
        else:
            last_asked[treatment] = max(due, last_asked.get(treatment, due))
    found = []
    for treatment, client in treatments:
        row = latest.get(client)
        if row is None:
            continue
        since: date | None = None
        if row.revoked_at is not None:
            since = row.revoked_at.date()
        elif client in refused_on:
            since = refused_on[client]
        elif row.lives == Consent.Lives.TREATMENT:
            since = ends.get(treatment)
        elif row.lives == Consent.Lives.FOLLOW_UPS and treatment in ends:
            if treatment in last_asked:
                since = last_asked[treatment] + ONE_DAY
            else:  # all declined: with the ending; not asked yet: there is a month to agree one
                since = ends[treatment] + (timedelta(0) if treatment in declined else TO_AGREE)
        elif row.lives == Consent.Lives.DAY and row.ends_on is not None:
            since = row.ends_on + ONE_DAY
        if since is not None and since <= on:
            found.append(Burning(client, treatment, since, row.id))
    return found
