"""Returning subjects in the clinician's own words, and moments that were hard to say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from depthwork.patterns.hours import Line, Treatment, line_of
from depthwork.process.resistance import moments


@dataclass(frozen=True, slots=True)
class Theme:
    """A subject with the hours it stands in; `hours_counted` are those read whole."""

    label: str
    hours: tuple[int, ...]
    hours_counted: int
    of: int
    lines: tuple[Line, ...]

    @property
    def first(self) -> int:
        """The hour in which it was first marked."""
        return self.hours[0]

    @property
    def last(self) -> int:
        """The hour in which it was last marked."""
        return self.hours[-1]


@dataclass(frozen=True, slots=True)
class HardToSay:
    """The moments of one code over the treatment. Codes are never added together."""

    code: str
    name: str
    lines: tuple[Line, ...]


def themes(treatment: Treatment) -> tuple[Theme, ...]:
    """Themes by the number of hours they return in; those of one hour only come last.

    Labels that differ in case or spacing only are one theme, shown as it was written most often.
    """
    lines: dict[str, list[Line]] = {}
    spelled: dict[str, Counter[str]] = {}
    for hour, marks in treatment.each():
        for mark in marks:
            if mark.construct == "theme":
                label = " ".join(str(mark.attributes.get("label") or mark.code.replace("_", " ")).split())
                key = label.casefold()
                lines.setdefault(key, []).append(line_of(hour, mark))
                spelled.setdefault(key, Counter())[label] += 1
    found = [
        Theme(
            label=spelled[key].most_common(1)[0][0],
            hours=tuple(sorted({line.hour for line in given})),
            hours_counted=len({line.hour for line in given if line.counted}),
            of=treatment.n_counted,
            lines=tuple(given),
        )
        for key, given in lines.items()
    ]
    found.sort(key=lambda t: (-len(t.hours), t.first, t.label))
    return tuple(found)


def hard_to_say(treatment: Treatment) -> tuple[HardToSay, ...]:
    """Marked moments by code, each with its lines in order; a list, never a score."""
    lines: dict[str, list[Line]] = {}
    names: dict[str, str] = {}
    for hour, marks in treatment.each():
        for moment in moments(marks):
            lines.setdefault(moment.mark.code, []).append(line_of(hour, moment.mark))
            names[moment.mark.code] = moment.name
    return tuple(HardToSay(code, names[code], tuple(given)) for code, given in lines.items())
