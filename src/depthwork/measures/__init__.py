"""Questionnaires as data: definitions, scoring, alerts.

from depthwork.measures import measure, score
score(measure("gad7"), [1, 2, 0, 1, 1, 0, 2]).scores["total"].band
"""

from depthwork.measures.answers import allowed_answers, checked
from depthwork.measures.library import ids, measure, measures, reviews_due, unverified
from depthwork.measures.model import (
    LEVELS,
    NA,
    REFUSED,
    Alert,
    Answer,
    Answers,
    Definition,
    Item,
    Label,
    MeasureError,
    Option,
    Result,
    Score,
    ScoreRule,
)
from depthwork.measures.scoring import alerts, asked, score
from depthwork.measures.texts import with_text

__all__ = [
    "LEVELS",
    "NA",
    "REFUSED",
    "Alert",
    "Answer",
    "Answers",
    "Definition",
    "Item",
    "Label",
    "MeasureError",
    "Option",
    "Result",
    "Score",
    "ScoreRule",
    "alerts",
    "allowed_answers",
    "asked",
    "checked",
    "ids",
    "measure",
    "measures",
    "reviews_due",
    "score",
    "unverified",
    "with_text",
]
