"""The one field family that holds clinical text: sealed in the database, open only while someone is unlocked."""

from __future__ import annotations

import json
import secrets
import uuid
from typing import Any, ClassVar

from django.core.exceptions import FieldError
from django.db import models

from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.errors import Locked
from depthwork.practice.vault.models import DataKey
from depthwork.practice.vault.unlocked import Unlocked, current

COUNT_ONE_IN = 1024  # writes under a key are counted by sampling: exact to half a percent where it matters


class Sealed:
    """A value as the database holds it. Printing it shows nothing."""

    __slots__ = ("blob",)

    def __init__(self, blob: bytes) -> None:
        self.blob = blob

    def __repr__(self) -> str:
        return "<sealed>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.blob == self.blob

    def __hash__(self) -> int:
        return hash(self.blob)


class SealedModel(models.Model):
    """A row with sealed fields: it knows its owner, its compartment and, if it can be burned, its item."""

    compartment: ClassVar[str]
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True

    def vault_owner(self) -> uuid.UUID:
        """Whose key seals this row: the client's id (a foreign key named `client`), unless a model says otherwise."""
        owner: uuid.UUID = self.client_id  # type: ignore[attr-defined]
        return owner

    @staticmethod
    def vault_filter(owner: uuid.UUID) -> dict[str, Any]:
        """Which rows are an owner's."""
        return {"client_id": owner}

    def vault_item(self) -> uuid.UUID | None:
        """The unit that burns together with this row, or None for a row that only its compartment's key seals."""
        return None


class _SealedAttribute:
    """Opens on reading, remembers the plain value on the instance, never writes it anywhere."""

    def __init__(self, field: SealedField) -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: type | None = None) -> Any:
        if row is None:
            return self
        name = self.field.attname
        if name not in row.__dict__:
            row.refresh_from_db(fields=[name])
        value = row.__dict__[name]
        if not isinstance(value, Sealed):
            return value
        opened: dict[Any, Any] = row.__dict__.setdefault("_opened", {})
        reader = current().person_id  # a lock, or another reader, between two readings opens anew
        if (name, reader) not in opened:
            opened[name, reader] = self.field.open_on(row, value)
        return opened[name, reader]

    def __set__(self, row: models.Model, value: Any) -> None:
        opened = row.__dict__.get("_opened", {})
        for key in [key for key in opened if key[0] == self.field.attname]:
            del opened[key]
        row.__dict__[self.field.attname] = value


class SealedField(models.BinaryField):  # type: ignore[type-arg]  # no parameters at run time
    """Common part of the sealed fields. `compartment` overrides the model's."""

    def __init__(self, *args: Any, compartment: str | None = None, **kwargs: Any) -> None:
        self.compartment = compartment
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs["editable"] = kwargs.get("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.compartment is not None:
            kwargs["compartment"] = self.compartment
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        setattr(cls, self.attname, _SealedAttribute(self))

    # What a value looks like as bytes; subclasses say.
    def to_bytes(self, value: Any) -> bytes:
        raise FieldError("a sealed field needs a kind: SealedText, SealedJSON or SealedBytes")

    def from_bytes(self, raw: bytes) -> Any:
        raise FieldError("a sealed field needs a kind: SealedText, SealedJSON or SealedBytes")

    def compartment_of(self, row_or_model: Any) -> str:
        """The compartment whose key seals this field."""
        return self.compartment or row_or_model.compartment

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def to_python(self, value: Any) -> Any:
        return value

    def open_on(self, row: Any, value: Sealed) -> Any:
        """The plain value of one row."""
        return self.open_value(
            value,
            owner=row.vault_owner(),
            row=row.pk,
            item=row.vault_item(),
            compartment=self.compartment_of(row),
        )

    def open_value(
        self,
        value: Sealed | None,
        *,
        owner: uuid.UUID,
        row: uuid.UUID,
        item: uuid.UUID | None = None,
        compartment: str | None = None,
    ) -> Any:
        """The plain value of a cell fetched by `values_list`: list pages need no model instances."""
        if value is None:
            return None
        unlocked, compartment = current(), compartment or self.compartment_of(self.model)
        if item is None:
            held, key = unlocked.key_named(owner, compartment, p.key_id_of(value.blob))
        else:
            held, key = unlocked.item_key(owner, item)
        return self.from_bytes(
            key.unseal(held.place_of(compartment, self.model._meta.db_table, row, self.attname), value.blob)
        )

    def seal_on(self, row: Any, value: Any) -> bytes:
        """The value as it goes to the database, bound to its row."""
        unlocked: Unlocked = current()
        unlocked.require_recovery()
        owner, compartment, item = row.vault_owner(), self.compartment_of(row), row.vault_item()
        if item is None:
            held, key = unlocked.living_key(owner, compartment)
        elif unlocked.has_item(owner, item):
            held, key = unlocked.item_key(owner, item)
        else:
            held, key = unlocked.make_item_key(owner, compartment, item)
        if item is None and secrets.randbelow(COUNT_ONE_IN) == 0:
            DataKey.objects.filter(id=held.data_key).update(writes=models.F("writes") + COUNT_ONE_IN)
        return key.seal(
            held.place_of(compartment, self.model._meta.db_table, row.pk, self.attname), self.to_bytes(value)
        )

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed):
            value = self.changed_in_place(model_instance, value)
        if value is None or isinstance(value, Sealed):
            return value
        blob = self.seal_on(model_instance, value)
        return Sealed(blob)

    def changed_in_place(self, row: Any, value: Sealed) -> Any:
        """The opened value if it was changed without being set: a list or dictionary must not lose it silently."""
        for (name, _reader), opened in row.__dict__.get("_opened", {}).items():
            if (
                name == self.attname
                and isinstance(opened, dict | list)
                and opened != self.open_on(row, value)
            ):
                return opened
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise FieldError(f"{self.name} is sealed: set it on the row and save the row")
        return super().get_db_prep_value(value.blob, connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(
                f"{self.name} is sealed: the database cannot search or sort it; open the rows and compare in memory"
            )
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: models.Model) -> str:
        raise Locked("a sealed field is not dumped; use the encrypted backup")


class SealedText(SealedField):
    """Clinical text."""

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def from_bytes(self, raw: bytes) -> str:
        return raw.decode()


class SealedJSON(SealedField):
    """A small structure of clinical values: answers, scores, attributes."""

    def to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def from_bytes(self, raw: bytes) -> Any:
        return json.loads(raw)


class SealedBytes(SealedField):
    """A file: a drawing, a recording of a song."""

    def to_bytes(self, value: Any) -> bytes:
        return bytes(value)

    def from_bytes(self, raw: bytes) -> bytes:
        return raw
