"""The pages of the sources, by a browser that has no script."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from depthwork.practice.record.queries import note_of_hour
from depthwork.practice.sources import actions, queries
from depthwork.practice.sources.models import Draft, Source
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened
from depthwork.transcripts import read_text, write

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
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


def post(browser, url, data, **extra):
    return browser.post(url, data, **extra)


def test_a_note_of_two_words_is_written_and_kept(cast, hour, browser):
    page = browser.get(f"/hours/{hour.id}/note/")
    assert page.status_code == 200
    assert "Keep this note" in page.content.decode()
    assert post(browser, f"/hours/{hour.id}/note/", {"text": "Late again."}).status_code == 302
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
    assert post(browser, url, {"text": "start\n\nfrom one", "base": "1"}).status_code == 302
    page = post(browser, url, {"text": "start\n\nfrom two", "base": "1"})
    html = page.content.decode()
    assert page.status_code == 409
    assert "from one" in html
    assert "from two" in html
    assert 'name="base" value="2"' in html
    assert post(browser, url, {"text": "start\n\nfrom one\n\nfrom two", "base": "2"}).status_code == 302
    assert words_of(cast, hour) == ["start\nfrom one\nfrom two"]


def test_a_form_sent_twice_makes_one_note(cast, hour, browser):
    for _ in range(2):
        post(browser, f"/hours/{hour.id}/note/", {"text": "Late again."})
    assert words_of(cast, hour) == ["Late again."]


def test_an_empty_note_comes_back_with_the_mend(hour, browser):
    page = post(browser, f"/hours/{hour.id}/note/", {"text": "  "})
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
    return post(browser, f"/hours/{hour.id}/drafts/{kind}/", data, **JSON)


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
    post(browser, f"/hours/{hour.id}/note/", {"text": "first window, kept", "draft_version": "1"})
    answer = save(browser, hour, "second window", version=1, writer="w2", seq=2)
    source = Source.objects.get()
    assert answer.status_code == 409
    body = answer.json()
    assert body["theirs"] == "first window, kept"
    assert (body["base"], body["draft"]) == (1, f"/sources/{source.id}/draft/")


def test_a_kept_note_takes_its_draft_away(cast, hour, browser):
    save(browser, hour, "Late again.")
    post(browser, f"/hours/{hour.id}/note/", {"text": "Late again.", "draft_version": "1"})
    assert not Draft.objects.exists()


def test_a_draft_can_be_let_go(hour, browser):
    save(browser, hour, "no")
    assert post(browser, f"/hours/{hour.id}/drafts/process_note/let-go/", {}).status_code == 302
    assert not Draft.objects.exists()


def test_a_draft_of_anothers_note_cannot_be_reached_through_an_hour(cast, hour, browser):
    foreign = Session.objects.filter(client=cast.other).first()
    with opened(cast.dov.unlocked):
        foreign = Session.objects.select_related("client", "treatment").get(id=foreign.id)
        theirs = actions.write_note(session=foreign, text="x y", by=cast.dov.person)
    page = post(browser, f"/hours/{hour.id}/drafts/process_note/let-go/?source={theirs.id}", {})
    assert page.status_code == 404


def test_a_locked_sign_in_saves_nothing_and_is_sent_to_unlock(cast, hour):
    locked = cast.ana.browser(locked=True)
    answer = save(locked, hour, "while locked")
    assert answer.status_code == 302
    assert "/unlock/" in answer["Location"]
    assert not Draft.objects.exists()


def test_the_draft_key_is_in_no_page_of_a_locked_sign_in_and_is_the_writers_own(cast, hour, browser):
    html = browser.get(f"/hours/{hour.id}/note/").content.decode()
    key = html.split('data-key="')[1].split('"')[0]
    assert len(key) == 44
    assert browser.get(f"/hours/{hour.id}/note/").content.decode().split('data-key="')[1].startswith(key)
    assert (
        "data-key="
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


def test_an_own_note_is_kept_apart(cast, hour, browser):
    post(browser, f"/hours/{hour.id}/own-note/", {"text": "I was bored."})
    assert words_of(cast, hour, kinds=["countertransference"]) == ["I was bored."]
    assert words_of(cast, hour, kinds=["process_note"]) == []


def test_a_transcript_is_pasted_its_speakers_settled_and_kept(cast, hour, browser):
    text = "Dr Lund: How was the week?\n\nMia: Long. [pause 5s]\n\nDr Lund: Long."
    page = post(browser, f"/hours/{hour.id}/transcript/", {"text": text})
    assert page["Location"] == f"/hours/{hour.id}/transcript/speakers/"
    html = browser.get(page["Location"]).content.decode()
    assert "Dr Lund" in html
    assert Source.objects.count() == 0
    # The person turns the guess round, and gives one voice a name of its own.
    page = post(browser, page["Location"], {"voice-0": "C", "voice-1": "other", "name-1": "the sister"})
    assert page.status_code == 302
    with opened(cast.ana.unlocked):
        [one] = queries.sources_of(hour)
        assert [t.speaker for t in one.transcript.turns] == ["C", "the sister", "C"]
        assert one.version.text == "How was the week?\nLong. [pause 5s]\nLong."
    assert not Draft.objects.exists()


@pytest.mark.parametrize("format", ["vtt", "srt", "whisper", "whisperx", "chat", "elan", "text"])
def test_every_format_is_read_by_the_child(cast, hour, browser, format):
    hour_text = write(read_text("T: How was it?\n\nC: Quiet, mostly."), format)
    file = SimpleUploadedFile(f"hour.{format}", hour_text.encode())
    page = post(browser, f"/hours/{hour.id}/transcript/", {"file": file})
    assert page.status_code == 302, page.content.decode()[-3000:]
    with opened(cast.ana.unlocked):
        turns = Draft.objects.get().words["turns"]
    assert [t[1] for t in turns] == ["How was it?", "Quiet, mostly."]


def bomb():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", b"<w>" + b" " * 120_000_000)
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("hour.txt", b""),
        ("hour.vtt", bytes(range(256)) * 40),
        ("hour.json", b'{"segments": ['),
        ("hour.docx", b"not a word file"),
        (
            "hour.eaf",
            b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><ANNOTATION_DOCUMENT>&b;</ANNOTATION_DOCUMENT>',
        ),
    ],
)
def test_an_upload_that_is_not_what_it_says_is_refused_in_one_line(hour, browser, name, data):
    page = post(browser, f"/hours/{hour.id}/transcript/", {"file": SimpleUploadedFile(name, data)})
    html = page.content.decode()
    assert page.status_code == 422
    assert "Traceback" not in html
    assert "root:" not in html
    assert not Draft.objects.exists()
    assert not Source.objects.exists()


def test_a_word_file_that_unpacks_to_a_flood_is_refused(hour, browser):
    page = post(browser, f"/hours/{hour.id}/transcript/", {"file": SimpleUploadedFile("hour.docx", bomb())})
    assert page.status_code == 422
    assert not Draft.objects.exists()


def test_a_text_without_speakers_is_offered_as_a_note(cast, hour, browser):
    post(browser, f"/hours/{hour.id}/transcript/", {"text": "Late again.\n\nThe coat stayed on."})
    url = f"/hours/{hour.id}/transcript/speakers/"
    assert "reads as a note" in browser.get(url).content.decode()
    post(browser, url, {})
    assert Source.objects.get().kind == "process_note"


def test_a_transcript_can_be_let_go_before_it_is_kept(hour, browser):
    post(browser, f"/hours/{hour.id}/transcript/", {"text": "T: so?\n\nC: so."})
    post(browser, f"/hours/{hour.id}/transcript/speakers/", {"let_go": "yes"})
    assert not Draft.objects.exists()
    assert not Source.objects.exists()


def test_file_and_text_together_are_refused(hour, browser):
    data = {"text": "T: a", "file": SimpleUploadedFile("a.txt", b"T: b")}
    assert post(browser, f"/hours/{hour.id}/transcript/", data).status_code == 422


DREAM = {
    "text": "A house afloat. Somebody taps back.",
    "residue": "A houseboat on Monday.",
    "told_at": "middle",
    "element-0": "a house afloat",
    "words-0": "Her curtains.",
    "later": "",
}


def test_a_dream_keeps_its_residue_its_time_and_its_associations(cast, hour, browser):
    assert post(browser, f"/hours/{hour.id}/dream/", DREAM).status_code == 302
    source = Source.objects.get()
    html = browser.get(f"/sources/{source.id}/").content.decode()
    assert "Her curtains." in html
    assert "in the middle" in html
    assert "not in the report" not in html
    html = browser.get(f"/sources/{source.id}/edit/").content.decode()
    assert 'value="a house afloat"' in html


def test_an_association_to_words_that_are_not_in_the_dream_is_sent_back(hour, browser):
    page = post(browser, f"/hours/{hour.id}/dream/", DREAM | {"element-0": "a lighthouse"})
    html = page.content.decode()
    assert page.status_code == 422
    assert "does not stand in the report" in html
    assert "Somebody taps back." in html
    assert 'value="a lighthouse"' in html


def test_a_dream_sent_twice_is_one_dream(hour, browser):
    for _ in range(2):
        post(browser, f"/hours/{hour.id}/dream/", DREAM)
    assert Source.objects.count() == 1


def test_a_dream_changed_elsewhere_is_not_overwritten(cast, hour, browser):
    post(browser, f"/hours/{hour.id}/dream/", DREAM)
    source = Source.objects.get()
    url = f"/sources/{source.id}/edit/"
    assert post(browser, url, DREAM | {"base": "1", "later": "It came back."}).status_code == 302
    page = post(browser, url, DREAM | {"base": "1", "residue": "other"})
    assert page.status_code == 409
    source.refresh_from_db()
    assert source.version == 2


def test_the_next_dream_is_named(cast, hour, browser):
    post(browser, f"/hours/{hour.id}/dream/", DREAM)
    later = Session.objects.filter(client=cast.client).order_by("day").last()
    post(browser, f"/hours/{later.id}/dream/", DREAM | {"text": "a house afloat, again"})
    first = Source.objects.get(session=hour)
    assert "The next dream" in browser.get(f"/sources/{first.id}/").content.decode()


def test_the_draft_of_a_dream_holds_its_other_fields(hour, browser):
    save(browser, hour, "A house", kind="dream", residue="Monday", **{"element-3": "house"})
    html = browser.get(f"/hours/{hour.id}/dream/").content.decode()
    assert "Monday" in html
    assert 'name="element-3" value="house"' in html


def test_material_is_told_by_its_bytes_sealed_and_shown(cast, hour, browser):
    data = {"file": SimpleUploadedFile("drawing.txt", PNG), "words": "My house.", "described": "A house"}
    assert post(browser, f"/hours/{hour.id}/material/", data).status_code == 302
    source = Source.objects.get()
    assert 'alt="A house"' in browser.get(f"/sources/{source.id}/").content.decode()
    file = browser.get(f"/sources/{source.id}/file/")
    assert (file.content, file["Content-Type"], file["Cache-Control"]) == (PNG, "image/png", "no-store")


@pytest.mark.parametrize(
    "data",
    [b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"MZ\x90\0", b"%PDF-1.7", b"<html>"],
)
def test_material_that_is_no_picture_and_no_sound_is_refused(hour, browser, data):
    page = post(
        browser,
        f"/hours/{hour.id}/material/",
        {"file": SimpleUploadedFile("drawing.png", data), "words": "x"},
    )
    assert page.status_code == 422
    assert not Source.objects.exists()


def test_words_about_material_change_and_the_thing_stays(cast, hour, browser):
    post(browser, f"/hours/{hour.id}/material/", {"file": SimpleUploadedFile("d.png", PNG), "words": "a"})
    source = Source.objects.get()
    url = f"/sources/{source.id}/edit/"
    assert post(browser, url, {"words": "b", "base": "1"}).status_code == 302
    assert post(browser, url, {"words": "c", "base": "1"}).status_code == 409
    assert browser.get(f"/sources/{source.id}/file/").content == PNG


def test_burning_asks_says_what_is_lost_and_leaves_a_stone(cast, hour, browser):
    source = kept(cast, hour)
    url = f"/sources/{source.id}/burn/"
    assert "destroyed" in browser.get(url).content.decode()
    assert post(browser, url, {}).status_code == 422
    assert post(browser, url, {"sure": "yes"}).status_code == 302
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
    assert post(browser, url, {"sure": "yes"}).status_code == 422
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
    post(browser, f"/sources/{source.id}/move/", data)
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


def test_a_word_file_and_odd_encodings_pass_the_fence(cast, hour, browser):
    import docx

    document, held = docx.Document(), io.BytesIO()
    for line in ("T: How was it?", "C: Quiet, mostly."):
        document.add_paragraph(line)
    document.save(held)
    files = [("hour.docx", held.getvalue())]
    text = "T: How was it?\n\nC: Quiet, mostly. Café."
    files += [("hour.txt", text.encode(name)) for name in ("utf-8-sig", "utf-16", "latin-1", "utf-16-be")]
    for name, data in files:
        page = post(browser, f"/hours/{hour.id}/transcript/", {"file": SimpleUploadedFile(name, data)})
        assert page.status_code == 302, name


def test_the_child_can_open_neither_file_nor_socket():
    import subprocess
    import sys

    code = (
        "from depthwork.practice.sources.worker import fence; import socket; fence()\n"
        "for act in (lambda: open('/etc/hostname'), lambda: socket.socket(), lambda: bytearray(600 << 20)):\n"
        "    try: act()\n"
        "    except (OSError, MemoryError) as error: print(type(error).__name__)\n"
    )
    import os

    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
    assert done.stdout.split() == [b"OSError", b"OSError", b"MemoryError"]
