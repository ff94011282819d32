"""42 CFR Part 2: where substance use stands behind a paper, the notice is printed and a written yes is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from depthwork.practice.coverage.models import Plan
from depthwork.reports import blocks as b

# The short statement that 42 CFR 2.32(a) sets for a disclosure.
STATEMENT = _("42 CFR part 2 prohibits unauthorized use or disclosure of these records.")
NEEDS = _(
    "records of substance use stand behind this paper (42 CFR Part 2): it may go to a payer only with the client’s "
    "written consent, and its day and scope are not written into the plan"
)


@dataclass(frozen=True, slots=True)
class Part2:
    """Whether it applies to a paper, and the written consent as the plan has it."""

    applies: bool
    consent_on: str
    scope: str

    @property
    def is_allowed(self) -> bool:
        """Whether a paper may go to the payer."""
        return not self.applies or bool(self.consent_on and self.scope)

    def blocks(self) -> list[b.Block]:
        """The notice that goes with each disclosure, with the scope of the consent."""
        if not self.applies:
            return []
        words = str(STATEMENT)
        if self.consent_on and self.scope:
            words += "\n" + gettext("Written consent of %(day)s: %(scope)s") % {
                "day": self.consent_on,
                "scope": self.scope,
            }
        return [b.Notice(gettext("Substance use records"), words)]


def part2_of(
    *, is_programme: bool, codes: list[str], claims: dict[str, Any], plan: Plan | None, measures: bool = False
) -> Part2:
    """It applies in such a programme, where the plan says so, where a code F10 to F19 goes out, or such a score."""
    applies = (
        is_programme
        or measures
        or bool(plan is not None and claims.get("part2"))
        or any(code[:2] == "F1" for code in codes)
    )
    return Part2(applies, str(claims.get("part2_consent_on") or ""), str(claims.get("part2_scope") or ""))
