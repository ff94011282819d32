"""Errors speak to people in plain words and to the log in none of theirs."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from django.views.debug import ExceptionReporter


class QuietReporter(ExceptionReporter):
    """No local variables, no request body, no settings: where it broke, and nothing that was in it."""

    def get_traceback_data(self) -> dict[str, Any]:
        return {
            "exception_type": getattr(self.exc_type, "__name__", "Exception"),
            "frames": [],
            "unicode_hint": "",
        }

    def get_traceback_text(self) -> str:
        return quiet_traceback(self.tb, self.exc_type)

    def get_traceback_html(self) -> str:
        return "<pre>" + self.get_traceback_text() + "</pre>"


def quiet_traceback(tb: Any, exc_type: type[BaseException] | None) -> str:
    """File, line and function of each frame; no source line, no value, no message."""
    frames = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(tb)]
    return "\n".join([*frames, f"  {getattr(exc_type, '__name__', 'Exception')}"])


class QuietFormatter(logging.Formatter):
    """Level, logger and the fixed part of the message: arguments may hold a path or a word, so they stay out."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {str(record.msg)[:200]}"
        status = getattr(record, "status_code", None)
        if status is not None:
            line += f" [{status}]"
        if record.exc_info:
            line += "\n" + quiet_traceback(record.exc_info[2], record.exc_info[0])
        return line
