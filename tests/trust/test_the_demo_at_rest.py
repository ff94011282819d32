"""T01 on the fictional practice: its files hold no five words in a row of anything that it seals."""

import json
import re
import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.trust.conftest import REPO, run
from tests.trust.figures import Tried, figure
from tests.trust.test_at_rest import files_of, found_in

TEXT = re.compile(
    rb"[\x20-\x7e\n\x80-\xbf\xc2\xc3\xe2]{16,}"
)  # runs of bytes that could be our fiction's words


def grams_of(texts):
    """Every five words in a row, as they stand in the text."""
    found = set()
    for text in texts:
        ends = [match.span() for match in re.finditer(r"\S+", text)]
        found.update(text[ends[i][0] : ends[i + 4][1]].encode() for i in range(len(ends) - 4))
    return {gram for gram in found if len(gram) >= 16}


def readable(file, folder):
    """The runs of a file that could be text, in a file of their own: the rest cannot hold what is looked for."""
    out = folder / (file.name + ".runs")
    out.write_bytes(b"\x00".join(TEXT.findall(file.read_bytes())))
    return out


@pytest.mark.slow
@figure(
    "T01",
    tried="5-grams of every sealed text of the demo, in all its files; and in a plain copy (is the search blind?)",
    passes="found 0; in the plain copy more than 99%",
    tier="nightly",
)
def test_the_demo_s_files_hold_no_words_of_its_notes(tmp_path):
    home = tmp_path / "demo"
    done = run("-m", "depthwork", "demo", "--home", home, "--no-serve", timeout=1500)
    assert done.returncode == 0, done.stderr[-2000:]
    shutil.copytree(home, tmp_path / "copy")  # what reading leaves behind is not looked at
    told = run(REPO / "tests" / "trust" / "demo_words.py", tmp_path / "copy", timeout=600)
    assert told.returncode == 0, told.stderr[-2000:]
    texts = [json.loads(line) for line in told.stdout.splitlines()]
    grams = grams_of(texts)
    assert len(grams) > 20_000
    runs = [readable(file, tmp_path) for file in files_of(home)]
    assert found_in(runs, grams) == set()
    with closing(sqlite3.connect(tmp_path / "plain")) as plain:
        plain.execute("pragma page_size=65536")
        plain.execute("create table note (text)")
        plain.executemany("insert into note values (?)", [(text,) for text in texts])
        plain.commit()
    seen = len(found_in([readable(tmp_path / "plain", tmp_path)], grams)) / len(grams)
    assert seen > 0.99
    return Tried(len(grams), f"found 0; in the plain copy {seen:.1%}")
