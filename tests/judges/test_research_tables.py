"""A study: who can be told apart in it, what days say, and that others' engines read the same values."""

import csv
import io
import json
import os
import shutil
import subprocess
from collections import Counter, defaultdict
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

import depthwork
from depthwork.coding import Mark, Span
from depthwork.interchange.deidentify import Known, Person
from depthwork.interchange.parcel import packed, unpacked
from depthwork.interchange.research.cases import Case, FrameChange, Hour, Scored, Text
from depthwork.interchange.research.dictionary import TABLES
from depthwork.interchange.research.files import study_files
from depthwork.interchange.research.study import StudyError, pseudonym, shift_of, study
from depthwork.transcripts import transcript_of

KEY = b"k" * 32
SOURCE = Path(depthwork.__file__).parent
START = date(2026, 1, 6)


def case(n, **more):
    said = transcript_of(
        [
            ("T", "How are you?"),
            ("C", f"Marta Oake rang me at {n} Quay. I did not, I never say no."),
            ("Marta", "Hello."),
        ]
    )
    mark = Mark("s", Span(13, 24), 1, "C", "defense", "denial" if n % 2 else "my_own_code", "coder:ana", "confirmed", "defenses@1.0.0",
                attributes={"level": 3, "label": "Marta Oake"}, quote="Marta Oake", why="private")  # fmt: skip
    dropped = Mark("s", Span(0, 3), 0, "T", "theme", "x", "engine:a", "proposed", "1")
    base = {
        "client": f"client-{n}", "treatment": f"course-{n}", "starts_on": START, "format": "brief", "frequency": "weekly", "seat": "chair",
        "state": "active", "hours_agreed": 16, "born_year": 1985 + n, "with_text": False,
        "known": Known((Person((f"Cleo{n} Marsh",), relation="the client"),)),
        "hours": (
            Hour(f"h{n}-1", START, "held", 1, 50, n, "office", (Text(said, "transcript", (mark, dropped), "whole", True),)),
            Hour(f"h{n}-2", START + timedelta(days=7), "missed_notice" if n else "cancelled_by_clinician", None, 50, 0, "office"),
        ),
        "scores": (Scored(START, f"h{n}-1", "phq9", 1, "abc", "total", 9.0, ""), *([Scored(START, "", "gad7", 1, "abc", "total", 3.0, "")] if n == 0 else [])),
        "events": (FrameChange(START + timedelta(days=30), "fee"),),
    }  # fmt: skip
    return Case(**base | more)


def cases(count=7, **more):
    return [case(n, **more) for n in range(count)]


def test_with_fewer_than_five_people_nothing_is_made():
    with pytest.raises(StudyError, match="4 client"):
        study(cases(4), key=KEY)


def test_no_listed_cell_and_no_combination_holds_fewer_than_five_people():
    odd = [case(7, format="open_ended", hours_agreed=None, seat="couch", born_year=1950)]
    made = study([*cases(), *odd], key=KEY)
    for name, columns in TABLES.items():
        for column in columns:
            if column.cell or column.wide:
                people = defaultdict(set)
                for row in made.tables[name]:
                    people[row[column.name]].add(row["person"])
                assert all(len(who) >= 5 for value, who in people.items() if value is not None), (
                    name,
                    column.name,
                )
    wide = [column.name for column in TABLES["treatments"] if column.wide]
    combinations = Counter(tuple(row[c] for c in wide) for row in made.tables["treatments"])
    told = [(key, n) for key, n in combinations.items() if n < 5 and any(value is not None for value in key)]
    assert told == []
    assert made.suppressed["treatments.seat"] >= 1


def test_a_measure_that_few_filled_in_is_left_out_with_its_rows():
    made = study(cases(), key=KEY)
    assert {row["measure"] for row in made.tables["scores"]} == {"phq9"}
    assert made.suppressed["scores (rows left out)"] == 1


def test_days_move_by_whole_weeks_and_intervals_stay():
    made = study(cases(), key=KEY)
    for n in range(7):
        days = sorted(
            date.fromisoformat(r["day"])
            for r in made.tables["hours"]
            if r["person"] == pseudonym(KEY, "person", f"client-{n}")
        )
        assert (days[1] - days[0]).days == 7
        assert days[0].weekday() == START.weekday()
        assert days[0] - START == shift_of(KEY, f"client-{n}")
    shifts = [shift_of(KEY, str(n)).days for n in range(5000)]
    assert {s // 7 for s in shifts} == set(range(-26, 27)) - {0}
    assert all(s % 7 == 0 for s in shifts)


def test_another_project_has_other_pseudonyms_and_the_same_one_the_same():
    one, again, other = (study(cases(), key=key) for key in (KEY, KEY, b"o" * 32))
    assert one.tables == again.tables
    names = lambda made: {row["person"] for row in made.tables["treatments"]}  # noqa: E731
    assert names(one).isdisjoint(names(other))


def test_no_name_id_label_or_word_stands_in_the_files():
    files = study_files(study(cases(), key=KEY), project="p")
    pl = pytest.importorskip("polars", reason="the extra corpus is not installed")
    told = "".join(
        json.dumps(pl.read_parquet(io.BytesIO(raw)).to_dicts())
        for name, raw in files.items()
        if name.endswith(".parquet")
    ) + "".join(raw.decode() for name, raw in files.items() if name.endswith(".csv"))
    for word in (
        "Marta",
        "Oake",
        "Quay",
        "Cleo",
        "Marsh",
        "client-",
        "course-",
        "private",
        "my_own_code",
        "never say",
    ):
        assert word not in told, word
    assert '"code": "denial"' not in told, "three people alone have it"


def test_words_go_de_identified_where_a_client_agreed_and_nowhere_else():
    made = study([case(0, with_text=True), *cases(7)[1:]], key=KEY)
    own = pseudonym(KEY, "person", "client-0")
    words = {row["person"]: row["text"] for row in made.tables["turns"] if row["turn"] == 1}
    assert "Marta" not in words[own]
    assert "rang me" in words[own]
    assert all(text is None for person, text in words.items() if person != own)


def test_only_codes_of_persons_are_given_never_proposals():
    made = study(cases(), key=KEY)
    assert {row["made"] for row in made.tables["marks"]} == {"unaided"}
    assert len(made.tables["marks"]) == 7


def test_polars_and_duckdb_read_the_same_values(tmp_path):
    pl = pytest.importorskip("polars", reason="the extra corpus is not installed")
    duckdb = pytest.importorskip("duckdb", reason="the judge duckdb is not installed")
    made = study(cases(), key=KEY)
    _manifest, files = unpacked(packed(study_files(made, project="p"), {}))
    for name, rows in made.tables.items():
        path = tmp_path / f"{name}.parquet"
        path.write_bytes(files[f"{name}.parquet"])
        table = pl.read_parquet(path)
        assert table.columns == [column.name for column in TABLES[name]]
        assert table.to_dicts() == list(rows)
        columns = ", ".join(f'"{c}"' for c in table.columns)
        assert duckdb.sql(f"select {columns} from '{path}'").fetchall() == [
            tuple(row.values()) for row in rows
        ]


# A line for each table (rows) and for each column: its class, how many are missing, and what the rest add up to
# (numbers and days by their values, words by their characters).
R_CODE = """
source(file.path("%(folder)s", "read.R"))
tables <- read_study("%(folder)s")
for (name in names(tables)) {
  d <- tables[[name]]
  cat(name, "", nrow(d), "", "", sep = "\\t"); cat("\\n")
  for (column in names(d)) {
    x <- d[[column]]
    held <- x[!is.na(x)]
    sum_of <- if (is.character(x)) sum(nchar(enc2utf8(held), "chars")) else sum(as.numeric(held))
    cat(name, column, class(x), sum(is.na(x)), sprintf("%%.10g", sum_of), sep = "\\t"); cat("\\n")
  }
}
"""
IN_R = {"text": "character", "whole": "integer", "number": "numeric", "flag": "logical"}
ODD = ("=1+1", "'quoted", '"said", she', "two\nlines", "שלום", "é😀", "NA", " a ", "-2", "")


def as_polars_has_it(files):
    """The same lines from the Parquet tables: an empty text is missing in a CSV, and a day counts from 1970."""
    pl = pytest.importorskip("polars", reason="the extra corpus is not installed")
    lines = []
    for name, columns in TABLES.items():
        table = pl.read_parquet(io.BytesIO(files[f"{name}.parquet"]))
        lines.append((name, "", str(table.height), "", ""))
        for column in columns:
            held = [value for value in table[column.name].to_list() if value not in (None, "")]
            kind = "Date" if column.unit == "ISO 8601" else IN_R[column.kind]
            if kind == "Date":
                held = [(date.fromisoformat(day) - date(1970, 1, 1)).days for day in held]
            total = sum(len(one) if isinstance(one, str) else one for one in held)
            lines.append((name, column.name, kind, str(table.height - len(held)), f"{total:.10g}"))
    return lines


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_plain_r_reads_the_same_tables_with_the_reader_that_travels_along(tmp_path, locale):
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    made = study([case(n, with_text=True) for n in range(7)], key=KEY)
    for at, row in enumerate(made.tables["turns"]):
        row["text"] = ODD[at % len(ODD)]
    files = study_files(made, project="p")
    wanted = as_polars_has_it(files)
    for name, raw in files.items():
        if not name.endswith(".parquet"):
            (tmp_path / name).write_bytes(raw)
    (tmp_path / "look.R").write_text(R_CODE % {"folder": tmp_path})
    run = subprocess.run(
        ["Rscript", "--vanilla", str(tmp_path / "look.R")], capture_output=True, text=True, timeout=120,
        check=False, env=os.environ | {"LC_ALL": locale},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert [tuple(line.split("\t")) for line in run.stdout.splitlines()] == wanted


def test_the_plain_tables_hold_what_the_parquet_tables_hold():
    pl = pytest.importorskip("polars", reason="the extra corpus is not installed")
    made = study([case(n, with_text=True) for n in range(7)], key=KEY)
    for at, row in enumerate(made.tables["turns"]):
        row["text"] = ODD[at % len(ODD)]
    files = study_files(made, project="p")
    for name, columns in TABLES.items():
        table = pl.read_parquet(io.BytesIO(files[f"{name}.parquet"]))
        lines = list(csv.reader(io.StringIO(files[f"{name}.csv"].decode(), newline="")))
        assert lines[0] == [column.name for column in columns]
        for line, row in zip(lines[1:], table.rows(), strict=True):
            for cell, value, column in zip(line, row, columns, strict=True):
                if value in (None, ""):
                    assert cell == ""
                elif column.kind == "text":
                    assert cell.removeprefix("'") == value
                elif column.kind == "flag":
                    assert cell == str(value).upper()
                else:
                    assert float(cell) == value


def test_no_cell_of_the_plain_tables_is_calculated_by_a_spreadsheet():
    made = study([case(n, with_text=True) for n in range(7)], key=KEY)
    for row in made.tables["turns"]:
        row["text"] = "=cmd()"
    lines = list(csv.reader(io.StringIO(study_files(made, project="p")["turns.csv"].decode())))
    assert {line[-1] for line in lines[1:]} == {"'=cmd()"}


def dreamt(n, reports):
    """A person whose dreams hold two characters and one aggression each."""
    told = transcript_of([("N", "I dreamt of a stranger. " * 3)])
    found = []
    for at in range(reports):
        marks = tuple(
            Mark(
                "d", Span(start, start + 5), 0, "N", construct, name, "coder:ana", "confirmed", "dreams@1.0.0"
            )
            for start, construct, name in (
                (0, "dream_character_sex", "sex_male"),
                (8, "dream_character_sex", "sex_female"),
                (20, "dream_aggression", "aggression_a6"),
            )
        )
        found.append(
            Hour(
                f"h{n}-{at}",
                START + timedelta(days=7 * at),
                "held",
                at + 1,
                50,
                0,
                "office",
                (Text(told, "dream", marks),),
            )
        )
    return case(n, hours=tuple(found))


def test_dreams_go_as_indicators_of_a_series_beside_three_norms():
    made = study([dreamt(n, 25) for n in range(5)], key=KEY)
    rows = made.tables["dreams"]
    assert {row["dreams"] for row in rows} == {25}
    assert len({row["person"] for row in rows}) == 5
    from depthwork.interchange.research.dreams import series_of
    from depthwork.process.dreams import against_norms, indicators

    series = series_of(dreamt(0, 25))
    own = indicators(series)
    lines = {line.indicator.id: line for line in against_norms(series, "male").lines}
    of_one = [row for row in rows if row["person"] == pseudonym(KEY, "person", "client-0")]
    assert {row["indicator"] for row in of_one} == {name for name, one in own.items() if one.denominator}
    for row in of_one:
        one = own[row["indicator"]]
        assert (row["numerator"], row["denominator"], row["value"]) == (
            one.numerator,
            one.denominator,
            one.value,
        )
        if row["indicator"] in lines:
            assert (row["norm_male"], row["h_male"]) == (
                lines[row["indicator"]].norm,
                lines[row["indicator"]].h,
            )
    assert any(row["norm_male"] is not None for row in of_one)


def test_below_twenty_five_reports_no_norm_stands_beside_a_dream_series():
    rows = study([dreamt(n, 24) for n in range(5)], key=KEY).tables["dreams"]
    assert rows
    assert all(row["withheld"] == "too few reports" for row in rows)
    assert all(
        row[f"{what}_{norm}"] is None
        for row in rows
        for what in ("norm", "h")
        for norm in ("male", "female", "both")
    )


def test_dreams_of_fewer_than_five_people_are_left_out():
    made = study([*(dreamt(n, 25) for n in range(4)), *cases(7)[4:]], key=KEY)
    assert made.tables["dreams"] == ()
    assert made.suppressed["dreams (rows left out)"] > 0


def test_the_dictionary_names_every_column_and_the_versions_travel_along():
    files = study_files(study(cases(), key=KEY), project="alliance")
    told = json.loads(files["dictionary.json"])
    assert told["smallest_cell"] == 5
    for name, columns in TABLES.items():
        assert [c["name"] for c in told["tables"][name]["columns"]] == [c.name for c in columns]
        assert all(c["description"] for c in told["tables"][name]["columns"])
    versions = json.loads(files["versions.json"])
    assert versions["measures"]["phq9"]["version"] == 1
    assert versions["codebooks"]["defenses"]["version"]
    for kind, folder, ends in (
        ("codebooks", "coding/codebooks", "yaml"),
        ("word_lists", "language/lists", "txt"),
    ):
        on_disk = {
            one.stem: sha256(one.read_bytes()).hexdigest() for one in (SOURCE / folder).glob(f"*.{ends}")
        }
        assert {name: one["sha256"] for name, one in versions[kind].items()} == on_disk
    assert files["dictionary.csv"].count(b"\n") == 1 + sum(len(columns) for columns in TABLES.values())


def test_the_same_study_gives_the_same_bytes():
    made = [packed(study_files(study(cases(), key=KEY), project="p"), {}) for _ in range(2)]
    assert made[0] == made[1]


def test_every_table_but_that_of_treatments_joins_to_one_treatment():
    made = study(cases(), key=KEY)
    known = {row["treatment"] for row in made.tables["treatments"]}
    for name, rows in made.tables.items():
        assert {row["treatment"] for row in rows} <= known, name


def test_how_late_an_hour_began_is_to_five_minutes_and_rare_values_are_withheld():
    late = {row["late_minutes"] for row in study(cases(), key=KEY).tables["hours"]}
    assert late <= {None, 0, 5, 10}


@pytest.mark.parametrize(
    ("n", "band"),
    [(0, "0-9"), (9, "0-9"), (10, "10-19"), (19, "10-19"), (20, "20-39"), (79, "40-79"), (80, "80-159"), (159, "80-159"), (160, "160+"), (900, "160+")],
)  # fmt: skip
def test_hours_held_are_given_in_bands_that_double(n, band):
    hours = tuple(Hour(f"h{at}", START, "held", at + 1, 50, 0, "office") for at in range(n))
    made = study([case(one, hours=hours) for one in range(5)], key=KEY)
    assert {row["hours_held"] for row in made.tables["treatments"]} == {band}


def test_a_length_that_few_treatments_have_is_withheld():
    long = tuple(Hour(f"l{at}", START, "held", at + 1, 50, 0, "office") for at in range(170))
    made = study([*cases(), case(7, hours=long)], key=KEY)
    assert {row["hours_held"] for row in made.tables["treatments"]} == {"0-9", None}
    assert made.suppressed["treatments.hours_held"] >= 1


def test_the_read_me_says_what_is_never_suppressed():
    files = study_files(study(cases(), key=KEY), project="p")
    assert b"What is never suppressed" in files["READ ME.txt"]
    assert b'"engines"' in files["versions.json"]


def test_a_mark_names_the_engine_that_proposed_it_and_never_a_coder():
    def of(origin):
        mark = Mark("s", Span(0, 3), 0, "T", "defense", "denial", origin, "confirmed", "defenses@1.0.0")
        said = transcript_of([("T", "How are you?")])
        hour = Hour(
            "h", START, "held", 1, 50, 0, "office", (Text(said, "transcript", (mark,), "whole", True),)
        )
        return [case(n, hours=(hour,)) for n in range(6)]

    for origin, engine in (("cue:rules@2.1.0", "rules@2.1.0"), ("coder:ana@home", None), ("coder:ana", None)):
        assert {row["engine"] for row in study(of(origin), key=KEY).tables["marks"]} == {engine}
