"""Why a cue was proposed, in words a clinician understands, from the features that spoke."""

from __future__ import annotations

from collections.abc import Sequence

from depthwork.cues.scores import Scores
from depthwork.cues.turns import View

# What a word family says, as the middle of a sentence.
FAMILY = {
    "anger": "anger is named",
    "sadness": "sorrow or tears are near",
    "fear": "fear is named",
    "shame": "shame is in the words",
    "guilt": "guilt is in the words",
    "longing": "a wish is spoken or near",
    "not_bothered": "something is waved away",
    "eyes_wet": "the body shows what the words do not",
    "sensible": "good reasons are given",
    "theory": "it is put as theory or in general",
    "people_general": "people in general are spoken of",
    "flat_detail": "details stand where a feeling might",
    "absolute": "the words are absolute",
    "intensity": "it is said with more force than the matter asks",
    "all_bad_other": "the other is all bad here",
    "all_good_other": "the other is praised without a flaw",
    "all_bad_self": "the self is all bad here",
    "all_good_self": "the self is all good here",
    "put_down_self": "a put-down of the self",
    "put_down_other": "a belittling word for someone",
    "boast": "a large claim for the self",
    "no_limits": "nothing can touch or stop the speaker",
    "daydream": "an imagined scene is told",
    "forgot_to": "something promised was not done, as if by chance",
    "yes_but": "an offer is turned down",
    "offer": "the therapist has offered something",
    "impulse": "a deed straight after a hurt",
    "wrong_target": "the feeling lands on someone or something else",
    "opposite": "kindness where another feeling would be expected",
    "take_back": "something is said and taken back",
    "blank": "the thought has gone and the feeling stays",
    "altered": "awareness or the body changes",
    "friend_support": "someone was turned to",
    "help_others": "something is given to others with pleasure",
    "rehearse": "what is coming is gone through beforehand",
    "joke_pain": "a joke that lets the pain be seen",
    "wants_said": "a wish or a limit is said to the person",
    "own_part": "the own part is looked at",
    "art": "work of the hands or an art",
    "art_alive": "the feeling is alive in the work",
    "put_aside": "it was put aside on purpose",
    "own_motive_other": "a motive is seen in someone else",
    "provoke": "the other is pressed until the feeling comes",
    "rel_therapist": "the two people in the room are spoken of",
    "to_therapist": "it is said to the therapist about the therapist",
    "complain_therapy": "dissatisfaction with the therapy or the therapist",
    "agree_flat": "quick agreement",
    "short_shut": "a short answer that closes",
    "story_away": "a story leads elsewhere",
    "hopeless": "giving up on being helped",
    "repair_t": "the therapist owns a part or asks about it",
    "interp_open": "a meaning is offered",
    "link_likeness": "a likeness or a repetition is named",
    "defense_talk": "a way of keeping something away is named",
    "anxiety_talk": "a dread behind it is named",
    "feeling_talk": "a hidden feeling or wish is named",
    "dream_open": "a dream is announced",
    "dream_scene": "a scene as dreams have them",
    "child_time": "early years",
    "now_time": "these days",
    "told_act": "somebody does or says something",
    "other_says": "the other's words or acts are told",
    "self_does": "the client tells what he or she did or felt",
    "o_distant": "the other does not notice or answer",
    "o_reject": "the other turns away",
    "o_critical": "the other finds fault",
    "o_control": "the other decides",
    "o_hurt": "the other injures or humiliates",
    "o_unreliable": "the other lets down",
    "o_needy": "the other is in distress",
    "o_warm": "the other is warm or there",
    "s_withdraw": "the client goes away or shuts off",
    "s_control": "the client holds back",
    "s_comply": "the client gives in",
    "s_helpless": "the client can do nothing",
    "s_oppose": "the client goes against it",
    "s_open": "the client shows what is inside",
    "s_help": "the client looks after the other",
    "s_confident": "the client feels able",
    "s_down": "the client is let down or hurt",
    "love": "tenderness",
    "joy": "gladness",
    "envy": "envy",
}
_FORM = {
    "S:laughs": "a laugh",
    "S:tears": "tears",
    "S:pause": "a silence",
    "S:pause_inside": "a silence within the words",
    "S:quote": "somebody's words are repeated",
}


def heard(view: View, families: Sequence[str], most: int = 2) -> list[str]:
    """The words of a turn that belong to the given families, as they stand."""
    found = []
    for family in families:
        for name, start, end in view.hits:
            if name == family and (words := view.reading.text[start:end]) not in found:
                found.append(words)
                break
    return found[:most]


def reason(scores: Scores, i: int, head: str, *, most: int = 3) -> str:
    """One sentence for a turn: what was heard in it, and what stood just before or after."""
    views = scores.views
    parts: list[str] = []
    used: set[str] = set()
    for name, _ in scores.model.turn.reasons(scores.rows[i], head, most=40):
        place, _, key = name.partition("|")
        family = key[2:] if key.startswith(("L:", "L2:")) else ""
        if key in _FORM:
            words = _FORM[key]
        elif family in FAMILY:
            words = FAMILY[family]
        else:
            continue
        if words in used:
            continue
        if place == "0":
            quoted = heard(views[i], [family], 1) if family else []
            parts.append(f"{words} (“{quoted[0]}”)" if quoted else words)
        elif place == "p" and i:
            parts.append(f"just before, {words}")
        elif place == "n":
            parts.append(f"in the answer, {words}")
        else:
            continue
        used.add(words)
        if len(parts) == most:
            break
    if not parts:
        parts = ["the wording and its place in the hour are like coded examples"]
    text = "; ".join(parts)
    return text[0].upper() + text[1:] + "."


def reason_over(scores: Scores, first: int, last: int, families: Sequence[str], most: int = 2) -> str:
    """One sentence for a span, from the families that matter to its construct."""
    parts = []
    for family in families:
        for i in range(first, last + 1):
            words = heard(scores.views[i], [family], 1)
            if words and scores.views[i].speaker != "T":
                parts.append(f"{FAMILY[family]} (“{words[0]}”)")
                break
        if len(parts) == most:
            break
    if not parts:
        return ""
    text = "; ".join(parts)
    return text[0].upper() + text[1:] + "."
