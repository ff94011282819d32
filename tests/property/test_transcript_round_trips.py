"""Any hour survives any format, and any pair of formats, as far as they hold it."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depthwork.transcripts import (
    WRITABLE,
    Transcript,
    TranscriptError,
    Turn,
    canonical,
    read,
    read_text,
    write,
)

# What CHAT writes for words that could not be made out: read as comments, so no round trip as words.
CODES = ("xx", "xxx", "yyy", "www")
# Words of many scripts, with the signs that formats care about: & ; ' - and quotes.
WORDS = st.one_of(
    st.sampled_from(
        [
            "don't",
            "B&B",
            "&amp;",
            "mother-in-law",
            "“no”",
            "fo-",
            "a;b",
            "10:30",
            "½",
            "naïve",
            "🙂",
            "'cause",
        ]
    ),
    st.text(
        alphabet=st.characters(categories=["Ll", "Lu", "Lo"], exclude_characters="ªº"), min_size=1, max_size=8
    ).filter(lambda word: word not in CODES),
)
COMMENTS = st.sampled_from(
    ["(laughs)", "(cries softly)", "[crosstalk]", "[pause 5s]", "[pause 2.5s]", "(5, or six)"]
)
ENDS = st.sampled_from([".", "?", "!", "", ",", "…", "--"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.one_of(WORDS, WORDS, WORDS, COMMENTS), min_size=1, max_size=9))
    first = "well"
    return canonical(" ".join([first, *pieces, "so"]) + draw(ENDS))


@st.composite
def hours(draw: st.DrawFn) -> Transcript:
    said = draw(st.lists(st.tuples(st.sampled_from(["T", "C", "Mother"]), texts()), min_size=1, max_size=8))
    said = [("T", "well?"), ("C", "no."), *said]
    timed, at, turns = draw(st.booleans()), 0, []
    for index, (speaker, text) in enumerate(said):
        start = at + draw(st.integers(1, 5000))
        at = start + draw(st.integers(1, 60_000))
        times = (start / 1000, at / 1000) if timed else (None, None)
        turns.append(Turn(index, speaker, text, *times))
    return Transcript("hour", "text", "verbatim", tuple(turns))


def held(hour: Transcript, *formats: str) -> list[tuple[object, ...]]:
    """What each of the formats can hold of an hour."""
    speakers = "whisper" not in formats
    times = "text" not in formats
    return [
        (
            turn.speaker if speakers else None,
            turn.text,
            turn.start_s if times else None,
            turn.end_s if times else None,
        )
        for turn in hour.turns
    ]


@pytest.mark.parametrize("format", WRITABLE)
@settings(max_examples=60, deadline=None)
@given(hour=hours())
def test_an_hour_survives_a_format(format: str, hour: Transcript) -> None:
    again = read_text(write(hour, format))
    assert again.format == format
    assert held(again, format) == held(hour, format)


@settings(max_examples=60, deadline=None)
@given(hour=hours(), pair=st.sampled_from(list(itertools.permutations(WRITABLE, 2))))
def test_an_hour_survives_one_format_after_another(hour: Transcript, pair: tuple[str, str]) -> None:
    first = read_text(write(hour, pair[0]))
    second = read_text(write(first, pair[1]))
    assert held(second, *pair) == held(hour, *pair)


@pytest.mark.parametrize("format", ["text", "vtt", "srt", "whisperx"])
@settings(max_examples=40, deadline=None)
@given(hour=hours(), joint=st.sampled_from(["\n", "\nMother: ", "\n\n", " --> ", "<v C>", "&lt;", "\x15"]))
def test_text_that_looks_like_the_format_makes_no_new_turn(format: str, hour: Transcript, joint: str) -> None:
    turns = tuple(Turn(t.index, t.speaker, f"{t.text}{joint}so it went") for t in hour.turns)
    again = read_text(write(Transcript("hour", "text", "verbatim", turns), format))
    assert [turn.speaker for turn in again.turns] == [turn.speaker for turn in turns]


@settings(max_examples=60, deadline=None)
@given(hour=hours(), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_an_hour_survives_an_encoding(hour: Transcript, encoding: str) -> None:
    again = read(write(hour, "vtt").encode(encoding))
    assert held(again, "vtt") == held(hour, "vtt")


SEEDS = {
    format: write(
        Transcript(
            "s",
            "text",
            "verbatim",
            (Turn(0, "T", "How (so)?", 0.0, 1.5), Turn(1, "C", "No. [pause 5s]", 1.5, 9.0)),
        ),
        format,
    ).encode()
    for format in WRITABLE
}
SCRAPS = [
    b"\n\n",
    b"-->",
    b"<v ",
    b"]]>",
    b"\x15",
    b"&#0;",
    b"\xff",
    b"\x00",
    b'"',
    b"{",
    b"[" * 50,
    b"@",
    b"*",
    b"\t",
    b":",
    b"(" * 9,
]


def sound(data: bytes, **options: str) -> None:
    """A whole transcript or a TranscriptError: any other exception fails the test."""
    try:
        hour = read(data, **options)
    except TranscriptError:
        return
    assert hour.turns
    assert all(turn.text.strip() and turn.speaker for turn in hour.turns)
    assert [turn.index for turn in hour.turns] == list(range(len(hour.turns)))
    assert canonical(hour.text) == hour.text
    assert hour.sha256


def test_a_turn_of_nothing_but_a_time_mark_is_no_turn() -> None:
    hour = read(b"\x15\n\nT: How so?\n\nC: No.\n", name="hour")
    assert [turn.text for turn in hour.turns] == ["How so?", "No."]
    with pytest.raises(TranscriptError, match="no words"):
        read(b"\x15\n\n\x15\n", name="hour")


@pytest.mark.parametrize("format", WRITABLE)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_files_are_read_whole_or_refused(format: str, data: st.DataObject) -> None:
    seed = SEEDS[format]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(seed)))
        cut = data.draw(st.integers(0, 12))
        seed = (
            seed[:at]
            + data.draw(st.one_of(st.sampled_from(SCRAPS), st.binary(max_size=6)))
            + seed[at + cut :]
        )
    sound(seed, name="hour")
    sound(seed, format=format)


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=400), format=st.sampled_from(WRITABLE))
def test_any_bytes_are_read_whole_or_refused(data: bytes, format: str) -> None:
    sound(data)
    sound(data, format=format)
    sound(b"PK\x03\x04" + data)


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=300), format=st.sampled_from(WRITABLE))
def test_whatever_is_read_can_be_written_in_every_format(text: str, format: str) -> None:
    try:
        hour = read_text(text)
    except TranscriptError:
        return
    sound(write(hour, format).encode())
