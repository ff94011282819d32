"""Serve the site on this machine: two sync workers, loopback unless told otherwise."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication


class _Site(BaseApplication):  # type: ignore[misc]
    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self.options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        from depthwork.practice.config.wsgi import application

        return application


def serve_site(*, port: int, host: str = "127.0.0.1", workers: int = 2) -> None:
    """Run until interrupted. Nothing of a request is logged."""
    _Site(
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "worker_class": "sync",
            "preload_app": True,
            "timeout": 60,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "worker_tmp_dir": None,
            "control_socket_disable": True,
        }
    ).run()
