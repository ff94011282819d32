"""What each reader keeps: speakers, times, comments and pauses."""

import io
import json
import zipfile

import pytest

from depthwork.transcripts import (
    FORMATS,
    WRITABLE,
    Transcript,
    Turn,
    comments,
    pause_seconds,
    pauses,
    read,
    read_text,
    transcript_of,
    write,
)


def spoken(hour: Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in hour.turns]


def timed(hour: Transcript) -> list[tuple[float | None, float | None]]:
    return [(turn.start_s, turn.end_s) for turn in hour.turns]


def word_file(body: str, **members: str) -> bytes:
    out = io.BytesIO()
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
        )
        for name, text in members.items():
            archive.writestr(f"word/{name}.xml", text)
    return out.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_webvtt_reads_voices_notes_entities_and_several_voices_in_a_cue() -> None:
    hour = read_text(
        "WEBVTT - an hour\nKind: captions\n\nNOTE not spoken\n\nSTYLE\n::cue {}\n\nfirst\n"
        "00:01.000 --> 00:02.500 align:start\n<v.quiet Therapist>Tom &amp; <i>you</i>?</v>\n\n"
        "01:00:03.000 --> 01:00:04.000\n<v Client>No. (laughs)</v> <v Therapist>Mm.</v>\n"
    )
    assert hour.format == "vtt"
    assert spoken(hour) == [("T", "Tom & you?"), ("C", "No. (laughs)"), ("T", "Mm.")]
    assert timed(hour)[:2] == [(1.0, 2.5), (3603.0, 3604.0)]


def test_webvtt_without_voice_tags_reads_names_before_words() -> None:
    hour = read_text(
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nTherapist: Hello.\n\n"
        "2\n00:00:02.000 --> 00:00:03.000\nClient: Hello.\n\n3\n00:00:03.000 --> 00:00:04.000\nI'm late.\n"
    )
    assert spoken(hour) == [("T", "Hello."), ("C", "Hello."), ("C", "I'm late.")]
    assert any("1 cue names no speaker" in warning for warning in hour.warnings)


def test_an_unclosed_angle_bracket_is_text() -> None:
    hour = read_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v T>I <3 you, a < b\n")
    assert spoken(hour) == [("T", "I <3 you, a < b")]


def test_subrip_reads_commas_tags_and_names() -> None:
    hour = read_text(
        "1\n00:00:01,500 --> 00:00:02,000\nT: <i>And</i> then?\n\n"
        "2\n00:00:02,000 --> 00:00:05,250\nC: Nothing.\n"
    )
    assert hour.format == "srt"
    assert spoken(hour) == [("T", "And then?"), ("C", "Nothing.")]
    assert timed(hour) == [(1.5, 2.0), (2.0, 5.25)]


@pytest.mark.parametrize("label", ["T", "Therapist", "THERAPIST", "Analyst", "Dr."])
def test_plain_text_knows_a_therapist_by_label(label: str) -> None:
    assert spoken(read_text(f"{label}: How was it?\n\nP: Quiet.")) == [("T", "How was it?"), ("C", "Quiet.")]


def test_plain_text_reads_turns_on_lines_times_and_bold_names() -> None:
    hour = read_text("**Therapist:** Yes?\n[00:01:02] Client: No.\nstill no\nTherapist (01:10): Ah.")
    assert spoken(hour) == [("T", "Yes?"), ("C", "No.\nstill no"), ("T", "Ah.")]
    assert [turn.start_s for turn in hour.turns] == [None, 62.0, 70.0]


def test_plain_text_without_speakers_is_a_note() -> None:
    hour = read_text("Late again.\n\nMother: the word she never says. I felt: sleepy.\n")
    assert hour.provenance == "notes"
    assert [turn.speaker for turn in hour.turns] == ["N", "N"]


@pytest.mark.parametrize(
    "note",
    [
        "two words",
        "S: tired\n\nO: pale\n\nA: grief\n\nP: same hour",
        "Problem: sleep\n\nIntervention: none\n\nResponse: silence\n\nPlan: go on",
        "P: sleep\n\nI: none\n\nR: silence\n\nP: go on",
        "She sat.\n\nLong silence.\n\nThen this.\n\nC: I hate you.\n\nWe ended late.\n\nNo word after.",
        "10:30 she came\n\nhttp://example.org was on her phone",
    ],
)
def test_a_note_with_colons_stays_a_note(note: str) -> None:
    hour = read_text(note)
    assert hour.provenance == "notes"
    assert {turn.speaker for turn in hour.turns} == {"N"}


def test_a_paragraph_without_a_name_goes_on_with_the_speaker_before_it() -> None:
    hour = read_text("T: Yes?\n\nC: First.\n\nThen this.\n\nT: Mm.")
    assert spoken(hour)[1:3] == [("C", "First."), ("C", "Then this.")]
    assert any("going on" in warning for warning in hour.warnings)


def test_a_third_voice_keeps_its_name() -> None:
    hour = read_text("T: Come in.\n\nC: Thanks.\n\nMother: I'll wait outside.")
    assert [turn.speaker for turn in hour.turns] == ["T", "C", "Mother"]


def test_word_paragraphs_breaks_and_escapes_are_read() -> None:
    body = paragraph("T: How &amp; why?") + "<w:p><w:r><w:t>C: One</w:t><w:br/><w:t>two</w:t></w:r></w:p>"
    hour = read(word_file(body), name="hour.docx")
    assert hour.format == "docx"
    assert spoken(hour) == [("T", "How & why?"), ("C", "One\ntwo")]


def test_word_written_by_another_program_is_read() -> None:
    docx = pytest.importorskip("docx")
    document, out = docx.Document(), io.BytesIO()
    for line in ("T: How was it?", "C: Quiet. [pause 5s]"):
        document.add_paragraph(line)
    document.save(out)
    assert spoken(read(out.getvalue())) == [("T", "How was it?"), ("C", "Quiet. [pause 5s]")]


def test_a_word_table_reads_a_row_as_a_turn() -> None:
    docx = pytest.importorskip("docx")
    document, out = docx.Document(), io.BytesIO()
    table = document.add_table(rows=2, cols=4)
    for row, cells in zip(table.rows, [("1", "00:01", "T", "Yes?"), ("2", "00:09", "C", "No.")], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.save(out)
    hour = read(out.getvalue())
    assert spoken(hour) == [("T", "Yes?"), ("C", "No.")]
    assert [turn.start_s for turn in hour.turns] == [1.0, 9.0]


def test_word_deletions_and_margin_comments_are_told() -> None:
    body = (
        paragraph("T: Yes?")
        + "<w:p><w:r><w:t>C: No</w:t></w:r><w:del><w:r><w:delText>x</w:delText></w:r></w:del></w:p>"
    )
    told = " ".join(read(word_file(body, comments="<c/>")).warnings)
    assert "deleted" in told
    assert "margin" in told


def test_whisper_reads_segments_without_speakers() -> None:
    hour = read_text(json.dumps({"text": "", "segments": [{"start": 0, "end": 1.5, "text": " Hello."}]}))
    assert (hour.format, spoken(hour), timed(hour)) == ("whisper", [("?", "Hello.")], [(0.0, 1.5)])


def test_whisper_cpp_counts_in_milliseconds() -> None:
    hour = read_text(json.dumps({"transcription": [{"offsets": {"from": 500, "to": 1500}, "text": "Yes."}]}))
    assert timed(hour) == [(0.5, 1.5)]


def test_whisperx_speakers_are_guessed_and_the_guess_is_shown_and_overridable() -> None:
    said = [("SPEAKER_00", "Where were you then?"), ("SPEAKER_01", "I was in my room and I cried.")]
    text = json.dumps(
        {"segments": [{"start": i, "end": i + 1, "text": t, "speaker": s} for i, (s, t) in enumerate(said)]}
    )
    hour = read_text(text)
    assert hour.format == "whisperx"
    assert [turn.speaker for turn in hour.turns] == ["T", "C"]
    assert any('"SPEAKER_00" as therapist' in warning for warning in hour.warnings)
    assert [turn.speaker for turn in read_text(text, therapist="speaker_01").turns] == ["C", "T"]


def test_chat_reads_roles_times_pauses_events_and_comments() -> None:
    hour = read_text(
        "@UTF8\n@Begin\n@Languages:\teng\n@Participants:\tTHE Anna Investigator, PAR Ben Participant\n"
        "*THE:\thow was <it> [/] it ? \x150_1500\x15\n"
        "*PAR:\t&-um (be)cause &+fo (2.5) quiet , &=laughs\n\tI think . \x151500_4000\x15\n"
        "%mor:\tpro|I\n%com:\tlooks away\n*PAR:\txxx +...\n@End\n"
    )
    assert hour.format == "chat"
    assert spoken(hour) == [
        ("T", "how was it [/] it?"),
        ("C", "um because fo- [pause 2.5s] quiet, (laughs) I think. [looks away]"),
        ("C", "[unintelligible]…"),
    ]
    assert timed(hour) == [(0.0, 1.5), (1.5, 4.0), (None, None)]
    assert any("%mor (1)" in warning for warning in hour.warnings)


def test_elan_reads_tiers_in_the_order_of_time_and_tells_of_dependent_tiers() -> None:
    hour = read_text(
        '<?xml version="1.0" encoding="UTF-8"?><ANNOTATION_DOCUMENT><TIME_ORDER>'
        '<TIME_SLOT TIME_SLOT_ID="a" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="b" TIME_VALUE="900"/>'
        '<TIME_SLOT TIME_SLOT_ID="c"/><TIME_SLOT TIME_SLOT_ID="d" TIME_VALUE="2000"/></TIME_ORDER>'
        '<TIER TIER_ID="words" PARTICIPANT="Client"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" '
        'TIME_SLOT_REF1="c" TIME_SLOT_REF2="d"><ANNOTATION_VALUE>No &amp; no.</ANNOTATION_VALUE>'
        "</ALIGNABLE_ANNOTATION></ANNOTATION></TIER>"
        '<TIER TIER_ID="Therapist"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="a" '
        'TIME_SLOT_REF2="b"><ANNOTATION_VALUE>Yes?</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>'
        '<TIER TIER_ID="gloss" PARENT_REF="words"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a3" '
        'ANNOTATION_REF="a2"><ANNOTATION_VALUE>x</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER>'
        "</ANNOTATION_DOCUMENT>"
    )
    assert spoken(hour) == [("T", "Yes?"), ("C", "No & no.")]
    assert timed(hour) == [(0.0, 0.9), (None, 2.0)]
    assert any("1 annotation of a tier" in warning for warning in hour.warnings)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_letters_survive_each_encoding(encoding: str) -> None:
    text = "T: Où étiez-vous ?\n\nC: Chez ma mère, à côté. “Là.”\n"
    assert spoken(read(text.encode(encoding))) == [
        ("T", "Où étiez-vous ?"),
        ("C", "Chez ma mère, à côté. “Là.”"),
    ]


def test_text_is_nfc_with_one_kind_of_line_end() -> None:
    assert spoken(read("T: cafe\u0301\r\nso\r\n\r\nC: a\r\n".encode()))[0] == ("T", "café\nso")


def test_the_therapist_can_be_named_over_a_label() -> None:
    hour = read_text("Anna: I see.\n\nBen: And you?\n\nAnna: I do.", therapist="ben")
    assert [turn.speaker for turn in hour.turns] == ["C", "T", "C"]
    assert not any("took" in warning for warning in hour.warnings)


def test_comments_are_the_outermost_brackets_on_one_line() -> None:
    assert comments("a (b [c] d) e] (f\n) [g]") == [(2, 11), (20, 23)]


def test_pauses_need_a_length_to_count() -> None:
    text = "[pause 5s] (long pause) (pause: 2.5 seconds) [silence 1:30] [3 sec] [born 1980] [2 sisters]"
    assert [length for _, _, length in pauses(text)] == [5.0, 2.5, 90.0, 3.0]
    assert pause_seconds(text) == 100.5


@pytest.mark.parametrize("format", WRITABLE)
def test_every_format_but_word_is_written(format: str) -> None:
    hour = transcript_of([("T", "How was it?"), ("C", "Quiet. (laughs) [pause 5s] Yes.")])
    again = read_text(write(hour, format))
    assert again.format == format
    assert [turn.text for turn in again.turns] == [turn.text for turn in hour.turns]
    assert all(turn.start_s is None for turn in again.turns)
    if format != "whisper":
        assert [turn.speaker for turn in again.turns] == ["T", "C"]


def test_word_is_read_only() -> None:
    assert set(FORMATS) - set(WRITABLE) == {"docx"}
    with pytest.raises(ValueError, match="cannot write 'docx'"):
        write(transcript_of([("T", "x")]), "docx")


def test_a_note_survives_every_written_format_that_holds_speakers() -> None:
    note = read_text("Late again.\n\nThe coat stayed on.")
    for format in ("text", "vtt", "srt", "whisperx", "chat", "elan"):
        again = read_text(write(note, format))
        assert (again.provenance, spoken(again)) == ("notes", spoken(note)), format


def test_other_programs_read_what_is_written(tmp_path) -> None:
    hour = Transcript(
        "x",
        "text",
        "verbatim",
        (Turn(0, "T", "How was it?", 0.0, 1.5), Turn(1, "C", "Quiet, & <odd>.", 1.5, 4.0)),
    )
    srt = pytest.importorskip("srt")
    cues = list(srt.parse(write(hour, "srt")))
    assert [(cue.start.total_seconds(), cue.content) for cue in cues] == [
        (0.0, "T: How was it?"),
        (1.5, "C: Quiet, & <odd>."),
    ]
    pympi = pytest.importorskip("pympi")
    (tmp_path / "hour.eaf").write_text(write(hour, "elan"), encoding="utf-8")
    eaf = pympi.Elan.Eaf(str(tmp_path / "hour.eaf"))
    assert eaf.get_annotation_data_for_tier("C")[0][:3] == (1500, 4000, "Quiet, & <odd>.")
    rustling = pytest.importorskip("rustling.chat")
    theirs = rustling.CHAT.from_strs([write(hour, "chat")])
    assert [line.participant for line in theirs.utterances()] == ["THE", "CLI"]


@pytest.mark.parametrize(
    ("comment", "seconds"),
    [
        ("[pause 1m 5s]", 65.0),
        ("[pause 1m5s]", 65.0),
        ("(silence, 2 minutes 10 seconds)", 130.0),
        ("[1 min 5 sec]", 65.0),
        ("[1m 5s]", 65.0),
        ("[pause 1 min]", 60.0),
        ("[pause 1.5 min]", 90.0),
        ("[pause 2m, 3 cars pass]", 120.0),
        ("[pause 5-10s]", 0.0),
        ("[pause of 3]", 3.0),
        ("[5 cars pass]", 0.0),
    ],
)
def test_minutes_and_seconds_of_one_pause_are_added(comment: str, seconds: float) -> None:
    assert pause_seconds(f"No. {comment} Yes.") == seconds
