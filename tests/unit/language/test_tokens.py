"""What a word is."""

import time

import pytest

from depthwork.language.tokens import tokens, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It\u2019s Fine", ["it's", "fine"]),
        ("mother-in-law's 20-year-old", ["mother-in-law's", "20-year-old"]),
        ("non\u2011breaking", ["non-breaking"]),
        ("'quoted' -dashed- rock'n'roll", ["quoted", "rock'n'roll"]),
        ("3.5 and a_b", ["3", "5", "and", "a", "b"]),
        ("caf\u00e9 \u00d6DE na\u00efve", ["caf\u00e9", "\u00f6de", "na\u00efve"]),
        ("\u043c\u0430\u043c\u0430 \u5bb6", ["\u043c\u0430\u043c\u0430", "\u5bb6"]),
        ("\U0001f44d\U0001f3fd \u2764\ufe0f ok", ["ok"]),
        (
            "x\u0304y \u0928\u092e\u0938\u094d\u0924\u0947",
            ["x\u0304y", "\u0928\u092e\u0938\u094d\u0924\u0947"],
        ),
        ("", []),
        ("... ?! --", []),
        ("a''b a--b", ["a", "b", "a", "b"]),
    ],
)
def test_words_of_a_text(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes (laughs) no [pause 5s] so", ["yes", "no", "so"]),
        ("so (he [sighs] said) yes", ["so", "yes"]),
        ("a forgotten (bracket counts", ["a", "forgotten", "bracket", "counts"]),
        ("one) two", ["one", "two"]),
        ("wo(coughs)rd", ["wo", "rd"]),
    ],
)
def test_comments_are_skipped_and_a_lone_bracket_is_punctuation(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("fo- forest", ["fo-"]),
        ("going-- home", []),
        ("going - home", []),
        ("the fo-", ["fo-"]),
        ("well-meant", []),
        ("fo-, no", ["fo-"]),
        ("(fo- ) x", []),
    ],
)
def test_a_broken_off_word_ends_in_one_hyphen(text, broken):
    assert [token.word for token in tokens(text) if token.broken] == broken


def test_offsets_point_at_the_words_past_a_comment():
    text = "No (he laughs). It\u2019s"
    assert [text[token.start : token.end] for token in tokens(text)] == ["No", "It\u2019s"]


@pytest.mark.parametrize("unit", ["(", "[(", "a-", "a'", "-", "\u0301", "(a", "a)"])
def test_cutting_takes_time_in_proportion_to_the_text(unit):
    def cost(n):
        begin = time.perf_counter()
        tokens(unit * n)
        return time.perf_counter() - begin

    cost(1000)
    assert min(cost(80_000) for _ in range(2)) < 60 * max(min(cost(8_000) for _ in range(3)), 1e-3)
