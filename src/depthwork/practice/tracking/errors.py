"""What asking and answering refuses, in words for the person who asked. Never holds an answer."""


class TrackingError(ValueError):
    """An act that does not fit: what, and the mend."""


class Closed(TrackingError):
    """The form is sent, declined, taken back or past its time."""


class Elsewhere(TrackingError):
    """Someone else saved first; nothing was overwritten."""


class MoreRaised(TrackingError):
    """A further answer was raised after the page was read: it is read before anything is closed."""


class MayNotAsk(TrackingError):
    """A risk question may not go out between the hours now; `reasons` says why."""

    def __init__(self, message: str, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.reasons = reasons
