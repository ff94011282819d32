"""The pages of the sources, by a browser that has no script."""

import json

import pytest

from depthwork.practice.record.queries import note_of_hour
from depthwork.practice.sources import actions, queries
from depthwork.practice.sources.models import Draft, Source
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def hour(cast):
    return (
        Session.objects.select_related("client__practice", "treatment__client")
        .filter(client=cast.client)
        .first()
    )


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


def kept(cast, hour, text="Late again. {hazy}The coat?{/hazy}", kind="process_note", **more):
    with opened(cast.ana.unlocked):
        return actions.keep_note(session=hour, by=cast.ana.person, kind=kind, text=text, **more)


def words_of(cast, hour, **more):
    with opened(cast.ana.unlocked):
        return [k.version.text for k in queries.sources_of(hour, **more)]


def test_a_note_of_two_words_is_written_and_kept(cast, hour, browser):
    page = browser.get(f"/hours/{hour.id}/note/")
    assert page.status_code == 200
    assert "Keep this note" in page.content.decode()
    assert browser.post(f"/hours/{hour.id}/note/", {"text": "Late again."}).status_code == 302
    assert words_of(cast, hour) == ["Late again."]


def test_the_page_names_the_hour_and_never_the_client_in_its_title(hour, browser):
    html = browser.get(f"/hours/{hour.id}/note/").content.decode()
    assert "<title>Process note, hour 1" in html
    assert "Cleo" not in html.split("</title>")[0]


def test_the_editor_opens_a_kept_note_with_its_marks(cast, hour, browser):
    source = kept(cast, hour)
    page = browser.get(f"/hours/{hour.id}/note/")
    assert page["Location"] == f"/sources/{source.id}/edit/"
    assert "{hazy}The coat?{/hazy}" in browser.get(page["Location"]).content.decode()


def test_a_note_is_shown_with_what_is_hazy(cast, hour, browser):
    html = browser.get(f"/sources/{kept(cast, hour).id}/").content.decode()
    assert '<span class="hazy">The coat?' in html


def test_a_script_in_a_note_is_text(cast, hour, browser):
    source = kept(cast, hour, "<script>alert(1)</script> {hazy}<b>x</b>{/hazy}")
    for url in (f"/sources/{source.id}/", f"/sources/{source.id}/edit/"):
        html = browser.get(url).content.decode()
        assert "<script>alert" not in html
        assert "<b>x</b>" not in html


def test_two_windows_are_shown_side_by_side_and_nothing_is_lost(cast, hour, browser):
    source = kept(cast, hour, "start")
    url = f"/sources/{source.id}/edit/"
    assert browser.post(url, {"text": "start\n\nfrom one", "base": "1"}).status_code == 302
    page = browser.post(url, {"text": "start\n\nfrom two", "base": "1"})
    html = page.content.decode()
    assert page.status_code == 409
    assert "from one" in html
    assert "from two" in html
    assert 'name="base" value="2"' in html
    assert browser.post(url, {"text": "start\n\nfrom one\n\nfrom two", "base": "2"}).status_code == 302
    assert words_of(cast, hour) == ["start\nfrom one\nfrom two"]


def test_a_form_sent_twice_makes_one_note(cast, hour, browser):
    for _ in range(2):
        browser.post(f"/hours/{hour.id}/note/", {"text": "Late again."})
    assert words_of(cast, hour) == ["Late again."]


def test_an_empty_note_comes_back_with_the_mend(hour, browser):
    page = browser.post(f"/hours/{hour.id}/note/", {"text": "  "})
    assert page.status_code == 422
    assert "two words are enough" in page.content.decode()


def save(browser, hour, text, version=0, writer="w1", seq=1, kind="process_note", **fields):
    data = {
        "text": text,
        "draft_version": version,
        "writer": writer,
        "seq": seq,
        "fields": json.dumps(fields),
    }
    return browser.post(f"/hours/{hour.id}/drafts/{kind}/", data, **JSON)


def test_what_is_written_is_saved_and_comes_back(hour, browser):
    answer = save(browser, hour, "Half a sent")
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert answer.json()["sentence"].startswith("Saved ")
    html = browser.get(f"/hours/{hour.id}/note/").content.decode()
    assert "Half a sent" in html
    assert "not kept yet" in html


def test_a_second_window_gets_both_texts(hour, browser):
    save(browser, hour, "first window")
    answer = save(browser, hour, "second window", writer="w2")
    assert answer.status_code == 409
    assert answer.json()["theirs"] == "first window"
    assert save(browser, hour, "both", version=answer.json()["version"], writer="w2").status_code == 200


def test_a_window_that_writes_on_after_the_other_kept_is_led_to_the_kept_note(cast, hour, browser):
    save(browser, hour, "first window")
    browser.post(f"/hours/{hour.id}/note/", {"text": "first window, kept", "draft_version": "1"})
    answer = save(browser, hour, "second window", version=1, writer="w2", seq=2)
    source = Source.objects.get()
    assert answer.status_code == 409
    body = answer.json()
    assert body["theirs"] == "first window, kept"
    assert (body["base"], body["draft"]) == (1, f"/sources/{source.id}/draft/")


def test_a_kept_note_takes_its_draft_away(cast, hour, browser):
    save(browser, hour, "Late again.")
    browser.post(f"/hours/{hour.id}/note/", {"text": "Late again.", "draft_version": "1"})
    assert not Draft.objects.exists()


def test_a_draft_can_be_let_go(hour, browser):
    save(browser, hour, "no")
    assert browser.post(f"/hours/{hour.id}/drafts/process_note/let-go/", {}).status_code == 302
    assert not Draft.objects.exists()


def test_a_draft_of_anothers_note_cannot_be_reached_through_an_hour(cast, hour, browser):
    foreign = Session.objects.filter(client=cast.other).first()
    with opened(cast.dov.unlocked):
        foreign = Session.objects.select_related("client", "treatment").get(id=foreign.id)
        theirs = actions.write_note(session=foreign, text="x y", by=cast.dov.person)
    page = browser.post(f"/hours/{hour.id}/drafts/process_note/let-go/?source={theirs.id}", {})
    assert page.status_code == 404


def test_a_locked_sign_in_saves_nothing_and_is_sent_to_unlock(cast, hour):
    locked = cast.ana.browser(locked=True)
    answer = save(locked, hour, "while locked")
    assert answer.status_code == 302
    assert "/unlock/" in answer["Location"]
    assert not Draft.objects.exists()


def test_the_draft_key_is_in_no_page_of_a_locked_sign_in_and_is_the_writers_own(cast, hour, browser):
    html = browser.get(f"/hours/{hour.id}/note/").content.decode()
    key = html.split('data-seal="')[1].split('"')[0]
    assert len(key) == 44
    assert browser.get(f"/hours/{hour.id}/note/").content.decode().split('data-seal="')[1].startswith(key)
    assert (
        "data-seal="
        not in cast.ana.browser(locked=True).get(f"/hours/{hour.id}/note/", follow=True).content.decode()
    )
    other = Session.objects.filter(client=cast.client)[1]
    assert key not in browser.get(f"/hours/{other.id}/note/").content.decode()


@pytest.mark.parametrize("who", ["eve", "mara", "rui", "dov", "cleo"])
def test_nobody_else_opens_the_notes(cast, hour, who):
    source = kept(cast, hour)
    stranger = getattr(cast, who).browser()
    for url in (
        f"/sources/{source.id}/",
        f"/sources/{source.id}/edit/",
        f"/sources/{source.id}/burn/",
        f"/sources/{source.id}/versions/1/",
        f"/sources/{source.id}/file/",
        f"/hours/{hour.id}/note/",
        f"/hours/{hour.id}/dream/",
        f"/hours/{hour.id}/transcript/",
        f"/hours/{hour.id}/transcript/speakers/",
    ):
        assert stranger.get(url).status_code == 404, url


def supervised(cast):
    from depthwork.practice.policy.models import Involvement, Part

    Involvement.objects.create(
        person=cast.ben.person, practice=cast.practice.id, client=cast.client.id, part=Part.SUPERVISOR
    )
    with opened(cast.ana.unlocked):
        vault.share(
            owner=cast.client.id,
            compartments=["process_notes", "administration"],
            reader=cast.ben.id,
            purpose="supervision",
        )


def test_a_supervisor_reads_a_note_and_never_an_own_note(cast, hour):
    supervised(cast)
    note = kept(cast, hour)
    own = kept(cast, hour, "I was bored.", kind="countertransference")
    ben = cast.ben.browser()
    assert "The coat?" in ben.get(f"/sources/{note.id}/").content.decode()
    assert ben.get(f"/sources/{own.id}/").status_code == 404
    assert ben.get(f"/sources/{own.id}/versions/1/").status_code == 404
    assert ben.get(f"/sources/{note.id}/edit/").status_code == 404
    assert ben.get(f"/sources/{note.id}/burn/").status_code == 404


def test_an_own_note_comes_only_where_it_is_asked_for_by_name(cast, hour, browser):
    browser.post(f"/hours/{hour.id}/own-note/", {"text": "I was bored."})
    assert words_of(cast, hour, kinds=["countertransference"]) == ["I was bored."]
    assert words_of(cast, hour) == []
    with opened(cast.ana.unlocked):
        assert [k.version.text for k in queries.own_notes_of(hour, cast.ana.person)] == ["I was bored."]
        assert queries.own_notes_of(hour, cast.ben.person) == []
        assert queries.sources_of_treatment(hour.treatment) == []


def test_burning_asks_says_what_is_lost_and_leaves_a_stone(cast, hour, browser):
    source = kept(cast, hour)
    url = f"/sources/{source.id}/burn/"
    assert "destroyed" in browser.get(url).content.decode()
    assert browser.post(url, {}).status_code == 422
    assert browser.post(url, {"sure": "yes"}).status_code == 302
    html = browser.get(f"/sources/{source.id}/").content.decode()
    assert "Burned" in html
    assert "coat" not in html
    assert browser.get(f"/sources/{source.id}/versions/1/").status_code == 404
    assert browser.get(f"/sources/{source.id}/edit/").status_code == 302


def test_under_a_legal_hold_burning_is_not_offered_and_not_done(cast, hour, browser):
    source = kept(cast, hour)
    vault.hold(owner=hour.client_id, by=cast.ana.id)
    url = f"/sources/{source.id}/burn/"
    html = browser.get(url).content.decode()
    assert "legal hold" in html
    assert 'name="sure"' not in html
    assert browser.post(url, {"sure": "yes"}).status_code == 422
    source.refresh_from_db()
    assert source.burned_at is None


def test_a_line_for_the_record_is_hinted_and_moves_with_one_click(cast, hour, browser):
    source = kept(cast, hour, "Piano on Thursday. Takes sertraline 50 mg since March. Two men and a strap.")
    html = browser.get(f"/sources/{source.id}/").content.decode()
    assert "may belong in the record" in html
    form = html.split(f'action="/sources/{source.id}/move/"')[1].split("</form>")[0]
    data = {
        name: form.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("version", "start", "end", "part")
    }
    assert data["part"] == "medication"
    browser.post(f"/sources/{source.id}/move/", data)
    assert words_of(cast, hour) == ["Piano on Thursday. Two men and a strap."]
    with opened(cast.ana.unlocked):
        assert note_of_hour(hour).medication == "Takes sertraline 50 mg since March."
    assert "may belong" not in browser.get(f"/sources/{source.id}/").content.decode()


def test_pages_cost_few_queries(cast, hour, browser, django_assert_max_num_queries):
    source = kept(cast, hour)
    for url in (f"/sources/{source.id}/", f"/sources/{source.id}/edit/"):
        browser.get(url)
        with django_assert_max_num_queries(16):
            assert browser.get(url).status_code == 200


def test_nothing_is_cached_by_the_browser(cast, hour, browser):
    assert browser.get(f"/sources/{kept(cast, hour).id}/")["Cache-Control"] == "no-store"
