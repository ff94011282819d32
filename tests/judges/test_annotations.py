"""Marks as web annotations, UIMA and tiers: read by others' programs, and back without loss."""

import io
from dataclasses import replace

import pytest

from depthwork.coding import Mark, Span
from depthwork.coding.marks_file import MarksError, MarksFile, Reading
from depthwork.interchange.annotations.offsets import units_of
from depthwork.interchange.annotations.tiers import to_chat, to_elan
from depthwork.interchange.annotations.uima import MARK, from_xmi, to_xmi, typesystem
from depthwork.interchange.annotations.web import from_web, read_web, to_web, web_bytes
from depthwork.transcripts import transcript_of

# A face outside the basic plane, a combining accent, a family joined by zero-width joiners, Hebrew, a control character.
HOUR = transcript_of(
    [
        ("T", "How 😀 was it?"),
        ("C", "Fine\x0b, q\u0323e\u0301 👩‍👩‍👧 שלום & <b>"),
        ("C", "Backslash \\u0041 and a\ttab"),
    ]
)
WORDS = ("😀", "q\u0323", "👩‍👩‍👧", "שלום", "<b>", "was it?\nFine\x0b", "\\u0041", "a\ttab")


def marks():
    made = []
    for n, words in enumerate(WORDS):
        at = HOUR.text.index(words)
        turn = HOUR.turn_at(at)
        made.append(
            Mark(
                "s1", Span(at, at + len(words)), turn, HOUR.turns[turn].speaker, "defense", "denial", "coder:ana",
                ("proposed", "confirmed", "edited", "rejected")[n % 4], "defenses@1.0.0", id=f"m{n}", quote=words,
                anchor=(HOUR.text[max(0, at - 5) : at], HOUR.text[at + len(words) :][:5]),
                attributes={"level": n, "figures": ["é😀", None]}, intensity=0.5 * n, confidence=None if n % 2 else 0.1,
                why='because "quoted" \x0c',
            )
        )  # fmt: skip
    return MarksFile("hour 1", HOUR.sha256, tuple(made), {"defenses": "1.0.0"}, Reading("whole", True))


def test_web_annotations_come_back_whole():
    assert read_web(web_bytes(marks())) == marks()


def test_web_annotations_stand_in_the_elements_of_the_standard():
    made = to_web(marks())
    one = made["first"]["items"][2]
    assert made["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert one["body"][0] == {
        "type": "TextualBody",
        "purpose": "tagging",
        "value": "denial",
        "format": "text/plain",
    }
    place, quote = one["target"]["selector"]
    assert HOUR.text[place["start"] : place["end"]] == quote["exact"] == "👩‍👩‍👧"


def test_another_tools_web_annotation_becomes_a_theme():
    made = from_web(
        {"type": "AnnotationPage", "items": [
            {"type": "Annotation", "creator": "coder:x", "body": {"value": "leaving"},
             "target": {"selector": {"type": "TextPositionSelector", "start": 1, "end": 4}}}]}
    )  # fmt: skip
    assert (made.marks[0].construct, made.marks[0].code, made.marks[0].span) == (
        "theme",
        "leaving",
        Span(1, 4),
    )


def test_xmi_comes_back_whole_with_its_text_and_without():
    made = to_xmi(marks(), HOUR)
    assert from_xmi(made, text=HOUR.text).marks == marks()
    assert from_xmi(made).marks == marks()


def test_cassis_reads_the_same_words_under_every_mark():
    cassis = pytest.importorskip("cassis", reason="the judge dkpro-cassis is not installed")
    types = cassis.load_typesystem(io.BytesIO(typesystem()))
    cas = cassis.load_cas_from_xmi(io.BytesIO(to_xmi(marks(), HOUR)), typesystem=types)
    read = {one.markId: one for one in cas.select(MARK)}
    for mark in marks().marks:
        # U+FFFD stands for the control characters that XML cannot hold.
        assert read[mark.id].get_covered_text() == mark.quote.replace("\x0b", "\ufffd")
        assert read[mark.id].code == mark.code
        assert read[mark.id].origin == mark.origin
    sentences = [
        one.get_covered_text()
        for one in cas.select("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence")
    ]
    assert sentences == [turn.text.replace("\x0b", "\ufffd") for turn in HOUR.turns]


def test_what_cassis_writes_is_read_back_whole():
    cassis = pytest.importorskip("cassis", reason="the judge dkpro-cassis is not installed")
    types = cassis.load_typesystem(io.BytesIO(typesystem()))
    cas = cassis.load_cas_from_xmi(io.BytesIO(to_xmi(marks(), HOUR)), typesystem=types)
    assert from_xmi(cas.to_xmi().encode(), text=HOUR.text).marks == marks()


def test_offsets_turn_from_code_points_into_utf16_and_back():
    text = HOUR.text
    units = units_of(text)
    for at in range(len(text) + 1):
        wanted = len(text[:at].encode("utf-16-le")) // 2
        assert units.to_utf16(at) == wanted
        assert units.to_code_points(wanted) == at


def test_an_offset_within_a_character_is_refused():
    with pytest.raises(ValueError, match="within a character"):
        units_of("a😀b").to_code_points(2)


def test_elan_has_a_tier_for_each_construct_of_each_speaker():
    pympi = pytest.importorskip("pympi", reason="the judge pympi is not installed")
    path = io.StringIO(to_elan(HOUR, marks().marks)).getvalue()
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".eaf", encoding="utf-8") as file:
        file.write(path)
        file.flush()
        eaf = pympi.Eaf(file.name)
    assert set(eaf.get_tier_names()) == {"T", "C", "defense@T", "defense@C"}
    values = [row[2] for row in eaf.get_ref_annotation_data_for_tier("defense@C")]
    assert len(values) == 6
    assert "denial “שלום”" in values


def test_chat_has_the_marks_under_the_line_in_which_they_begin():
    lines = to_chat(HOUR, marks().marks).splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("*THE"))
    assert lines[at + 1].startswith("%xdefense:\tdenial “😀” ; denial “was it?")


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{}", b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        to_xmi(marks(), HOUR)[:-40], to_xmi(marks(), HOUR).replace(b' code="denial"', b"", 1),
        to_xmi(marks(), HOUR).replace(b'begin="4"', b'begin="5"'),
        to_xmi(marks(), HOUR).replace(b'begin="4"', b'begin="99999"'),
    ],
)  # fmt: skip
def test_a_damaged_xmi_is_refused_in_one_line(raw):
    with pytest.raises(MarksError) as told:
        from_xmi(raw)
    assert "\n" not in str(told.value)
    assert "denial" not in str(told.value)


@pytest.mark.parametrize(
    "data", [None, [], {}, {"type": "AnnotationPage"}, {"type": "AnnotationCollection", "first": "http://x"},
             {"type": "AnnotationPage", "items": [{"body": {}, "target": {}}]}, {"type": "AnnotationPage", "items": [7]}],
)  # fmt: skip
def test_damaged_web_annotations_are_refused_in_one_line(data):
    with pytest.raises(MarksError):
        from_web(data)


def test_marks_of_another_text_are_not_written_over_this_one():
    with pytest.raises(MarksError, match="another text"):
        to_xmi(
            marks(), transcript_of([("T", "Other words altogether, and many more of them than there were.")])
        )
    with pytest.raises(MarksError, match="not the text"):
        from_xmi(to_xmi(marks(), HOUR), text="other")


def test_every_part_of_a_collection_has_an_id_and_ours_stays_json():
    made = to_web(marks())
    ids = [made["id"], made["first"]["id"], *(one["id"] for one in made["first"]["items"])]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("urn:depthwork:") for one in ids)
    assert made["first"]["partOf"] == made["id"]
    assert made["@context"][1]["dw:mark"]["@type"] == "@json"


def test_a_mark_without_an_id_comes_back_without_one():
    file = replace(marks(), marks=tuple(replace(one, id="") for one in marks().marks))
    made = to_web(file)
    assert len({one["id"] for one in made["first"]["items"]}) == len(file.marks)
    assert from_web(made) == file


@pytest.mark.parametrize(("language", "code"), [("de", "deu"), ("en", "eng"), ("es", "spa"), ("xx", "und")])
def test_chat_names_the_language(language, code):
    assert f"@Languages:\t{code}" in to_chat(HOUR, (), language=language)
