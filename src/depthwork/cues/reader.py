"""The engine that ships: offline, numpy only, from word families and small trained models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from depthwork.cues import acts
from depthwork.cues.danger import passages
from depthwork.cues.engine import Cue, cue_at, without_overlap
from depthwork.cues.model import load, sigmoid
from depthwork.cues.moves import dreams_told, strains_owned
from depthwork.cues.people import Person
from depthwork.cues.reasons import SPOKEN_OF, reason, reason_over
from depthwork.cues.scores import SPHERES, Scores
from depthwork.cues.turns import YOU_WORDS, View, describe
from depthwork.cues.vertices import CONFLICTS, PERSONS, vertices
from depthwork.transcripts.model import Transcript
from depthwork.wording import Told, remembered
from depthwork.wording import gettext_noop as _

LEVELS = {
    **dict.fromkeys(("passive_aggression", "help_rejecting_complaining", "acting_out"), 1),
    **dict.fromkeys(("splitting_of_self_image", "splitting_of_others_image", "projective_identification"), 2),
    **dict.fromkeys(("denial", "rationalization", "projection", "autistic_fantasy"), 3),
    **dict.fromkeys(("devaluation_of_self", "devaluation_of_other", "idealization_of_self"), 4),
    **dict.fromkeys(("idealization_of_other", "omnipotence"), 4),
    **dict.fromkeys(("repression", "dissociation", "reaction_formation", "displacement"), 5),
    **dict.fromkeys(("isolation_of_affect", "intellectualization", "undoing"), 6),
    **dict.fromkeys(("affiliation", "altruism", "anticipation", "humor", "self_assertion"), 7),
    **dict.fromkeys(("self_observation", "sublimation", "suppression"), 7),
}
_OTHER = (
    "o_distant",
    "o_reject",
    "o_critical",
    "o_control",
    "o_hurt",
    "o_unreliable",
    "o_needy",
    "o_warm",
    "other_says",
)
_SELF = (
    "s_down",
    "s_withdraw",
    "s_control",
    "s_comply",
    "s_helpless",
    "s_oppose",
    "s_open",
    "s_help",
    "s_confident",
)
_WISH = ("longing", "love", "wants_said")


# How often the coding of the development excerpts agrees with what the order of moves says.
ANNOUNCED, OWNED = 0.85, 0.65
SOUNDS_DREAMT = 0.3


@dataclass(frozen=True, slots=True)
class Least:
    """From what chance on a cue is shown; chosen on the development excerpts."""

    figure: float = 0.40
    episode: float = 0.30
    defense: float = 0.28
    rupture: float = 0.50
    interpretation: float = 0.45
    dream: float = 0.40
    alarm: float = -3.0  # log odds: to miss little counts for more than to be right
    alarm_in_notes: float = -2.5  # from here down to -3 a note gives nothing but false ones


class Reader:
    """The default engine."""

    name = "depthwork"
    version = "4"

    def __init__(self, least: Least | None = None):
        self.least = least or Least()

    def propose(self, transcript: Transcript) -> list[Cue]:
        """Cues of one hour, in order of place."""
        if not transcript.turns or not transcript.text.strip():
            return []
        return self.propose_from(transcript, Scores(load(), describe(transcript)))

    def propose_from(self, transcript: Transcript, scores: Scores) -> list[Cue]:
        """Cues from scores already made."""
        cues = [
            *passages(
                transcript,
                scores.views,
                scores.alarming(self.least.alarm, self.least.alarm_in_notes),
                scores.signs,
            ),
            *self._figures(transcript, scores),
            *self._episodes(transcript, scores),
            *self._defenses(transcript, scores),
            *self._ruptures(transcript, scores),
            *self._interpretations(transcript, scores),
            *self._dreams(transcript, scores),
        ]
        return without_overlap(cues)

    def _figures(self, transcript: Transcript, scores: Scores) -> list[Cue]:
        chances = np.stack(
            [scores.chance(f"fig_{s}", scores.figures[:, k]) for k, s in enumerate(SPHERES)], axis=1
        )
        cues = []
        lately: dict[str, Person] = {}
        for i, view in enumerate(scores.views):
            meant = [s for k, s in enumerate(SPHERES) if chances[i, k] >= self.least.figure]
            for sphere in meant:
                chance = float(chances[i, SPHERES.index(sphere)])
                if sphere == "therapist":
                    cues.append(self._therapist(transcript, view, chance))
                    continue
                own = [
                    m
                    for m in view.mentions
                    if m.sphere == sphere or len([x for x in meant if x != "therapist"]) == 1
                ]
                seen: dict[int, tuple[int, int, str, Person]] = {}
                for m in own:
                    seen.setdefault(id(m.person), (m.start, m.end, m.how, m.person))
                if not seen and sphere in lately:
                    cues.append(
                        cue_at(
                            transcript,
                            "figure",
                            lately[sphere].kind,
                            (i, i),
                            why=remembered(_("The talk stays with %(label)s."), label=lately[sphere].label),
                            confidence=chance,
                            attributes={"label": lately[sphere].label, "sphere": sphere},
                        )
                    )
                for start, end, how, person in seen.values():
                    word = view.reading.text[start:end]
                    words = SPOKEN_OF["past" if sphere == "past" else "present"][how]
                    label = person.label if person.label != "someone" else "(unnamed)"
                    cues.append(
                        cue_at(
                            transcript,
                            "figure",
                            person.kind,
                            (i, i),
                            within=(start, end),
                            why=remembered(words, label=label[0].upper() + label[1:], word=word),
                            confidence=chance,
                            attributes={"label": label, "sphere": sphere},
                        )
                    )
                    lately[sphere] = person
        return cues

    def _therapist(self, transcript: Transcript, view: View, chance: float) -> Cue:
        wanted = {"me", "i", "i'm", "my", "i'd"} if view.speaker != "C" else YOU_WORDS
        at = next(((t.start, t.end) for t in view.reading.tokens if t.word in wanted and not t.quoted), None)
        return cue_at(
            transcript,
            "figure",
            "this_therapist",
            (view.index, view.index),
            within=at,
            why=remembered(_("The relation between the two in the room is spoken of.")),
            confidence=chance,
            attributes={"label": "therapist", "sphere": "therapist"},
        )

    def _episodes(self, transcript: Transcript, scores: Scores) -> list[Cue]:
        cues = []
        for (first, last), chance in scores.spans_with("episode", self.least.episode):
            held = scores.span(first, last)
            weight = sigmoid(scores.figures[first : last + 1]).mean(axis=0)
            told = held.among("sphere")
            sphere = max(SPHERES, key=lambda s: float(weight[SPHERES.index(s)]) + 0.6 * told[s])
            person = _main(scores.views[first : last + 1], sphere)
            label = "therapist" if sphere == "therapist" else person.label if person else "(unnamed)"
            label = "(unnamed)" if label == "someone" else label
            kind = "this_therapist" if sphere == "therapist" else person.kind if person else "other_figure"
            why = reason_over(scores, first, last, (*_OTHER, *_SELF), most=2)
            cues.append(
                cue_at(
                    transcript,
                    "episode",
                    kind,
                    (first, last),
                    confidence=chance,
                    why=_with_why(_("A told or lived exchange with %(label)s."), why, label=label),
                    attributes={"figure": label, "sphere": sphere},
                )
            )
            for construct, prefix, families in (
                ("wish", "wish", _WISH),
                ("response_of_other", "ro", _OTHER),
                ("response_of_self", "rs", _SELF),
            ):
                chances = held.each(prefix)
                code = max(chances, key=lambda c: (chances[c], c))
                attributes = {}
                if prefix != "wish":
                    polarity = held.among(f"{prefix}_polarity")
                    attributes = {"polarity": max(polarity, key=lambda p: (polarity[p], p))}
                i = _where(scores.views, first, last, families)
                told_by = reason_over(scores, i, i, families) or remembered(
                    _("Taken from the exchange as a whole.")
                )
                cues.append(
                    cue_at(
                        transcript,
                        construct,
                        code,
                        (i, i),
                        confidence=chance * chances[code],
                        why=told_by,
                        attributes=attributes,
                    )
                )
        return cues

    def _defenses(self, transcript: Transcript, scores: Scores) -> list[Cue]:
        cues = []
        chances = scores.turns_with("defense")
        for i, view in enumerate(scores.views):
            if view.speaker == "T" or chances[i] < self.least.defense:
                continue
            code, sure = name_defense(scores, i)
            cues.append(
                cue_at(
                    transcript,
                    "defense",
                    code,
                    (i, i),
                    confidence=float(chances[i]),
                    why=reason(scores, i, f"code:{code}" if sure > 0.3 else "defense"),
                    attributes={"level": LEVELS[code]},
                )
            )
        return cues

    def _ruptures(self, transcript: Transcript, scores: Scores) -> list[Cue]:
        cues = []
        for kind, (first, last), chance in self._strains(scores):
            families = (
                ("short_shut", "agree_flat", "story_away", "hopeless", "theory", "not_bothered")
                if kind == "withdrawal"
                else ("complain_therapy", "to_therapist", "put_down_other", "anger")
            )
            held = scores.span(first, last)
            markers = {m: p for m, p in held.among("marker").items() if m.startswith(kind)}
            repaired = held.among("repaired").get("true", 0.0) >= 0.5
            why = reason_over(scores, first, last, families) or reason(scores, first, kind)
            moves = (
                _("The client may be moving away from the work.")
                if kind == "withdrawal"
                else _("The client may be moving against the work.")
            )
            cues.append(
                cue_at(
                    transcript,
                    f"rupture_{kind}",
                    max(markers, key=lambda m: (markers[m], m)),
                    (first, last),
                    confidence=chance,
                    attributes={"repaired": repaired},
                    why=_with_why(moves, why),
                )
            )
            cues.extend(acts.repairs(transcript, scores.views, first, last, chance))
        return cues

    def _strains(self, scores: Scores) -> list[tuple[str, tuple[int, int], float]]:
        """Strains by what the therapist owns afterwards, then by the model where it is sure."""
        found: list[tuple[str, tuple[int, int], float]] = []
        for first, last in strains_owned(scores.views):
            own = [i for i in range(first, last + 1) if scores.views[i].speaker != "T"]
            weight = {k: float(sigmoid(scores.column(k)[own]).sum()) for k in ("withdrawal", "confrontation")}
            found.append((max(weight, key=lambda k: weight[k]), (first, last), OWNED))
        for kind in ("withdrawal", "confrontation"):
            for (first, last), chance in scores.spans_with(kind, self.least.rupture):
                if all(last < a or first > b for _, (a, b), _ in found):
                    found.append((kind, (first, last), chance))
        return sorted(found, key=lambda strain: strain[1])

    def _interpretations(self, transcript: Transcript, scores: Scores) -> list[Cue]:
        cues = []
        chances = scores.turns_with("interpretation")
        for i, view in enumerate(scores.views):
            if view.speaker == "C":
                continue
            if chances[i] < self.least.interpretation:
                cues.extend(acts.other_acts(transcript, scores.views, i))
                continue
            held = vertices(scores.model, scores.views, i)
            person = [p for p in PERSONS if held[f"person:{p}"] + scores.figures[i, SPHERES.index(p)] >= 0]
            conflict = [c for c in CONFLICTS if held[f"conflict:{c}"] >= 0]
            if not person and not conflict:
                conflict = ["defense"]
            code = (
                "interpretation_transference"
                if "therapist" in person
                else "interpretation_genetic"
                if "past" in person
                else "interpretation_defense"
                if "defense" in conflict
                else "interpretation_other"
            )
            cues.append(
                cue_at(
                    transcript,
                    "intervention",
                    code,
                    (i, i),
                    confidence=float(chances[i]),
                    why=reason(scores, i, "interpretation"),
                    attributes={"person": person, "conflict": conflict},
                )
            )
        return cues

    def _dreams(self, transcript: Transcript, scores: Scores) -> list[Cue]:
        # "I've a dream of a kitchen" announces too: in an hour some turn must also sound like a dream. Notes are too terse.
        told = [
            ((first, last), ANNOUNCED)
            for first, last in dreams_told(scores.views)
            if scores.views[first].speaker == "N"
            or sigmoid(scores.column("dream")[first : last + 1]).max() >= SOUNDS_DREAMT
        ]
        for (first, last), chance in scores.spans_with("dream", self.least.dream):
            if all(last < a or first > b for (a, b), _ in told):
                told.append(((first, last), chance))
        cues = []
        for (first, last), chance in sorted(told):
            why = reason_over(scores, max(0, first - 1), last, ("dream_open", "dream_scene"))
            cues.append(
                cue_at(
                    transcript,
                    "dream",
                    "dream_report",
                    (first, last),
                    confidence=chance,
                    why=_with_why(_("A dream seems to be told here."), why),
                )
            )
        return cues


def _with_why(words: str, why: Told | None, **values: object) -> Told:
    """A sentence, and the one that gives its reason where there is one."""
    first = remembered(words, **values)
    return first if why is None else remembered(_("%(first)s %(then)s"), first=first, then=why)


def name_defense(scores: Scores, i: int) -> tuple[str, float]:
    """The code for a turn held to carry a defense, and how likely it is.

    A third by the code itself and the rest by being within one level of the truth: a near miss in level
    costs a clinician less than a far one.
    """
    codes, levels = scores.among("code", i), scores.among("level", i)
    by_level = {n: 0.7 * levels.get(str(n), 0.0) for n in range(1, 8)}
    for code, chance in codes.items():
        by_level[LEVELS[code]] += 0.3 * chance
    near = {n: sum(by_level.get(m, 0.0) for m in (n - 1, n, n + 1)) for n in by_level}
    code = max(codes, key=lambda c: (0.35 * codes[c] + 0.65 * near[LEVELS[c]], c))
    return code, codes[code]


def _main(views: Sequence[View], sphere: str) -> Person | None:
    counts: Counter[int] = Counter()
    people: dict[int, Person] = {}
    for view in views:
        for m in view.mentions:
            counts[id(m.person)] += 2 if m.sphere == sphere else 1
            people[id(m.person)] = m.person
    return people[counts.most_common(1)[0][0]] if counts else None


def _where(views: Sequence[View], first: int, last: int, families: Sequence[str]) -> int:
    """The client's turn in a span that holds most of the given families; the first one if none."""
    own = [i for i in range(first, last + 1) if views[i].speaker != "T"] or [first]
    return max(own, key=lambda i: (sum(name in families for name, _, _ in views[i].hits), -i))
