"""Names that are words, initials, nicknames, consistency, and what a person decides on the list."""

import pytest

from depthwork.interchange.deidentify import Known, Person, deidentify

KNOWN = Known(
    people=(
        Person(("Graça Teles",), ("Gracinha",), "the client"),
        Person(("Rose Tal",), (), "the sister"),
        Person(("Will Hope",), (), "the friend"),
    ),
    places=("Pell Island",),
)


def one(text: str, **more: object) -> str:
    return deidentify([text], KNOWN, **more).texts[0]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("I rang Rose. She rose early.", "I rang [the sister]. She rose early."),
        ("Will you come? Will said no.", "Will you come? [the friend] said no."),
        ("I hope so. Hope was there.", "I hope so. [the friend] was there."),
        ("Rose's coat, and Rose, come in.", "[the sister]'s coat, and [the sister], come in."),
        ("She said, Rose told you.", "She said, [the sister] told you."),
        ("G.T. and GT came.", "[the client] and [the client] came."),
        ("Gracinha, as he calls her.", "[the client], as he calls her."),
        ("graça, GRAÇA, Graca.", "[the client], [the client], [the client]."),
        ("Tlaes is not Teles.", "[name 1] is not [the client]."),
        ("Graça Teles and Rose Tal met.", "[the client] and [the sister] met."),
        ("I don't. Don't you?", "I don't. Don't you?"),
        ("It was on Tuesday at 5.", "It was on Tuesday at 5."),
        ("In June. I saw June there.", "In June. I saw [name 1] there."),
    ],
)
def test_a_name_is_told_from_a_word(text, made):
    assert one(text) == made


def test_a_name_that_may_be_the_word_stands_as_a_doubt_on_the_list():
    made = deidentify(["Will it rain?"], KNOWN)
    assert made.texts == ("Will it rain?",)
    assert [(i.surface, i.is_replaced) for i in made.review] == [("Will", False)]


def test_the_same_person_is_the_same_label_in_every_text():
    made = deidentify(["Marek Osei came.", "And Marek left."], KNOWN)
    assert made.texts == ("[name 1] came.", "And [name 1] left.")


def test_a_decision_is_followed_everywhere():
    first = deidentify(["I saw Boots. The Boots in town."], KNOWN)
    key = first.review[0].key
    again = deidentify(
        ["I saw Boots. The Boots in town."], KNOWN, decisions={i.key: "keep" for i in first.review}
    )
    assert "Boots" in again.texts[0]
    assert key


def test_a_thick_disguise_stands_in_the_clinicians_words():
    made = deidentify(["He cuts hair on Pell Island."], KNOWN)
    words = {made.review[0].key: "a small harbor"}
    assert deidentify(["He cuts hair on Pell Island."], KNOWN, words=words).texts == (
        "He cuts hair on a small harbor.",
    )


def test_a_decision_that_is_none_is_refused():
    with pytest.raises(ValueError, match="“replace” or “keep”"):
        one("x", decisions={"name|x": "maybe"})


@pytest.mark.parametrize(
    "text",
    [
        "It's a B flat. (laughs) Sorry. Where do you want me?",
        "(sighs) Sorry.",
        "Two Thursdays, and then the Moms came.",
        "Wherever you like.",
    ],
)
def test_a_comment_and_the_days_of_the_week_make_no_name(text):
    assert deidentify([text], KNOWN).texts == (text,)


def test_two_names_apart_by_the_end_of_a_sentence_are_two():
    made = deidentify(["I rang Marek. Oluwaseun was out."], KNOWN)
    assert made.texts == ("I rang [name 1]. [name 2] was out.",)


def test_a_name_after_a_parenthesis_within_a_sentence_is_still_a_name():
    assert deidentify(["My friend (the older) Mark left."], KNOWN).texts == (
        "My friend (the older) [name 1] left.",
    )


def test_what_nobody_decided_on_is_waiting():
    made = deidentify(["Rose rang Marek."], KNOWN)
    assert len(made.waiting({})) == 2
    assert made.waiting({i.key: "replace" for i in made.review}) == ()


def test_an_empty_text_stays_empty():
    assert deidentify(["", "  \n"], KNOWN).texts == ("", "  \n")


@pytest.mark.parametrize("text", ["A" * 20_000, "Aa " * 5_000, "five " * 5_000, "1 " * 5_000, "x@" * 5_000])
def test_a_hostile_text_costs_its_length(text):
    import time

    start = time.process_time()
    deidentify([text], KNOWN)
    assert time.process_time() - start < 3
