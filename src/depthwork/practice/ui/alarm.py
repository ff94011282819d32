"""Much changed at once: noticed each minute, told to whoever runs the practice, and kept in the audit until they looked.

Two things are looked at: what no person's act explains (the sample of sealed rows, the length of the audit, a file that
is there to be harmed), and what people destroyed within an hour, beside what this practice ever did in one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from depthwork.practice.audit.actions import record
from depthwork.practice.audit.models import Event
from depthwork.practice.config import rows
from depthwork.practice.keeping import diary, sampling, watched
from depthwork.practice.keeping.sampling import Fault
from depthwork.practice.people.models import Person, Practice, Role
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.tracking.nudges import nudge

HOUR: Final = timedelta(hours=1)
YEAR: Final = timedelta(days=365)
SHOWN_FOR: Final = timedelta(days=90)
DESTROYING: Final = ("client.erased", "notes.destroyed_by_will", "source.burned")
FLOOR: Final = 5  # clients within an hour
BEYOND: Final = 3  # times the busiest hour of the last year
RAISED: Final = "alarm.raised"
LOOKED: Final = "alarm.seen"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm that nobody has looked at yet."""

    kind: str
    n: str
    of: str
    when: datetime

    def says(self) -> str:
        """What was found, in a sentence."""
        return _SAYS[self.kind]() % {"n": self.n, "of": self.of}


_SAYS: Final = {
    "broken": lambda: _("Of %(of)s sealed values looked at, %(n)s no longer hold anything that Depthwork wrote."),
    "lost": lambda: _("Of %(of)s sealed values looked at, %(n)s are gone, and nobody here burned or erased them."),
    "changed": lambda: _("Of %(of)s sealed values looked at, %(n)s were written anew within an hour."),
    "destroyed": lambda: _("Records or notes of %(n)s clients were destroyed within an hour; %(of)s was the most in an hour of the last year."),
    "audit": lambda: _("The audit has lost its end: %(n)s events of %(of)s are there."),
    "canary": lambda: _("A file that nothing but harm would touch (do-not-touch.txt) was altered or taken away."),
}  # fmt: skip


def look(*, at: datetime) -> list[str]:
    """One look at everything, by one worker of this machine; gives the kinds of alarm that were raised."""
    found: list[str] = []
    with watched.alone(settings.HOME / watched.LOCK) as is_mine:
        for _practice in rows.each_practice() if is_mine else ():
            found += _look_at(settings.HOME, rows.here(), at)
    return found


def _look_at(home: Path, here: str, at: datetime) -> list[str]:
    kept, events = watched.last(home, here), _events()
    if kept is not None and Event.objects.filter(verb="restored", utc__gte=_moment(kept.at)).exists():
        kept = None  # another day's rows: a new sample, and the restore itself stands in the audit
    faults = [] if kept is None else list(_unexplained(kept, events))
    canary = watched.canary_is_whole(home)
    if canary is False or (canary is None and kept is not None and kept.has_canary):
        faults.append(Fault("canary", 1, 1))
    raised: list[str] = []
    for practice in Practice.objects.all():
        for fault in (*faults, *_destroyed(practice.id, at)):
            if _raise(home, practice, fault, at):
                raised.append(fault.kind)
    if faults or kept is None or not timedelta() <= at - kept.at < HOUR:
        watched.plant_canary(home)
        watched.keep(home, here, watched.Kept(at, events, has_canary=True, sample=sampling.draw()))
    return raised


def _events() -> int:
    return Event.objects.aggregate(last=Max("n"))["last"] or 0


def _unexplained(kept: watched.Kept, events: int) -> Iterator[Fault]:
    """What happened since the sample was drawn that no act of a person explains."""
    if events < kept.events:
        yield Fault("audit", events, kept.events)
    yield from sampling.faults(sampling.compare(kept.sample, since=kept.at))


def _destroyed(practice: UUID, at: datetime) -> Iterator[Fault]:
    """Clients of whom something was destroyed within the last hour, where they are far more than ever."""
    acts = Event.objects.filter(practice=practice, verb__in=DESTROYING)
    n = acts.filter(utc__gte=_moment(at - HOUR)).order_by().values("client").distinct().count()
    if n < FLOOR:
        return
    before = acts.filter(utc__gte=_moment(at - YEAR), utc__lt=_moment(at - HOUR))
    most = _most_in_an_hour(before.order_by("utc").values_list("utc", "client"))
    if n > BEYOND * most:
        yield Fault("destroyed", n, most)


def _most_in_an_hour(acts: Iterable[tuple[str, UUID | None]]) -> int:
    """Of how many clients something was destroyed in the busiest hour of the clock."""
    hours: dict[str, set[UUID | None]] = {}
    for utc, client in acts:
        hours.setdefault(utc[:13], set()).add(client)
    return max((len(clients) for clients in hours.values()), default=0)


def _raise(home: Path, practice: Practice, fault: Fault, at: datetime) -> bool:
    """Into the audit, the diary and the log, and by mail; not again within an hour."""
    before = Event.objects.filter(
        practice=practice.id, verb=RAISED, utc__gte=_moment(at - HOUR), reason__startswith=f"{fault.kind} "
    )
    if before.exists():
        return False
    # The folder first: the database is what may no longer answer.
    diary.note(home, "alarm", at=at.isoformat(), kind=fault.kind, n=fault.n, of=fault.of)
    log.error(f"much changed at once ({fault.kind}): look at Today, or run depthwork doctor")
    with transaction.atomic():
        record(
            verb=RAISED, by=None, practice=practice.id, object_type="practice", object_id=practice.id,
            reason=f"{fault.kind} {fault.n}/{fault.of}",
        )  # fmt: skip
    nudge("alarm", to=[one.id for one in who_runs(practice.id)])
    return True


def who_runs(practice: UUID) -> list[Person]:
    """Its managers; where there is none, its clinicians."""
    staff = list(Person.objects.filter(practice=practice, client=None, is_active=True))
    return [one for one in staff if one.has_role(Role.MANAGER)] or [
        one for one in staff if one.has_role(Role.CLINICIAN)
    ]


def open_alarms(practice: UUID, *, at: datetime) -> list[Alarm]:
    """Those raised since somebody last looked, oldest first."""
    told = Event.objects.filter(practice=practice, utc__gte=_moment(at - SHOWN_FOR))
    looked = told.filter(verb=LOOKED).aggregate(last=Max("n"))["last"] or 0
    found = []
    for utc, reason in told.filter(verb=RAISED, n__gt=looked).order_by("n").values_list("utc", "reason"):
        kind, _space, figures = reason.partition(" ")
        n, _slash, of = figures.partition("/")
        if kind in _SAYS:
            found.append(Alarm(kind, n, of, datetime.fromisoformat(utc)))
    return found


def alarms_for(person: Person) -> list[Alarm]:
    """What is to be told on Today and on the practice's page, to whoever runs it."""
    if not person.has_role(Role.MANAGER):
        return []
    return open_alarms(person.practice_id, at=datetime.now(UTC))


@rule(P.MANAGE_PRACTICE)
@require_POST
def looked(request: HttpRequest) -> HttpResponse:
    """Somebody who runs the practice has looked at every alarm that stands."""
    person = person_of(request)
    record(
        verb=LOOKED, by=person.id, practice=person.practice_id, object_type="practice", object_id=person.practice_id,
    )  # fmt: skip
    return redirect("ui:audit")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
