"""The API and its rules: an address is declared together with the permission that it asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import URLPattern, path
from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError

import depthwork
from depthwork.practice.api.door import said
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.registry import Rule
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.unlocked import current

api = NinjaAPI(
    title="Depthwork",
    version=depthwork.__version__,
    description="Reads what a person of the practice may read, with the keys of their token.",
    docs_url=None,  # its page would come from another host
    openapi_url=None,  # served below, under a rule
    urls_namespace="api",
)
RULES: dict[str, Rule] = {}


class Said(Schema):
    """What went wrong, in words."""

    error: str


@api.exception_handler(ValidationError)
def _not_as_it_should_be(request: HttpRequest, error: ValidationError) -> Any:
    """Where, without what stood there: it may be a name."""
    where = sorted({str(part["loc"][-1]) for part in error.errors if part.get("loc")})
    return said(request, 422, {"where": where})


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, error: Http404) -> Any:
    return said(request, 404)


def read(
    address: str,
    permission: Permission,
    *,
    answer: Any,
    tag: str,
    of: Callable[..., Any] | None = None,
    reads: str | None = None,
    fhir: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an address that reads. `of` and `reads` are those of `policy.registry.rule`."""

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        name = view.__name__
        RULES[name] = Rule(permission, of, reads, needs_keys=True)
        wrong: Any = dict[str, Any] if fhir else Said
        statuses = dict.fromkeys((400, 401, 404, 422, 429), wrong)
        return api.get(
            address, response={200: answer, **statuses}, operation_id=name, by_alias=True, url_name=name, tags=[tag],
            summary=(view.__doc__ or "").partition("\n")[0],
            openapi_extra={"security": [{"token": []}]},
        )(view)  # fmt: skip

    return declare


def need(client: UUID, *compartments: str) -> None:
    """The keys at hand hold these compartments of a client, or it is as if nothing were there."""
    for compartment in compartments:
        if not current().held(client, compartment):
            raise NoKey("no key for this compartment")


def schema() -> dict[str, Any]:
    """The OpenAPI of every address."""
    made = dict(api.get_openapi_schema(path_prefix="/api/"))
    made.setdefault("components", {})["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return made


def urlpatterns() -> list[URLPattern]:
    """Django's routes, each view with its rule. The package's own pages (its root) are left out."""
    found = []
    for pattern in api.urls[0]:
        if pattern.name not in RULES:
            continue
        view = pattern.callback
        view.rule = RULES[pattern.name]
        found.append(path(f"api/{pattern.pattern}", view, name=pattern.name))
    return found
