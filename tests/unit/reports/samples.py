"""One of each chart, small, for the tests that hold for all of them."""

import datetime as dt

from depthwork.reports.charts import (
    agreement,
    alliance,
    course,
    forest,
    funnel,
    ladder,
    profile,
    sparkline,
    triangles,
)
from depthwork.reports.charts.chart import Chart
from depthwork.reports.charts.thread import thread_chart
from depthwork.reports.charts.thread_data import (
    Away,
    Dream,
    FollowUp,
    Happening,
    Hour,
    MeasureLine,
    Strain,
    ThemeRow,
    Thread,
    Told,
)

FIRST = dt.date(2026, 8, 11)


def week(n: int) -> dt.date:
    return FIRST + dt.timedelta(days=7 * n)


def brief(words: str = "Her father falls") -> Thread:
    """Sixteen hours: one late, one missed, three to come, a break, a strain and its repair."""
    states = {5: "late", 8: "missed", 14: "planned", 15: "planned", 16: "planned"}
    hours = tuple(
        Hour(week(n if n <= 10 else n + 2), states.get(n, "held"), n, share=0.76, href=f"/hours/{n}/")
        for n in range(1, 17)
    )
    values = (16, 15, 16, 14, 15, 13, 15, None, 14, 11, 13, 9, 8)
    return Thread(
        "thread",
        "The thread",
        hours,
        first_call=dt.date(2026, 7, 23),
        ends_on=hours[-1].on,
        happenings=(Happening(week(8), "life", words, more=words), Happening(week(4), "medication", words)),
        aways=(Away(week(11), week(12), words),),
        strains=(Strain(hours[6].on, hours[8].on, words),),
        dreams=(Dream(hours[2].on, words),),
        told=(Told(hours[1].on, "then", True), Told(hours[8].on, "here", False)),
        themes=(ThemeRow(words, (hours[1].on, hours[4].on)),),
        lines=(
            MeasureLine(
                "Depression",
                "PHQ-9",
                tuple((hour.on, value) for hour, value in zip(hours, values, strict=False)),
                (10, 22, words),
                (10, "cut-off 10"),
            ),
        ),
        follow_ups=(FollowUp(3), FollowUp(6, True), FollowUp(12, False)),
    )


def twice_weekly(years: int = 3) -> Thread:
    """Three hundred hours and more, with a summer break each year."""
    start = dt.date(2023, 11, 6)
    days = [start + dt.timedelta(days=d) for d in range(365 * years)]
    kept = [day for day in days if day.weekday() in (0, 3) and day.month != 8]
    hours = tuple(Hour(day, "held", n + 1, href=f"/hours/{n + 1}/") for n, day in enumerate(kept))
    aways = tuple(Away(dt.date(2024 + y, 8, 1), dt.date(2024 + y, 8, 31), "summer") for y in range(years))
    return Thread("long", "Three years", hours, aways=aways, strains=(Strain(kept[40], kept[43]),))


def every_chart(words: str = "plain words") -> list[Chart]:
    """Each chart once, `words` wherever a person's words may stand."""
    blocks = tuple(profile.ProfileBlock(i, i + 1, i % 3 - 1, None, "connecting", 0.2) for i in range(6))
    vertex = triangles.Vertex(3, words, "/lines/")
    points = tuple((week(n), None if n == 3 else 20.0 - n) for n in range(8))
    trials = (forest.Trial(words, 0.2, -0.1, 0.5, 1.0, 40, "/t/"), forest.Trial("B", 0.1, -0.3, 0.5, 2.0))
    return [
        thread_chart(brief(words)),
        thread_chart(twice_weekly()),
        profile.profile_chart(
            profile.HourProfile(
                "p", words, blocks, silences=(profile.Silence(2, 9),), shown=(1, 3), note=words
            )
        ),
        triangles.triangle_chart(triangles.Triangle("t", "conflict", (vertex, vertex, vertex), (5, 0, 1))),
        ladder.ladder_chart(
            ladder.Ladder(
                "l",
                words,
                (words, "mature"),
                (ladder.LadderHour("1", (2, 1), 1.4), ladder.LadderHour("2", (0, 1))),
            )
        ),
        alliance.alliance_chart(
            alliance.Alliance(
                "a",
                words,
                words,
                tuple(
                    alliance.AlliancePoint(n, None if n == 4 else 7 - 3 * (n == 5), href="/h/")
                    for n in range(1, 8)
                ),
                0,
                10,
                (6, 7, 8),
                words,
                (alliance.Fall(5, 6, words=words),),
                (5, words),
            )
        ),
        course.course_chart(
            course.Course(
                "c",
                words,
                words,
                points,
                0,
                27,
                (10, words),
                (course.Band(10, 14, words),),
                6,
                ended_on=week(6),
            )
        ),
        forest.forest_chart(
            forest.Forest(
                "f", words, trials, forest.Pooled(words, 0.13, 0, 0.3, (-0.2, 0.5)), words, words, words
            )
        ),
        funnel.funnel_chart(
            funnel.Funnel(
                "u",
                words,
                (
                    funnel.FunnelPoint(words, 0.9, 0.1, "/t/"),
                    funnel.FunnelPoint("B", 0.3, 0.2),
                    funnel.FunnelPoint("C", 0.5, 0.3),
                ),
                0.4,
                1.96,
                words,
                ((-0.1, 0.1),),
                (0.3, 0.4),
                note=words,
            )
        ),
        agreement.agreement_chart(
            (
                agreement.Agreed(words, 0.6, (0.4, 0.8), 44, 70),
                agreement.Agreed("dream", None, None, 3, None, words),
            ),
            key="g",
            title=words,
        ),
        sparkline.sparkline([16, None, 12, 8], key="s", name=words, low=0, high=27, cut=10),
    ]
