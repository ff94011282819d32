"""Documents as PDF: the same bytes, tagged, titled, and no word of them is run."""

import datetime as dt
import re
import zlib
from dataclasses import replace

import pytest

from depthwork.reports.blocks import (
    Definitions,
    Document,
    Drawing,
    Exchange,
    Heading,
    Items,
    Lines,
    NewSheet,
    Notice,
    Paragraph,
    Quote,
    Space,
    Table,
)
from depthwork.reports.pdf import PdfError, pdf

from .samples import every_chart

HOSTILE = '#import "x.typ" *bold* _it_ $x^2$ <label> @ref \\ #panic("run") ] [ `raw` // c /* #{ = Head\n- list \x00\x07'


def document(*blocks, **fields) -> Document:
    plain = Document(
        "Before hour 14",
        "process_notes",
        "C. F.",
        "How it ended",
        "Ana Keller",
        dt.date(2026, 11, 24),
        blocks,
    )
    return replace(plain, **fields)


def everything() -> Document:
    return document(
        Paragraph("A line of one's own", "lead"),
        Heading("How it ended"),
        Exchange((("C", "So that’s three."), ("T", "And if it isn’t?"))),
        Quote("Then I’d want you to know I counted.", "Hour 13, turn 153"),
        Table(("Hour", "PHQ-9"), (("1", "16"), ("2", None)), "Two hours"),
        Definitions((("Fee", "120"),)),
        Items(("one", "two"), numbered=True),
        Notice("Read this", "before noon"),
        Space(2),
        Lines("In your own hand", 2),
        NewSheet(),
        *(Drawing(chart, with_table=False) for chart in every_chart()),
    )


def words_of(made: bytes) -> str:
    """The uncompressed streams of a PDF, enough to look for metadata."""
    parts = [made.decode("latin-1")]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", made, re.DOTALL):
        try:
            parts.append(zlib.decompress(stream).decode("latin-1"))
        except zlib.error:
            parts.append(stream.decode("latin-1"))
    return "\n".join(parts)


def test_the_same_document_gives_the_same_bytes():
    assert pdf(everything()) == pdf(everything())


def test_another_day_gives_other_bytes():
    assert pdf(document(Paragraph("x"))) != pdf(document(Paragraph("x"), made_on=dt.date(2026, 11, 25)))


def test_it_is_tagged_titled_and_says_its_language():
    words = words_of(pdf(everything()))
    assert words.startswith("%PDF-1.7")
    assert "/MarkInfo" in words
    assert "/StructTreeRoot" in words
    assert re.search(r"pdfuaid:part(>|=\")1", words)
    assert "Before hour 14" in words
    assert "/Lang (en)" in words or "/Lang(en)" in words


@pytest.mark.parametrize(
    "block", [Paragraph(HOSTILE), Heading(HOSTILE), Quote(HOSTILE, HOSTILE), Items((HOSTILE,))]
)
def test_markup_in_a_note_is_set_as_words(block):
    assert pdf(document(block)).startswith(b"%PDF")


def test_a_hostile_table_and_head_are_set_as_words():
    made = pdf(
        document(
            Table((HOSTILE, "b"), ((HOSTILE, None),), HOSTILE),
            Definitions(((HOSTILE, HOSTILE),)),
            title=HOSTILE,
            about=HOSTILE,
            contains=HOSTILE,
            for_whom=HOSTILE,
        )
    )
    assert made.startswith(b"%PDF")


def test_a_drawing_with_hostile_words_can_be_set():
    assert pdf(document(*(Drawing(chart) for chart in every_chart(HOSTILE)[:3]))).startswith(b"%PDF")


def test_no_time_of_making_is_in_the_file():
    assert "20261124000000" in words_of(pdf(document(Paragraph("x")))).replace("-", "").replace(
        ":", ""
    ).replace("T", "")


@pytest.mark.parametrize("field", ["title", "contains", "for_whom"])
def test_a_document_that_does_not_say_what_it_is_or_for_whom_is_refused(field):
    with pytest.raises(PdfError, match=field):
        pdf(document(Paragraph("x"), **{field: " "}))


def test_a_row_that_does_not_fit_its_table_is_refused_without_its_words():
    with pytest.raises(PdfError, match="row 1 of a table has 1 cells where its head has 2") as caught:
        pdf(document(Table(("a", "b"), (("a secret",),))))
    assert "secret" not in str(caught.value)


def test_a_letter_without_a_face_is_given_by_its_code_and_not_lost():
    made = pdf(document(Paragraph("before \U000f0180 after")))
    assert made.startswith(b"%PDF")


def test_a_text_in_a_script_that_no_face_holds_is_refused_in_plain_words():
    letters = "".join(chr(0xF0100 + n) for n in range(60))
    with pytest.raises(PdfError, match="install one for that script"):
        pdf(document(*(Paragraph(letter) for letter in letters)))
