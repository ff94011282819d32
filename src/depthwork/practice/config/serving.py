"""Serve the site on this machine: two workers of many threads, loopback unless told otherwise.

Two workers for two cores. The threads are for those who wait: while a passphrase is worked on, or stands in line for it
(`gate`), the others of the same worker go on turning pages.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

THREADS = 16


class _Site(BaseApplication):  # type: ignore[misc]
    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self.options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        from django.urls import get_resolver

        from depthwork.practice.config.wsgi import application

        # Every page's modules before the workers part: their first request need not read them, and they share them.
        assert get_resolver().url_patterns
        return application


def _each_minute(act: Callable[[], None]) -> None:
    from django.db import close_old_connections

    while True:
        time.sleep(60)
        try:
            act()
        except Exception as error:  # the next minute tries again; what failed is named, not what it held
            logging.getLogger(__name__).warning(f"the minute's work failed: {type(error).__name__}")
        finally:
            close_old_connections()


def serve_site(
    *,
    port: int,
    host: str = "127.0.0.1",
    workers: int = 2,
    each_minute: Callable[[], None] | None = None,
    at_the_end: Callable[[], object] | None = None,
) -> None:
    """Run until interrupted. Nothing of a request is logged.

    `each_minute` runs in each worker, so that one that dies takes nothing with it: it must bear being run twice.
    `at_the_end` runs once, when the last worker has gone.
    """

    def begin(worker: Any) -> None:
        if each_minute is not None:
            threading.Thread(target=_each_minute, args=(each_minute,), daemon=True).start()

    def end(arbiter: Any) -> None:
        if at_the_end is not None:
            at_the_end()

    _Site(
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "preload_app": True,
            "timeout": 60,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "worker_tmp_dir": None,
            "control_socket_disable": True,
            "post_worker_init": begin,
            "on_exit": end,
        }
    ).run()
