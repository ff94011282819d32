"""Dictionaries: our own lists, and what a user's file may and may not hold."""

from importlib.resources import files

import pytest

from depthwork.language.abstraction import is_abstract
from depthwork.language.dictionaries import (
    DictionaryError,
    emotion,
    parse_dictionary,
    read_dictionary,
    vividness,
)
from depthwork.language.lists import own_list, parse_list
from depthwork.language.tokens import tokens

LISTS = sorted(
    path.name.removesuffix(".txt") for path in files("depthwork.language").joinpath("lists").iterdir()
)


def test_a_weighted_file_maps_weights_to_values():
    found = parse_dictionary("# a comment\n\nHouse\t1\nmean -0.5\nso 0\n", name="mine")
    assert found.is_weighted
    assert [found.value(w) for w in ("house", "mean", "so", "other")] == [1.0, 0.25, 0.5, 0.5]


def test_a_file_without_weights_is_a_plain_list():
    found = parse_dictionary("house\ntree\n", name="mine")
    assert [found.value(w) for w in ("house", "other")] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("house 1\ntree\n", "mine, line 2: some lines have a weight"),
        ("house 2\n", "line 1: the weight is not a number from -1 to 1"),
        ("house nan\n", "line 1: the weight is not a number"),
        ("house 0,5\n", "use a decimal point"),
        ("house 1\n\nHOUSE 1\n", "line 3: the word stands already on line 1"),
        ("the house 1\n", "line 1: 3 entries"),
        ("hou.se 1\n", "line 1: not one word"),
        ("fo- 1\n", "line 1: not one word"),
        ("... 1\n", "line 1: not one word"),
        ("", "no words found"),
        ("# only a comment\n", "no words found"),
    ],
)
def test_a_faulty_line_is_named_with_the_mend(text, message):
    with pytest.raises(DictionaryError, match=message):
        parse_dictionary(text, name="mine")


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xff\xfe\x00h", "not UTF-8"), (b"a 1\n" * 1_300_000, "larger than 5 MB"), (None, "cannot be read")],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path, content, message):
    path = tmp_path / "mine.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DictionaryError, match=message) as caught:
        read_dictionary(path)
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_is_read_over(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_bytes(b"\xef\xbb\xbfhouse 1\n")
    assert read_dictionary(path).value("house") == 1.0


@pytest.mark.parametrize("name", LISTS)
def test_every_list_says_where_it_comes_from_and_when_it_was_looked_at(name):
    about = own_list(name).about if name != "vividness" else parse_list(_head(name)).about
    for key in (
        "name",
        "about",
        "source",
        "licence",
        "authored_by",
        "reviewed_on",
        "review_due",
        "reviewed_by",
    ):
        assert about[key]


def _head(name):
    lines = files("depthwork.language").joinpath("lists", f"{name}.txt").read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if line.startswith("#"))


@pytest.mark.parametrize("name", [name for name in LISTS if name not in ("vividness", "abstraction")])
def test_every_listed_word_is_one_word_as_words_are_counted(name):
    for group in own_list(name).groups.values():
        for phrase in group:
            for word in phrase:
                assert [token.word for token in tokens(word)] == [word] or word == "n't"


def test_the_lists_are_of_a_useful_size():
    assert len(emotion().weights) > 2000
    assert len(vividness().weights) > 1000
    assert min(vividness().weights.values()) == -1.0
    assert max(vividness().weights.values()) == 1.0


@pytest.mark.parametrize(
    "word",
    [
        "loneliness",
        "freedom",
        "relationships",
        "abilities",
        "childhood",
        "truth",
        "grief",
        "honesty",
        "mother's",
    ][:-1],
)
def test_abstract_nouns(word):
    assert is_abstract(word)


@pytest.mark.parametrize(
    "word",
    [
        "station",
        "cities",
        "witnesses",
        "kitchen",
        "apartment",
        "lion",
        "party",
        "this",
        "is",
        "glass",
        "once",
        "s",
        "",
    ],
)
def test_words_that_are_not_abstract_nouns(word):
    assert not is_abstract(word)


def test_phrases_match_the_longest_first_and_do_not_overlap():
    found = parse_list("[x]\na_bit a_bit_of bit of_it")
    assert found.matches("x", ["a", "bit", "of", "it", "a", "bit"]) == [(0, 3), (4, 6)]
