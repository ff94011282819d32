"""What each turn shows: words, word families, form, who is in it, and what stands around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from depthwork.cues.people import Mention, follow
from depthwork.cues.when import child_age, signs
from depthwork.cues.words import Reading, families, read_turn, word_set
from depthwork.transcripts.model import Transcript

I_WORDS = word_set("i i'm i'd i've i'll me my mine myself meself us we")
YOU_WORDS = frozenset(
    ["you", "your", "yours", "you're", "you'd", "you've", "you'll", "yourself", "ye", "yous"]
)
NO_WORDS = word_set(
    "no not never nothing nobody none nowt nor don't didn't doesn't wasn't isn't can't couldn't "
    "won't wouldn't haven't hadn't ain't weren't shouldn't dinnae wasnae cannae couldnae didnae nah "
    "nope"
)
_PARENTS = frozenset(["mother", "father", "parents", "step_parent", "other_caregiver", "grandparent"])


@dataclass(frozen=True, slots=True)
class View:
    """One turn as the models see it.

    `own` are features of the turn itself, `shown` those that its neighbours see too.
    `hits` are word-family hits as (family, start, end) within the turn.
    """

    index: int
    speaker: str
    reading: Reading
    own: tuple[str, ...]
    shown: tuple[str, ...]
    hits: tuple[tuple[str, int, int], ...]
    mentions: tuple[Mention, ...]


def _bucket(value: int, steps: Sequence[int]) -> int:
    return sum(value >= step for step in steps)


def _form(reading: Reading, speaker: str, index: int, count: int) -> list[str]:
    words = reading.words
    size = len(words)
    out = [f"S:spk={speaker}", f"S:{speaker}:len={_bucket(size, (1, 4, 8, 15, 25, 40, 60, 90))}"]
    # Only the edges of an hour say something; how far on it is must teach nothing, excerpts are cut at will.
    out.append(f"S:place={0 if index < 2 else 2 if index >= count - 2 else 1}")
    quoted = sum(token.quoted for token in reading.tokens)
    if quoted:
        out.append(f"S:quote={_bucket(quoted, (1, 4, 10))}")
        out.append(f"S:quote:{speaker}")
    text = reading.text
    if text.rstrip().endswith("?"):
        out.append(f"S:asks:{speaker}")
    if "?" in text:
        out.append("S:question")
    if "!" in text:
        out.append("S:exclaims")
    out.append(f"S:sent={_bucket(reading.sentences, (2, 4, 7, 11))}")
    mean = size / reading.sentences
    out.append(f"S:sentlen={_bucket(int(mean), (3, 6, 9, 13, 18))}")
    for name, group in (("I", I_WORDS), ("you", YOU_WORDS), ("no", NO_WORDS)):
        n = sum(word in group for word in words)
        if n:
            out.append(f"S:{name}")
            out.append(f"S:{name}={_bucket(n, (1, 2, 4, 7))}")
    for comment in reading.comments:
        if comment.startswith("pause"):
            digits = "".join(c for c in comment if c.isdigit())
            out.append("S:pause")
            if not text[: text.find("]") + 1].lower().startswith("[pause"):
                out.append("S:pause_inside")
            else:
                out.append(f"S:pause_first={_bucket(int(digits or 0), (1, 5, 8, 11))}")
        elif "laugh" in comment:
            out.append("S:laughs")
        elif any(x in comment for x in ("cr", "wip", "tear", "blow", "sob", "weep")):
            out.append("S:tears")
        elif comment:
            out.append("S:comment")
            out.extend(f"K:{word}" for word in comment.split(" ")[:6])
    if words:
        out.append(f"O:{words[0]}")
        out.append(f"O2:{' '.join(words[:2])}")
        out.append(f"E:{words[-1]}")
    past = sum(word.endswith("ed") for word in words)
    if size:
        out.append(f"S:past={_bucket(int(100 * past / size), (1, 4, 8))}")
    return out


def describe(transcript: Transcript) -> list[View]:
    """Every turn's features, in order.

    Cost: linear in the words; nothing is learned or looked up outside the engine's own files.
    """
    lists = families()
    readings = [read_turn(turn.text) for turn in transcript.turns]
    speakers = [turn.speaker for turn in transcript.turns]
    hits = [tuple(lists.hits(reading)) for reading in readings]
    names = [Counter(name for name, _, _ in row) for row in hits]
    child = [bool(row["child_time"]) or child_age(r.words) for row, r in zip(names, readings, strict=True)]
    mentions = follow(readings, speakers, child, [bool(row["now_time"]) for row in names])
    admin = sum(min(3, row["frame_words"] + row["medication"]) for row in names) / max(1, len(readings))
    feeling = sum(
        min(2, row["anger"] + row["fear"] + row["shame"] + row["sadness"] + row["longing"] + row["love"])
        for row in names
    ) / max(1, len(readings))
    doc = [
        f"D:admin={_bucket(int(admin * 20), (5, 10, 15, 20, 30))}",
        f"D:feel={_bucket(int(feeling * 20), (3, 6, 9, 14))}",
    ]
    views = []
    scene = 0
    for i, reading in enumerate(readings):
        shown = _form(reading, speakers[i], i, len(readings))
        for name, n in names[i].items():
            shown.append(f"L:{name}")
            if n > 1:
                shown.append(f"L2:{name}")
        scene = 3 if child[i] else max(0, scene - 1)
        if scene:
            shown.append(f"S:child={scene}")
        kinds: set[str] = set()
        for m in mentions[i]:
            group = "parent" if m.person.kind in _PARENTS else m.person.kind
            kinds.update(
                (f"F:{m.sphere}", f"F:{m.how}:{m.sphere}", f"F:{group}:{m.sphere}", f"F:{m.how}:{group}")
            )
            kinds.add("F:any")
        people = {id(m.person) for m in mentions[i]}
        kinds.add(f"F:n={min(3, len(people))}")
        if mentions[i]:
            top, n = Counter(id(m.person) for m in mentions[i]).most_common(1)[0]
            kinds.add(f"F:main={_bucket(n, (1, 2, 4, 7))}")
            if i and any(id(m.person) == top for m in mentions[i - 1]):
                kinds.add("F:carried")
            if i > 1 and any(id(m.person) == top for m in mentions[i - 2]):
                kinds.add("F:carried2")
        shown.extend(sorted(kinds))
        shown.extend(signs(reading, speakers[i], [m.person.kind for m in mentions[i]]))
        own = list(shown) + doc
        words = reading.words
        own.extend({f"w:{word}" for word in words})
        own.extend({f"b:{a} {b}" for a, b in pairwise(words)})
        views.append(View(i, speakers[i], reading, tuple(own), tuple(shown), hits[i], tuple(mentions[i])))
    return views
