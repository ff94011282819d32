"""What the therapist does, turn by turn, where no interpretation is offered; and repairs of a strain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from depthwork.cues.engine import Cue, cue_at
from depthwork.cues.reasons import heard
from depthwork.cues.turns import View
from depthwork.transcripts.model import Transcript
from depthwork.wording import gettext_noop as _
from depthwork.wording import remembered

# Acts that carry something worth a second look; the others (a question, an echo, a date) are
# told by `act_of` for counting and are not put before a clinician one by one.
SHOWN = frozenset(["confrontation", "self_disclosure", "advice", "psychoeducation", "crisis"])
_REPAIRS = (
    (
        "repair_acknowledge_own_part",
        (
            "i was",
            "i went",
            "i pushed",
            "i rushed",
            "i got",
            "i missed",
            "my mistake",
            "sorry",
            "i should have",
            "i hurried",
            "careless",
            "i left it",
            "you're right",
            "my part",
            "i may have",
            "i might have",
            "i quit",
        ),
    ),
    (
        "repair_invite_feelings",
        (
            "what did you hear",
            "how was it",
            "angry with me",
            "what was it like",
            "what did i",
            "you're angry",
            "tell me what",
            "disappointed in me",
            "i'd like to hear",
            "i'd understand",
        ),
    ),
    (
        "repair_clarify_misunderstanding",
        ("i meant", "what i meant", "it sounded as if", "heard it as", "i didn't mean"),
    ),
    (
        "repair_disclose_experience",
        ("i notice i", "i find myself", "i can feel myself", "i felt", "i was annoyed", "i feel"),
    ),
    (
        "repair_change_task_or_goal",
        ("we could", "instead", "slower", "let me go back", "let's go back", "another way"),
    ),
    (
        "repair_validate_defensive_position",
        ("makes sense", "no wonder", "you don't have to", "i can see why", "fair"),
    ),
    ("repair_explain_rationale", ("the reason i", "i asked because", "i wanted to hear", "i was trying to")),
    ("repair_link_pattern_with_others", ("as with your", "like your", "as you did with", "the way you")),
)


def act_of(views: Sequence[View], i: int) -> str:
    """The act of one therapist turn that is not an interpretation; a code of `interventions.yaml`.

    Rules over word families; the first that fits. Descriptive, not validated.
    """
    view = views[i]
    names = Counter(name for name, _, _ in view.hits)
    words = view.reading.words
    text = " ".join(words)
    asks = "S:asks:T" in view.own
    if not words:
        return "silence_holding"
    if names["crisis_t"] >= 2 or any(
        x in text for x in ("kill yourself", "end your life", "hurt yourself", "keep you safe")
    ):
        return "crisis"
    if any(
        x in text
        for x in ("you should", "i'd suggest", "i suggest", "why don't you", "put your feet", "you could try")
    ):
        return "advice"
    if names["psychoed"] and len(words) > 12 and not asks:
        return "psychoeducation"
    if any(
        x in text
        for x in (
            "i notice you",
            "you said that very",
            "you've told me",
            "and yet",
            "you went back and forth",
            "asked twice",
            "a minute ago",
            "last week you told",
            "weeks ago you",
        )
    ):
        return "confrontation"
    if names["disclose"] and names["rel_therapist"] and not asks:
        return "self_disclosure"
    if names["frame_words"] >= 2 or (names["frame_words"] and names["medication"]):
        return "frame"
    if asks:
        return "question"
    if names["t_encourage"] and len(words) <= 8:
        return "encouragement"
    before = set(views[i - 1].reading.words) if i else set()
    shared = sum(word in before for word in words) / len(words)
    return "restatement" if shared >= 0.4 or len(words) <= 5 else "clarification"


def other_acts(transcript: Transcript, views: Sequence[View], i: int) -> list[Cue]:
    """A cue for a therapist turn whose act is worth a second look."""
    view = views[i]
    if view.speaker != "T":
        return []
    act = act_of(views, i)
    if act not in SHOWN:
        return []
    why = {
        "confrontation": _("The therapist points to something left out or contradictory."),
        "self_disclosure": _("The therapist speaks of the own experience."),
        "advice": _("The therapist suggests what to do."),
        "psychoeducation": _("The therapist explains how something works."),
        "crisis": _("The therapist asks about safety or acts on it."),
    }[act]
    corners: dict[str, list[str]] = {"person": [], "conflict": []}
    return [
        cue_at(
            transcript, "intervention", act, (i, i), why=remembered(why), confidence=0.5, attributes=corners
        )
    ]


def repairs(transcript: Transcript, views: Sequence[View], first: int, last: int, chance: float) -> list[Cue]:
    """Attempts to mend a strain: therapist turns within it or up to two turns after it."""
    cues = []
    for i in range(first, min(len(views), last + 3)):
        if views[i].speaker != "T":
            continue
        text = " ".join(views[i].reading.words)
        for code, phrases in _REPAIRS:
            hit = next((p for p in phrases if p in text), None)
            if hit and (code != "repair_validate_defensive_position" or heard(views[i], ["repair_t"], 1)):
                cues.append(
                    cue_at(
                        transcript,
                        "rupture_resolution",
                        code,
                        (i, i),
                        confidence=min(0.9, chance * 0.8),
                        why=remembered(_("After the strain, the therapist says “%(words)s”."), words=hit),
                    )
                )
                break
    return cues
