"""Where a practice lives on disk, and its secret. Everything of one practice is under one folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def home() -> Path:
    """The practice's folder: `DEPTHWORK_HOME`, or `./.depthwork`."""
    return Path(os.environ.get("DEPTHWORK_HOME", ".depthwork")).absolute()


def secret_key(folder: Path) -> str:
    """The site's secret, made at the first start and readable by its owner alone."""
    if given := os.environ.get("DEPTHWORK_SECRET_KEY"):
        return given
    file = folder / "secret"
    if file.exists():
        return file.read_text().strip()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = secrets.token_urlsafe(64)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(key)
    return key
