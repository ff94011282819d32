"""Invented numbers for the charts of the components page."""

from __future__ import annotations

import datetime as dt

from depthwork.reports.charts import agreement, alliance, course, forest, funnel, ladder, profile, triangles
from depthwork.reports.charts.chart import Chart
from depthwork.reports.charts.thread import thread_chart
from depthwork.reports.charts.thread_data import Away, Dream, FollowUp, Happening, Hour, Strain, Thread, Told

NOTE = "Invented numbers."
LEVELS = (
    "action",
    "major image-distorting",
    "disavowal",
    "minor image-distorting",
    "neurotic",
    "obsessional",
    "high-adaptive",
)


def sample_charts() -> list[Chart]:
    """Each chart once."""
    return [
        _thread(),
        _profile(),
        *_triangles(),
        _ladder(),
        _alliance(),
        _course(),
        _forest(),
        _funnel(),
        _agreement(),
    ]


def _thread() -> Chart:
    first = dt.date(2026, 8, 11)
    days = [first + dt.timedelta(days=7 * (n if n < 10 else n + 2)) for n in range(16)]
    states = {4: "late", 7: "missed", 13: "planned", 14: "planned", 15: "planned"}
    hours = tuple(Hour(day, states.get(n, "held"), n + 1, share=0.76) for n, day in enumerate(days))
    told = ((0, "now", True), (2, "then", True), (6, "here", True), (8, "here", False), (11, "now", False))
    return thread_chart(
        Thread(
            "sample-thread",
            "The thread of a brief therapy",
            hours,
            ends_on=days[-1],
            happenings=(Happening(days[3], "life", "A daughter starts school"),),
            aways=(Away(days[9] + dt.timedelta(2), days[10] - dt.timedelta(6), "two weeks away"),),
            strains=(Strain(days[6], days[8]),),
            dreams=(Dream(days[2], "stairs, no carpet"),),
            told=tuple(Told(days[n], sphere, ever) for n, sphere, ever in told),
            follow_ups=(FollowUp(3), FollowUp(6), FollowUp(12)),
            note=NOTE,
        )
    )


def _profile() -> Chart:
    waves = (0.2, -0.4, -0.1, 0.6, 1.2, 0.8, -0.7, -1.1, 0.3, 0.9)
    names = ("relaxing", "reflecting", "experiencing", "connecting", "relaxing")
    blocks = tuple(
        profile.ProfileBlock(5 * n, 5 * n + 5, wave, -wave / 2 + 0.2, names[n // 2], 0.1 + 0.03 * n)
        for n, wave in enumerate(waves)
    )
    silences = (profile.Silence(12, 9), profile.Silence(27, 31))
    return profile.profile_chart(
        profile.HourProfile("sample-profile", "Profile of an hour", blocks, silences=silences, note=NOTE)
    )


def _triangles() -> list[Chart]:
    vertex = triangles.Vertex
    conflict = (vertex(7, "makes herself useful"), vertex(6, "being too much"), vertex(4, "longing"))
    person = (vertex(5, "Ana"), vertex(6, "Marc"), vertex(4, "father, mother"))
    return [
        triangles.triangle_chart(
            triangles.Triangle("sample-conflict", "conflict", conflict, (5, 2, 3), NOTE)
        ),
        triangles.triangle_chart(triangles.Triangle("sample-person", "person", person, (1, 4, 0), NOTE)),
    ]


def _ladder() -> Chart:
    hours = tuple(
        ladder.LadderHour(
            str(n + 1),
            tuple(max(0, 3 - abs(k - n // 3)) for k in range(7)),
            3.2 + 0.12 * n if n != 5 else None,
        )
        for n in range(12)
    )
    return ladder.ladder_chart(ladder.Ladder("sample-ladder", "Defenses by level", LEVELS, hours, NOTE))


def _alliance() -> Chart:
    values = (6.8, 7.0, 7.6, 7.4, 7.0, 7.6, 5.0, None, 6.8, 8.0, 7.9, 8.3)
    points = tuple(alliance.AlliancePoint(n + 1, value, n < 6) for n, value in enumerate(values))
    episodes = (alliance.Fall(7, 9), alliance.Fall(12))
    return alliance.alliance_chart(
        alliance.Alliance(
            "sample-alliance",
            "Check-in",
            "own form",
            points,
            0,
            10,
            (6.2, 7.2, 8.3),
            "usual range",
            episodes,
            note=NOTE,
        )
    )


def _course() -> Chart:
    values = (18, 17, 17, None, 14, 12, 11, 9, 8, 7, 6)
    points = tuple((dt.date(2026, 1, 6) + dt.timedelta(days=21 * n), value) for n, value in enumerate(values))
    return course.course_chart(
        course.Course(
            "sample-course",
            "Depression",
            "PHQ-9",
            points,
            0,
            27,
            (10, "cut-off 10"),
            (course.Band(10, 14, "moderate"), course.Band(15, 19, "moderately severe")),
            6,
            ended_on=dt.date(2026, 6, 20),
            note=NOTE,
        )
    )


def _forest() -> Chart:
    trials = (
        forest.Trial("First trial", 0.2, -0.1, 0.5, 3.0, 40),
        forest.Trial("Second trial", -0.1, -0.35, 0.15, 4.0, 80),
        forest.Trial("Third trial", 0.1, -0.05, 0.25, 9.0, 190),
    )
    pooled = forest.Pooled("Together", 0.07, -0.05, 0.19, (-0.2, 0.34))
    return forest.forest_chart(
        forest.Forest(
            "sample-forest",
            "Three trials",
            trials,
            pooled,
            "standardised difference g",
            "favours other",
            "favours this",
        )
    )


def _funnel() -> Chart:
    found = ((0.31, 0.06), (0.44, 0.09), (0.2, 0.12), (0.52, 0.15), (0.78, 0.2), (0.9, 0.26), (1.1, 0.3))
    points = tuple(
        funnel.FunnelPoint(f"Trial {n}", effect, se) for n, (effect, se) in enumerate(found, start=1)
    )
    return funnel.funnel_chart(
        funnel.Funnel(
            "sample-funnel",
            "Seven trials by how exact they are",
            points,
            0.41,
            1.96,
            "standardized difference g",
            ((-0.28, 0.3), (-0.08, 0.26)),
            (0.13, 3.2),
            note=NOTE,
        )
    )


def _agreement() -> Chart:
    rows = (
        agreement.Agreed("wish", 0.61, (0.4, 0.78), 44, 70),
        agreement.Agreed("defense", 0.72, None, 50, 79),
        agreement.Agreed("dream", None, None, 4, None, "4 units; 30 are needed"),
    )
    return agreement.agreement_chart(rows, key="sample-agreement", title="Two coders", note=NOTE)
