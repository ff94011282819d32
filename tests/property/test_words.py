"""The quick ways to cut, score and smooth against the plain ones, on text of every kind."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depthwork.language.dictionaries import Dictionary, plain
from depthwork.language.pieces import Vocabulary, is_compiled_available, word_ids
from depthwork.language.scores import Scorer, score_turns
from depthwork.language.smoothing import smooth, smooth_turns
from depthwork.language.tokens import tokens

ENGINES = [
    "numpy",
    pytest.param(
        "compiled",
        marks=pytest.mark.skipif(not is_compiled_available(), reason="the fast extra is not installed"),
    ),
]
# Letters, joiners, brackets, marks and emoji far more often than chance would have them.
TEXT = st.text(
    st.one_of(
        st.sampled_from(
            list(
                "abcXYZ09  ''--\u2019\u2010.,!?()[]\n_\u00e9\u00d6\u0301\u200d\u2014\u201c\ufe0f\U0001f44d\x1e\x00"
            )
        ),
        st.characters(),
    ),
    max_size=80,
)


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=150, deadline=None)
@given(units=st.lists(TEXT, max_size=6))
def test_cutting_by_pieces_finds_the_words_of_the_definition(engine, units):
    found = word_ids(units, engine=engine)
    assert len(found) == len(units)
    for unit, text in enumerate(units):
        assert found.words_of(unit) == [token.word for token in tokens(text)]


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=60, deadline=None)
@given(batches=st.lists(st.lists(TEXT, max_size=4), max_size=4))
def test_a_vocabulary_carries_on_from_text_to_text(engine, batches):
    vocabulary = Vocabulary()
    for units in batches:
        found = word_ids(units, vocabulary=vocabulary, engine=engine)
        for unit, text in enumerate(units):
            assert found.words_of(unit) == [token.word for token in tokens(text)]


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=80, deadline=None)
@given(units=st.lists(TEXT.map(lambda text: text.replace("\n", " ")), min_size=1, max_size=6))
def test_bytes_with_a_unit_a_line_are_read_as_the_lines(engine, units):
    data = ("\n".join(units) + "\n").encode("utf-8", "surrogatepass")
    assert [word_ids(data, engine=engine).words_of(u) for u in range(len(units))] == [
        [token.word for token in tokens(text)] for text in units
    ]


@settings(max_examples=200, deadline=None)
@given(text=TEXT)
def test_tokens_stand_where_they_say_and_in_order(text):
    found = tokens(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all(any(map(str.isalnum, text[token.start : token.end])) for token in found)


def many_words():
    """More distinct words than the first table holds, long ones too, so that it must grow."""
    rng = np.random.default_rng(3)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    return ["".join(rng.choice(letters, size)) for size in rng.integers(1, 20, 15000)]


@pytest.mark.parametrize("engine", ENGINES)
def test_thousands_of_distinct_words_keep_their_numbers(engine):
    listed = many_words()
    found = word_ids([" ".join(listed), " ".join(reversed(listed))], engine=engine)
    assert found.words_of(0) == listed
    assert found.words_of(1) == listed[::-1]


def dictionaries(n):
    rng = np.random.default_rng(n)
    words = [f"w{i}" for i in range(60)]
    return [
        Dictionary(f"d{i}", {w: float(x) for w, x in zip(rng.permutation(words)[:20], rng.uniform(-1, 1, 20), strict=True)}, True)
        for i in range(n)
    ] + [plain("plain", words[:7])]  # fmt: skip


def oracle(units, listed):
    rows = []
    for text in units:
        words = [token.word for token in tokens(text) if not token.broken]
        rows.append([sum(d.value(w) for w in words) / len(words) if words else d.neutral for d in listed])
    return np.array(rows).reshape(len(units), len(listed))


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=40, deadline=None)
@given(
    units=st.lists(
        st.lists(st.integers(0, 80).map(lambda i: f"w{i}" if i < 75 else "fo- "), max_size=400).map(" ".join),
        max_size=8,
    )
)
def test_scores_equal_a_sum_word_by_word(engine, units):
    listed = dictionaries(5)
    np.testing.assert_allclose(
        score_turns(word_ids(units), listed, engine=engine), oracle(units, listed), rtol=1e-6, atol=1e-7
    )


@pytest.mark.skipif(not is_compiled_available(), reason="the fast extra is not installed")
def test_both_ways_to_score_a_long_session_agree():
    rng = np.random.default_rng(1)
    found = word_ids([" ".join(f"w{i}" for i in rng.integers(0, 80, 20000))])
    scorer = Scorer(dictionaries(20), found.vocabulary)
    np.testing.assert_allclose(
        scorer.sums(found, engine="compiled"), scorer.sums(found, engine="numpy"), rtol=1e-6
    )


def test_a_scorer_knows_words_met_after_it_was_made():
    vocabulary = Vocabulary()
    scorer = Scorer([plain("x", ["late"])], vocabulary)
    assert scorer.sums(word_ids(["early"], vocabulary=vocabulary))[0].tolist() == [0.0, 1.0]
    assert scorer.sums(word_ids(["late late"], vocabulary=vocabulary))[0].tolist() == [2.0, 2.0]


def test_a_scorer_refuses_words_of_another_vocabulary():
    with pytest.raises(ValueError, match="another vocabulary"):
        Scorer([plain("x", ["a"])], Vocabulary()).sums(word_ids(["a"]))


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=60, deadline=None)
@given(lengths=st.lists(st.integers(0, 240), max_size=6), seed=st.integers(0, 99))
def test_smoothing_many_turns_equals_smoothing_each(engine, lengths, seed):
    pointers = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    values = np.random.default_rng(seed).random(pointers[-1])
    found = smooth_turns(values, pointers, engine=engine)
    for a, b in itertools.pairwise(pointers):
        np.testing.assert_allclose(found[a:b], smooth(values[a:b]), atol=1e-9, rtol=0)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=260))
def test_smoothing_keeps_the_mean_and_never_leaves_the_range(values):
    smoothed = smooth(values)
    assert smoothed.mean() == pytest.approx(np.mean(values), abs=1e-9)
    assert min(values) - 1e-9 <= smoothed.min() <= smoothed.max() <= max(values) + 1e-9


@pytest.mark.parametrize("bad", [[[1.0]], [float("nan")], [float("inf")]])
def test_smoothing_refuses_what_is_not_one_row_of_numbers(bad):
    with pytest.raises(ValueError, match="one row of finite numbers"):
        smooth(bad)


@pytest.mark.parametrize("pointers", [[0, 2], [1, 3], [0, 2, 1, 3], []])
def test_pointers_that_do_not_cover_the_words_are_refused(pointers):
    with pytest.raises(ValueError, match="run from 0"):
        smooth_turns([1.0, 2.0, 3.0], pointers)
