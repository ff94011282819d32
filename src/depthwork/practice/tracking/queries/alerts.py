"""Alerts that need a person: whose, since when; the answers themselves stand on the alert's own page only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.measures import Definition, MeasureError
from depthwork.measures.needing import needs
from depthwork.practice.config.at_once import Look, look
from depthwork.practice.config.dates import in_words
from depthwork.practice.people.models import Person, Role
from depthwork.practice.tracking.models import Alert, Assessment, CoverTest, Request
from depthwork.practice.tracking.queries.answers import asked_of
from depthwork.practice.tracking.queries.own_text import form_of
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.treatments.queries import clients_for, landing_name


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One line of Today. No answer stands on it."""

    id: UUID
    client_id: UUID
    called: str
    raised_at: datetime
    escalate_at: datetime | None
    was_handed_on: bool
    seen_at: datetime | None


def alerts_for(person: Person) -> list[AlertLine]:
    """Open alerts of the clients a clinician treats or covers now, oldest first; one query."""
    return look_at_alerts(person).now()


def look_at_alerts(person: Person) -> Look[list[AlertLine]]:
    """The same, to be asked together with what else a page wants to know."""
    if not person.has_role(Role.CLINICIAN):
        return Look((), list)
    called = Client._meta.get_field("called")
    rows = Alert.objects.filter(state=Alert.State.OPEN, is_for_the_hour=False, client__in=clients_for(person))

    @look(
        rows.values_list(
            "id", "client_id", "client__called", "raised_at", "escalate_at", "escalated_at", "seen_at"
        )
    )
    def read(told: list[tuple[Any, ...]]) -> list[AlertLine]:
        return [
            AlertLine(
                row[0],
                row[1],
                landing_name(called.open_value(row[2], owner=row[1], row=row[1]), person),
                row[3],
                row[4],
                row[5] is not None,
                row[6],
            )
            for row in sorted(told, key=itemgetter(3))
        ]

    return read


def waits_in(treatment: Treatment, person: Person) -> Iterator[tuple[str, str]]:
    """Answers that need a person, and forms that are still out, when a course changes hands."""
    client = treatment.client_id
    open_ = Alert.objects.filter(client=client, state=Alert.State.OPEN).order_by("raised_at")
    for pk, at in open_.values_list("id", "raised_at"):
        said = _("An answer of %(day)s needs a person.") % {"day": in_words(at.date())}
        yield said, reverse("tracking:alert", args=[pk])
    asked = Request.objects.filter(client=client, state=Request.State.ASKED).count()
    if asked:
        said = ngettext(
            "%(n)s form is asked and not answered.", "%(n)s forms are asked and not answered.", asked
        )
        yield said % {"n": asked}, reverse("tracking:measures", args=[client])


def alert_named(alert_id: UUID) -> Alert | None:
    """An alert by id, for the policy to judge."""
    return Alert.objects.select_related("client__practice", "request", "seen_by").filter(id=alert_id).first()


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier answer to the same question."""

    on: date
    answer: Any
    words: str


@dataclass(frozen=True, slots=True)
class Raised:
    """One answer that needs a person, with those before it."""

    item: str
    question: str
    answer: Any
    words: str
    at: str
    before: tuple[Before, ...]
    is_rule: bool = False  # no single answer raised it: `question` and `words` say what the rule looks at

    @property
    def same_for(self) -> int:
        """How many forms in a row before this one had the same answer."""
        n = 0
        for one in reversed(self.before):
            if one.answer != self.answer:
                break
            n += 1
        return n

    @property
    def stands_out(self) -> bool:
        """Whether it differs from the last one there was."""
        return bool(self.before) and self.same_for == 0


def raised_on(alert: Alert) -> int:
    """How many answers an alert holds, an answer that was changed counted anew. It only ever grows."""
    return len((alert.what or {}).get("raised") or ())


def raised_by(alert: Alert) -> list[Raised]:
    """What an alert holds, each question once with its last answer; earlier answers stand beside it."""
    content = alert.what or {}
    name = content.get("measure", "")
    forms = [
        one
        for one in asked_of(alert.client_id)
        if one.measure == name
        and one.answers
        and one.request_id != alert.request_id
        and one.asked_at <= alert.request.asked_at
    ]
    definition = _definition(alert.client.practice_id, name)
    found: dict[str, dict[str, Any]] = {}
    for entry in content.get("raised") or []:
        found[entry.get("item") or entry["id"]] = entry
    rules = {one.id: one for one in needs(definition, with_words=True)} if definition else {}
    return [
        Raised(item, rules[item].question, None, rules[item].answer, entry.get("at", ""), (), is_rule=True)
        if entry.get("item") is None and item in rules
        else Raised(
            item=item,
            question=_question(definition, item) or entry.get("reason") or "",
            answer=entry.get("answer"),
            words=_words(definition, item, entry.get("answer")),
            at=entry.get("at", ""),
            before=tuple(
                Before(one.on, one.answers.get(item), _words(definition, item, one.answers.get(item)))
                for one in forms[-6:]
            ),
        )
        for item, entry in found.items()
    ]


def _definition(practice: UUID, name: str) -> Definition | None:
    try:
        return form_of(practice, name)
    except MeasureError:
        return None


def _question(definition: Any, item: str) -> str:
    try:
        return (definition.item(item).text or item) if definition else item
    except KeyError:
        return ""


def _words(definition: Any, item: str, answer: Any) -> str:
    """The answer as it was given, never as a level."""
    if answer is None:
        return _("no answer")
    if definition is not None:
        try:
            for option in definition.item(item).options:
                if option.value == answer:
                    return str(option.label)
        except KeyError:
            pass
    return str(answer)


def last_asked_about(client_id: UUID, *, before: datetime) -> Assessment | None:
    """The last time a person asked about such an answer."""
    return (
        Assessment.objects.select_related("by")
        .filter(client_id=client_id, at__lt=before)
        .order_by("-at")
        .first()
    )


def look_at_assessments(client_id: UUID) -> Look[list[Assessment]]:
    """Everything that was asked and done, newest first."""
    rows = Assessment.objects.select_related("by", "alert").filter(client_id=client_id)
    return Look((rows,), partial(sorted, key=attrgetter("at"), reverse=True))


def look_at_what_to_ask(client_id: UUID) -> Look[list[Alert]]:
    """What is to be asked in the next hour."""
    rows = Alert.objects.select_related("request").filter(
        client_id=client_id, state=Alert.State.OPEN, is_for_the_hour=True
    )
    return Look((rows,), partial(sorted, key=attrgetter("raised_at")))


def look_at_tests(person: Person) -> Look[list[CoverTest]]:
    """Test messages that wait for this person."""
    return Look(
        (CoverTest.objects.select_related("sent_by").filter(colleague=person, acknowledged_at=None),), list
    )
