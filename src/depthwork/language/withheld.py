"""A number that is not shown, with the reason a person can read."""

from __future__ import annotations

from dataclasses import dataclass


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
