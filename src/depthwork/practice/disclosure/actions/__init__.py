"""Verbs of disclosure."""

from depthwork.practice.disclosure.actions.annotating import MarksTaken, take_in_annotations
from depthwork.practice.disclosure.actions.arriving import take_in_bundle, take_in_package
from depthwork.practice.disclosure.actions.giving import Given, give, may_give, seal
from depthwork.practice.disclosure.actions.joining import join_package
from depthwork.practice.disclosure.actions.releasing import give_release, revoke_release

__all__ = [
    "Given",
    "MarksTaken",
    "give",
    "give_release",
    "join_package",
    "may_give",
    "revoke_release",
    "seal",
    "take_in_annotations",
    "take_in_bundle",
    "take_in_package",
]
