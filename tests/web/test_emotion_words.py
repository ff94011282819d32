"""Where the rules of a place let no emotion words be counted, none are: not drawn, not named, and the reason said."""

import pytest
from django.urls import reverse

from tests.casework import WORDS, hour_with_words


@pytest.fixture
def source(cast):
    some = ("C", "I was afraid and sad; freedom, reality, connection, responsibility, permission.")
    words = [some if n % 11 == 3 and n < 90 else turn for n, turn in enumerate(WORDS * 30)]
    return hour_with_words(cast.ana, cast.client, words=words)


def profile(cast, source):
    return cast.ana.browser().get(reverse("casework:profile", args=[source.session_id])).content.decode()


def follows(cast, rules):
    cast.practice.jurisdiction = rules
    cast.practice.save()


def test_the_careful_profile_counts_words_of_emotion_as_words(cast, source):
    page = profile(cast, source)
    assert "are counted from open word lists" in page
    assert "let no emotion words be counted" not in page


def test_an_illinois_practice_sees_no_tone_of_an_hour_and_why(cast, source):
    follows(cast, "illinois")
    page = profile(cast, source)
    assert "are counted from open word lists" not in page
    assert "The rules this practice follows let no emotion words be counted." in page
    assert "Emotion and abstraction: the rules this practice follows let no emotion words be counted." in page
    assert "The client said" in page


def test_the_hour_of_an_illinois_practice_promises_no_emotion(cast, source):
    url = reverse("casework:hour", args=[source.session_id])
    assert "emotion and abstraction" in cast.ana.browser().get(url).content.decode()
    follows(cast, "illinois")
    page = cast.ana.browser().get(url).content.decode()
    assert "emotion and abstraction" not in page
    assert "Who speaks, and silences, block by block" in page
