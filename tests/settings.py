"""The practice's settings in a folder of the tests' own; nothing else differs but the cache."""

import os
import tempfile

os.environ["DEPTHWORK_HOME"] = tempfile.mkdtemp(prefix="depthwork-tests-")
os.environ.setdefault("DEPTHWORK_SECRET_KEY", "a secret of the tests, forty characters and a few more")

from depthwork.practice.config.settings import *  # noqa: F403

# The suite's own database: what it starts (`depthwork init`, `demo`) uses the SQLite file of its own folder.
os.environ.pop("DATABASE_URL", None)

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405
