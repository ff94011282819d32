"""A transcript is brought in: read by a child that can do nothing else, its speakers settled by a person."""

import io
import os
import subprocess
import sys
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from depthwork.practice.sources import queries
from depthwork.practice.sources.models import Draft, Source
from depthwork.practice.treatments.actions import answer_consent
from depthwork.practice.treatments.models import Consent, Session
from depthwork.practice.vault.unlocked import opened
from depthwork.transcripts import read_text, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def hour(cast):
    return Session.objects.select_related("client__practice").filter(client=cast.client).first()


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


def test_a_transcript_is_pasted_its_speakers_settled_and_kept(cast, hour, browser):
    text = "Dr Lund: How was the week?\n\nMia: Long. [pause 5s]\n\nDr Lund: Long."
    page = browser.post(f"/hours/{hour.id}/transcript/", {"text": text})
    assert page["Location"] == f"/hours/{hour.id}/transcript/speakers/"
    html = browser.get(page["Location"]).content.decode()
    assert "Dr Lund" in html
    assert Source.objects.count() == 0
    # The person turns the guess round, and gives one voice a name of its own.
    settled = {"voice-0": "C", "voice-1": "other", "name-1": "the sister"}
    assert browser.post(page["Location"], settled).status_code == 422, "nobody asked the client"
    assert Source.objects.count() == 0
    page = browser.post(page["Location"], {**settled, "agreed": "yes"})
    assert page.status_code == 302
    with opened(cast.ana.unlocked):
        [one] = queries.sources_of(hour)
        assert [t.speaker for t in one.transcript.turns] == ["C", "the sister", "C"]
        assert one.version.text == "How was the week?\nLong. [pause 5s]\nLong."
    assert not Draft.objects.exists()


def test_what_was_settled_of_the_speakers_stands_there_after_a_refusal(cast, hour, browser):
    text = "Dr Lund: How was the week?\n\nMia: Long.\n\nDr Lund: Long."
    url = browser.post(f"/hours/{hour.id}/transcript/", {"text": text})["Location"]
    settled = {"voice-0": "C", "voice-1": "other", "name-1": "the sister", "provenance": "reconstructed"}
    html = browser.post(url, settled).content.decode()
    assert 'name="voice-0" value="C" checked' in html
    assert 'value="the sister"' in html
    assert 'value="reconstructed" checked' in html
    assert 'value="verbatim" checked' not in html


def test_a_no_to_recordings_is_said_before_the_speakers_are_settled(cast, hour, browser):
    with opened(cast.ana.unlocked):
        for purpose, is_yes in ((Consent.Purpose.TRANSCRIPT, True), (Consent.Purpose.RECORDING, False)):
            answer_consent(
                client=cast.client, by=cast.ana.person, purpose=purpose, is_yes=is_yes, given_on=hour.day
            )
    url = browser.post(f"/hours/{hour.id}/transcript/", {"text": "T: How was it?\n\nC: Quiet."})["Location"]
    html = browser.get(url).content.decode()
    assert "The client does not agree to recordings" in html
    assert 'value="verbatim" disabled' in html


@pytest.mark.parametrize("format", ["vtt", "srt", "whisper", "whisperx", "chat", "elan", "text"])
def test_every_format_is_read_by_the_child(cast, hour, browser, format):
    hour_text = write(read_text("T: How was it?\n\nC: Quiet, mostly."), format)
    file = SimpleUploadedFile(f"hour.{format}", hour_text.encode())
    page = browser.post(f"/hours/{hour.id}/transcript/", {"file": file})
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
    page = browser.post(f"/hours/{hour.id}/transcript/", {"file": SimpleUploadedFile(name, data)})
    html = page.content.decode()
    assert page.status_code == 422
    assert "Traceback" not in html
    assert "root:" not in html
    assert not Draft.objects.exists()
    assert not Source.objects.exists()


def test_a_word_file_that_unpacks_to_a_flood_is_refused(hour, browser):
    page = browser.post(f"/hours/{hour.id}/transcript/", {"file": SimpleUploadedFile("hour.docx", bomb())})
    assert page.status_code == 422
    assert not Draft.objects.exists()


def test_a_text_without_speakers_is_offered_as_a_note(cast, hour, browser):
    browser.post(f"/hours/{hour.id}/transcript/", {"text": "Late again.\n\nThe coat stayed on."})
    url = f"/hours/{hour.id}/transcript/speakers/"
    assert "reads as a note" in browser.get(url).content.decode()
    browser.post(url, {})
    assert Source.objects.get().kind == "process_note"


def test_a_transcript_can_be_let_go_before_it_is_kept(hour, browser):
    browser.post(f"/hours/{hour.id}/transcript/", {"text": "T: so?\n\nC: so."})
    browser.post(f"/hours/{hour.id}/transcript/speakers/", {"let_go": "yes"})
    assert not Draft.objects.exists()
    assert not Source.objects.exists()


def test_file_and_text_together_are_refused(hour, browser):
    data = {"text": "T: a", "file": SimpleUploadedFile("a.txt", b"T: b")}
    assert browser.post(f"/hours/{hour.id}/transcript/", data).status_code == 422


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
        page = browser.post(f"/hours/{hour.id}/transcript/", {"file": SimpleUploadedFile(name, data)})
        assert page.status_code == 302, name


def test_the_child_can_open_neither_file_nor_socket():
    code = (
        "from depthwork.practice.sources.worker import fence; import socket; fence()\n"
        "for act in (lambda: open('/etc/hostname'), lambda: socket.socket(), lambda: bytearray(600 << 20)):\n"
        "    try: act()\n"
        "    except (OSError, MemoryError) as error: print(type(error).__name__)\n"
    )
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
    assert done.stdout.split() == [b"OSError", b"OSError", b"MemoryError"]
