"""What in a process note may belong in the record instead: the list of 45 CFR 164.501, looked for by plain words.

A hint is a line to look at, nothing more: it is found by words, so it misses and it errs. It is worked out on the
page and kept nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

# Common names; a dose is found without them.
_MEDICINES = """
sertraline fluoxetine citalopram escitalopram paroxetine venlafaxine desvenlafaxine duloxetine mirtazapine bupropion
trazodone amitriptyline nortriptyline clomipramine lithium lamotrigine valproate carbamazepine quetiapine olanzapine
aripiprazole risperidone clozapine haloperidol diazepam lorazepam alprazolam clonazepam zopiclone zolpidem
methylphenidate lisdexamfetamine atomoxetine buspirone pregabalin gabapentin propranolol naltrexone methadone
buprenorphine esketamine zoloft prozac lexapro effexor wellbutrin xanax klonopin adderall vyvanse abilify seroquel
"""
_NAMES = frozenset(_MEDICINES.strip().lower().replace("\n", " ").split(" "))
_WORD = re.compile(r"[a-z]+")
_END = re.compile(r"[.!?]+(?=\s)|\n")


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(words) + r")\b", re.IGNORECASE)


# Part of the progress note, what it is in words, how it is told. The first that fits names the sentence.
_LIST = (
    (
        "medication",
        _("medication"),
        _any(r"\d{1,4} ?(?:mg|mcg|µg|milligrams?)", r"\d[.,]\d{1,3} ?mg"),
    ),
    (
        "modality",
        _("start and stop times"),
        _any(r"\d{1,2}[:.]\d\d ?(?:-|–|to|until|till) ?\d{1,2}[:.]\d\d"),
    ),
    (
        "modality",
        _("modality and frequency of treatment"),
        _any(
            r"(?:sessions?|therapy|treatment|hours) (?:once|twice|three times|weekly|fortnightly)",
            r"(?:weekly|fortnightly|twice[- ]weekly) (?:sessions?|therapy|treatment|hours)",
        ),
    ),
    (
        "state",
        _("result of a test"),
        _any(
            r"(?:PHQ|GAD|CORE|OQ|BDI|BAI|MADRS|HAM-?D|HDRS|AUDIT|PCL|MoCA|Y-?BOCS|WAI|DERS)[- ]?[A-Z0-9]{0,3}"
            r"[ :=]{1,3}(?:of |at |was |is |score )?\d{1,3}"
        ),
    ),
    (
        "state",
        _("diagnosis or prognosis"),
        _any(
            "diagnos(?:is|es|ed|tic)",
            r"DSM(?:-?(?:5|IV|V))?(?:-TR)?",
            "ICD-?1[01]",
            r"F\d\d\.\d{1,2}",
            "prognosis",
        ),
    ),
    (
        "state",
        _("symptoms or functioning in sum"),
        _any("symptoms?", "functional status", "signed off work", "progress to date", "in remission"),
    ),
    ("plan", _("treatment plan"), _any("treatment plan", "plan of treatment", "treatment goals?")),
)


@dataclass(frozen=True, slots=True)
class Hint:
    """A sentence that may belong in the record: where it stands, what it seems to be, and where it would go."""

    part: str
    what: str
    start: int
    end: int
    words: str


def hints_for(text: str) -> list[Hint]:
    """The sentences of a note that name something of the list, in order; at most six, to stay quiet."""
    found, start = [], 0
    for end in [*(stop.end() for stop in _END.finditer(text)), len(text)]:
        words = text[start:end]
        names_medicine = not _NAMES.isdisjoint(_WORD.findall(words.lower()))
        for part, what, told in _LIST:
            if (part == "medication" and names_medicine) or told.search(words):
                first = start + len(words) - len(words.lstrip())
                found.append(Hint(part, str(what), first, first + len(words.strip()), words.strip()))
                break
        if len(found) == 6:
            break
        start = end
    return found
