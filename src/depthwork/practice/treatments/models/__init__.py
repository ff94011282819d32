"""One noun a file; this is the list."""

from depthwork.practice.treatments.models.alongside import Adjunct, Goal, GoalRating, LifeEvent
from depthwork.practice.treatments.models.client import Client
from depthwork.practice.treatments.models.consent import Consent, Unconfirmed
from depthwork.practice.treatments.models.frame import Break, Frame, FrameEvent
from depthwork.practice.treatments.models.handing import Handover, Leaving
from depthwork.practice.treatments.models.session import Session
from depthwork.practice.treatments.models.treatment import Ending, EndingBefore, FollowUp, Treatment

__all__ = [
    "Adjunct",
    "Break",
    "Client",
    "Consent",
    "Ending",
    "EndingBefore",
    "FollowUp",
    "Frame",
    "FrameEvent",
    "Goal",
    "GoalRating",
    "Handover",
    "Leaving",
    "LifeEvent",
    "Session",
    "Treatment",
    "Unconfirmed",
]
