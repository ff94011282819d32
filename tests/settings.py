"""The practice's settings in a folder of the tests' own; nothing else differs but the cache."""

import os
import tempfile

os.environ["DEPTHWORK_HOME"] = tempfile.mkdtemp(prefix="depthwork-tests-")
os.environ.setdefault("DEPTHWORK_SECRET_KEY", "a secret of the tests, forty characters and a few more")

# The suite's own database. Workers of the test runner inherit it by this name; what the tests start
# (`depthwork init`, `demo`) does not, and uses the SQLite file of its own folder.
URL = os.environ.get("DATABASE_URL") or os.environ.get("TESTS_DATABASE_URL")
if URL:
    os.environ["DATABASE_URL"] = os.environ["TESTS_DATABASE_URL"] = URL

from depthwork.practice.config.settings import *  # noqa: E402, F403

os.environ.pop("DATABASE_URL", None)

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
WATCHES_MEMORY = False  # a thread of its own would outlive the test whose database it asks
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405
