"""`depthwork pool`: any separator and decimal sign; what it names, warns of and refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from depthwork.cli.pool import pool

ROWS = """study;group;g;se
Arden;dyn;0,40;0,20
Arden;dyn;0,60;0,20
Brook;dyn;0,30;0,15
Cole;cbt;0,35;0,18
Dunn;cbt;1,90;0,25
"""
METAPSY = Path(__file__).resolve().parents[4] / "shared" / "data" / "metapsy"


def run(tmp_path, text, *options, name="trials.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CliRunner().invoke(pool, [str(path), "--effect", "g", "--se", "se", *options])


def asked(tmp_path, text=ROWS, *options):
    made = run(tmp_path, text, *options, "--json")
    assert made.exit_code == 0, made.output
    return json.loads(made.output)


def test_rows_of_a_study_become_one_effect_with_rho(tmp_path):
    made = asked(tmp_path)
    assert (made["k"], made["rows"], made["rho"]) == (4, 5, 0.6)
    independent = asked(tmp_path, ROWS, "--rho", "0")
    assert independent["se"] < made["se"]


def test_each_group_names_its_studies(tmp_path):
    made = asked(tmp_path, ROWS, "--by", "group")
    assert made["by"]["dyn"]["studies"] == ["Arden", "Brook"]
    assert made["by"]["cbt"]["k"] == 2


def test_the_trial_that_moves_the_mean_most_is_named(tmp_path):
    assert asked(tmp_path)["moves_most"]["study"] == "Dunn"


@pytest.mark.parametrize("separator", [",", "\t", "|"])
def test_any_separator_and_decimal_sign_gives_the_same(tmp_path, separator):
    other = ROWS.replace(",", ".").replace(";", separator)
    assert asked(tmp_path, other)["estimate"] == asked(tmp_path)["estimate"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_any_usual_encoding_is_read(tmp_path, encoding):
    made = asked(tmp_path, ROWS.replace("Cole", "Cölé").encode(encoding), "--by", "group")
    assert "Cölé" in made["by"]["cbt"]["studies"]


def test_a_missing_effect_is_counted_and_named(tmp_path):
    made = asked(tmp_path, ROWS + "Ebbe;dyn;NA;0,2\nFell;dyn;0,2;\n")
    assert made["missing"] == {
        "rows": 2,
        "named": [{"row": 7, "study": "Ebbe"}, {"row": 8, "study": "Fell"}],
    }
    assert made["k"] == 4


def test_a_margin_asks_for_equivalence_and_without_one_there_is_none(tmp_path):
    assert asked(tmp_path)["equivalence"] is None
    tested = asked(tmp_path, ROWS, "--margin", "2")["equivalence"]
    assert tested["equivalent"]
    assert tested["excludes_zero"]


def test_a_declared_column_that_agrees_is_the_direction(tmp_path):
    head, *rest = ROWS.splitlines()
    text = "\n".join([f"{head};way", *(f"{line};lower" for line in rest)])
    assert asked(tmp_path, text, "--sign", "way")["sign"] == "lower"


def test_a_declared_column_that_mixes_is_refused(tmp_path):
    head, *rest = ROWS.splitlines()
    text = "\n".join(
        [f"{head};way", *(f"{line};{'lower' if n else 'higher'}" for n, line in enumerate(rest))]
    )
    made = run(tmp_path, text, "--sign", "way")
    assert made.exit_code == 2
    assert "mixes directions (higher in row 2, lower in row 3)" in made.output


def test_an_undeclared_mixture_is_warned_of(tmp_path):
    text = "study;outcome;g;se\n" + "".join(
        f"S{n};{'mood' if n % 2 else 'wellbeing'};{'-' if n % 2 else ''}0,{n};0,2\n" for n in range(1, 10)
    )
    made = asked(tmp_path, text)
    assert any("seems to mix" in line and "'outcome'" in line for line in made["messages"])
    assert made["sign"] is None


def test_clear_effects_both_ways_within_a_study_are_warned_of(tmp_path):
    made = asked(tmp_path, "study;g;se\nA;0,9;0,1\nA;-0,9;0,1\nB;0,1;0,1\n")
    assert any("both ways within A" in line for line in made["messages"])


def test_rows_that_stand_twice_are_named(tmp_path):
    made = asked(tmp_path, ROWS + "Dunn;cbt;1,90;0,25\n")
    assert any("stand twice" in line and "Dunn" in line for line in made["messages"])


@pytest.mark.parametrize("k", [1, 2])
def test_one_or_two_studies_give_null_and_the_reason_never_nan(tmp_path, k):
    text = "study,g,se\n" + "".join(f"S{n},0.{n + 1},0.2\n" for n in range(k))
    made = asked(tmp_path, text)
    assert made["prediction"] is None
    assert made["withheld"]
    assert (made["tau2"] is None) == (k == 1)


def test_equal_effects_give_no_spread(tmp_path):
    made = asked(tmp_path, "study,g,se\nA,0.3,0.1\nB,0.3,0.2\nC,0.3,0.3\n", "--hk")
    assert (made["tau2"], made["i2"], made["q"]) == (0, 0, pytest.approx(0, abs=1e-20))
    assert not made["hartung_knapp"]
    assert made["ci"][0] < 0.3 < made["ci"][1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("study,g,se\nA,0.3,0\n", "row 2: the standard error is 0"),
        ("study,g,se\nA,0.3,-0.1\n", "row 2: the standard error is negative"),
        ("study,g,se\nA,large,0.1\n", "row 2, column 'g': not a number"),
        ("study,g\nA,0.3\n", "there is no column 'se'"),
        ("study,g,se\nA,NA,0.1\n", "no row has both"),
        ("study,g,se\n,0.3,0.1\n", "row 2 has no study"),
        ("study,g,se\nA,0.3,1e-200\n", "row 2: the standard error is below 0.000001"),
        ("", "the file is empty"),
    ],
)
def test_bad_input_is_refused_in_one_line(tmp_path, text, told):
    made = run(tmp_path, text)
    assert made.exit_code == 2
    assert told in made.output
    assert len(made.output.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "options",
    [["--rho", "1.5"], ["--margin", "0"], ["--margin", "nan"], ["--margin", "1e308"], ["--rho", "nan"]],
)
def test_an_option_out_of_range_is_refused(tmp_path, options):
    assert run(tmp_path, ROWS, *options).exit_code == 2


def test_the_words_say_direction_and_caution(tmp_path):
    made = run(tmp_path, ROWS, "--sign", "higher", "--by", "group").output
    assert "Above 0 favours the therapy." in made
    assert "ranks no therapy" in made


@pytest.mark.data
def test_the_depression_data_give_the_psychodynamic_trials_by_name():
    if not METAPSY.is_dir():
        pytest.skip("the open trial data are not beside the checkout")
    options = [
        "--effect",
        ".g",
        "--se",
        ".g_se",
        "--study",
        "study",
        "--by",
        "condition_arm1",
        "--model",
        "DL",
        "--json",
    ]
    made = CliRunner().invoke(pool, [str(METAPSY / "depression-psyctr.csv"), *options])
    found = json.loads(made.output)["by"]["dyn"]
    assert (found["k"], found["rows"]) == (14, 21)
    assert [round(found["estimate"], 3), *(round(x, 3) for x in found["ci"])] == [0.499, 0.236, 0.762]
    assert "Heshmati, 2023" in found["studies"]


@pytest.mark.parametrize(
    ("cell", "of", "says"),
    [
        ("1e200", "effect", "the effect lies beyond 1e9 either way"),
        ("-1e308", "effect", "the effect lies beyond 1e9 either way"),
        ("1e200", "se", "the standard error is above 1e9"),
        ("1e-200", "se", "the standard error is below 0.000001"),
        ("1e-5", "se", "more than a thousand times smaller than that of row 6"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--json",), ("--model", "DL"), ("--model", "PM", "--hk", "--json")])
def test_an_effect_or_error_of_another_order_is_refused_in_one_line(tmp_path, cell, of, says, options):
    lines = ROWS.replace(",", ".").splitlines()
    study, group, effect, se = lines[3].split(";")
    lines[3] = ";".join((study, group, cell, se) if of == "effect" else (study, group, effect, cell))
    made = run(tmp_path, "\n".join(lines), *options)
    assert (made.exit_code, made.stdout) == (2, "")
    assert made.stderr.startswith("depthwork: trials.csv: row 4: ")
    assert says in made.stderr
    assert made.stderr.count("\n") == 1


@pytest.mark.parametrize("scale", [1e-5, 1e8])
@pytest.mark.parametrize("model", ["REML", "DL", "PM"])
def test_effects_of_any_order_that_is_taken_scale_with_it(tmp_path, scale, model):
    base, rows = asked(tmp_path, ROWS, "--model", model), []
    for line in ROWS.replace(",", ".").splitlines()[1:]:
        study, group, effect, se = line.split(";")
        rows.append(f"{study};{group};{float(effect) * scale!r};{float(se) * scale!r}")
    made = asked(tmp_path, "\n".join(["study;group;g;se", *rows]), "--model", model)
    assert made["estimate"] == pytest.approx(base["estimate"] * scale, rel=1e-3)
    assert made["i2"] == pytest.approx(base["i2"], rel=1e-3)


def test_the_most_uneven_errors_that_are_taken_still_give_numbers(tmp_path):
    text = "study;g;se\nA;0.3;0.001\nB;0.9;0.9\nC;-5;0.5\n"
    for model in ("REML", "DL", "PM"):
        made = asked(tmp_path, text, "--model", model, "--margin", "1e9")
        assert made["ci"][0] <= made["estimate"] <= made["ci"][1]


def test_a_row_after_an_empty_line_keeps_its_number(tmp_path):
    head, first, *rest = ROWS.splitlines()
    text = "\n".join([head, "", first, "", "Ebbe;dyn;NA;0,2", *rest])
    made = asked(tmp_path, text)
    assert made["missing"]["named"] == [{"row": 5, "study": "Ebbe"}]
    wrong = run(tmp_path, text.replace("0,30;0,15", "0,30;0"))
    assert "row 7: the standard error is 0" in wrong.stderr


def test_a_mixture_of_directions_is_seen_past_empty_lines(tmp_path):
    lines = [f"S{n};{'up' if n % 2 else 'down'};{'0,5' if n % 2 else '-0,5'};0,1" for n in range(10)]
    text = "study;outcome;g;se\n\n\n" + "\n\n".join(lines)
    assert any("along 'outcome'" in line for line in asked(tmp_path, text)["messages"])
