"""Plain text: a transcript where paragraphs begin with speakers, a process note where they do not."""

from __future__ import annotations

from depthwork.transcripts.draft import UNKNOWN, Draft, lines_of
from depthwork.transcripts.labels import Labelled, believed, label_of, safe_name
from depthwork.transcripts.model import NOTE, Transcript
from depthwork.wording import gettext, ngettext

# Editors that wrap softly write one line a paragraph and no blank line; a line this long is one of theirs.
_SOFT_WRAP = 120


def read(text: str, therapist: str | None = None) -> Draft:
    """Turns of a plain text, or the paragraphs of a note."""
    return read_paragraphs(_paragraphs(lines_of(text)), therapist)


def read_paragraphs(paragraphs: list[list[str]], therapist: str | None = None) -> Draft:
    """Turns of paragraphs, each given as its lines."""
    draft = Draft()
    heads = [[label_of(line) for line in lines] for lines in paragraphs]
    found = [head for labels in heads for head in labels if head is not None]
    unlabelled = sum(labels[0] is None for labels in heads)
    speakers = believed(found, unlabelled, therapist)
    if not speakers:
        _read_note(draft, paragraphs, len(found), therapist)
        return draft
    _read_turns(draft, paragraphs, heads, speakers)
    return draft


def write(transcript: Transcript) -> str:
    """One paragraph a turn, its speaker before it; a note's paragraphs bare. Holds no times."""
    if all(turn.speaker == NOTE for turn in transcript.turns):
        return "\n\n".join(held(turn.text) for turn in transcript.turns) + "\n"
    return "\n\n".join(f"{safe_name(turn.speaker)}: {held(turn.text)}" for turn in transcript.turns) + "\n"


def held(text: str) -> str:
    """A turn's text without blank lines, and without inner lines that would read as another speaker's."""
    first, *others = [line.strip() for line in text.split("\n") if line.strip()] or [""]
    kept = [first]
    for line in others:
        if label_of(line) is None:
            kept.append(line)
        else:
            kept[-1] = f"{kept[-1]} {line}"
    return "\n".join(kept)


def _paragraphs(lines: list[str]) -> list[list[str]]:
    paragraphs: list[list[str]] = [[]]
    has_blank = False
    for line in lines:
        line = line.strip()
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            has_blank = True
            paragraphs.append([])
    if not paragraphs[-1]:
        paragraphs.pop()
        has_blank = len(paragraphs) > 1
    if not has_blank and paragraphs and max(map(len, paragraphs[0])) > _SOFT_WRAP:
        return [[line] for line in paragraphs[0]]
    return paragraphs


def _read_note(draft: Draft, paragraphs: list[list[str]], labels: int, therapist: str | None) -> None:
    draft.is_note = True
    for lines in paragraphs:
        draft.say(NOTE, "\n".join(lines))
    if therapist is not None:
        draft.warn(gettext("no line begins with the therapist's name; read as a process note"))
    elif labels and len(paragraphs) > 1:
        few = ngettext(
            "one line begins like a speaker's, too few for a transcript; read as a process note",
            "%(n)s lines begin like a speaker's, too few for a transcript; read as a process note",
            labels,
        )
        draft.warn(few % {"n": labels})


def _read_turns(
    draft: Draft, paragraphs: list[list[str]], heads: list[list[Labelled | None]], speakers: frozenset[str]
) -> None:
    name, before, continued = UNKNOWN, 0, 0
    for lines, labels in zip(paragraphs, heads, strict=True):
        said: list[str] = []
        start_s: float | None = None
        for at, (line, label) in enumerate(zip(lines, labels, strict=True)):
            if label is not None and label.name in speakers:
                if said:
                    draft.say(name, "\n".join(said), start_s)
                name, said, start_s = label.name, [label.rest], label.start_s
                continue
            if at == 0:
                before += name == UNKNOWN
                continued += name != UNKNOWN
            said.append(line)
        draft.say(name, "\n".join(said), start_s)
    if before:
        unnamed = ngettext(
            "%(n)s paragraph stands before the first speaker, with speaker ?",
            "%(n)s paragraphs stand before the first speaker, with speaker ?",
            before,
        )
        draft.warn(unnamed % {"n": before})
    if continued:
        going_on = ngettext(
            "%(n)s paragraph names no speaker; taken as the speaker before going on",
            "%(n)s paragraphs name no speaker; taken as the speaker before going on",
            continued,
        )
        draft.warn(going_on % {"n": continued})
