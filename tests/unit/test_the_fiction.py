"""The fictional practice agrees with itself, and its checker can tell when it does not."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import yaml

DEMO = Path(__file__).parents[2] / "demo"


def checker(demo: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_practice", DEMO / "check_practice.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.DEMO = demo
    return module


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice of two: enough to break, quick to read."""
    demo = tmp_path_factory.mktemp("fiction") / "demo"
    (demo / "clients").mkdir(parents=True)
    facts = yaml.safe_load((DEMO / "practice.yaml").read_text(encoding="utf-8"))
    facts["supervision_agreements"] = []
    facts["client_logins"] = []
    facts["sign_in_order"] = ["maren", "hanneke"]
    (demo / "practice.yaml").write_text(yaml.safe_dump(facts), encoding="utf-8")
    for slug in ("five", "older"):
        shutil.copy(DEMO / "clients" / f"{slug}.yaml", demo / "clients")
        shutil.copytree(DEMO / "notes" / slug, demo / "notes" / slug)
    return demo


@pytest.fixture
def broken(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str, str, str], str]:
    """What the checker says after one change in one file."""

    def change(name: str, old: str, new: str) -> str:
        demo = tmp_path / "demo"
        shutil.copytree(small, demo)
        text = (demo / name).read_text(encoding="utf-8")
        assert old in text
        (demo / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        status = checker(demo).main([])
        said = capsys.readouterr().out
        assert status == (0 if old == new else 1), said
        return said

    return change


def test_the_fictional_practice_agrees_with_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert checker(DEMO).main([]) == 0, capsys.readouterr().out


def test_a_small_practice_left_alone_has_no_findings(broken: Callable[[str, str, str], str]) -> None:
    assert "0 findings" in broken("clients/five.yaml", "five", "five")


@pytest.mark.parametrize(
    ("name", "old", "new", "finding"),
    [
        ("clients/five.yaml", "n: 3, week: 3", "n: 4, week: 3", "hour 4, expected 3"),
        ("clients/five.yaml", "n: 4, week: 4", "n: 4, week: 1", "out of order"),
        ("clients/five.yaml", "answers: [2, 2, 2, 2, 1, 1, 3]", "answers: [2, 2, 2]", "3 answers for 7 items"),
        ("clients/five.yaml", "answers: [2, 2, 2, 2, 1, 1, 3]", "answers: [9, 2, 2, 2, 1, 1, 3]", "not 0 to 3"),
        ("clients/five.yaml", "[1, 1, 1, 1, 0, 3, 0, 0, 0, 1]", "[1, 1, 1, 1, 0, 3, 0, 0, 1, 1]", "no alert"),
        ("clients/five.yaml", "quote: I smiled.", "quote: I grinned.", "not letter for letter"),
        ("clients/five.yaml", "clinician: sarkisian", "clinician: nobody", "not in practice.yaml"),
        ("clients/five.yaml", "purpose: supervision, answer: true", "purpose: supervision, answer: false", "consent"),
        ("clients/five.yaml", "aim: conflict", "aim: success", "not one of the six"),
        ("clients/five.yaml", "555-0171", "555-7171", "not of the reserved range"),
        ("clients/older.yaml", "feelings: {calm: 1", "feelings: {calmly: 1", "feelings"),
        ("notes/older/018.md", "{/reverie}", "", "is not closed"),
    ],
)  # fmt: skip
def test_it_finds_one_thing_that_is_off(
    broken: Callable[[str, str, str], str], name: str, old: str, new: str, finding: str
) -> None:
    assert finding in broken(name, old, new)


def test_no_season_or_month_is_named_where_the_calendar_moves() -> None:
    months = (
        "January February March April June July August September October November December Christmas Easter"
    )
    for file in (*DEMO.glob("clients/*.yaml"), *DEMO.glob("notes/**/*.md")):
        words = set(file.read_text(encoding="utf-8").replace(",", " ").replace(".", " ").split())
        assert not words & set(months.split()), file.name


@pytest.mark.parametrize(
    ("turn", "whose"),
    [
        ("eleven", {"brief", "finished"}),
        ("nine", {"brief", "long"}),
        ("crossword", {"brief"}),
        ("one bag", {"long"}),
        ("here when", {"early"}),
        ("always known", set()),
    ],
)
def test_a_number_and_a_turn_of_plot_belong_to_those_who_have_them(turn: str, whose: set[str]) -> None:
    said = re.compile(rf"(?<![\w-]){turn}(?![\w-])", re.IGNORECASE)
    texts = [(file.stem, file) for file in DEMO.glob("clients/*.yaml")]
    texts += [(file.parent.name, file) for kind in ("notes", "hours") for file in DEMO.glob(f"{kind}/*/*")]
    assert {slug for slug, file in texts if said.search(file.read_text(encoding="utf-8"))} == whose
