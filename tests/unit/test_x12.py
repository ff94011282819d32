"""Benefit inquiries as files: written to the letter, read in words, never over-read."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depthwork.interchange.x12 import Inquiry, X12Error, read_271, write_270

ASK = Inquiry(
    payer_name="ABCDE",
    payer_id="11122",
    provider_name="Acme Health Services",
    provider_npi="1999999984",
    member_id="123456789",
    family="Doe",
    given="Jane",
    born=date(1900, 1, 1),
    service_date=date(2024, 1, 8),
    service_types=("MH",),
    trace="11122-12345",
)
ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *231106*1406*^*00501*000000001*0*T*:~"


def answer(*segments, count=None):
    body = ["ST*271*1234*005010X279A1", *segments]
    body.append(f"SE*{count or len(body) + 1}*1234")
    return (
        ISA
        + "~".join(
            ["GS*HB*RECEIVER*SENDER*20231106*1406*1*X*005010X279A1", *body, "GE*1*1", "IEA*1*000000001"]
        )
        + "~"
    )


def test_an_inquiry_is_written_as_the_worked_example():
    text = write_270(ASK, made_at=datetime(2023, 11, 6, 14, 6), control=1)
    assert text.startswith(ISA)
    for segment in (
        "NM1*PR*2*ABCDE*****PI*11122",
        "NM1*1P*2*ACME HEALTH SERVICES*****XX*1999999984",
        "TRN*1*11122-12345*1234567890",
        "NM1*IL*1*DOE*JANE****MI*123456789",
        "DMG*D8*19000101",
        "DTP*291*D8*20240108",
        "EQ*MH",
        "SE*13*0001",
    ):
        assert segment in text.split("~"), segment


def test_separators_in_a_name_are_refused():
    with pytest.raises(X12Error, match="plain letters"):
        write_270(
            Inquiry(**{**{f: getattr(ASK, f) for f in ASK.__slots__}, "family": "Do*e"}),
            made_at=datetime(2023, 1, 1),
            control=1,
        )


def test_an_answer_is_read_in_words_and_keeps_every_segment():
    read = read_271(
        answer(
            "NM1*PR*2*ABCDE*****PI*11122",
            "EB*1*IND*30**GOLD",
            "EB*B*IND*MH****40*****Y",
            "EB*F*IND*A6***29***VS*7*Y*Y",
            "MSG*CALL FOR CARVE OUT",
            "ZZZ*unknown*thing",
        )
    )
    assert read.payer == "ABCDE"
    assert [b.kind for b in read.benefits] == ["active", "co-payment", "limitations"]
    assert read.benefits[1].amount == Decimal(40)
    assert (read.benefits[2].quantity, read.benefits[2].quantity_of, read.benefits[2].period) == (
        Decimal(7),
        "visits",
        "remaining",
    )
    assert read.benefits[2].needs_authorisation == "yes"
    assert read.benefits[2].messages == ("CALL FOR CARVE OUT",)
    assert any(s.id == "ZZZ" for s in read.segments)


def test_it_never_says_covered():
    read = read_271(answer("EB*1*IND*30**GOLD"))
    assert "cover" not in " ".join(s.says.lower() for s in read.segments)
    assert "not a guarantee" in read.caution


def test_a_rejection_is_said():
    assert read_271(answer("AAA*N**75*C")).rejections == ("Rejected: subscriber not found",)


def test_wrong_counts_are_warned_of():
    assert any("holds" in w for w in read_271(answer("EB*1", count=99)).warnings)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("hello", "ISA"),
        (ISA, "no transaction"),
        (ISA + "GS*HS~ST*270*1~SE*2*1~", "not a 271"),
        (ISA + "GS*HB~ST*271*1~EB*1~", "breaks off"),
    ],
)
def test_foreign_and_broken_files_get_one_clear_line(text, says):
    with pytest.raises(X12Error, match=says):
        read_271(text)


@given(st.text(max_size=400))
def test_no_text_breaks_the_reader(text):
    for candidate in (text, ISA + text, answer(text)):
        try:
            read_271(candidate)
        except X12Error as error:
            said = str(error)
        else:
            said = ""
        assert len(said) < 200
