"""The practice's own change after endings, for the page that sets it beside the published claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from depthwork.evidence.own_change import AfterEnding, after_ending
from depthwork.measures import measure
from depthwork.practice.people.models import Person
from depthwork.practice.tracking.courses import courses
from depthwork.practice.tracking.queries.answers import asked_of
from depthwork.practice.treatments.models import Ending, Treatment
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.vault.unlocked import current

MEASURES = ("core10", "phq9", "gad7")
MONTHS = (6, 12)


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One measure at one follow-up."""

    measure: str
    months: int
    found: AfterEnding


def own_lines(person: Person, *, today: date) -> list[OwnLine]:
    """Change after the end of the treatments whose record this person holds keys to; withheld while they are few."""
    unlocked = current()
    ends = dict(Ending.objects.filter(client__in=clients_for(person)).values_list("treatment_id", "on"))
    rows = [
        row
        for row in Treatment.objects.filter(id__in=ends).select_related("client").order_by("starts_on")
        if unlocked.holds(row.client_id, "record")
    ]
    scores: dict[tuple[str, int], list[tuple[float, float, float]]] = {}
    due = dict.fromkeys(MONTHS, 0)
    for row in rows:
        for months in MONTHS:
            due[months] += (today - ends[row.id]).days >= months * 30
        for course in courses(asked_of(row.client_id, treatment=row)):
            known = course.known
            during = [point.value for point in known if point.months is None]
            for months in MONTHS:
                later = [point.value for point in known if point.months == months]
                if course.definition.id in MEASURES and len(during) > 1 and later:
                    scores.setdefault((course.definition.id, months), []).append(
                        (during[0], during[-1], later[-1])
                    )
    lines = []
    for name in MEASURES:
        for months in MONTHS:
            triples = scores.get((name, months), [])
            firsts, lasts, laters = ([one[at] for one in triples] for at in range(3))
            lines.append(
                OwnLine(
                    measure(name).name,
                    months,
                    after_ending(
                        firsts, lasts, laters, ended=max(due[months], len(triples)), lower_is_better=True
                    ),
                )
            )
    return lines
