"""Charts: well-formed, silent about nothing, without style or script, true to their values."""

import datetime as dt
import itertools
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

import depthwork.practice.ui as ui
from depthwork.reports.charts import alliance, course, forest, funnel, ladder, sparkline, triangles
from depthwork.reports.charts.chart import Link
from depthwork.reports.charts.ink import inked
from depthwork.reports.charts.scales import Scale, month_starts, nice_ticks, say
from depthwork.reports.charts.svg import escape, number
from depthwork.reports.charts.thread import thread_chart
from depthwork.reports.charts.thread_data import Hour, Thread
from depthwork.reports.charts.thread_wide import rows_of

from .samples import brief, every_chart, twice_weekly, week

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"><script>alert(1)</script><a href="javascript:x"> & \x00\x07 ]]> --> \ud800'
CHARTS = every_chart()
NAMES = [f"{chart.title}-{i}" for i, chart in enumerate(CHARTS)]
DRAWINGS = [svg for chart in CHARTS for svg in (chart.wide, chart.narrow) if svg]


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_every_drawing_is_well_formed_with_a_title_and_a_description(drawing):
    root = ET.fromstring(drawing)
    image = next(element for element in root.iter() if element.get("role") == "img")
    title, desc = image.find(f"{SVG}title"), image.find(f"{SVG}desc")
    assert title is not None
    assert title.text
    assert desc is not None
    assert desc.text
    assert image.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_no_drawing_has_a_style_a_script_or_a_handler(drawing):
    for element in ET.fromstring(drawing).iter():
        assert element.tag not in {f"{SVG}script", f"{SVG}style", f"{SVG}image", f"{SVG}foreignObject"}
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_the_image_holds_no_link_and_the_links_are_left_to_the_table(drawing):
    root = ET.fromstring(drawing)
    image = next(element for element in root.iter() if element.get("role") == "img")
    assert not list(image.iter(f"{SVG}a"))
    assert all(link.get("tabindex") == "-1" for link in root.iter(f"{SVG}a"))


@pytest.mark.parametrize("chart", CHARTS, ids=NAMES)
def test_every_chart_says_what_is_seen_and_gives_its_values(chart):
    assert chart.sentence.endswith(".")
    assert chart.rows
    assert {len(row) for row in chart.rows} == {len(chart.columns)}


@pytest.mark.parametrize("index", range(len(CHARTS)))
def test_a_persons_words_cannot_become_markup(index):
    chart = every_chart(HOSTILE)[index]
    for drawing in (chart.wide, chart.narrow):
        if drawing:
            root = ET.fromstring(drawing)
            assert not [e for e in root.iter() if e.tag.endswith("script")]
            assert not [e for e in root.iter() if (e.get("href") or "").startswith("javascript")]


def test_two_charts_of_the_same_data_are_the_same_text():
    assert [c.wide for c in every_chart()] == [c.wide for c in CHARTS]


def test_every_class_that_a_drawing_uses_is_known_to_the_sheet():
    static = Path(ui.__file__).parent / "static" / "depthwork"
    sheet = "".join(path.read_text() for path in static.glob("*.css"))
    known = set(re.findall(r"\.([a-z][a-z0-9-]*)", sheet))
    used = {name for d in DRAWINGS for names in re.findall(r' class="([^"]*)"', d) for name in names.split()}
    assert used - known - {"hits"} == set()


def test_every_class_that_a_drawing_uses_has_its_ink_on_paper():
    ink = inked(CHARTS[0].wide)[0].split("</style>")[0]
    used = {name for d in DRAWINGS for names in re.findall(r' class="([^"]*)"', d) for name in names.split()}
    assert {name for name in used - {"hits", "hit", "spark"} if f".{name}" not in ink} == set()


def test_the_ink_of_paper_is_the_ink_of_the_page():
    from depthwork.reports.charts import ink

    tokens = (Path(ui.__file__).parent / "static" / "depthwork" / "tokens.css").read_text()
    for name in ("ink", "quiet", "code", "edge", "hair", "cue", "alert"):
        light = re.search(rf"--{name}:\s*light-dark\((#[0-9A-F]+)", tokens)
        assert light is not None
        assert getattr(ink, name.upper()) == light.group(1)


# The thread


def test_sixteen_hours_stand_on_one_line():
    assert len(rows_of(brief())) == 1


def test_three_years_twice_weekly_stand_on_three_lines_with_every_hour_drawn():
    thread = twice_weekly()
    rows = rows_of(thread)
    assert [row.name for row in rows] == ["Year 1", "Year 2", "Year 3"]
    beads = re.findall(r'<circle class="dot" cx="[^"]*" cy="[^"]*" r="3.6"/>', thread_chart(thread).wide)
    assert len(beads) == len(thread.hours)


def test_the_beads_of_a_long_thread_do_not_cover_one_another():
    thread = twice_weekly()
    for row in rows_of(thread):
        places = [row.x(hour.on) for hour in thread.hours if row.holds(hour.on)]
        closest = min(b - a for a, b in itertools.pairwise(places))
        assert closest >= 2 * row.r


def test_five_times_weekly_takes_more_lines_rather_than_smaller_beads():
    start = dt.date(2025, 1, 6)
    days = [start + dt.timedelta(days=d) for d in range(360)]
    hours = tuple(Hour(day, "held", n + 1) for n, day in enumerate(d for d in days if d.weekday() < 5))
    assert len(rows_of(Thread("five", "Five", hours))) >= 2


def test_a_missed_hour_is_hollow_and_an_hour_to_come_is_dotted():
    wide = thread_chart(brief()).wide
    assert wide.count('class="planned"') == 3 + 1  # three hours and one follow-up
    assert re.search(r'<circle class="ring" cx="[^"]*" cy="[^"]*" r="10"/>', wide)


def test_a_form_not_filled_breaks_the_line_and_is_said_in_the_table():
    chart = thread_chart(brief())
    row = next(r for r in chart.rows if isinstance(r[0], Link) and r[0].text == "Hour 8")
    assert row[-1] == "not filled"
    assert len(re.findall(r'<path class="one" d="M[^"]* L', chart.wide)) >= 2


def test_every_hour_is_a_link_in_the_table_and_under_the_pointer():
    chart = thread_chart(brief())
    assert {cell.href for row in chart.rows if isinstance(cell := row[0], Link)} == {
        f"/hours/{n}/" for n in range(1, 17)
    }
    assert chart.wide.count("<a ") == 16


def test_the_sentence_of_the_thread_tells_strain_and_repair():
    assert "Strain after hour 7, repaired in hour 9." in thread_chart(brief()).sentence


def test_a_theme_has_a_line_of_its_own_a_sentence_and_its_hours_in_the_table():
    bare, chart = thread_chart(replace(brief("the boat"), themes=())), thread_chart(brief("the boat"))
    assert chart.wide.count('width="6" height="6"') == bare.wide.count('width="6" height="6"') + 2
    assert "The theme “the boat” is marked in two hours." in chart.sentence
    assert sum("theme: the boat" in str(row[2]) for row in chart.rows) == 2


def test_a_thread_without_a_date_is_refused():
    with pytest.raises(ValueError, match="at least one hour"):
        thread_chart(Thread("x", "x", ()))


def test_one_single_hour_can_be_drawn():
    chart = thread_chart(Thread("x", "x", (Hour(week(0), "held", 1),)))
    assert "One hour" in chart.sentence


# The others


def test_the_heaviest_line_of_a_triangle_has_the_largest_count():
    v = triangles.Vertex(1)
    chart = triangles.triangle_chart(triangles.Triangle("t", "person", (v, v, v), (1, 4, 2)))
    assert chart.wide.count("one w5") == 1
    assert chart.wide.count("one w1") == 1
    assert ("therapist with past", "4", "") in chart.rows


def test_a_value_beyond_the_usual_range_is_ringed_and_told():
    points = tuple(alliance.AlliancePoint(n, 5.0 if n == 3 else 7.0) for n in range(1, 5))
    chart = alliance.alliance_chart(alliance.Alliance("a", "Check-in", "own", points, 0, 10, (6, 7, 8)))
    assert "left its usual range in hour 3." in chart.sentence
    assert [row[2] for row in chart.rows] == ["within", "within", "outside", "within"]


def test_too_few_hours_give_no_usual_range():
    points = (alliance.AlliancePoint(1, 7.0),)
    chart = alliance.alliance_chart(alliance.Alliance("a", "Check-in", "own", points, 0, 10, None))
    assert "not enough to say what is usual" in chart.sentence


def test_a_change_of_exactly_the_reliable_amount_is_within_what_unreliability_explains():
    points = ((week(0), 16.0), (week(1), 10.0), (week(2), 9.0))
    chart = course.course_chart(course.Course("c", "Depression", "PHQ-9", points, 0, 27, reliable=6))
    assert [row[2] for row in chart.rows] == [
        "within what unreliability explains",
        "within what unreliability explains",
        "below it",
    ]


def test_a_trial_whose_interval_misses_its_estimate_is_refused():
    trial = forest.Trial("A", 0.9, -0.1, 0.5, 1.0)
    with pytest.raises(ValueError, match="does not hold its estimate"):
        forest.forest_chart(forest.Forest("f", "F", (trial,), None, "g", "", ""))


def test_the_weights_of_a_forest_are_shares_of_a_hundred():
    trials = (forest.Trial("A", 0.2, 0, 0.4, 1.0), forest.Trial("B", 0.2, 0, 0.4, 3.0))
    pooled = forest.Pooled("All", 0.2, 0, 0.4)
    chart = forest.forest_chart(forest.Forest("f", "F", trials, pooled, "g", "", ""))
    assert [row[4] for row in chart.rows] == ["25.0", "75.0", ""]


def test_where_nothing_is_pooled_nothing_has_a_weight():
    trials = (forest.Trial("A", 0.2, 0, 0.4, 1.0), forest.Trial("B", 0.2, 0, 0.4, 3.0, 80))
    chart = forest.forest_chart(forest.Forest("f", "F", trials, None, "g", "", ""))
    assert "Weight, %" not in chart.columns
    assert [row[4] for row in chart.rows] == ["not printed", "80"]


def test_a_fall_of_a_form_is_a_fall_and_no_strain():
    points = tuple(alliance.AlliancePoint(n, 7.0) for n in range(1, 13))
    falls = (alliance.Fall(7, 10), alliance.Fall(12))
    chart = alliance.alliance_chart(
        alliance.Alliance("a", "Us", "own", points, 0, 10, (6, 7, 8), falls=falls)
    )
    assert (
        "no single one left the usual range. Two falls: in hour 7, back in hour 10; in hour 12, not back"
        in chart.sentence
    )
    assert "strain" not in chart.wide + chart.sentence
    many = tuple(alliance.Fall(n, n + 1 if n < 4 else None) for n in (2, 3, 5, 8))
    chart = alliance.alliance_chart(alliance.Alliance("a", "Us", "own", points, 0, 10, None, falls=many))
    assert chart.sentence.endswith("Four falls, two of them made good.")


def test_the_names_of_severity_stand_in_the_table_alone():
    bands = (course.Band(0, 9, "mild"), course.Band(10, 27, "severe"))
    points = ((week(0), 16.0), (week(1), 4.0))
    chart = course.course_chart(course.Course("c", "Depression", "PHQ-9", points, 0, 27, bands=bands))
    assert "severe" not in chart.wide
    assert [row[-1] for row in chart.rows] == ["severe", "mild"]


def test_a_follow_up_is_named_as_one_and_is_not_the_end():
    points = ((week(0), 14.0), (week(5), 4.0), (week(20), 2.0))
    made = course.Course("c", "Depression", "PHQ-9", points, 0, 27, ended_on=week(6))
    sentence = course.course_chart(made).sentence
    assert "from 14 to 4" in sentence
    assert "; 2 at the follow-up on" in sentence


def test_a_trial_on_the_side_of_a_funnel_is_inside_and_one_beyond_is_not():
    drawn = funnel.Funnel("u", "t", (), centre=0.4, reach=2.0, scale="g")
    assert drawn.holds(funnel.FunnelPoint("A", 0.8, 0.2))
    assert not drawn.holds(funnel.FunnelPoint("B", 0.81, 0.2))


def test_the_most_exact_trial_of_a_funnel_stands_on_top():
    points = (funnel.FunnelPoint("A", 0.8, 0.3), funnel.FunnelPoint("B", 0.4, 0.1))
    chart = funnel.funnel_chart(funnel.Funnel("u", "t", points, centre=0.4, reach=2.0, scale="g"))
    heights = [float(at) for at in re.findall(r'<circle class="dot" cx="[0-9.]+" cy="([0-9.]+)"', chart.wide)]
    assert heights[1] < heights[0]
    assert [row[0] for row in chart.rows] == ["B", "A"]


def test_mirrored_trials_are_rings_and_said_to_be_no_trials():
    points = (funnel.FunnelPoint("A", 0.8, 0.3), funnel.FunnelPoint("B", 0.4, 0.1))
    chart = funnel.funnel_chart(
        funnel.Funnel("u", "t", points, centre=0.4, reach=2.0, scale="g", mirrored=((0.0, 0.3),))
    )
    assert chart.wide.count('class="ring"') == 1
    assert "one that nobody ran" in chart.sentence
    assert chart.rows[-1][0] == "mirrored, nobody ran it"


@pytest.mark.parametrize("points", [(), (funnel.FunnelPoint("A", 0.8, 0.0),)])
def test_a_funnel_without_a_trial_or_with_an_error_of_nought_is_refused(points):
    with pytest.raises(ValueError, match="a funnel needs"):
        funnel.funnel_chart(funnel.Funnel("u", "t", points, centre=0.4, reach=2.0, scale="g"))


def test_a_ladder_refuses_an_hour_that_does_not_count_every_level():
    with pytest.raises(ValueError, match="a count for each level"):
        ladder.ladder_chart(ladder.Ladder("l", "L", ("a", "b"), (ladder.LadderHour("1", (1,)),)))


def test_a_sparkline_says_how_many_forms_were_filled():
    assert sparkline.sparkline([9, None, 7], key="s", name="PHQ-9", low=0, high=27).sentence == (
        "PHQ-9: from 9 to 7, 2 of 3 filled."
    )


def test_a_scale_keeps_its_ends():
    scale = Scale(0, 27, 200, 20)
    assert (scale(0), scale(27), scale(13.5)) == (200, 20, 110)


def test_ticks_are_round_and_within_the_ends():
    assert nice_ticks(0, 27) == [0, 10, 20]
    assert nice_ticks(-0.42, 1.7, about=6) == [0.0, 0.5, 1.0, 1.5]


def test_month_starts_cross_a_year():
    days = list(month_starts(dt.date(2026, 11, 15), dt.date(2027, 2, 1)))
    assert days == [dt.date(2026, 12, 1), dt.date(2027, 1, 1), dt.date(2027, 2, 1)]


def test_numbers_are_short_and_never_minus_nought():
    assert (number(3.0), number(-0.04), number(2.25)) == ("3", "0", "2.2")
    assert say(-0.35, 2) == "\N{MINUS SIGN}0.35"


def test_a_half_is_rounded_up_as_on_every_page():
    assert (say(9.25, 1), say(2.5), say(-0.04, 1)) == ("9.3", "3", "0.0")


def test_what_xml_cannot_hold_is_left_out():
    assert escape("a\x00\x1b<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;"
