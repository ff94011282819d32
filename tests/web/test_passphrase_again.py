"""An open desk gives nothing out: before what shares, exports or destroys, the passphrase is asked for once more."""

import time
from datetime import date, timedelta

import pytest
from django.urls import get_resolver, reverse

from depthwork.practice.audit.models import Event
from depthwork.practice.people.actions import set_passphrase
from depthwork.practice.people.middleware import TYPED
from depthwork.practice.policy.registry import routes, rule_of
from depthwork.practice.supervision.models import Supervision
from depthwork.practice.tracking.views.alerts import names_somebody
from depthwork.practice.treatments.models import Break
from depthwork.practice.treatments.views.away import names_a_cover
from depthwork.practice.vault.models import Keyring
from depthwork.practice.vault.unlocked import opened
from tests.supervising import agree

WORDS = "gravel lantern orchard seven"
ASKS = "Your passphrase again"

# The doors at which it is asked for, written by hand: `...` always, otherwise for these acts or what is sent.
DOORS = {
    "people:recovery": ("new",),
    "disclosure:client": ...,
    "disclosure:look": ...,
    "disclosure:count_in": ...,
    "disclosure:give_case": ...,
    "disclosure:give_access": ...,
    "disclosure:give_fhir": ...,
    "disclosure:give_annotations": ...,
    "disclosure:pack": ...,
    "disclosure:research": ...,
    "supervision:invite": ...,
    "supervision:keys": ...,
    "supervision:pack_pdf": ...,
    "supervision:pack_files": ...,
    "sources:burn": ...,
    "ui:emergency": ("name", "nobody", "ask", "open", "end"),
    "ui:erase": ("lift",),
    "ui:invite": ...,
    "ui:member": ...,
    "ui:will": ...,
    "ui:will_of": ...,
    "ui:office": ...,
    "ui:backups": ...,
    "ui:second_factor": ...,
    "treatments:hand_over": ...,
    "treatments:let_cover_in": ...,
    "treatments:announce": names_a_cover,
    "treatments:weeks_away": names_a_cover,
    "tracking:deputy": names_somebody,
    "portal:for_clinician": ("let_in", "anew"),
}


@pytest.fixture
def late(cast):
    """Ana at her open desk, ten minutes after she typed her passphrase."""
    set_passphrase(person=cast.ana.person, passphrase=WORDS, unlocked=cast.ana.unlocked)
    browser = cast.ana.browser(typed=False)
    store = browser.session
    store[TYPED] = int(time.time()) - 600
    store.save()
    return browser


def words_of(answer):
    return answer.content.decode()


def test_the_doors_that_ask_are_those_written_down():
    rules = {name: rule_of(view, name) for _, name, view in routes(get_resolver()) if name}
    found = {name: ... if rule.fresh is True else rule.fresh for name, rule in rules.items() if rule.fresh}
    assert found == DOORS


def test_an_open_desk_shows_no_new_recovery_code(cast, late):
    before = bytes(Keyring.objects.get(person=cast.ana.person).private_by_recovery or b"")
    page = words_of(late.post("/recovery-code/", {"act": "new"}))
    assert ASKS in page
    assert bytes(Keyring.objects.get(person=cast.ana.person).private_by_recovery or b"") == before
    wrong = late.post("/recovery-code/", {"act": "new", "passphrase_again": "not the one at all"})
    assert wrong.status_code == 422
    assert "This is not your passphrase." in words_of(wrong)
    right = words_of(late.post("/recovery-code/", {"act": "new", "passphrase_again": WORDS}))
    assert "It is shown once" in right
    assert Event.objects.filter(verb="passphrase_again", actor=cast.ana.id).count() == 1
    assert Event.objects.filter(verb="passphrase_again_failed", actor=cast.ana.id).count() == 1


def test_a_page_asks_and_leads_back_to_itself(cast, late):
    url = reverse("disclosure:client", args=[cast.client.id])
    assert ASKS in words_of(late.get(url))
    assert not Event.objects.filter(verb="giving_out.read").exists()
    answer = late.post(url, {"passphrase_again": WORDS, "only_look": "yes"})
    assert (answer.status_code, answer["Location"]) == (303, url)
    assert ASKS not in words_of(late.get(url))


def test_what_was_filled_in_is_kept_and_done_once(cast, late):
    with opened(cast.ana.unlocked):
        agree(cast)
    sent = {
        "supervisor": str(cast.ben.id),
        "purpose": "supervision",
        "words": "weekly supervision",
        "ends_on": (date.today() + timedelta(days=30)).isoformat(),
    }
    url = reverse("supervision:invite", args=[cast.client.id])
    page = words_of(late.post(url, sent))
    assert ASKS in page
    for name, value in sent.items():
        assert f'type="hidden" name="{name}" value="{value}"' in page
    assert not Supervision.objects.exists()
    late.post(url, sent | {"passphrase_again": WORDS})
    assert Supervision.objects.count() == 1


def test_words_that_were_sent_come_back_as_words_and_not_as_markup(cast, late):
    page = words_of(late.post(reverse("supervision:invite", args=[cast.client.id]), {"words": '"><script>x'}))
    assert "<script>x" not in page
    assert "&quot;&gt;&lt;script&gt;x" in page


def test_the_page_that_comes_next_is_not_handed_the_passphrase(cast, late):
    page = words_of(late.post(reverse("ui:will"), {"trustees": "nobody", "passphrase_again": WORDS}))
    assert ASKS not in page
    assert WORDS not in page


def test_within_five_minutes_nobody_is_asked_again(cast):
    assert ASKS not in words_of(cast.ana.browser().get(reverse("disclosure:client", args=[cast.client.id])))


def test_a_hold_is_set_at_once_and_lifted_with_the_passphrase(cast, late):
    url = reverse("ui:erase", args=[cast.client.id])
    assert late.post(url, {"act": "hold"}).status_code == 302
    assert ASKS in words_of(late.post(url, {"act": "lift"}))
    assert late.post(url, {"act": "lift", "passphrase_again": WORDS}).status_code == 302


def test_a_foreign_row_is_not_there_before_anything_is_asked(cast, late):
    assert late.get(reverse("disclosure:client", args=[cast.other.id])).status_code == 404


def test_many_wrong_tries_have_to_wait(cast, late):
    url = reverse("ui:will")
    answers = [late.post(url, {"passphrase_again": f"wrong words number {n}"}) for n in range(7)]
    assert "Too many tries" in words_of(answers[-1])
    assert "Too many tries" in words_of(late.post(url, {"passphrase_again": WORDS}))


def test_an_unlock_counts_as_typed(cast):
    set_passphrase(person=cast.ana.person, passphrase=WORDS, unlocked=cast.ana.unlocked)
    browser = cast.ana.browser(locked=True)
    browser.post("/unlock/", {"passphrase": WORDS, "next": "/"})
    assert ASKS not in words_of(browser.get(reverse("disclosure:client", args=[cast.client.id])))


def test_a_break_without_cover_asks_nothing_and_one_with_a_colleague_asks(cast, late):
    day = date.today() + timedelta(days=20)
    sent = {"from_date": day.isoformat(), "to_date": (day + timedelta(days=5)).isoformat()}
    for name, args in (("treatments:announce", [cast.client.id]), ("treatments:weeks_away", [])):
        assert ASKS in words_of(late.post(reverse(name, args=args), sent | {"cover": str(cast.eve.id)}))
    assert not Break.objects.exists()
    assert late.post(reverse("treatments:announce", args=[cast.client.id]), sent).status_code == 302
    assert Break.objects.count() == 1


def test_letting_a_client_in_and_letting_cover_in_ask(cast, late):
    place = reverse("portal:for_clinician", args=[cast.client.id])
    assert ASKS in words_of(late.post(place, {"act": "let_in", "fingerprint": "x"}))
    assert ASKS not in words_of(late.post(place, {"act": "no"}, follow=True))
    with opened(cast.ana.unlocked):
        pause = Break.objects.create(
            client=cast.client,
            treatment=cast.treatment,
            from_date=date.today(),
            to_date=date.today() + timedelta(days=5),
            cover=cast.eve.person,
        )
    assert ASKS in words_of(late.post(reverse("treatments:let_cover_in", args=[pause.id])))


def test_naming_a_deputy_asks_and_taking_it_back_does_not(cast, late):
    page = reverse("tracking:deputy", args=[cast.client.id])
    assert ASKS in words_of(late.post(page, {"colleague": str(cast.eve.id), "agreed_on": "2026-11-01"}))
    assert ASKS not in words_of(late.post(page, {"withdraw": "1"}, follow=True))
