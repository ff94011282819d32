"""A learned score adds passages of danger to those the patterns show."""

from depthwork.cues.alarm import alarm_features
from depthwork.cues.danger import passages
from depthwork.cues.exemplars import danger_lines
from depthwork.cues.model import load
from depthwork.cues.reader import Reader
from depthwork.cues.scores import Scores
from depthwork.cues.turns import describe
from depthwork.transcripts.model import transcript_of

OBLIQUE = [
    ("T", "And in the evenings?"),
    ("C", "I sit by the drawer and count what is in it."),
    (
        "T",
        "Are you thinking of killing yourself? I take that seriously, and I want to keep you safe tonight.",
    ),
    ("C", "You'd better ring my sister."),
]


def views_of(said):
    return describe(transcript_of(said))


def test_the_same_words_weigh_more_where_the_therapist_answers_to_danger():
    model = load()
    calm = [*OBLIQUE[:2], ("T", "What is in it, spoons?"), ("C", "Spoons, yes.")]
    answered, plain = (
        model.danger.scores([alarm_features(views_of(said), 1)])[0, 0] for said in (OBLIQUE, calm)
    )
    assert answered > plain + 0.5


def test_a_turn_held_to_be_of_danger_is_shown_as_a_whole_without_a_confidence():
    transcript = transcript_of(OBLIQUE)
    (cue,) = [
        c for c in passages(transcript, describe(transcript), {3: "suicide_active"}) if c.turns == (3, 3)
    ]
    assert cue.quote == "You'd better ring my sister."
    assert cue.confidence is None


def test_the_score_takes_no_passage_of_the_patterns_away():
    transcript = transcript_of([("C", "Some nights I hope I don't wake up."), ("T", "Mm.")])
    views = describe(transcript)
    shown = {cue.turns for cue in passages(transcript, views)}
    assert shown
    assert shown <= {cue.turns for cue in passages(transcript, views, {})}


def test_the_therapists_turns_are_never_held_to_be_of_danger():
    scores = Scores(load(), views_of(OBLIQUE))
    assert set(scores.alarming(-100.0, -100.0)) == {1, 3}


def test_every_kind_the_score_gives_is_one_of_the_codebook():
    assert load().danger.heads[0] == "risk"
    assert set(load().danger.heads[1:]) == {
        "abuse",
        "harm_others",
        "self_harm",
        "suicide_active",
        "suicide_passive",
    }


def test_an_hour_about_the_weather_shows_no_passage():
    said = [
        ("C", "It rained all week and the tomatoes are late."),
        ("T", "The tomatoes."),
        ("C", "Yes, late."),
    ]
    assert not [cue for cue in Reader().propose(transcript_of(said)) if cue.construct == "risk"]


def test_lines_learned_from_bear_a_kind_or_mislead():
    kinds = {kind for kind, _ in danger_lines()}
    assert kinds == {"", "abuse", "harm_others", "self_harm", "suicide_active", "suicide_passive"}


def test_a_lone_turn_of_no_danger_is_not_shown_for_being_alone():
    for said in ("I walked the dog.", "We had soup and then cards.", "He fixed the fence on Saturday."):
        assert not [c for c in Reader().propose(transcript_of([("C", said)])) if c.construct == "risk"]


def test_a_note_and_an_hour_have_bounds_of_their_own():
    note = transcript_of([("N", "She came late."), ("N", "He spoke of the pills.")])
    hour = transcript_of([("C", "She came late."), ("C", "He spoke of the pills.")])
    for transcript, bounds in ((note, (100.0, -100.0)), (hour, (-100.0, 100.0))):
        assert set(Scores(load(), describe(transcript)).alarming(*bounds)) == {0, 1}
        assert Scores(load(), describe(transcript)).alarming(*reversed(bounds)) == {}
