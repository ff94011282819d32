"""The check-in, hour by hour: this pair's own range, drops and repair, beside ruptures marked in the hours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from depthwork.outcome.alliance import Chart as Control
from depthwork.outcome.alliance import Episodes, control_chart, recent_drop, rupture_repair
from depthwork.practice.tracking.courses import CHECKIN, SIGNS, UNFILLED
from depthwork.practice.tracking.queries.answers import Asked
from depthwork.practice.treatments.models import Treatment
from depthwork.reports.charts.alliance import Alliance, AlliancePoint, Fall, alliance_chart
from depthwork.reports.charts.chart import Chart
from depthwork.reports.charts.thread_data import MeasureLine

REPAIR_WITHIN = 5  # hours, as in `rupture_repair` and in the control chart


@dataclass(frozen=True, slots=True)
class Drop:
    """A fall of the check-in. Two rules say what became of it: back where it had been, or above the own middle."""

    hour: int
    before: float
    back: int | None
    over_middle: int | None
    is_hard: bool  # holds at two standard deviations too
    is_marked: bool  # a rupture is marked in that hour as well


@dataclass(frozen=True, slots=True)
class Between:
    """What the check-ins say of the hours of one treatment."""

    points: tuple[Asked, ...]
    values: tuple[float | None, ...]
    control: Control
    one_sd: Episodes
    two_sd: Episodes
    dropped: float | None
    marked: frozenset[int]
    notes: tuple[tuple[int, str], ...]

    def hour(self, index: int) -> int:
        """The hour's number of one point."""
        return self.points[index].hour or 0

    @property
    def drops(self) -> tuple[Drop, ...]:
        """Each drop of one standard deviation or more, and what became of it."""
        hard = {episode.trough for episode in self.two_sd.episodes}
        return tuple(
            Drop(
                hour=self.hour(episode.trough),
                before=self.values[episode.peak] or 0.0,
                back=None if episode.repaired_at is None else self.hour(episode.repaired_at),
                over_middle=self._over_middle(episode.trough),
                is_hard=episode.trough in hard,
                is_marked=self.hour(episode.trough) in self.marked,
            )
            for episode in self.one_sd.episodes
        )

    def _over_middle(self, trough: int) -> int | None:
        """The first of the next five hours whose check-in stands above this pair's own middle."""
        middle = self.control.centre
        for at in range(trough + 1, min(trough + 1 + REPAIR_WITHIN, len(self.values))):
            value = self.values[at]
            if middle is not None and value is not None and value > middle:
                return self.hour(at)
        return None

    @property
    def only_marked(self) -> tuple[int, ...]:
        """Hours with a rupture marked in them whose check-in did not drop."""
        low = {drop.hour for drop in self.drops}
        return tuple(sorted(self.marked - low))


_marked_by: Callable[[Treatment], Iterable[int]] | None = None


def ruptures_marked_by(source: Callable[[Treatment], Iterable[int]]) -> None:
    """Called once at the start by the room of marks: hour numbers of a treatment with a confirmed rupture."""
    global _marked_by
    _marked_by = source


def marked_hours(treatment: Treatment) -> frozenset[int]:
    """Hours of a treatment in which a rupture was marked and confirmed."""
    return frozenset() if _marked_by is None else frozenset(_marked_by(treatment))


def between_us(asked: Iterable[Asked], *, marked: Iterable[int] = ()) -> Between | None:
    """The check-ins of the hours; None where none was ever asked."""
    points = tuple(
        sorted(
            (
                one
                for one in asked
                if one.measure == CHECKIN and one.hour is not None and one.state != "asked"
            ),
            key=lambda one: one.hour or 0,
        )
    )
    if not points:
        return None
    values = tuple(one.value("bond_work") for one in points)
    return Between(
        points=points,
        values=values,
        control=control_chart(values),
        one_sd=rupture_repair(values, k=1.0),
        two_sd=rupture_repair(values, k=2.0),
        dropped=recent_drop(values),
        marked=frozenset(marked),
        notes=tuple((one.hour or 0, str(one.answers["note"])) for one in points if one.answers.get("note")),
    )


def drawn(between: Between, *, href: Callable[[int], str] = lambda hour: "") -> Chart:
    """The control chart of the check-in."""
    control = between.control
    limits = None
    if control.lower is not None and control.centre is not None and control.upper is not None:
        limits = (max(0.0, control.lower), control.centre, min(10.0, control.upper))
    seen: dict[int, AlliancePoint] = {}
    for one, value in zip(between.points, between.values, strict=True):
        hour = one.hour or 0
        what = UNFILLED.get(one.state) if value is None else None
        seen[hour] = AlliancePoint(hour, value, in_baseline=value is not None, href=href(hour), unfilled=what)
    words = _("own range, %(n)s check-ins") % {"n": control.n} if limits else ""
    missing = [point.unfilled for point in seen.values()]
    without = "".join(
        f" {missing.count(what)} {_(what)} ({_(drawn_as)})."
        for what, drawn_as in SIGNS.items()
        if what in missing
    )
    why = f" {control.withheld[0].upper()}{control.withheld[1:]}." if control.withheld else ""
    return alliance_chart(
        Alliance(
            key="between",
            name=_("Between us"),
            instrument=_("Session check-in"),
            points=tuple(seen[hour] for hour in sorted(seen)),
            low=0,
            high=10,
            limits=limits,
            limits_words=words,
            falls=tuple(
                Fall(drop.hour, drop.back or drop.over_middle, is_whole=drop.back is not None)
                for drop in between.drops
            ),
            note=(
                _(
                    "Mean of the first four questions. A check-in, not a validated alliance scale: read it "
                    "within one pair, question by question."
                )
                + why
                + without
            ),
        )
    )


def thread_line(between: Between | None) -> MeasureLine | None:
    """A thin line for the thread."""
    if between is None or sum(value is not None for value in between.values) < 2:
        return None
    return MeasureLine(
        name=_("Between us"),
        instrument=_("check-in"),
        points=tuple((one.on, value) for one, value in zip(between.points, between.values, strict=True)),
        decimals=1,
        unfilled=tuple(
            (one.on, UNFILLED[one.state])
            for one, value in zip(between.points, between.values, strict=True)
            if value is None and one.state in UNFILLED
        ),
    )
