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
    ],
)
def test_change_says_what_it_needs(table, more, complaint):
    result = run("change", table(as_csv(ROWS)), *more)
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert result.stderr.count("\n") == 1


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


def test_a_missing_file_is_one_line(tmp_path):
    result = run("growth", str(tmp_path / "none.csv"))
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_a_centre_that_is_no_time_is_refused(table):
    person, time, score = simulated(people=20)
    path = table(as_csv(zip(person, time, score, strict=True)))
    assert run("growth", path, "--centre", "soon").exit_code == 2
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
