"""One noun a file; this is the list."""

from depthwork.practice.tracking.models.alert import Alert, Assessment
from depthwork.practice.tracking.models.own_text import OwnText
from depthwork.practice.tracking.models.request import Request
from depthwork.practice.tracking.models.response import Response, Score
from depthwork.practice.tracking.models.schedule import Schedule
from depthwork.practice.tracking.models.watch import CoverTest, Deputy, Watch

__all__ = [
    "Alert",
    "Assessment",
    "CoverTest",
    "Deputy",
    "OwnText",
    "Request",
    "Response",
    "Schedule",
    "Score",
    "Watch",
]
