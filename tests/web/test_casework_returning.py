"""Words that return on Patterns: proposed where cues are open, each line leading to the place where it is marked."""

import pytest
from django.urls import reverse

from depthwork.practice.treatments.models import Session
from tests.casework import agree, hour_with_words

pytestmark = pytest.mark.django_db

FIRST = (
    ("T", "Where would you like to begin?"),
    ("C", "I dreamt of the lighthouse again. The lamp was dark and I climbed alone."),
    ("T", "The lighthouse was dark."),
    ("C", "Nobody came. The kettle was on at home, my brother would say."),
)
SECOND = (
    ("T", "How was the week?"),
    ("C", "Quiet. We drove past the lighthouse and I could not look at it."),
    ("C", "Then the shop, the bills, the usual evening with nothing on."),
)


def two_hours(cast):
    first = hour_with_words(cast.ana, cast.client, words=FIRST)
    return first, hour_with_words(cast.ana, cast.client, words=SECOND, number=2)


def words(cast, who="ana"):
    return getattr(cast, who).browser().get(reverse("casework:returning", args=[cast.client.id]))


def patterns(cast, who="ana"):
    return (
        getattr(cast, who).browser().get(reverse("casework:patterns", args=[cast.client.id])).content.decode()
    )


def fold_of(cast):
    page = cast.ana.browser().get(reverse("casework:returning", args=[cast.client.id]), {"fold": "1"})
    assert page.status_code == 200
    return page.content.decode()


def test_a_word_that_returns_shows_its_lines_and_where_they_are_marked(cast):
    agree(cast.ana, cast.client, cast.treatment)
    first, second = two_hours(cast)
    page = words(cast).content.decode()
    assert "lighthouse" in page
    assert f"{reverse('casework:hour', args=[first.session_id])}?source={first.id}#t2" in page
    assert f"{reverse('casework:hour', args=[second.session_id])}?source={second.id}#t2" in page
    assert "The lighthouse was dark" not in page, "what the therapist says makes no theme"


def test_patterns_folds_the_list_and_asks_for_it_when_it_is_opened(cast):
    agree(cast.ana, cast.client, cast.treatment)
    two_hours(cast)
    url = reverse("casework:returning", args=[cast.client.id])
    assert f'hx-get="{url}?fold=1"' in patterns(cast)
    fold = fold_of(cast)
    assert f'hx-get="{url}"' in fold
    assert "lighthouse" not in fold


def test_without_consent_nothing_is_offered_and_nothing_is_found(cast):
    two_hours(cast)
    assert "Words that return" not in patterns(cast)
    assert fold_of(cast) == ""
    assert words(cast).status_code == 404


def test_an_hour_without_its_clinicians_line_is_not_looked_at(cast):
    agree(cast.ana, cast.client, cast.treatment)
    _first, second = two_hours(cast)
    row = Session.objects.get(id=second.session_id)
    row.kept_line = None
    row.skipped_remembering = False
    from depthwork.practice.vault.unlocked import opened

    with opened(cast.ana.unlocked):
        row.save()
    page = words(cast)
    assert page.status_code == 200
    assert "lighthouse" not in page.content.decode()


@pytest.mark.parametrize("who", ["eve", "mara", "rui", "dov"])
def test_nobody_else_meets_the_words(cast, who):
    agree(cast.ana, cast.client, cast.treatment)
    two_hours(cast)
    assert words(cast, who).status_code == 404
