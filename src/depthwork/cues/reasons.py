"""Why a cue was proposed, in words a clinician understands, from the features that spoke."""

from __future__ import annotations

from collections.abc import Sequence

from depthwork.cues.scores import Scores
from depthwork.cues.turns import View
from depthwork.wording import Told, chained, remembered
from depthwork.wording import gettext_noop as _

# What a word family says, as the middle of a sentence.
FAMILY = {
    "anger": _("anger is named"),
    "sadness": _("sorrow or tears are near"),
    "fear": _("fear is named"),
    "shame": _("shame is in the words"),
    "guilt": _("guilt is in the words"),
    "longing": _("a wish is spoken or near"),
    "not_bothered": _("something is waved away"),
    "eyes_wet": _("the body shows what the words do not"),
    "sensible": _("good reasons are given"),
    "theory": _("it is put as theory or in general"),
    "people_general": _("people in general are spoken of"),
    "flat_detail": _("details stand where a feeling might"),
    "absolute": _("the words are absolute"),
    "intensity": _("it is said with more force than the matter asks"),
    "all_bad_other": _("the other is all bad here"),
    "all_good_other": _("the other is praised without a flaw"),
    "all_bad_self": _("the self is all bad here"),
    "all_good_self": _("the self is all good here"),
    "put_down_self": _("a put-down of the self"),
    "put_down_other": _("a belittling word for someone"),
    "boast": _("a large claim for the self"),
    "no_limits": _("nothing can touch or stop the speaker"),
    "daydream": _("an imagined scene is told"),
    "forgot_to": _("something promised was not done, as if by chance"),
    "yes_but": _("an offer is turned down"),
    "offer": _("the therapist has offered something"),
    "impulse": _("a deed straight after a hurt"),
    "wrong_target": _("the feeling lands on someone or something else"),
    "opposite": _("kindness where another feeling would be expected"),
    "take_back": _("something is said and taken back"),
    "blank": _("the thought has gone and the feeling stays"),
    "altered": _("awareness or the body changes"),
    "friend_support": _("someone was turned to"),
    "help_others": _("something is given to others with pleasure"),
    "rehearse": _("what is coming is gone through beforehand"),
    "joke_pain": _("a joke that lets the pain be seen"),
    "wants_said": _("a wish or a limit is said to the person"),
    "own_part": _("the own part is looked at"),
    "art": _("work of the hands or an art"),
    "art_alive": _("the feeling is alive in the work"),
    "put_aside": _("it was put aside on purpose"),
    "own_motive_other": _("a motive is seen in someone else"),
    "provoke": _("the other is pressed until the feeling comes"),
    "rel_therapist": _("the two people in the room are spoken of"),
    "to_therapist": _("it is said to the therapist about the therapist"),
    "complain_therapy": _("dissatisfaction with the therapy or the therapist"),
    "agree_flat": _("quick agreement"),
    "short_shut": _("a short answer that closes"),
    "story_away": _("a story leads elsewhere"),
    "hopeless": _("giving up on being helped"),
    "repair_t": _("the therapist owns a part or asks about it"),
    "interp_open": _("a meaning is offered"),
    "link_likeness": _("a likeness or a repetition is named"),
    "defense_talk": _("a way of keeping something away is named"),
    "anxiety_talk": _("a dread behind it is named"),
    "feeling_talk": _("a hidden feeling or wish is named"),
    "dream_open": _("a dream is announced"),
    "dream_scene": _("a scene as dreams have them"),
    "child_time": _("early years"),
    "now_time": _("these days"),
    "told_act": _("somebody does or says something"),
    "other_says": _("the other's words or acts are told"),
    "self_does": _("the client tells what he or she did or felt"),
    "o_distant": _("the other does not notice or answer"),
    "o_reject": _("the other turns away"),
    "o_critical": _("the other finds fault"),
    "o_control": _("the other decides"),
    "o_hurt": _("the other injures or humiliates"),
    "o_unreliable": _("the other lets down"),
    "o_needy": _("the other is in distress"),
    "o_warm": _("the other is warm or there"),
    "s_withdraw": _("the client goes away or shuts off"),
    "s_control": _("the client holds back"),
    "s_comply": _("the client gives in"),
    "s_helpless": _("the client can do nothing"),
    "s_oppose": _("the client goes against it"),
    "s_open": _("the client shows what is inside"),
    "s_help": _("the client looks after the other"),
    "s_confident": _("the client feels able"),
    "s_down": _("the client is let down or hurt"),
    "love": _("tenderness"),
    "joy": _("gladness"),
    "envy": _("envy"),
}
_FORM = {
    "S:laughs": _("a laugh"),
    "S:tears": _("tears"),
    "S:pause": _("a silence"),
    "S:pause_inside": _("a silence within the words"),
    "S:quote": _("somebody's words are repeated"),
}
# How a person came up, by whether the telling is of early years or of present life.
SPOKEN_OF = {
    "past": {
        "noun": _("%(label)s, named as “%(word)s”; the telling is of early years."),
        "name": _("%(label)s, named: “%(word)s”; the telling is of early years."),
        "pronoun": _("%(label)s, most likely meant by “%(word)s”; the telling is of early years."),
    },
    "present": {
        "noun": _("%(label)s, named as “%(word)s”; the telling is of present life."),
        "name": _("%(label)s, named: “%(word)s”; the telling is of present life."),
        "pronoun": _("%(label)s, most likely meant by “%(word)s”; the telling is of present life."),
    },
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


def quoting(what: str, words: str) -> Told:
    """A part of a sentence with the words that were heard."""
    return remembered(_("%(what)s (“%(words)s”)"), what=remembered(what), words=words)


def reason(scores: Scores, i: int, head: str, *, most: int = 3) -> Told:
    """One sentence for a turn: what was heard in it, and what stood just before or after."""
    views = scores.views
    parts: list[Told] = []
    used: set[str] = set()
    for name, _weight in scores.model.turn.reasons(scores.rows[i], head, most=40):
        place, _bar, key = name.partition("|")
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
            parts.append(quoting(words, quoted[0]) if quoted else remembered(words))
        elif place == "p" and i:
            parts.append(remembered(_("just before, %(what)s"), what=remembered(words)))
        elif place == "n":
            parts.append(remembered(_("in the answer, %(what)s"), what=remembered(words)))
        else:
            continue
        used.add(words)
        if len(parts) == most:
            break
    if not parts:
        parts = [remembered(_("the wording and its place in the hour are like coded examples"))]
    return chained(parts)


def reason_over(scores: Scores, first: int, last: int, families: Sequence[str], most: int = 2) -> Told | None:
    """One sentence for a span, from the families that matter to its construct; None where none of them spoke."""
    parts = []
    for family in families:
        for i in range(first, last + 1):
            words = heard(scores.views[i], [family], 1)
            if words and scores.views[i].speaker != "T":
                parts.append(quoting(FAMILY[family], words[0]))
                break
        if len(parts) == most:
            break
    return chained(parts) if parts else None
