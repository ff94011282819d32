"""Bad input, by name: a whole transcript with warnings, or one clear line; nothing in between."""

import contextlib
import gc
import io
import os
import time
import zipfile
from pathlib import Path

import pytest
from tests.unit.transcripts.test_formats import paragraph, word_file

from depthwork.transcripts import Transcript, TranscriptError, read, read_text, write


def refused(data: bytes | Path, **options: str) -> str:
    with pytest.raises(TranscriptError) as caught:
        read(data, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 200
    return message


def told(hour: Transcript) -> str:
    return " | ".join(hour.warnings)


@pytest.mark.parametrize("data", [b"", b"  \n\n\t ", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00\x00"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    message = refused(data, name="hour.txt")
    assert "empty" in message or "no words" in message


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (bytes(range(256)) * 40, "binary"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"RIFF\x00\x00\x00\x00WAVE", "recording"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, "old or password"),
        (b"{\\rtf1\\ansi T: hello}", "RTF"),
        (b"<!DOCTYPE html><p>T: hello", "web page"),
        (b"\x1f\x8b\x08\x00", "compressed"),
    ],
)
def test_a_file_that_is_no_text_is_named_for_what_it_is(data: bytes, word: str) -> None:
    assert word in refused(data, name="hour.txt")


def test_a_wrong_extension_is_read_rightly_with_a_warning() -> None:
    vtt = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Therapist>Hello.</v>\n"
    hour = read(vtt, name="hour.srt")
    assert hour.format == "vtt"
    assert "promises SubRip" in told(hour)
    assert "promises WebVTT" in told(read(b"T: a\n\nC: b", name="hour.vtt"))
    assert "promises plain text" in told(read(word_file(paragraph("T: a")), name="hour.txt"))


@pytest.mark.parametrize("name", ["hour.docx", "hour.eaf", "hour.json"])
def test_a_wrong_extension_that_leaves_no_reading_is_refused(name: str) -> None:
    assert "promises" in refused(b"T: a\n\nC: b", name=name) or name == "hour.json"


def test_subrip_named_webvtt_is_read_as_subrip() -> None:
    hour = read(b"1\n00:00:01,000 --> 00:00:02,000\nT: Yes?\n", name="hour.vtt")
    assert hour.format == "srt"
    assert "WEBVTT" in told(hour)


def test_one_speaker_only_is_a_warning() -> None:
    assert "only one speaker: every turn is the client's" in told(read_text("C: a\n\nC: b"))


def test_no_speaker_is_a_warning() -> None:
    hour = read_text("WEBVTT\n\n00:01.000 --> 00:02.000\nHello there.\n")
    assert hour.turns[0].speaker == "?"
    assert "no speaker is named" in told(hour)


def test_no_times_is_a_warning() -> None:
    assert "no times" in told(read_text('{"segments": [{"text": "a", "speaker": "T"}]}'))


def test_a_plain_text_or_word_file_without_times_says_so_and_a_note_does_not() -> None:
    assert "no times: latency cannot be measured" in told(read_text("T: How was it?\n\nC: Quiet."))
    word = word_file(paragraph("T: How was it?") + paragraph("C: Quiet."))
    assert "no times" in told(read(word, name="hour.docx"))
    assert "no times" not in told(read_text("Late again.\n\nThe coat stayed on."))


@pytest.mark.parametrize("kind", ["vtt", "srt"])
def test_times_that_are_all_zero_are_read_back_as_none(kind: str) -> None:
    hour = read_text("T: How was it?\n\nC: Quiet.")
    back = read(write(hour, kind).encode(), name=f"hour.{kind}")
    assert [(turn.start_s, turn.end_s) for turn in back.turns] == [(None, None)] * 2
    assert "no times" in told(back)


def test_one_of_a_kind_is_told_in_the_singular() -> None:
    assert "1 paragraph names no speaker" in told(
        read_text("T: How?\n\nQuiet.\n\nC: Yes.\n\nT: So.\n\nC: No.")
    )
    assert "1 paragraph stands before" in told(read_text("Quiet.\n\nT: How?\n\nC: Yes.\n\nT: So.\n\nC: No."))


def test_times_running_backwards_are_a_warning_and_kept() -> None:
    hour = read_text("WEBVTT\n\n00:09.000 --> 00:10.000\n<v T>a</v>\n\n00:03.000 --> 00:01.000\n<v C>b</v>\n")
    assert (hour.turns[1].start_s, hour.turns[1].end_s) == (3.0, 1.0)
    assert "times run backwards at 1 turn, first at turn 2" in told(hour)


def test_overlapping_times_are_a_warning() -> None:
    hour = read_text("WEBVTT\n\n00:01.000 --> 00:05.000\n<v T>a</v>\n\n00:04.000 --> 00:06.000\n<v C>b</v>\n")
    assert "times overlap at 1 turn" in told(hour)


def test_times_that_cannot_be_are_left_empty_with_a_warning() -> None:
    hour = read_text('{"segments": [{"text": "a", "start": -1, "end": 1e300}, {"text": "b", "start": NaN}]}')
    assert [(turn.start_s, turn.end_s) for turn in hour.turns] == [(None, None), (None, None)]
    assert "3 times that cannot be" in told(hour)


def test_a_line_of_ten_megabytes_is_read_in_seconds() -> None:
    began = time.process_time()
    hour = read(b"T: " + b"word" * 2_500_000, name="hour.txt")
    assert len(hour.turns[0].text) == 10_000_000
    assert time.process_time() - began < 5


def test_more_than_twenty_megabytes_are_refused(tmp_path: Path) -> None:
    big = tmp_path / "hour.txt"
    with open(big, "wb") as file:
        file.truncate(21 * 1024 * 1024)
    assert "larger than 20 MB" in refused(big)


def test_250000_words_are_read_and_one_more_is_refused() -> None:
    assert len(read_text("T: " + "no " * 250_000).turns) == 1
    assert "250,000 words" in refused(b"T: " + b"no " * 250_001)


@pytest.mark.parametrize("encoding", ["shift_jis", "cp1251", "koi8-r", "gbk", "euc-kr", "cp037"])
def test_an_unknown_encoding_is_refused(encoding: str) -> None:
    text = {
        "shift_jis": "こんにちは、先生。",
        "gbk": "你好，医生。今天怎么样",
        "euc-kr": "안녕하세요 선생님",
    }.get(encoding, "Здравствуйте, доктор" if encoding in ("cp1251", "koi8-r") else "T: How was it?")
    message = refused((text * 40).encode(encoding), name="hour.txt")
    assert "unknown encoding" in message or "binary" in message


@pytest.mark.parametrize("cut", [1, 12, 30, 60, 75])
def test_truncated_json_is_refused(cut: int) -> None:
    whole = b'{"text": "a", "segments": [{"start": 0.0, "end": 1.0, "text": "How was it?"}]}'
    assert "JSON" in refused(whole[:cut], name="hour.json")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"segments":' + "[" * 100_000,
        '{"segments": 3}',
        '{"segments": [3]}',
        '{"segments": [{"start": 0}]}',
        '{"segments": [{"text": "a", "start": "soon"}]}',
        '{"segments": [{"text": "a", "start": ' + "9" * 5000 + "}]}",
        '{"segments": []}',
        "null",
    ],
)
def test_json_that_is_no_transcript_is_refused(text: str) -> None:
    refused(text.encode(), name="hour.json")


def test_half_a_surrogate_pair_and_control_characters_do_no_harm() -> None:
    hour = read_text('{"segments": [{"text": "a\\ud83d b\\u0000c\\u001b[31m"}]}')
    hour.text.encode()
    assert not any(ord(char) < 32 for char in hour.text)


@pytest.mark.parametrize(
    "text",
    [
        "WEBVTT\n\nNo arrow here.\n",
        "WEBVTT\n\n00:01 -> 00:02\nx\n",
        "WEBVTT\n\n00:aa.000 --> 00:02.000\nx\n",
        "WEBVTT\n\n00:01.000 -->\nx\n",
        "WEBVTT\n\n99999999:00:01.000 --> 00:02.000\nx\n",
        "WEBVTT\n",
    ],
)
def test_a_broken_webvtt_names_the_line(text: str) -> None:
    message = refused(text.encode())
    assert "line 3" in message or "no words" in message


def test_words_after_a_blank_line_in_a_cue_are_kept() -> None:
    hour = read_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v T>One\n\ntwo</v>\n")
    assert hour.turns[0].text == "One\ntwo"
    assert "no times" in told(hour)


def test_chat_without_its_end_is_told_and_a_broken_line_is_refused() -> None:
    assert "@End" in told(read_text("@Begin\n*T:\thello .\n"))
    assert "line 2" in refused(b"@Begin\nhello\n")


@pytest.mark.parametrize(
    "text",
    [
        "<?xml version='1.0'?><ANNOTATION_DOCUMENT>",
        "<?xml version='1.0'?><html/>",
        "<?xml version='1.0' encoding='klingon'?><ANNOTATION_DOCUMENT/>",
        "<ANNOTATION_DOCUMENT/>",
        "<ANNOTATION_DOCUMENT><TIER><ALIGNABLE_ANNOTATION TIME_SLOT_REF1='x'/></TIER></ANNOTATION_DOCUMENT>",
        "<ANNOTATION_DOCUMENT>" + "<a>" * 1000,
    ],
)
def test_a_broken_elan_file_is_refused(text: str) -> None:
    refused(text.encode(), name="hour.eaf")


def test_word_files_cut_short_locked_or_of_another_kind_are_refused() -> None:
    whole = word_file(paragraph("T: a"))
    for cut in (4, 30, len(whole) // 2, len(whole) - 5):
        refused(whole[:cut], name="hour.docx")
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert "not a Word file" in refused(other.getvalue(), name="hour.docx")


def test_accents_without_end_are_refused_quickly() -> None:
    began = time.process_time()
    refused(("T: a" + "\u0301\u0316" * 500_000).encode())
    assert time.process_time() - began < 2


def test_a_therapist_that_nobody_is_called_is_refused_without_the_names() -> None:
    with pytest.raises(TranscriptError) as caught:
        read_text("Anna: I see.\n\nBen: And?\n\nAnna: Yes.\n\nBen: No.", therapist="Carl")
    assert "names 2" in str(caught.value)
    assert "Anna" not in str(caught.value)


def test_an_error_holds_no_word_of_the_file() -> None:
    for text in (
        "WEBVTT\n\nsecretword\n",
        "@Begin\nsecretword\n",
        '{"segments": ["secretword"',
        "<?xml secretword",
    ):
        assert "secretword" not in refused(text.encode())


def test_folders_pipes_devices_and_missing_files_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    for path in (tmp_path, tmp_path / "pipe.txt", Path("/dev/zero"), tmp_path / "none.txt", Path("a\0b")):
        refused(path)


def test_what_is_no_file_is_called_what_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    for path, says in (
        (tmp_path, "a folder"),
        (tmp_path / "pipe.txt", "a pipe"),
        (Path("/dev/zero"), "a device"),
    ):
        with pytest.raises(TranscriptError, match=f"^{says}, not a file; "):
            read(path)


# Doubling the input may at most triple the time: anything that grows with the square takes four times.
GROWING = {
    "open tags": ("WEBVTT\n\n00:01.000 --> 00:02.000\n", "<v", ""),
    "brackets": ("T: ", "(", ""),
    "mixed brackets": ("T: ", "([", ""),
    "colons": ("", "a:", ""),
    "spaces and a colon": ("T", " ", ": x"),
    "names without end": ("", "Aa ", ": x"),
    "stray blocks": ("1\n00:00:01,000 --> 00:00:02,000\nx\n", "\na\n", ""),
    "chat brackets": ("@Begin\n*T:\t", "[a", "\n@End"),
    "chat lines": ("@Begin\n*T:\ta", "\n\ta", "\n@End"),
    "chat comments": ("@Begin\n*T:\ta", "\n%com:\ta", "\n@End"),
    "chat bullets": ("@Begin\n*T:\ta", "\x151_2\x15", "\n@End"),
    "entities": ("WEBVTT\n\n00:01.000 --> 00:02.000\n", "&", ""),
}


@pytest.mark.parametrize("case", GROWING)
def test_time_grows_in_line_with_size(case: str) -> None:
    head, repeated, tail = GROWING[case]

    def cost(times: int) -> float:
        text = head + repeated * times + tail
        gc.disable()  # else a large text pays for looking through whatever the tests before it left behind
        began = time.process_time()
        with contextlib.suppress(TranscriptError):
            read_text(text)
        took = time.process_time() - began
        gc.enable()
        return took

    # The best of at most a dozen, taken in turn: a busy machine slows some, and seldom both alike.
    small = large = 9e9
    for _ in range(12):
        small, large = min(small, cost(20_000)), min(large, cost(80_000))
        if large < 10 * small + 0.05 and large < 2:
            return
    pytest.fail(f"{large:.2f} s for four times of what takes {small:.2f} s")
