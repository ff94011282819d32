"""How commands speak: one JSON object, or one clear line of error."""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn

import click


def refuse(message: str) -> NoReturn:
    """One line on stderr (what, where, the mend), exit 2, no traceback."""
    click.echo(f"depthwork: {' '.join(message.split())}", err=True)
    sys.exit(2)


def print_json(value: Any) -> None:
    """Exactly one JSON value on stdout and nothing else; a NaN is a fault of ours, so it raises."""
    click.echo(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))
