"""The sheet being filled in: read and written under the link's token, or under the record's key."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from depthwork.measures import Definition
from depthwork.practice.config import rows
from depthwork.practice.tracking.models import Request
from depthwork.practice.tracking.queries.own_text import form_of
from depthwork.practice.vault.errors import Tampered
from depthwork.practice.vault.tokens import open_by_token, seal_by_token, token_name


@dataclass(slots=True)
class Sheet:
    """A request with what it asks and what is answered so far."""

    request: Request
    told: dict[str, Any]
    answers: dict[str, Any] = field(default_factory=dict)
    raised: list[dict[str, Any]] = field(default_factory=list)
    token: str | None = None
    _form: Definition | None = None

    @property
    def definition(self) -> Definition:
        """The form as it stands today."""
        if self._form is None:
            self._form = form_of(self.request.client.practice_id, str(self.told["measure"]))
        return self._form

    @property
    def changed_since_asked(self) -> bool:
        """Whether the wording or the key is another one than when it was asked."""
        return bool(self.told.get("hash")) and self.definition.hash != self.told["hash"]

    @property
    def left_out(self) -> tuple[str, ...]:
        """Items that are asked in the hour instead."""
        return tuple(self.told.get("left_out") or ())


def sealed_told(token: str, request: Request, told: dict[str, Any]) -> bytes:
    """What the link's holder is told, for the request's row."""
    return seal_by_token(token, owner=request.client_id, row=request.id, field="told", raw=_bytes(told))


def _bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def request_by_token(token: str) -> Request | None:
    """The request a link belongs to."""
    name = token_name(token)
    if name is None:
        return None
    rows.enter_by("form", name)
    return Request.objects.select_related("client__practice").filter(token_name=name).first()


def sheet_by_token(request_id: UUID, token: str, *, lock: bool = False) -> Sheet | None:
    """The sheet of a link, or None where the two do not belong together. With `lock`, its row is held."""
    name = token_name(token)
    if name is None:
        return None
    rows.enter_by("form", name)
    found = Request.objects.select_for_update(of=("self",)) if lock else Request.objects.all()
    request = found.select_related("client__practice").filter(id=request_id, token_name=name).first()
    if request is None or request.told is None:
        return None
    owner, row = request.client_id, request.id
    try:
        told = json.loads(open_by_token(token, owner=owner, row=row, field="told", blob=request.told))
        draft = {}
        if request.draft is not None:
            draft = json.loads(open_by_token(token, owner=owner, row=row, field="draft", blob=request.draft))
    except Tampered:
        return None
    return Sheet(request, told, draft.get("answers") or {}, draft.get("raised") or [], token)


def sheet_by_key(request: Request) -> Sheet:
    """The sheet of someone who holds the record's key."""
    draft = request.kept_draft or {}
    return Sheet(request, dict(request.what or {}), draft.get("answers") or {}, draft.get("raised") or [])


def keep(sheet: Sheet, *, at: datetime) -> None:
    """Write the sheet as it stands."""
    request, draft = sheet.request, {"answers": sheet.answers, "raised": sheet.raised}
    request.saved_at = at
    if sheet.token is None:
        request.kept_draft = draft
        request.save(update_fields=["kept_draft", "saved_at"])
    else:
        request.draft = seal_by_token(
            sheet.token, owner=request.client_id, row=request.id, field="draft", raw=_bytes(draft)
        )
        request.save(update_fields=["draft", "saved_at"])
