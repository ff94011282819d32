"""A site with a route that has no rule does not start."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, register

from depthwork.practice.policy.registry import undeclared


@register("policy")
def every_route_has_a_rule(app_configs: Any, **kwargs: Any) -> list[Error]:
    return [
        Error(
            f"the route {route} has no rule",
            hint="Guard its view with policy.registry.rule(...).",
            id="policy.E001",
        )
        for route in undeclared()
    ]
