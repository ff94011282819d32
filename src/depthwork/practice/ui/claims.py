"""What each number and each pattern claims, and what it does not. It stands folded beside the thing itself.

A measure's lines are made from its definition, so that a new one cannot come without them; a pattern's are written
here. `docs/methods` has assumptions, formula, source and judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from depthwork.measures import Definition, measure


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing: its name, what may be read from it, what may not."""

    name: Any
    claims: Any
    does_not: Any


PATTERNS: dict[str, Claim] = {
    "thread": Claim(
        _("The thread"),
        _("Which hours were held, late, missed or to come, and what stood beside them on the same days."),
        _("It does not say that one thing brought the other about. Two dates standing together are two dates."),
    ),
    "kept_lines": Claim(
        _("Kept lines"),
        _("What the clinician chose to keep of each hour, in the order of the hours."),
        _("It is no summary and no measure. What was not kept may have mattered more."),
    ),
    "core_theme": Claim(
        _("The pattern"),
        _("Which wish, response of the other and response of the self were confirmed most often, by number of told episodes."),
        _("It does not say that this is the client’s conflict, nor why it recurs. It counts what was told and what was marked; fewer than ten episodes are few."),
    ),
    "concordance": Claim(
        _("The concordance"),
        _("The confirmed lines themselves, side by side: then, now, here. Counter-examples are lines of the same rank."),
        _("Likeness on the page is the reader’s judgment. A column that is empty says that nothing was marked, not that nothing was there."),
    ),
    "triangles": Claim(
        _("The two triangles"),
        _("How many confirmed interpretations joined two corners, as the interpretations were worded."),
        _("They do not say that a link was right, nor that it was taken up. What the client joined alone is listed and never counted."),
    ),
    "parallels": Claim(
        _("Parallels"),
        _("Parts that were confirmed in more than one of then, now and here, with how alike the episodes are by their codes."),
        _("It does not prove transference. A reader who expects a likeness codes one; only blind codes say more."),
    ),
    "strain": Claim(
        _("Strain and repair"),
        _("Which hours hold a moment marked as withdrawal, confrontation or repair."),
        _("No marked strain does not mean that there was none, and a marked repair is the coder’s word for it."),
    ),
    "themes": Claim(
        _("Themes"),
        _("In how many hours a theme of one’s own was marked, the first and the last."),
        _("It is a label of the clinician’s, not a finding about the client; a theme nobody looked for is absent here."),
    ),
    "defenses": Claim(
        _("The ladder of defenses"),
        _("How the confirmed defenses spread over the levels of the hierarchy, and their weighted mean where there are enough."),
        _("It does not rate a person. A few defenses of one hour say little about a character, and a rise is not yet a change."),
    ),
    "dreams": Claim(
        _("The dreams"),
        _("What was told, in order, with the day before and the client’s own associations."),
        _("It interprets nothing. Elements that return are counted by their words."),
    ),
    "profile": Claim(
        _("The course of the hour"),
        _("Counts of words and silences: emotion and abstraction words, immediacy of language, who speaks, how alike the two voices are."),
        _("It does not say what was felt, nor whether the hour was good. Word lists miss irony, dialect and what was not said."),
    ),
    "alliance": Claim(
        _("Between us"),
        _("How the client answered four questions about the hour, against this client’s own usual range."),
        _("It is a check-in and no alliance scale. High answers can be politeness; a fall asks for a conversation and explains nothing."),
    ),
    "change": Claim(
        _("Reliable change"),
        _("Whether a score moved by more than the measure’s own unreliability explains, and whether it crossed a published cut-off."),
        _("It does not say why it moved, nor whether the person is well. One score stands for one day."),
    ),
    "sudden_gains": Claim(
        _("Sudden gains and losses"),
        _("Between which two hours a score moved far more than elsewhere, by the published criteria."),
        _("It does not say that the hour before brought it. With few answers a step is easily chance."),
    ),
    "follow_up": Claim(
        _("After the end"),
        _("Whether what had changed at the end still stood when the client was asked again."),
        _("Those who answer may differ from those who do not. It does not say what kept it."),
    ),
    "returning": Claim(
        _("Words that return"),
        _("Which of the client’s own words come back over several hours, those first that are most this client’s."),
        _("It does not say what a word stands for. A word can return because an hour asked for it, and what is never said does not return."),
    ),
    "sum": Claim(
        _("The practice in sum"),
        _("How the treatments that you may read began and ended, and how far the forms at both ends differ, in groups of five and more."),
        _("It compares no clinicians and does not say what brought the change. Who answered at the end may differ from who did not."),
    ),
    "agreement": Claim(
        _("Agreement between coders"),
        _("How far two people marked the same words in the same way, beyond what chance would do, with an interval."),
        _("Agreement is not truth. Two coders with one teacher can be wrong together."),
    ),
    "evidence": Claim(
        _("Evidence"),
        _("What trials found about groups of people on average, with interval, sign and caution."),
        _("It forecasts nothing for one client and ranks no therapy. Trials that were not published are not here."),
    ),
}  # fmt: skip

_DIRECTION = {
    "higher_worse": gettext_lazy("More points mean more of it."),
    "higher_better": gettext_lazy("More points are the better answer."),
}


def of_measure(definition: Definition) -> Claim:
    """A questionnaire's lines, from its definition."""
    name = gettext(definition.name).split(" (")[0]
    rule = definition.main_score
    if definition.recall:
        said = gettext("“%(name)s” as it was answered for the last %(recall)s.") % {
            "name": name,
            "recall": definition.recall.removeprefix("1 "),  # "the last year", not "the last 1 year"
        }
    else:
        said = gettext("“%(name)s” as it was answered on one day.") % {"name": name}
    if rule is not None and rule.range is not None:
        low, high = rule.range
        said += " " + gettext("In points from %(low)g to %(high)g.") % {"low": low, "high": high}
        said += f" {_DIRECTION[rule.direction]}" if rule.direction in _DIRECTION else ""
    if rule is not None and rule.cutoffs:
        said += " " + gettext("The cut-off is a convention of its authors, named beside it.")
    wrong = gettext(
        "It makes no diagnosis and says nothing about why. A score on the other side of a cut-off is neither"
        " illness nor health, and an answer can be politeness, haste or hope."
    )
    if "alliance" in definition.domains or definition.id.endswith("checkin"):
        wrong = gettext(
            "It does not measure the treatment’s worth or the therapist’s. An answer to the person who asks is"
            " part of the relation it asks about."
        )
    if definition.caution:
        wrong += f" {definition.caution}"
    if not definition.is_verified:
        wrong += " " + gettext("Its scoring key has not been read in its source yet.")
    return Claim(gettext(definition.name), said, wrong)


def claim_of(key: str) -> Claim:
    """The lines of a pattern or of a questionnaire, by its id."""
    return PATTERNS[key] if key in PATTERNS else of_measure(measure(key))
