"""Text: files to words to 100 weighted dictionaries a turn to smoothing, against what people use for it.

The corpus is made up: words by Zipf's law over 40,000 types, turns of 24 words, hours of 8,000. The size is
DEPTHWORK_BENCH_WORDS (10 million unless set). Every way is given the dictionaries and the word list before the
clock starts, as scikit-learn's CountVectorizer is given its vocabulary.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from depthwork.language.dictionaries import Dictionary
from depthwork.language.pieces import Engine, Vocabulary, is_compiled_available, word_ids
from depthwork.language.scores import Scorer
from depthwork.language.smoothing import smooth_turns
from tests.bench.rows import Contestant, Goal, Row

WORDS = int(os.environ.get("DEPTHWORK_BENCH_WORDS", "10000000"))
TYPES, DICTIONARIES, BIG = 40_000, 100, 9_606


def _vocabulary(rng: np.random.Generator) -> list[str]:
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    found: dict[str, None] = {}
    while len(found) < TYPES:
        found["".join(rng.choice(letters, int(np.clip(rng.normal(6, 2.4), 1, 14))))] = None
    # Common words are short.
    return sorted(found, key=lambda word: len(word) + 6 * rng.random())


def _write(folder: Path, rng: np.random.Generator, listed: list[str], chances: np.ndarray) -> list[Path]:
    paths, left = [], WORDS
    while left > 0:
        ids = rng.choice(TYPES, min(left, 8000), p=chances)
        left -= len(ids)
        cuts = np.flatnonzero(rng.random(len(ids)) < 1 / 23.6)
        turns = [" ".join(listed[i] for i in part) for part in np.split(ids, cuts) if len(part)]
        path = folder / f"{len(paths):05}.txt"
        path.write_text("\n".join(turns) + "\n")
        paths.append(path)
    return paths


def _dictionaries(rng: np.random.Generator, listed: list[str], chances: np.ndarray) -> list[Dictionary]:
    drawn = chances**0.5 / (chances**0.5).sum()
    sizes = [400] * (DICTIONARIES - 1) + [BIG]
    picks = [rng.choice(TYPES, size, replace=False, p=drawn) for size in sizes]
    return [
        Dictionary(
            f"d{k}",
            {listed[i]: float(w) for i, w in zip(pick, rng.uniform(-1, 1, len(pick)), strict=True)},
            True,
        )
        for k, pick in enumerate(picks)
    ]


def _own(
    paths: list[Path], dictionaries: list[Dictionary], listed: list[str], engine: Engine
) -> Callable[[], float]:
    vocabulary = Vocabulary()
    scorer = Scorer(dictionaries, vocabulary)
    word_ids([" ".join(listed)], vocabulary=vocabulary, engine=engine)
    scorer.rows()

    def run() -> float:
        sums, curve, total = np.empty((4000, len(dictionaries) + 1)), np.empty(60_000), 0.0
        for path in paths:
            found = word_ids(path.read_bytes(), vocabulary=vocabulary, engine=engine)
            total += float(scorer.sums(found, engine=engine, out=sums)[0, 0])
            total += float(smooth_turns(scorer.series(found, 0), found.pointers, engine=engine, out=curve)[0])
        return total

    return run


def _sklearn(paths: list[Path], dictionaries: list[Dictionary], listed: list[str]) -> Callable[[], float]:
    from sklearn.feature_extraction.text import CountVectorizer

    weights = np.array([[d.value(word) for d in dictionaries] for word in listed])

    def run() -> float:
        counter = CountVectorizer(vocabulary=listed, token_pattern=r"\w+")
        return sum(float((counter.transform(p.read_text().splitlines()) @ weights)[0, 0]) for p in paths)

    return run


def _liwc(folder: Path, paths: list[Path], dictionaries: list[Dictionary]) -> Callable[[], int]:
    from collections import Counter

    import liwc

    lines = ["%", *(f"{k}\td{k}" for k in range(1, DICTIONARIES + 1)), "%"]
    of_word: dict[str, list[int]] = {}
    for k, dictionary in enumerate(dictionaries, 1):
        for word in dictionary.weights:
            of_word.setdefault(word, []).append(k)
    lines += ["\t".join([word, *map(str, ks)]) for word, ks in of_word.items()]
    (folder / "peer.dic").write_text("\n".join(lines) + "\n")
    parse, _ = liwc.load_token_parser(str(folder / "peer.dic"))

    def run() -> int:
        turns = (line for path in paths for line in path.read_text().splitlines())
        return sum(len(Counter(c for word in turn.split() for c in parse(word))) for turn in turns)

    return run


def _text() -> Iterator[list[Contestant]]:
    rng = np.random.default_rng(20)
    listed = _vocabulary(rng)
    chances = 1 / np.arange(1, TYPES + 1)
    chances /= chances.sum()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths, million = _write(folder, rng, listed, chances), WORDS / 1e6
        dictionaries = _dictionaries(rng, listed, chances)
        few = paths[: max(1, len(paths) // 40)]
        some = paths[: max(1, len(paths) // 8)]

        def count() -> None:
            subprocess.run(["wc", "-w", *map(str, paths)], check=True, stdout=subprocess.DEVNULL)

        contestants = [Contestant("wc -w", count, million)]
        if is_compiled_available():
            contestants.append(
                Contestant("own, fast", _own(paths, dictionaries, listed, "compiled"), million)
            )
        contestants.append(
            Contestant(
                "own, numpy", _own(some, dictionaries, listed, "numpy"), million * len(some) / len(paths)
            )
        )
        share = million * len(some) / len(paths)
        contestants.append(Contestant("scikit-learn", _sklearn(some, dictionaries, listed), share))
        with contextlib.suppress(ModuleNotFoundError):
            contestants.append(
                Contestant("liwc", _liwc(folder, few, dictionaries), million * len(few) / len(paths))
            )
        yield contestants


ROWS = [
    Row(
        "text: 100 dictionaries a turn, and smoothing",
        "million words",
        _text,
        (
            Goal("own, fast", "scikit-learn", 8),
            Goal("own, fast", "liwc", 40),
            Goal("own, fast", "wc -w", 0.35),
            Goal("own, numpy", "scikit-learn", 1.5),
        ),
        rounds=3,
        why="half of the time goes into cutting and numbering the words, of which 40,000 kinds do not fit the nearest "
        "caches; a quarter into whole rows, for half of the words of this made-up corpus are in eight dictionaries or more. The ratio to "
        "liwc was 20 to 38 on three days and two processors.",
    )
]
