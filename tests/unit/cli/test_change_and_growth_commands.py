"""`depthwork change` and `depthwork growth` on the command line, with the tables people really save."""

import csv
import io
import json

import numpy as np
import pytest
from click.testing import CliRunner
from tests.judges.test_growth import simulated

from depthwork.cli import cli

COLUMNS = ("--person", "id", "--time", "t", "--score", "y")
ROWS = [
    ("a", 0, 20),
    ("a", 1, 19),
    ("a", 2, 8),
    ("a", 3, 7),
    ("a", 4, 6),
    ("b", 0, 12),
    ("b", 1, 18),
    ("c", 0, 5),
]


@pytest.fixture
def table(tmp_path):
    def write(content, encoding="utf-8"):
        path = tmp_path / "scores.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return str(path)

    return write


def as_csv(rows, separator=",", header=("id", "t", "y")):
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([header, *rows])
    return out.getvalue()


def run(command, path, *more):
    return CliRunner().invoke(cli, [command, path, *COLUMNS, *more])


def test_change_gives_each_person_a_class_and_sudden_gains(table):
    result = run("change", table(as_csv(ROWS)), "--measure", "phq9", "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    a, b, c = found["people"]
    assert (a["class"], a["better_by"]) == ("recovered", 14)
    assert a["sudden_gains"] == [{"between": [1.0, 2.0], "points": 11.0, "reversed_at": None}]
    assert (b["class"], b["first_reliably_worse_at"]) == ("reliably_deteriorated", 1.0)
    assert (c["class"], c["withheld"]) == ("not_assessable", "one score; change needs two")
    assert found["rule"]["points"] == 6
    assert found["rule"]["cutoff"] == 10
    assert found["counts"] == {"not_assessable": 1, "recovered": 1, "reliably_deteriorated": 1}


def test_the_order_of_rows_does_not_matter(table):
    first = run("change", table(as_csv(ROWS)), "--measure", "phq9", "--json").stdout
    assert run("change", table(as_csv(ROWS[::-1])), "--measure", "phq9", "--json").stdout == first


def test_own_figures_stand_in_for_a_published_rule(table):
    found = json.loads(
        run(
            "change", table(as_csv(ROWS)), "--sd", "7.5", "--reliability", "0.8", "--cutoff", "14", "--json"
        ).stdout
    )
    assert found["rule"]["points"] == pytest.approx(9.297, abs=1e-3)
    assert found["people"][0]["class"] == "recovered"


def test_the_human_form_names_the_rule_and_the_caution(table):
    text = run("change", table(as_csv(ROWS)), "--measure", "phq9").stdout
    assert "Reliable: at least 6 points; case cut-off 10" in text
    assert "a: 20 to 6, recovered; sudden gain of 11 between 1 and 2" in text
    assert "regression to the mean" in text


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ((), "give --measure, or --sd and --reliability"),
        (("--sd", "7"), "go together"),
        (("--measure", "nonsense"), "there is no measure"),
        (("--measure", "phq15"), "no reliable change is published for phq15"),
        (("--sd", "0", "--reliability", ".8"), "standard deviation must be above 0"),
        (("--sd", "7", "--reliability", "1"), "below 1"),
        (("--sd", "nan", "--reliability", ".8"), "standard deviation must be above 0"),
        (("--sd", "1e200", "--reliability", ".8"), "at most 1e9"),
        (("--sd", "1e-300", "--reliability", ".8"), "no error to compare"),
        (("--sd", "7", "--reliability", "nan"), "reliability must be"),
        *(
            (("--measure", "phq9", "--cutoff", value), "--cutoff takes a score such as 10")
            for value in ("inf", "-inf", "nan", "1e308")
        ),
    ],
)
def test_change_says_what_it_needs(table, more, complaint):
    for form in ((), ("--json",)):
        result = run("change", table(as_csv(ROWS)), *more, *form)
        assert result.exit_code == 2
        assert complaint in result.stderr
        assert result.stderr.count("\n") == 1
        assert result.stdout == ""


def test_growth_prints_one_object_that_keeps_the_contract(table):
    person, time, score = simulated()
    result = run("growth", table(as_csv(zip(person, time, score, strict=True))), "--json")
    found = json.loads(result.stdout)
    assert {"n_people", "n_rows", "fixed", "se", "sd", "correlation", "reml_deviance"} <= set(found)
    assert set(found["fixed"]) == set(found["se"]) == {"intercept", "slope"}
    assert set(found["sd"]) == {"intercept", "slope", "residual"}
    assert found["n_people"] == 60
    human = run("growth", table(as_csv(zip(person, time, score, strict=True)))).stdout
    assert "60 people" in human
    assert "no forecast for one person" in human


def test_any_separator_and_a_decimal_comma_give_the_same_fit(table):
    person, time, score = simulated(people=20)
    plain = [(one, t, round(float(y), 3)) for one, t, y in zip(person, time, score, strict=True)]
    comma = [(one, str(t).replace(".", ","), str(y).replace(".", ",")) for one, t, y in plain]
    first = run("growth", table(as_csv(plain)), "--json").stdout
    for separator in (";", "\t", "|"):
        assert run("growth", table(as_csv(plain, separator)), "--json").stdout == first
        assert run("growth", table(as_csv(comma, separator)), "--json").stdout == first
    assert run("growth", table(as_csv(comma)), "--json").stdout == first


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_encodings_of_spreadsheets_are_read(table, encoding):
    rows = [("Zoë", t, 20 - 3 * t) for t in range(4)]
    found = json.loads(run("change", table(as_csv(rows), encoding), "--measure", "phq9", "--json").stdout)
    assert found["people"][0]["person"] == "Zoë"


def test_dates_are_read_as_days(table):
    rows = [("a", "2026-03-01", 20), ("a", "2026-03-08", 19), ("a", "2026-03-15", 8), ("a", "2026-03-22", 7)]
    found = json.loads(run("change", table(as_csv(rows)), "--measure", "phq9", "--json").stdout)
    assert found["people"][0]["sudden_gains"][0]["between"] == [7.0, 14.0]


def test_an_empty_score_is_left_out_and_said(table):
    rows = [*ROWS, ("d", 0, ""), ("d", 1, "NA")]
    found = json.loads(run("change", table(as_csv(rows)), "--measure", "phq9", "--json").stdout)
    assert found["n_people"] == 3
    assert found["warnings"] == ["2 rows without a score left out"]


@pytest.mark.parametrize("absent", [[("a", 3, "")], []])
def test_a_step_across_a_session_without_a_score_is_no_sudden_gain(table, absent):
    rows = [("a", 1, 28), ("a", 2, 25), *absent, ("a", 4, 11), ("a", 5, 12), ("a", 6, 12)]
    (one,) = json.loads(run("change", table(as_csv(rows)), "--measure", "phq9", "--json").stdout)["people"]
    assert one["sudden_gains"] == []
    assert (one["intervals_judged"], one["sudden_withheld"]) == (1, None)
    assert (one["n"], one["class"], one["better_by"]) == (5, "reliably_improved", 16)


def test_scores_of_every_fourth_week_are_judged_for_no_step_and_say_why(table):
    rows = [("a", 4 * n, score) for n, score in enumerate((28, 27, 11, 12, 12))]
    (one,) = json.loads(run("change", table(as_csv(rows)), "--measure", "phq9", "--json").stdout)["people"]
    assert (one["sudden_gains"], one["intervals_judged"]) == ([], 0)
    assert "two sessions in a row" in one["sudden_withheld"]
    told = run("change", table(as_csv(rows)), "--measure", "phq9").stdout
    assert "No sudden step could be looked for in 1 of 1" in told


def test_a_dated_row_without_a_score_keeps_its_place_among_the_sessions(table):
    days = ["2026-03-01", "2026-03-08", "2026-03-15", "2026-03-22", "2026-03-29", "2026-04-05"]
    rows = [("a", day, score) for day, score in zip(days, [28, 25, "", 11, 12, 12], strict=True)]
    found = json.loads(run("change", table(as_csv(rows)), "--measure", "phq9", "--json").stdout)
    assert found["people"][0]["sudden_gains"] == []
    assert "each row counts as the next session" in found["warnings"][-1]


GOOD = as_csv(ROWS)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "the file is empty"),
        (b"\x00\x01\x02\x03", "not a text file"),
        ("id,t,y\n", "no rows under the header"),
        ("a,b,c\n1,2,3\n", "there is no column 'id'; the header has a, b, c"),
        ("id,t,y,y\n1,2,3,4\n", "'y' stands twice"),
        (GOOD.replace("a,2,8", "a,2,eight"), "row 4, column 'y': not a number"),
        (GOOD.replace("a,2,8", "a,2,1e999"), "row 4, column 'y': not a number"),
        (GOOD.replace("a,2,8", "a,two,8"), "row 4, column 't': not a number"),
        (GOOD.replace("a,2,8", "a,,8"), "row 4: no time"),
        (GOOD.replace("a,2,8", ",2,8"), "row 4: no person"),
        (GOOD.replace("a,2,8", "a,1,8"), "rows 3 and 4 hold the same person and time"),
        (GOOD.replace("a,2,8", "a,2"), "row 4 has 2 cells, the header 3"),
        ('id,t,y\n"a,1,2\n', "quotation mark left open"),
        ("id;t;y\na;1;1,5\na;2;2.5\n", "mixes decimal points and commas"),
        ("id,t,y\na,1,\nb,2,NA\n", "no row has a score"),
    ],
)
def test_a_table_that_cannot_be_used_gives_one_line_and_exit_2(table, content, complaint):
    for command, more in (("change", ("--measure", "phq9")), ("growth", ())):
        result = run(command, table(content), *more, "--json")
        assert result.exit_code == 2
        assert result.stdout == ""
        assert complaint in result.stderr
        assert result.stderr.count("\n") == 1
        assert "eight" not in result.stderr


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([("a", t, t) for t in range(9)], "there is one person"),
        ([(p, t, 7) for p in "abc" for t in range(4)], "every score is the same"),
        ([(p, t, 20 - t) for p in "abc" for t in range(4)], "exactly on lines"),
        ([(p, t, 20 - t) for p in "abc" for t in range(2)], "more than two scores a person"),
    ],
)
def test_growth_refuses_what_it_cannot_fit(table, rows, complaint):
    result = run("growth", table(as_csv(rows)))
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("value", ["1e308", "-1e308", "1e200", "1e300", "1000000001"])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_score_or_time_of_another_order_is_refused_in_one_line(table, value, form):
    """Their squares overflow, and a fit of them is no number."""
    for at, what in ((2, "score"), (1, "time")):
        rows = [[p, t, 20 - t * n] for n, p in enumerate("abcd", 1) for t in range(4)]
        rows[5][at] = value
        for command, more in (("change", ("--measure", "phq9")), ("growth", ())):
            result = run(command, table(as_csv(rows)), *more, *form)
            assert (result.exit_code, result.stdout) == (2, "")
            assert result.stderr == (
                f"depthwork: scores.csv: row 7: {what} lies beyond 1e9 either way; correct or empty it\n"
            )


def test_scores_of_the_largest_order_still_give_words_and_numbers(table):
    rng = np.random.default_rng(3)
    rows = [(p, t, round(9e8 - 1e8 * t * rng.random(), 1)) for p in "abcdefgh" for t in range(5)]
    for command, more in (("change", ("--sd", "1e8", "--reliability", ".8")), ("growth", ())):
        result = run(command, table(as_csv(rows)), *more, "--json")
        assert (result.exit_code, result.stderr) == (0, "")
        json.loads(result.stdout)


def test_a_missing_file_is_one_line(tmp_path):
    result = run("growth", str(tmp_path / "none.csv"))
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_a_centre_that_is_no_time_is_refused(table):
    person, time, score = simulated(people=20)
    path = table(as_csv(zip(person, time, score, strict=True)))
    for centre in ("soon", "inf", "nan", "1e300"):
        result = run("growth", path, "--centre", centre, "--json")
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    middle = json.loads(run("growth", path, "--centre", "mean", "--json").stdout)
    assert middle["centre"] == pytest.approx(np.mean(time))


@pytest.mark.data
def test_a_real_trial_is_read_as_it_comes(data_dir):
    path = str(data_dir / "change_examples" / "claus_2020.csv")
    result = CliRunner().invoke(
        cli, ["growth", path, "--person", "id", "--time", "time", "--score", "bdi", "--json"]
    )
    found = json.loads(result.stdout)
    assert found["n_people"] == 43
    assert found["fixed"]["slope"] < 0


def test_rows_are_counted_with_the_empty_lines_between_them(table):
    """As a spreadsheet counts them, so that the row named is the row to mend."""
    blank = "\n\nid,t,y\n\na,0,20\n\n\na,1,eight\n"
    assert "row 8, column 'y': not a number" in run("growth", table(blank)).stderr
    blank = blank.replace("eight", "1e10")
    assert "row 8: score lies beyond" in run("growth", table(blank)).stderr
    blank = blank.replace("1e10", "8\na,1,9")
    assert "rows 8 and 9 hold the same person and time" in run("growth", table(blank)).stderr


def test_commas_that_may_be_thousands_are_not_guessed(table):
    rows = [("a", t, f"1,{200 + t}") for t in range(4)]
    result = run("change", table(as_csv(rows)), "--measure", "phq9", "--json")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "column 'y': commas with three digits after them may be thousands or decimals" in result.stderr
    # Between semicolons a comma is the decimal sign, and no thousand begins with a nought.
    assert run("change", table(as_csv(rows, ";")), "--measure", "phq9").exit_code == 0
    rows = [("a", t, f"0,{200 + t}") for t in range(4)]
    assert run("change", table(as_csv(rows)), "--measure", "phq9").exit_code == 0


def test_decimal_commas_between_commas_are_noted(table):
    rows = [("a", t, f"{t},5") for t in range(4)]
    result = run("change", table(as_csv(rows)), "--measure", "phq9", "--json")
    assert result.stderr == "note: scores.csv: column 'y' read with decimal commas\n"
    assert json.loads(result.stdout)["people"][0]["last"] == 3.5
    assert run("change", table(as_csv(rows, ";")), "--measure", "phq9", "--json").stderr == ""


def test_a_date_of_another_form_is_told_how_to_be_written(table):
    rows = [("a", f"{day}.03.2026", 20 - day) for day in range(1, 5)]
    said = run("change", table(as_csv(rows)), "--measure", "phq9").stderr
    assert "write a number such as 3, or dates as 2026-03-03" in said


@pytest.mark.parametrize(
    "content", ["", b"\x00\x01", "id,t,y\n", "a,b\n1,2\n", "id,t,y,y\n1,2,3,4\n", GOOD.replace("a,2,8", "a,2"),
                GOOD.replace("a,2,8", "a,2,x"), GOOD.replace("a,2,8", "a,,8"), GOOD.replace("a,2,8", ",2,8"),
                'id,t,y\n"a,1,2\n', "id;t;y\na;1;1,5\na;2;2.5\n", "id,t,y\na,1,\n"],
)  # fmt: skip
def test_every_complaint_about_a_table_ends_with_what_to_do(table, content):
    said = run("growth", table(content)).stderr.strip()
    mends = ("; ", ", so name", "? Close")
    assert any(mend in said for mend in mends), said


def test_each_null_of_a_growth_model_has_its_reason(table):
    rng = np.random.default_rng(5)
    rows = [(p, t, round(20 - 2 * t + rng.normal(), 2)) for p in "abcdef" for t in range(5)]
    path = table(as_csv(rows))
    found = json.loads(run("growth", path, "--json").stdout)
    assert found["df"] == {"intercept": None, "slope": None}
    reasons = {one["measure"]: one["reason"] for one in found["withheld"]}
    assert reasons["df"] == reasons["ci"] == "singular fit: degrees of freedom are not defined"
    assert (found["correlation"] is None) == ("correlation" in reasons)
    assert "not enough to say: singular fit" in run("growth", path).stdout


def test_one_person_is_not_people(table):
    assert run("change", table("id,t,y\na,1,20\n"), "--measure", "phq9").stdout.startswith(
        "1 person, 1 score."
    )
