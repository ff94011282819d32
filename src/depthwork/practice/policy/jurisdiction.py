"""What the law of a place asks for, as far as the product acts on it. Never legal advice: a dated file to be checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from depthwork.practice.people.models import Practice
from depthwork.practice.policy.dated import Reference, Review, later, read_yaml, references_of, review_of

FOLDER = Path(__file__).parent / "places" / "jurisdictions"
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a record is kept: years after the last hour, and for who was a minor then, years after coming of age.

    The later of the two holds. Assumption: of a birth only the year is known, so that one comes of age on the last day
    of that year. Nothing is deleted by it.
    """

    years: int
    minor_years: int
    majority: int
    says: str
    sources: tuple[Reference, ...]

    def kept_until(self, last: date, *, born: int | None) -> date:
        """The first day on which a record need no longer be kept."""
        until = _years_after(last, self.years)
        if born is not None and last.year <= born + self.majority:
            until = max(until, date(born + self.majority + self.minor_years, 12, 31) + timedelta(days=1))
        return until


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return date(day.year + years, 3, 1)


@dataclass(frozen=True, slots=True)
class Profile:
    """One jurisdiction: what must be asked, whether the machine may propose, and who may read process notes.

    `client_may_ask` is yes, no or depends. `ask` lists the purposes of consent that are put to a client one by one.
    """

    id: str
    version: int
    name: str
    says: str
    review: Review
    sources: tuple[Reference, ...]
    ask: tuple[str, ...]
    notices: dict[str, str]
    cues_possible: bool
    cues_practice_wide: bool
    emotion_word_counts: bool
    client_may_ask: str
    notes_in_access_export: bool
    editor_line: str
    retention: Retention


def _said(folded: str) -> str:
    """A folded text on one line, in the language of whoever reads it later."""
    return later(" ".join(folded.split()))


def _retention(raw: dict[str, Any] | None, place: str) -> Retention:
    try:
        assert raw is not None
        years, minor, majority = (int(raw[name]) for name in ("years", "minor_years", "majority"))
        says = _said(raw["says"])
    except (AssertionError, KeyError, TypeError, ValueError):
        raise ValueError(f"{place}: retention names years, minor_years, majority and says") from None
    if not (0 < years <= 100 and 0 <= minor <= 100 and 0 < majority <= 30):
        raise ValueError(f"{place}: retention: years from 1 to 100, majority from 1 to 30")
    return Retention(years, minor, majority, says, references_of(raw["sources"], place))


@cache
def profile(id: str) -> Profile:
    """A profile by its id. An id that is not installed is read as the default: the careful one."""
    known = ids()
    name = id if id in known else DEFAULT
    place = f"jurisdictions/{name}.yaml"
    raw = read_yaml(FOLDER / f"{name}.yaml")
    cues, notes = raw["cues"], raw["process_notes"]
    if notes["client_may_ask"] not in ("yes", "no", "depends"):
        raise ValueError(f"{place}: process_notes.client_may_ask is yes, no or depends")
    return Profile(
        id=raw["id"],
        version=raw["version"],
        name=later(raw["name"]),
        says=_said(raw["says"]),
        review=review_of(raw["review"], place),
        sources=references_of(raw["sources"], place),
        ask=tuple(raw["ask"]),
        notices={key: _said(words) for key, words in (raw.get("notices") or {}).items()},
        cues_possible=cues["possible"],
        cues_practice_wide=cues["practice_wide"],
        emotion_word_counts=raw["counts"]["emotion_words"],
        client_may_ask=notes["client_may_ask"],
        notes_in_access_export=notes["in_access_export"],
        editor_line=_said(notes["editor_line"]),
        retention=_retention(raw.get("retention"), place),
    )


@cache
def ids() -> tuple[str, ...]:
    """The installed profiles, the default first."""
    found = sorted(file.stem for file in FOLDER.glob("*.yaml"))
    return (DEFAULT, *(name for name in found if name != DEFAULT))


_EURO = frozenset({
    "AT", "BE", "BG", "HR", "CY", "EE", "FI", "FR", "DE", "GR", "IE", "IT", "LV", "LT", "LU", "MT", "NL", "PT", "SK", "SI", "ES",
})  # fmt: skip
_UNION = _EURO | {"CZ", "DK", "HU", "PL", "RO", "SE"}
_CURRENCIES = {
    "GB": "GBP", "US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "CH": "CHF", "LI": "CHF", "SE": "SEK", "NO": "NOK",
    "DK": "DKK", "PL": "PLN", "CZ": "CZK", "HU": "HUF", "RO": "RON", "IS": "ISK", "IL": "ILS", "JP": "JPY", "KR": "KRW",
    "IN": "INR", "ZA": "ZAR", "BR": "BRL", "MX": "MXN", "AR": "ARS", "CL": "CLP", "CO": "COP", "UY": "UYU", "TR": "TRY",
    "SG": "SGD", "HK": "HKD", "UA": "UAH",
}  # fmt: skip
CURRENCIES = tuple(sorted({*_CURRENCIES.values(), "EUR"}))


def usual(country: str) -> tuple[str, str]:
    """The money and the profile with which a practice of that country begins; both can be chosen otherwise."""
    country = country.upper()
    law = {"GB": "uk", "US": "us"}.get(country, "eu" if country in _UNION else DEFAULT)
    return ("EUR" if country in _EURO else _CURRENCIES.get(country, "USD")), law


def profiles() -> tuple[Profile, ...]:
    """Every installed profile."""
    return tuple(profile(id) for id in ids())


def profile_of(practice: Practice) -> Profile:
    """The profile a practice has chosen."""
    return profile(practice.jurisdiction)
