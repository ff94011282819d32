"""Facts that a file brought and that a person of the practice has to look up: what waits, who looked, until when it holds.

Crisis numbers, the jurisdiction profile and the rules of the considerations come as data. Until someone here has dialled
or read them, the pages say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person, Practice
from depthwork.practice.policy.crisis import crisis_lines
from depthwork.practice.policy.jurisdiction import profile_of
from depthwork.practice.policy.models import Confirmation

HOLDS: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to look up. `content` is what was looked at: when a newer file says otherwise it is asked again."""

    id: str
    name: str
    source: str
    content: str
    review_due: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A matter with the confirmation that holds today, if one does, and the last one otherwise."""

    matter: Matter
    holds: Confirmation | None
    last: Confirmation | None


def matters_of(practice: Practice) -> tuple[Matter, ...]:
    """The numbers of the practice's country and its jurisdiction profile."""
    country, profile = practice.country.upper(), profile_of(practice)
    lines = tuple(
        Matter(
            f"crisis:{country}:{line.number}",
            f"{line.words[:1].upper()}{line.words[1:]}: {line.number}",
            line.source,
            line.number,
        )
        for line in crisis_lines(country)
    )
    law = Matter(
        f"jurisdiction:{profile.id}",
        _("Jurisdiction profile: %(name)s") % {"name": profile.name},
        "; ".join(one.ref for one in profile.sources),
        str(profile.version),
        profile.review.review_due,
    )
    return (*lines, law)


def standing_of(practice: Practice, matters: Sequence[Matter], *, on: date) -> list[Standing]:
    """Each matter with who confirmed it; one query."""
    rows = Confirmation.objects.filter(practice=practice, matter__in=[one.id for one in matters])
    last = {row.matter: row for row in rows.select_related("by").order_by("on", "created_at")}
    found = []
    for one in matters:
        row = last.get(one.id)
        does_hold = (
            row is not None
            and row.content == one.content
            and row.on <= on <= row.on + HOLDS
            and (one.review_due is None or row.on > one.review_due or on <= one.review_due)
        )
        found.append(Standing(one, row if does_hold else None, row))
    return found


def unchecked(practice: Practice, matters: Iterable[Matter], *, on: date) -> list[Matter]:
    """What nobody of the practice has confirmed, or not since it fell due."""
    return [one.matter for one in standing_of(practice, list(matters), on=on) if one.holds is None]


@transaction.atomic
def confirm(*, matter: Matter, by: Person, on: date, how: str) -> Confirmation:
    """A named person looked it up on a day, and says how."""
    row = Confirmation.objects.create(
        practice=by.practice, matter=matter.id, content=matter.content, by=by, on=on, how=how
    )
    record(
        verb="fact.confirmed",
        by=by.id,
        practice=by.practice_id,
        object_type="policy.confirmation",
        object_id=row.id,
    )
    return row
