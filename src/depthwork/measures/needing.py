"""Which answers need a person, and when: the alert rules of a questionnaire as lines that can be read.

The lines are made from the same rules that raise the alerts, so that what is published is what is done. `level` says
how soon somebody looks, not how grave an answer is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from depthwork.measures.model import Basis, Definition, Level
from depthwork.measures.rules import All, Any_, Compare, Condition, Missing, Not
from depthwork.wording import figure, gettext, gettext_noop

WHEN: Final[dict[Level, str]] = {
    "immediate": gettext_noop("at once"),
    "same_day": gettext_noop("the same day"),
    "next_session": gettext_noop("in the next hour"),
    "ask_in_session": gettext_noop("in the next hour"),
}
BASIS: Final[dict[Basis, str]] = {
    "source": gettext_noop("read in its source"),
    "computed": gettext_noop("calculated from stated inputs"),
    "unverified": gettext_noop("not yet read in its source"),
    "project_rule": gettext_noop("a choice of this program"),
    "default": gettext_noop("nothing is specified"),
}
_OPS: Final = {
    ">=": gettext_noop("%(answer)s or more"),
    "<=": gettext_noop("%(answer)s or less"),
    ">": gettext_noop("more than %(answer)s"),
    "<": gettext_noop("less than %(answer)s"),
    "==": "%(answer)s",
}
_MADE: Final = {
    "sum": gettext_noop("the sum of questions %(items)s"),
    "mean": gettext_noop("the mean of questions %(items)s"),
    "max": gettext_noop("the highest of questions %(items)s"),
    "count": gettext_noop("how many of questions %(items)s apply"),
}


@dataclass(frozen=True, slots=True)
class Need:
    """One rule: which question, which answer, when a person sees it, and on what that rests.

    `id` is the rule's own; "left_open" where it is the general one for open questions about danger.
    """

    id: str
    question: str
    answer: str
    when: str
    basis: str
    level: Level


def needs(definition: Definition, *, with_words: bool = False) -> tuple[Need, ...]:
    """The answers of a questionnaire that need a person, in the order of its rules.

    Parameters
    ----------
    definition : Definition
    with_words : bool
        Name questions and answers by their words, where the definition has them; otherwise by number.

    Returns
    -------
    tuple of Need
        Empty where no answer does. A question about danger that is left open counts too: it is asked about in the
        next hour, and is never a no.
    """
    said = _Words(definition, with_words)
    found = [
        Need(
            rule.id,
            said.questions(refs),
            said.answer(rule.when),
            gettext(WHEN[rule.level]),
            gettext(BASIS[rule.basis]),
            rule.level,
        )
        for rule in definition.alerts
        for refs in (tuple(dict.fromkeys(part.ref for part in _leaves(rule.when))),)
    ]
    told = {
        part.ref for rule in definition.alerts for part in _leaves(rule.when) if isinstance(part, Missing)
    }
    left = tuple(item.id for item in definition.risk_items if item.id not in told)
    if left:
        found.append(
            Need(
                "left_open",
                said.questions(left),
                gettext("no answer"),
                gettext(WHEN["ask_in_session"]),
                gettext(BASIS["project_rule"]),
                "ask_in_session",
            )
        )
    return tuple(found)


def _leaves(when: Condition) -> Iterator[Compare | Missing]:
    if isinstance(when, All | Any_):
        for part in when.parts:
            yield from _leaves(part)
    elif isinstance(when, Not):
        yield from _leaves(when.part)
    else:
        yield when


@dataclass(frozen=True, slots=True)
class _Words:
    definition: Definition
    with_words: bool

    def questions(self, refs: tuple[str, ...]) -> str:
        return "; ".join(self.where(ref) for ref in refs)

    def where(self, ref: str) -> str:
        item = next((one for one in self.definition.items if one.id == ref), None)
        if item is None:
            return self.score(ref)
        if self.with_words and item.text:
            return item.text
        return gettext("question %(n)s") % {"n": ref.removeprefix("q")}

    def score(self, ref: str) -> str:
        """A score by what it is made of: its name in the file is for machines."""
        rule = next((one for one in self.definition.scores if one.id == ref), None)
        if ref == "total":
            return gettext("the total")
        if rule is None or rule.method not in _MADE or not rule.items:
            return gettext("score %(name)s") % {"name": ref.replace("_", " ")}
        if len(rule.items) == 1:
            return self.where(rule.items[0])
        return gettext(_MADE[rule.method]) % {"items": _numbers(rule.items)}

    def answer(self, when: Condition) -> str:
        """The answers that a rule asks for; where it names several questions, with the question of each."""
        leaves = list(_leaves(when))
        if len(leaves) == 1 and not isinstance(when, Not):
            return self.one(leaves[0])
        if isinstance(when, Any_) and len({self.one(leaf) for leaf in leaves}) == 1:
            return gettext("for any of them: %(answer)s") % {"answer": self.one(leaves[0])}
        return self.whole(when)

    def whole(self, when: Condition) -> str:
        if isinstance(when, Not):
            return gettext("not so: %(answer)s") % {"answer": self.whole(when.part)}
        if isinstance(when, All | Any_):
            word = gettext("and") if isinstance(when, All) else gettext("or")
            return f" {word} ".join(self.whole(part) for part in when.parts)
        return f"{self.number(when.ref)}: {self.one(when)}"

    def number(self, ref: str) -> str:
        return _Words(self.definition, with_words=False).where(ref)

    def one(self, part: Compare | Missing) -> str:
        if isinstance(part, Missing):
            return gettext("no answer")
        item = next((one for one in self.definition.items if one.id == part.ref), None)
        options = item.options if item is not None and self.with_words else ()
        label = next((one.label for one in options if one.value == part.value), "")
        words = f"“{label}”" if label else figure(part.value)
        values = [one.value for one in item.options] if item is not None else []
        is_last = bool(values) and part.value == (max(values) if part.op == ">=" else min(values))
        return words if part.op in (">=", "<=") and is_last else gettext(_OPS[part.op]) % {"answer": words}


def _numbers(items: tuple[str, ...]) -> str:
    """Questions by their numbers: "1–4" where they follow each other, else "4, 6, 9"."""
    plain = [one.removeprefix("q") for one in items]
    ns = [int(one) for one in plain if one.isdigit()]
    if len(ns) == len(plain) > 2 and ns == list(range(ns[0], ns[0] + len(ns))):
        return f"{ns[0]}–{ns[-1]}"
    return ", ".join(plain)
