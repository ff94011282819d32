"""The course of each measure of one client: points, change, sudden steps, what came after the end. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from depthwork.measures import Definition, ScoreRule
from depthwork.outcome.followup import Kept, kept
from depthwork.outcome.reliable_change import Changed, Yardstick, change
from depthwork.outcome.sudden_gains import SuddenChange, on_sessions, sudden_changes
from depthwork.practice.tracking.queries.answers import Asked
from depthwork.reports.charts.chart import Chart
from depthwork.reports.charts.course import Band, Course, course_chart
from depthwork.reports.charts.thread_data import MeasureLine
from depthwork.reports.charts.unfilled import Unfilled
from depthwork.reports.charts.words import listed
from depthwork.wording import figure

STATES: Final = {
    "asked": _("asked, still open"),
    "left_open": _("left open"),
    "declined": _("declined"),
    "done": _("answered"),
}
UNFILLED: Final[Mapping[str, Unfilled]] = {"left_open": "left open", "declined": "declined"}
SIGNS: Final[Mapping[Unfilled, str]] = {
    "left open": gettext_noop("dotted ring"),
    "declined": gettext_noop("bar"),
}
CHECKIN: Final = "dw_session_checkin"


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """One asking: the value, or what became of it instead."""

    on: date
    hour: int | None
    months: int | None
    value: float | None
    band: str | None
    state: str
    withheld: str | None

    @property
    def words(self) -> str:
        """The value, or left open, declined, asked: three different things."""
        if self.value is not None:
            return figure(self.value) + (f", {gettext(self.band)}" if self.band else "")
        return gettext(self.withheld) if self.withheld else str(STATES[self.state])


@dataclass(frozen=True, slots=True)
class MeasureCourse:
    """Everything one measure says of one client."""

    definition: Definition
    rule: ScoreRule
    points: tuple[CoursePoint, ...]
    yardstick: Yardstick | None
    changed: Changed | None
    sudden: tuple[tuple[SuddenChange, CoursePoint, CoursePoint], ...]
    followed: tuple[tuple[int, Kept], ...]
    unverified: bool
    sudden_withheld: str | None = None

    @property
    def known(self) -> tuple[CoursePoint, ...]:
        """Points with a value."""
        return tuple(point for point in self.points if point.value is not None)

    @property
    def declined(self) -> int:
        """How often it was declined."""
        return sum(point.state == "declined" for point in self.points)

    @property
    def left_open(self) -> int:
        """How often it was left open."""
        return sum(point.state == "left_open" for point in self.points)

    @property
    def sentence(self) -> str:
        """What is seen, in one sentence; no praise, no alarm."""
        known = [point for point in self.known if point.months is None]
        if not known:
            return gettext("No answer yet.")
        if len(known) == 1:
            return gettext("One answer so far: %(value)s.") % {"value": figure(known[0].value, "g")}
        return f"{self._during(known)}{self._afterwards}"

    @property
    def _afterwards(self) -> str:
        """The last follow-up, named as one."""
        after = [point for point in self.known if point.months is not None]
        if not after:
            return ""
        said = gettext(" %(months)s months after the end: %(value)s.")
        return said % {"months": after[-1].months, "value": figure(after[-1].value or 0.0)}

    @property
    def aftermath(self) -> tuple[tuple[str, Kept], ...]:
        """What was kept after the end; follow-ups that say the same stand in one line."""
        same = groupby(self.followed, key=lambda one: (one[1].outcome, one[1].had_improved, one[1].withheld))
        lines = []
        for _what, group in same:
            rows = list(group)
            lines.append((listed([str(months) for months, _kept in rows]), rows[0][1]))
        return tuple(lines)

    def _during(self, known: list[CoursePoint]) -> str:
        first, last = known[0], known[-1]
        start = gettext("From %(before)s to %(after)s over %(n)s answers") % {
            "before": figure(first.value, "g"),
            "after": figure(last.value, "g"),
            "n": len(known),
        }
        if self.yardstick is None or self.changed is None:
            return gettext("%(start)s. No published rule says how much of that is more than error.") % {
                "start": start
            }
        by = gettext("%(points)s points count as reliable") % {"points": figure(self.yardstick.points, "g")}
        words = {
            "recovered": gettext("more than error explains, and now on the other side of the cut-off"),
            "reliably_improved": gettext("better by more than error explains"),
            "reliably_deteriorated": gettext("worse by more than error explains"),
            "no_reliable_change": gettext("within what error explains"),
            "started_below_cutoff": gettext("it began below the cut-off"),
            "not_assessable": gettext("not enough to say"),
        }[self.changed.category]
        return f"{start}: {words} ({by})."


def course_of(definition: Definition, asked: Iterable[Asked]) -> MeasureCourse | None:
    """The course of one measure; None where it has no score to draw."""
    rule = definition.main_score
    if rule is None:
        return None
    asked = sorted(asked, key=lambda one: (one.on, one.asked_at))
    points = tuple(
        CoursePoint(
            on=one.on,
            hour=one.hour,
            months=one.months,
            value=one.value(rule.id),
            band=((one.result.get("scores") or {}).get(rule.id) or {}).get("band"),
            state=one.state,
            withheld=((one.result.get("scores") or {}).get(rule.id) or {}).get("withheld")
            or (one.result.get("withheld") if one.state == "done" else None),
        )
        for one in asked
    )
    published = rule.change_rule()
    by = Yardstick(**published) if published else None
    during = [point for point in points if point.months is None]
    known = [point for point in during if point.value is not None]
    # Hours are numbered anew in each treatment.
    treatments: dict[object, list[CoursePoint]] = {}
    for one, point in zip(asked, points, strict=True):
        if point.months is None and point.hour is not None and point.value is not None:
            treatments.setdefault(one.treatment, []).append(point)
    steps = [_sudden(held, by) for held in treatments.values()] if by else []
    changed = change(known[0].value, known[-1].value, by) if by and len(known) > 1 else None
    return MeasureCourse(
        definition=definition,
        rule=rule,
        points=points,
        yardstick=by,
        changed=changed,
        sudden=tuple(one for found, _reason in steps for one in found),
        followed=_followed(points, known, by),
        unverified=not definition.is_verified,
        sudden_withheld=next((reason for _found, reason in reversed(steps) if reason), None),
    )


Steps = tuple[tuple[SuddenChange, CoursePoint, CoursePoint], ...]


def _sudden(held: list[CoursePoint], by: Yardstick) -> tuple[Steps, str | None]:
    """Sudden steps between hours that follow one another; else why none was looked for."""
    by_hour = {point.hour: point for point in held if point.hour is not None}
    hours = sorted(by_hour)
    if len(hours) < 4:
        return (), None
    if 2 * len(hours) < hours[-1] - hours[0] + 1:
        return (), gettext(
            "Fewer than half of the hours %(first)s to %(last)s have a score. A sudden step is looked for between two hours in a row, so none was looked for here."
        ) % {"first": hours[0], "last": hours[-1]}
    grid, values = on_sessions(hours, [by_hour[hour].value for hour in hours])
    return tuple(
        (step, by_hour[int(grid[step.before])], by_hour[int(grid[step.after])])
        for step in sudden_changes(values, cut=by.points, higher_is_better=by.higher_is_better)
    ), None


def _followed(
    points: tuple[CoursePoint, ...], known: list[CoursePoint], by: Yardstick | None
) -> tuple[tuple[int, Kept], ...]:
    if by is None or not known:
        return ()
    return tuple(
        (point.months, kept(known[0].value, known[-1].value, point.value, by))
        for point in points
        if point.months is not None
    )


def courses(asked: Iterable[Asked]) -> tuple[MeasureCourse, ...]:
    """The courses of a client, the check-in left out: it is read item by item, beside the hours."""
    by_measure: dict[str, list[Asked]] = {}
    for one in asked:
        if one.definition is not None and one.measure != CHECKIN:
            by_measure.setdefault(one.measure, []).append(one)
    found = [course_of(rows[0].definition, rows) for rows in by_measure.values() if rows[0].definition]
    return tuple(
        sorted(
            (one for one in found if one is not None),
            key=lambda one: (-len(one.known), one.definition.name),
        )
    )


def drawn(
    course: MeasureCourse,
    *,
    ended_on: date | None = None,
    usual: tuple[tuple[date, float, float], ...] = (),
) -> Chart | None:
    """The chart of a course, with the range that comparable courses keep to; None without a value or a scale."""
    rule, definition = course.rule, course.definition
    if rule.range is None or not course.known:
        return None
    cut = rule.cutoffs[0] if rule.cutoffs else None
    notes = [gettext("%(n)s answered") % {"n": len(course.known)}]
    if course.left_open:
        notes.append(gettext("%(n)s left open (dotted ring)") % {"n": course.left_open})
    if course.declined:
        notes.append(gettext("%(n)s declined (bar)") % {"n": course.declined})
    sources = [ref for ref in (rule.change.reliable_ref if rule.change else None, rule.bands_ref) if ref]
    unverified = (
        " " + gettext("The scoring key has not been read in its source yet.") if course.unverified else ""
    )
    return course_chart(
        Course(
            key=f"m-{definition.id}",
            name=gettext(definition.name),
            instrument=definition.title,
            points=tuple((point.on, point.value) for point in course.points if point.state != "asked"),
            low=rule.range[0],
            high=rule.range[1],
            cut=(cut.value, gettext("cut-off %(value)s") % {"value": figure(cut.value, "g")})
            if cut
            else None,
            bands=tuple(Band(band.min, band.max, gettext(band.label)) for band in rule.bands),
            reliable=course.yardstick.points if course.yardstick else None,
            inclusive=bool(course.yardstick and course.yardstick.inclusive),
            ended_on=ended_on,
            decimals=1 if any(p.value is not None and p.value % 1 for p in course.points) else 0,
            unfilled=tuple(
                (point.on, UNFILLED[point.state])
                for point in course.points
                if point.value is None and point.state in UNFILLED
            ),
            usual=usual,
            note=f"{'; '.join([*notes, *sources])}.{unverified}",
        )
    )


def thread_line(course: MeasureCourse, *, name: str = "") -> MeasureLine | None:
    """A thin line for the thread, with its sudden steps."""
    if len(course.known) < 2:
        return None
    cut = course.rule.cutoffs[0] if course.rule.cutoffs else None
    return MeasureLine(
        name=name or gettext(course.definition.name).split(" (")[0],
        instrument=course.definition.name.partition("(")[2].rstrip(")") or course.definition.id.upper(),
        points=tuple(
            (one.on, one.value) for one in course.points if one.state != "asked" and one.months is None
        ),
        after=tuple(
            (one.months, one.value)
            for one in course.known
            if one.months is not None and one.value is not None
        ),
        cut=(cut.value, gettext("cut-off")) if cut else None,
        decimals=0,
        steps=tuple(
            (
                before.on,
                after.on,
                (
                    gettext("sudden gain, hour %(first)s to %(last)s")
                    if step.kind == "gain"
                    else gettext("sudden loss, hour %(first)s to %(last)s")
                )
                % {"first": before.hour, "last": after.hour},
            )
            for step, before, after in course.sudden
        ),
        unfilled=tuple(
            (one.on, UNFILLED[one.state])
            for one in course.points
            if one.value is None and one.state in UNFILLED and one.months is None
        ),
    )
