"""Write down what became known, acknowledge what must be done first, and record a person's decision."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.intake import considering
from depthwork.practice.intake.models import Consultation
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.consents import today_at
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Client

STATES = (considering.CONFIRMED, considering.DENIED, considering.UNKNOWN)


def considered(consultation: Consultation) -> considering.Considerations:
    """The considerations of a consultation as it stands."""
    return considering.consider(
        facts={id: one["state"] for id, one in (consultation.facts or {}).items()},
        readings=consultation.readings or {},
        country=consultation.client.practice.country,
        acknowledged=frozenset(consultation.acknowledged or {}),
    )


@transaction.atomic
def begin_consultation(
    *, client: Client, by: Person, asked_for: dict[str, Any] | None = None, on: date | None = None
) -> Consultation:
    """The first hours. One is open at a time."""
    if Consultation.objects.filter(client=client, decided_on=None).exists():
        raise CourseError(_("a consultation is open already; decide it, or go on with it"))
    row = Consultation.objects.create(
        client=client, begun_on=on or today_at(client.practice), begun_by=by, asked_for=asked_for or None
    )
    note("consultation.begun", row, by=by)
    return row


def _write(row: Consultation, by: Person, verb: str, version: int | None, **fields: Any) -> Consultation:
    """Set fields if nobody else has written since `version`, and the consultation is still open."""
    expected = row.version if version is None else version
    if row.decided_on is not None:
        raise CourseError(_("this consultation is decided; begin a new one if things have changed"))
    done = Consultation.objects.filter(pk=row.pk, version=expected, decided_on=None).update(
        version=expected + 1
    )
    if not done:
        raise Changed(_("someone else has written here in the meantime; nothing was overwritten"))
    row.version = expected + 1
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
    note(verb, row, by=by)
    return row


@transaction.atomic
def keep_facts(
    *,
    consultation: Consultation,
    by: Person,
    facts: dict[str, str],
    readings: dict[str, int | str],
    version: int | None = None,
) -> Consultation:
    """What is confirmed, denied or unknown, each with who said so and when; and what the questionnaires gave."""
    known = {fact.id for fact in considering.facts()}
    wrong = sorted(id for id, state in facts.items() if id not in known or state not in STATES)
    if wrong:
        raise CourseError(_("a fact is one of the list, and confirmed, denied or unknown"))
    today = today_at(consultation.client.practice).isoformat()
    before = consultation.facts or {}
    after = dict(before)
    for id, state in facts.items():
        if before.get(id, {}).get("state", considering.UNKNOWN) != state:
            after[id] = {"state": state, "by": str(by.id), "on": today}
    ranges = {one.id: one for one in considering.readings()}
    for id, value in readings.items():
        if id not in ranges:
            raise CourseError(_("that figure is not one the considerations look at"))
        if value != considering.LEFT_OPEN and not (
            isinstance(value, int) and ranges[id].low <= value <= ranges[id].high
        ):
            raise CourseError(
                _("%(words)s: between %(low)s and %(high)s")
                % {"words": ranges[id].words, "low": ranges[id].low, "high": ranges[id].high}
            )
    return _write(
        consultation, by, "consultation.facts", version, facts=after or None, readings=readings or None
    )


@transaction.atomic
def keep_notes(
    *, consultation: Consultation, by: Person, notes: list[dict[str, str]], version: int | None = None
) -> Consultation:
    """What was asked, and what was answered."""
    kept = [one for one in notes if one.get("question") or one.get("answer")]
    return _write(consultation, by, "consultation.notes", version, notes=kept or None)


@transaction.atomic
def keep_preferences(
    *, consultation: Consultation, by: Person, preferences: dict[str, str], version: int | None = None
) -> Consultation:
    """What the client would like of the work, in words; nothing is counted."""
    kept = {id: words.strip() for id, words in preferences.items() if words.strip()}
    return _write(consultation, by, "consultation.preferences", version, preferences=kept or None)


@transaction.atomic
def acknowledge(*, consultation: Consultation, by: Person, key: str, how: str) -> Consultation:
    """A person has seen what must be done first, and says what was done. Only then the rest appears."""
    waiting = {entry.key for entry in considered(consultation).waits_for}
    if key not in waiting:
        raise CourseError(
            _("this has been acknowledged, or what made it appear has changed; look at it again")
        )
    if not how.strip():
        raise CourseError(_("say in a few words what was done"))
    today = today_at(consultation.client.practice).isoformat()
    after = {
        **(consultation.acknowledged or {}),
        key: {"by": str(by.id), "name": by.display_name, "on": today, "how": how.strip()},
    }
    return _write(consultation, by, "consultation.acknowledged", None, acknowledged=after)


@transaction.atomic
def decide(
    *,
    consultation: Consultation,
    by: Person | None,
    decision: str,
    reasons: str = "",
    set_aside: list[str] | None = None,
    with_client: bool = True,
    version: int | None = None,
) -> Consultation:
    """A person decides. The points as they stood are kept beside it; one that was not followed has its reasons."""
    if by is None:
        raise CourseError(_("a decision needs the person who makes it"))
    if not decision.strip():
        raise CourseError(_("write down what was decided"))
    points = considered(consultation)
    if points.waits_for:
        raise CourseError(_("something must be done first; acknowledge it, then decide"))
    known = {entry.rule_id for entry in (*points.must_do_first, *points.considerations_caution)}
    aside = sorted(set(set_aside or []))
    if not set(aside) <= known:
        raise CourseError(_("only a point that stands here can be set aside"))
    if aside and not reasons.strip():
        raise CourseError(_("a point that is set aside needs its reasons"))
    row = _write(
        consultation,
        by,
        "consultation.decided",
        version,
        decision=decision.strip(),
        reasons=reasons.strip() or None,
        set_aside=aside or None,
        shown=as_kept(points),
        decided_by=by,
        decided_with_client=with_client,
        decided_on=today_at(consultation.client.practice),
    )
    row.refresh_from_db(fields=["decided_on"])
    return row


def as_kept(points: considering.Considerations) -> dict[str, Any]:
    """The lists as they are kept beside a decision: words and ids, dates as text."""

    def text(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: text(one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [text(one) for one in value]
        return value.isoformat() if isinstance(value, date) else value

    return {name: text(value) for name, value in asdict(points).items()}
