"""The courses that one person may open, summed up. Nothing of anyone else's is counted, and none carries a clinician."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext

from depthwork.measures import measure
from depthwork.outcome.practice_sum import Course, Group, PracticeSum, practice_sum
from depthwork.outcome.reliable_change import Yardstick
from depthwork.practice.people.models import Person
from depthwork.practice.tracking.courses import MeasureCourse, courses
from depthwork.practice.tracking.queries.answers import asked_of
from depthwork.practice.treatments.models import Ending, Treatment
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.vault.unlocked import current

MAIN = ("core10", "phq9", "gad7")


@dataclass(frozen=True, slots=True)
class Summed:
    """The sum, over how many of the practice's treatments, and the measure names."""

    sum: PracticeSum
    seen: int
    all: int
    names: dict[str, str]

    @property
    def tables(self) -> tuple[tuple[str, tuple[Group, ...]], ...]:
        """The groups, each under its heading."""
        return tuple(
            (title, tuple(replace(one, measure=self.names.get(one.measure, one.measure)) for one in groups))
            for title, groups in (
                (gettext("All"), self.sum.overall),
                (gettext("By where it began"), self.sum.by_problem),
                (gettext("By format"), self.sum.by_format),
            )
        )


def summed(person: Person) -> Summed:
    """Sum up the treatments whose record this person holds keys to."""
    unlocked = current()
    rows = list(
        Treatment.objects.filter(client__in=clients_for(person))
        .select_related("client")
        .order_by("starts_on")
    )
    rows = [row for row in rows if unlocked.holds(row.client_id, "record")]
    ends = dict(Ending.objects.filter(treatment__in=rows).values_list("treatment_id", "on"))
    found, yardsticks = [], {}
    for row in rows:
        by_measure = {one.definition.id: one for one in courses(asked_of(row.client_id, treatment=row))}
        main = next((by_measure[name] for name in MAIN if name in by_measure), None)
        first, last = _ends_of(main)
        if main is not None and main.yardstick is not None:
            yardsticks[main.definition.id] = main.yardstick
        found.append(
            Course(
                client=str(row.client_id),
                began=row.starts_on,
                ended=ends.get(row.id),
                problem=_problem(main, first),
                format=row.get_format_display(),
                measure=main.definition.id if main else None,
                first=first,
                last=last,
            )
        )
    return Summed(
        sum=practice_sum(found, yardsticks=yardsticks),
        seen=len(rows),
        all=Treatment.objects.filter(client__practice_id=person.practice_id).count(),
        names={name: measure(name).name for name in yardsticks},
    )


def _ends_of(course: MeasureCourse | None) -> tuple[float | None, float | None]:
    known = [point.value for point in course.known if point.months is None] if course else []
    return (known[0], known[-1]) if len(known) > 1 else (None, None)


def _problem(course: MeasureCourse | None, first: float | None) -> str:
    """What the first form was above, in words; not a diagnosis."""
    by: Yardstick | None = course.yardstick if course else None
    if course is None or by is None or first is None:
        return gettext("no form at the beginning")
    words = (
        gettext("began above the cut-off of %(name)s")
        if by.is_case(first)
        else gettext("began below the cut-off of %(name)s")
    )
    return words % {"name": gettext(course.definition.name)}
