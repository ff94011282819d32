"""Correct what stands beside the hours, or take it out: goals, other treatments, events of a life."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Adjunct, Goal, LifeEvent
from depthwork.practice.vault import actions as vault

Beside = TypeVar("Beside", Goal, Adjunct, LifeEvent)

# What may be corrected of each, and what the trail calls it.
COLUMNS: dict[type, tuple[str, ...]] = {
    Goal: ("words", "is_own", "aim", "closed_on"),
    Adjunct: ("kind", "on", "until", "what"),
    LifeEvent: ("kind", "on", "words"),
}
CALLED: dict[type, str] = {Goal: "goal", Adjunct: "adjunct", LifeEvent: "life_event"}
ELSEWHERE = gettext_lazy("this was changed in another window; what it kept stands beside yours")


@transaction.atomic
def correct(*, row: Beside, by: Person, version: int, **said: Any) -> Beside:
    """Put other words or dates in the place of those that stand here, which are kept beneath.

    `version` is the one that was opened; a lost race writes nothing and says `Changed`.
    """
    columns = COLUMNS[type(row)]
    if set(said) != set(columns):
        raise TypeError(f"a correction says {', '.join(columns)}")
    _check(said)
    fresh = type(row)._default_manager.select_related("client").filter(pk=row.pk).first()
    if fresh is None or fresh.version != version:
        raise Changed(str(ELSEWHERE))
    was = {name: getattr(fresh, name) for name in columns}
    if was == said:
        return fresh
    if not _take(fresh, version):
        raise Changed(str(ELSEWHERE))
    for name, value in said.items():
        setattr(fresh, name, value)
    fresh.before = [*(fresh.before or []), {**_as_kept(was), "replaced_at": datetime.now(UTC).isoformat()}]
    fresh.save(update_fields=[*columns, "before"])
    note(f"{CALLED[type(row)]}.corrected", fresh, by=by)
    return fresh


@transaction.atomic
def remove(*, row: Beside, by: Person, version: int) -> None:
    """Take out what should not stand here at all; a goal takes its ratings with it."""
    if vault.is_held(row.client_id):
        raise CourseError(_("a legal hold stands on this client; nothing is taken out until it is lifted"))
    if not _take(row, version):
        raise Changed(str(ELSEWHERE))
    note(f"{CALLED[type(row)]}.removed", row, by=by)
    row.delete()


def _take(row: Goal | Adjunct | LifeEvent, version: int) -> bool:
    """Whether this window is the first to go on from a version."""
    rows = type(row)._default_manager.filter(pk=row.pk, version=version)
    if not rows.update(version=version + 1):
        return False
    row.version = version + 1
    return True


def _check(said: dict[str, Any]) -> None:
    words = said.get("words", said.get("what")) or ""
    if not words.strip():
        raise CourseError(_("say it in a few words; or take it out"))
    until = said.get("until")
    if until is not None and until < said["on"]:
        raise CourseError(_("it ends before it begins; look at the two days"))


def _as_kept(was: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in was.items()}
