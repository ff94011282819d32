"""One noun a file; this is the list."""

from depthwork.practice.treatments.models.client import Client
from depthwork.practice.treatments.models.frame import Break, Frame, FrameEvent
from depthwork.practice.treatments.models.session import Session
from depthwork.practice.treatments.models.treatment import Ending, FollowUp, Treatment

__all__ = ["Break", "Client", "Ending", "FollowUp", "Frame", "FrameEvent", "Session", "Treatment"]
