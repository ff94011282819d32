"""A dream is announced and then told; a strain is owned after it was felt."""

from depthwork.cues.moves import dreams_told, strains_owned
from depthwork.cues.turns import describe
from depthwork.transcripts.model import transcript_of


def told(*said):
    return dreams_told(describe(transcript_of(said)))


def owned(*said):
    return strains_owned(describe(transcript_of(said)))


SCENE = (
    "I'm in the old kitchen and there is water up to the second shelf, and my aunt is reading to the fish."
)


def test_a_dream_told_after_its_announcement_ends_where_the_therapist_asks_what_it_brings():
    assert told(
        ("C", "I had a dream, if you want it."),
        ("T", "Please."),
        ("C", SCENE),
        ("T", "Reading to them."),
        ("C", "In her good voice. They came up to listen, the big ones first."),
        ("T", "Who does the aunt bring to mind?"),
        ("C", "Mrs Penhaligon, who taught us swimming at the baths on Saturdays."),
    ) == [(2, 4)]


def test_a_dream_told_in_the_turn_of_its_announcement_begins_there():
    assert told(
        ("T", "Where shall we start?"), ("C", f"With a dream. {SCENE} Then I woke up."), ("T", "Hm.")
    ) == [(1, 1)]


def test_a_dream_that_is_gone_is_not_told():
    assert told(("C", "I had a dream but it's gone."), ("T", "Gone."), ("C", "Yes. The bus was late.")) == []


def test_a_dream_job_and_never_dreaming_are_no_dreams():
    assert (
        told(("C", "It was my dream job, and I never dream of asking for more than they give me at Easter."))
        == []
    )


def test_asked_for_a_dream_the_client_may_tell_something_else():
    assert (
        told(
            ("T", "Was there a dream?"),
            ("C", "No, I slept badly and then the plumber rang at seven about the tap."),
        )
        == []
    )


def test_a_paragraph_of_a_note_may_tell_a_dream():
    found = told(
        ("N", "Late. Wet coat."),
        (
            "N",
            "Dream: she is on a ferry that goes round a lamp-post, and each passenger is handed a key by her sister.",
        ),
        ("N", "The key: her father's shed."),
    )
    assert found == [(1, 1)]


def test_talk_of_the_dream_afterwards_is_no_second_dream():
    found = told(
        ("C", "I had a dream."), ("T", "Tell me."), ("C", SCENE), ("T", "And here?"),
        ("C", "I keep thinking of the dream while I do the tables, of how nobody minded the water in it at all."),
    )  # fmt: skip
    assert found == [(2, 2)]


def test_a_strain_stands_before_the_therapist_owns_a_part_in_it():
    assert owned(
        ("T", "I'll be away in May."),
        ("C", "Lovely. You need it."),
        ("T", "How is that for you?"),
        ("C", "Fine. Whatever you think."),
        ("T", "I told you at the very end, and I rushed it."),
        ("C", "You did."),
    ) == [(1, 3)]


def test_nothing_owned_shows_no_strain():
    assert owned(("T", "How was the week?"), ("C", "Fine."), ("T", "Tell me."), ("C", "I sang.")) == []
