"""A number that is not shown, with the reason a person can read."""

from __future__ import annotations

from dataclasses import dataclass

from depthwork.wording import ngettext


@dataclass(frozen=True, slots=True)
class Withheld:
    """Stands where a measure would stand when there is too little to say it on.

    `measure` is the key of the measure in the profile, `reason` a plain sentence without a full stop.
    """

    measure: str
    reason: str

    def as_dict(self) -> dict[str, str]:
        """The two fields, for JSON."""
        return {"measure": self.measure, "reason": self.reason}


FEWEST_FOR_A_RATE = 50


def too_few_words(measure: str, words: int, *, fewest: int = FEWEST_FOR_A_RATE) -> Withheld | None:
    """The reason for withholding a rate per 100 words, or None where there is enough to say it on."""
    return (
        Withheld(
            measure,
            ngettext("%(n)s word; %(least)s are needed", "%(n)s words; %(least)s are needed", words)
            % {"n": words, "least": fewest},
        )
        if words < fewest
        else None
    )
