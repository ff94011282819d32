"""Pooling of the open trial databases against metafor, on the files themselves and on kept results.

`metapsy_expected.json` holds what metafor 3.8 found: counts and pooled results of each set, no trial of it. The data
are the Metapsy project's (ODC-By 1.0), docs.metapsy.org. `python -m tests.judges.test_pooling_metapsy` makes it anew.
"""

import csv
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from tests.conftest import DATA

from depthwork.evidence.dependence import combine
from depthwork.evidence.heterogeneity import METHODS
from depthwork.evidence.metapsy import read_metapsy
from depthwork.evidence.pooling import pool
from depthwork.evidence.published import figure
from depthwork.interchange.tables import read_table

DATABASES = ("depression", "gad", "borderline", "ptsd")
FEWEST = 2
KEPT = Path(__file__).with_name("metapsy_expected.json")
EXPECTED = json.loads(KEPT.read_text(encoding="utf-8"))["sets"] if KEPT.exists() else {}
SHIPPED = {
    "metapsy_dep_dyn": "depression:psychodynamic",
    "metapsy_dep_cbt": "depression:CBT",
    "metapsy_dep_ipt": "depression:interpersonal",
    "metapsy_dep_sup": "depression:supportive",
    "metapsy_gad_cbt": "gad:CBT",
}


@cache
def sets():
    """Rows of each database, in all and by therapy, the sign as in the file."""
    found = {}
    for name in DATABASES:
        trials = read_metapsy(read_table(DATA / "metapsy" / f"{name}-psyctr.csv", [".g", ".g_se"])).trials
        for therapy in (None, *sorted({t.therapy for t in trials})):
            chosen = [t for t in trials if therapy in (None, t.therapy)]
            if len({t.study for t in chosen}) >= FEWEST:
                found[f"{name}:{therapy or 'all'}"] = chosen
    return found


def ours(name, method):
    chosen = sets()[name]
    studies = combine([t.study for t in chosen], [t.effect for t in chosen], [t.se**2 for t in chosen])
    return pool(studies.effects, studies.variances, method=method)


def theirs(folder):
    """What metafor finds, set by set; None where it is not installed."""
    if shutil.which("Rscript") is None:
        return None
    names = list(sets())
    for at, name in enumerate(names):
        with (folder / f"s{at}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["study", "y", "v"])
            numbers = {study: n for n, study in enumerate(dict.fromkeys(t.study for t in sets()[name]))}
            writer.writerows([numbers[t.study], repr(t.effect), repr(t.se**2)] for t in sets()[name])
    script = Path(__file__).with_name("metafor_metapsy.R")
    run = subprocess.run(
        ["Rscript", str(script), str(folder)], capture_output=True, text=True, timeout=300, check=False
    )
    if "there is no package called" in run.stderr:
        return None
    assert run.returncode == 0, run.stderr
    found = {}
    for line in run.stdout.splitlines():
        at, what, value = line.split()
        found.setdefault(names[int(at[1:])], {})[what] = float(value)
    return found


def agree(found, judged, method, name):
    assert found.k == judged["k"], name
    for what, value, near in (
        ("estimate", found.estimate, 1e-6),
        ("se", found.se, 1e-6),
        ("tau2", found.tau2, 1e-6),
        ("i2", found.i2, 1e-4),
        ("q", found.q, 1e-4),
    ):
        assert value == pytest.approx(judged[f"{method}_{what}"], abs=near), (name, what)


@pytest.fixture
def data(data_dir):
    return data_dir


@pytest.mark.data
def test_every_set_of_the_open_databases_is_pooled_as_by_metafor_here_and_now(data, tmp_path):
    judged = theirs(tmp_path)
    if judged is None:
        pytest.skip("R or its metafor is not installed; the kept results judge alone")
    assert judged.keys() == EXPECTED.keys()
    for name, one in judged.items():
        for method in METHODS:
            agree(ours(name, method), one, method, name)


@pytest.mark.data
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", EXPECTED)
def test_a_set_of_the_open_databases_comes_out_as_kept(data, name, method):
    agree(ours(name, method), EXPECTED[name], method, name)


@pytest.mark.parametrize("id", SHIPPED)
def test_a_shipped_figure_is_what_metafor_found(id):
    shipped, judged = figure(id), EXPECTED[SHIPPED[id]]
    assert shipped.estimate[0] == pytest.approx(judged["DL_estimate"], abs=5e-4)
    assert shipped.studies == judged["k"]


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        made = theirs(Path(place))
    note = "Pooled results of the Metapsy databases (ODC-By 1.0), by metafor; no trial of them is here."
    body = {"note": note, "sets": made}
    KEPT.write_text(json.dumps(body, indent=1, sort_keys=True) + "\n", encoding="utf-8")
