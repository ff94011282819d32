"""What the law of a place asks for, as far as the product acts on it. Never legal advice: a dated file to be checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from depthwork.practice.people.models import Practice
from depthwork.practice.policy.dated import Reference, Review, later, read_yaml, references_of, review_of

FOLDER = Path(__file__).parent / "places" / "jurisdictions"
DEFAULT = "default"


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


def _said(folded: str) -> str:
    """A folded text on one line, in the language of whoever reads it later."""
    return later(" ".join(folded.split()))


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
