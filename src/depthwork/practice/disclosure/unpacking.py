"""A case package becomes rows: all of it in one transaction, or none."""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError, OperationalError, connection, models
from django.utils.translation import gettext as _

from depthwork.interchange.case_package import CasePackage
from depthwork.practice.disclosure import carried
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.values import inward
from depthwork.practice.people.models import ELSEWHERE, Person, Practice
from depthwork.practice.supervision.models import next_number
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.vault.fields import Sealed, SealedField, SealedModel
from depthwork.practice.vault.models import DataKey, ItemKey, Tombstone
from depthwork.practice.vault.unlocked import current

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
BATCH = 200


@dataclass(frozen=True, slots=True)
class Ids:
    """What each id of the package is called here. Kept wherever all of them are free; else all made anew."""

    kept: bool
    new: dict[str, str]

    def of(self, value: UUID) -> UUID:
        """A row's or a person's id here."""
        return UUID(self.new.get(str(value), str(value)))

    def within(self, value: Any) -> Any:
        """A sealed structure in which ids of the package are named."""
        if not self.new:
            return value
        if isinstance(value, dict):
            return {self.within(k): self.within(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.within(one) for one in value]
        if isinstance(value, str) and len(value) < 200:
            return _ID.sub(lambda found: self.new.get(found[0], found[0]), value)
        return value


class Taken(DisclosureError):
    """Rows that clash, perhaps with an id that these eyes do not see: in another practice behind its wall."""


def ids_for(package: CasePackage, practice: Practice, *, all_anew: bool = False) -> Ids:
    """The rule for ids: kept where every one is free here; else new ones, the same for the same package and practice.

    A client who stands in this practice already is refused: a treatment is not taken in twice.
    """
    here = Client.objects.filter(id=package.about["client"]).values_list("practice_id", flat=True).first()
    names = only_once(package)
    space = uuid.uuid5(practice.id, str(package.about["treatment"]))
    fresh = living_space(space, str(package.about["client"]))
    anew = {name: str(uuid.uuid5(fresh, name)) for name in names}
    if here == practice.id or Client.objects.filter(id=anew.get(str(package.about["client"]))).exists():
        raise DisclosureError(
            _(
                "this client stands in this practice already: whoever treats them takes a further course in by choosing them beside the file; nothing was taken in"
            )
        )
    is_free = (
        not all_anew
        and here is None
        and not any(
            (
                DataKey.objects.filter(owner=package.about["client"]).exists(),
                Tombstone.objects.filter(owner=package.about["client"]).exists(),
                *(any_there(label, rows) for label, rows in package.rows.items()),
            )
        )
    )
    people = strangers(package, practice, space, all_anew=all_anew)
    return Ids(is_free, people if is_free else {**anew, **people})


def living_space(space: UUID, client: str) -> UUID:
    """The space of new ids in which this client was not erased here: a backup that is restored destroys again whatever
    bears the id of somebody erased, also if they have come back since."""
    found, times = space, 0
    while True:
        id = uuid.uuid5(found, client)
        if Client.objects.filter(id=id).exists() or not Tombstone.objects.filter(owner=id).exists():
            return found
        times += 1
        found = uuid.uuid5(space, str(times))


def only_once(package: CasePackage) -> list[str]:
    """Every id of a package; refused where one cannot be read or stands twice."""
    names = [str(row["id"]) for rows in package.rows.values() for row in rows]
    if len(set(names)) != len(names):
        raise DisclosureError(_("an id stands in the package twice; ask for it again"))
    if not all(_ID.fullmatch(name) for name in names):
        raise DisclosureError(_("an id in the package cannot be read; ask for it again"))
    return names


def any_there(label: str, rows: Any) -> bool:
    """Whether a row of these ids stands here, or a key of a text under one."""
    ids = [row["id"] for row in rows]
    manager = carried.model_of(label)._default_manager
    parts = (ids[at : at + 500] for at in range(0, len(ids), 500))
    if label == "sources.source":
        some = ids[:30_000]
        if ItemKey.objects.filter(item__in=some).exists() or Tombstone.objects.filter(item__in=some).exists():
            return True
    return any(manager.filter(pk__in=part).exists() for part in parts)


def strangers(package: CasePackage, practice: Practice, space: UUID, *, all_anew: bool) -> dict[str, str]:
    """People of the sending practice keep their id here if it is free or theirs; else they get another."""
    ids = [str(one["id"]) for one in package.about["people"]]
    there = dict(Person.objects.filter(id__in=ids).values_list("id", "practice_id"))
    otherwise = None if all_anew else practice.id
    return {one: str(uuid.uuid5(space, one)) for one in ids if there.get(UUID(one), otherwise) != practice.id}


def write_rows(
    package: CasePackage, ids: Ids, *, by: Person, standing: Mapping[str, set[UUID]] | None = None
) -> Treatment:
    """Every row of the package, sealed to its client's keys here. The caller's transaction holds it all.

    `standing` names rows that stand here already and may be named by a row of the package.
    """
    _write_people(package, ids, by)
    taken: dict[str, set[UUID]] = {}
    standing = standing or {}
    files = {**package.files}
    clinician = ids.of(_treating(package))
    unlocked = current()
    try:
        for label in carried.TRAVELS:
            rows = package.rows.get(label, ())
            taken[label] = set(standing.get(label, ()))
            if not rows:
                continue
            model = carried.model_of(label)
            if is_under_item_keys(model):
                # Keys of texts that were made a moment ago are then asked for once for all rows, not once for each.
                unlocked.forget()
            made = [_row(model, dict(row), ids, files, taken, by, clinician) for row in rows]
            taken[label] |= {row.id for row in made}
            insert(model, made)
    finally:
        unlocked.forget()  # undone, such a key would be remembered that no row holds
    return Treatment.objects.select_related("client__practice", "clinician").get(
        id=ids.of(UUID(str(package.about["treatment"])))
    )


def is_under_item_keys(model: type[models.Model]) -> bool:
    """Whether rows of a model are sealed under the key of a text of their own or of the text they belong to."""
    return issubclass(model, SealedModel) and model.vault_item is not SealedModel.vault_item


def _treating(package: CasePackage) -> UUID:
    return UUID(package.rows["treatments.treatment"][0]["clinician_id"])


def _write_people(package: CasePackage, ids: Ids, by: Person) -> None:
    for one in package.about["people"]:
        write_stranger(ids.of(UUID(str(one["id"]))), str(one["name"]), by=by)


def write_stranger(id: UUID, name: str, *, by: Person) -> None:
    """Someone who wrote in the sending practice stands here by name, without a sign-in."""
    if Person.objects.filter(id=id).exists():
        return
    stranger = Person(
        id=id,
        practice=by.practice,
        login=f"{ELSEWHERE}{id.hex}",
        display_name=name[:120],
        roles=[],
        is_active=False,
    )
    stranger.set_unusable_password()
    stranger.save(force_insert=True)


def _row(
    model: type[models.Model],
    told: dict[str, Any],
    ids: Ids,
    files: dict[str, bytes],
    taken: dict[str, set[UUID]],
    by: Person,
    clinician: UUID,
) -> SimpleNamespace:
    label = model._meta.label_lower
    fields = {field.attname: field for field in model._meta.concrete_fields}
    if set(told) - set(fields):
        raise DisclosureError(
            _("%(label)s has a column that this program does not know; bring the program up to date")
            % {"label": label}
        )
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if field.name == "practice":
            values[name] = by.practice_id
            continue
        value = inward(field, told.get(name), files)
        if isinstance(value, UUID):
            value = ids.of(value)
            target = carried.pointed_at(field)
            if target is not None and value not in taken[target]:
                raise DisclosureError(
                    _("a row of %(label)s names a row that is not in the package; ask for it again")
                    % {"label": label}
                )
        elif isinstance(value, dict | list):
            value = ids.within(value)
        if value is None and not field.null and name not in told:
            value = field.get_default()
        values[name] = value
    _handed_on(label, values, by, clinician)
    if not ids.kept:
        _named_anew(fields, values)
    return sealed_row(model, values)


def sealed_row(model: type[models.Model], values: dict[str, Any]) -> SimpleNamespace:
    """A row as the database holds it, from values by column name; what is not named takes its default."""
    plain = {
        field.attname: values[field.attname] if field.attname in values else field.get_default()
        for field in model._meta.concrete_fields
    }
    row, stored = model(**plain), SimpleNamespace(**plain)
    for field in model._meta.concrete_fields:
        if isinstance(field, SealedField) and plain[field.attname] is not None:
            setattr(stored, field.attname, Sealed(field.seal_on(row, plain[field.attname])))
    return stored


def _handed_on(label: str, values: dict[str, Any], by: Person, clinician: UUID) -> None:
    """The stated rule for people: the treatment, its hours to come and its drafts go to whoever takes it in."""
    for model, name in carried.HANDED_ON:
        if label == model and values[f"{name}_id"] == clinician:
            values[f"{name}_id"] = by.id
    if label == "supervision.supervision" and values["ended_at"] is None:
        # Nobody's key came along: what was shared there is not shared here.
        colleagues = Person.objects.filter(practice_id=by.practice_id, is_active=True)
        if not colleagues.filter(id=values["supervisor_id"]).exists():
            values["ended_at"], values["ended_by_id"] = datetime.now(UTC), by.id
        elif values["number"] is None:  # packed before a shared course had a number of its own
            values["number"] = next_number(values["supervisor_id"])
    if (
        label == "treatments.session"
        and values["status"] == "planned"
        and values["clinician_id"] == clinician
    ):
        values["clinician_id"] = by.id


def _named_anew(fields: dict[str, models.Field[Any, Any]], values: dict[str, Any]) -> None:
    """Names that are unique in a database get another one where ids are made anew."""
    for name, field in fields.items():
        if field.unique and not field.primary_key and not field.is_relation and values[name]:
            size = field.max_length or 64
            values[name] = uuid.uuid5(values["id"], str(values[name])).hex[
                : min(size, len(str(values[name])))
            ]


def insert(model: type[models.Model], rows: list[SimpleNamespace]) -> None:
    """Rows as they are: `save` would write today's date into columns that remember another."""
    fields = list(model._meta.concrete_fields)
    size = max(1, min(BATCH, connection.ops.bulk_batch_size(fields, rows)))
    try:
        for at in range(0, len(rows), size):
            model._base_manager._insert(rows[at : at + size], fields=fields, raw=True)  # type: ignore[attr-defined]
    except OperationalError:  # a full disk, a server that went away: nothing that the package could help
        raise
    except DatabaseError as error:
        kind = Taken if isinstance(error, IntegrityError) else DisclosureError
        raise kind(
            _("rows of %(label)s do not hold together; ask for the package again")
            % {"label": model._meta.label_lower}
        ) from None


def signatures_that_hold(package: CasePackage) -> tuple[int, int]:
    """How many of the signed notes are letter for letter what their writers signed, and how many are signed."""
    from depthwork.practice.record.models import Addendum, ProgressNote
    from depthwork.practice.record.signing import message_of
    from depthwork.practice.vault.purposes import signature_holds

    keys = {str(one["id"]): base64.b64decode(one["sign_public"]) for one in package.about["people"]}
    signed: dict[str, bytes] = {}
    for row in package.rows.get("record.signature", ()):
        signed[str(row["note_id"] or row["addendum_id"])] = package.files.get(row["value"], b"")
    held = total = 0
    for label, model, who in (
        ("record.progressnote", ProgressNote, "signed_by_id"),
        ("record.addendum", Addendum, "created_by_id"),
    ):
        for told in package.rows.get(label, ()):
            if str(told["id"]) not in signed:
                continue
            total += 1
            values = {f.attname: inward(f, told.get(f.attname), {}) for f in model._meta.concrete_fields}
            public = keys.get(str(told[who]), b"")
            held += bool(public) and signature_holds(
                public, message_of(model(**values)), signed[str(told["id"])]
            )
    return held, total
