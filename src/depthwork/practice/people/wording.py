"""The practice's own word for the people it treats: client, or patient.

The interface is written with "client". In a practice that says "patient" every sentence of the interface goes
through a translation that differs in this one word, so that no page has to know of the choice. What people wrote
themselves never passes through it.
"""

from __future__ import annotations

import re

from django.utils import translation
from django.utils.translation import trans_real

PATIENT = "en-x-patient"
_CLIENT = re.compile(
    r"(?<!%\()\b([Cc])lient(s?)\b(?!\)[sd])"
)  # "%(client)s" is a place for a value, not a word


def as_patient(words: str) -> str:
    """A sentence of the interface with the other word."""
    return _CLIENT.sub(lambda m: f"{'P' if m[1] == 'C' else 'p'}atient{m[2]}", words)


class _Wording:
    """The English catalogue, read with another word. It calls itself English: dates and numbers stay as they are."""

    def __init__(self, base: trans_real.DjangoTranslation) -> None:
        self._base = base

    def gettext(self, message: str) -> str:
        return as_patient(self._base.gettext(message))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return as_patient(self._base.ngettext(singular, plural, number))

    def to_language(self) -> str:
        return "en"

    def language(self) -> str:
        return "en"


def wording(word: str, language: str) -> translation.override:
    """The interface in a practice's word, for as long as the block lasts. Other languages have words of their own."""
    if word != "patient" or not language.startswith("en"):
        return translation.override(translation.get_language())
    if PATIENT not in trans_real._translations:
        trans_real._translations[PATIENT] = _Wording(trans_real.translation("en"))
    return translation.override(PATIENT)
