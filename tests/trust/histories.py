"""What three people do to one note, with faults in between, and what must be true at every moment of it.

A history is drawn from its number alone. The clinician writes in two windows, of which one may have read an older
version; a supervisor is let in and shut out; a colleague of the practice tries the door; now and then a write fails.
"""

from __future__ import annotations

import random
from typing import Any

from django.db import DatabaseError, OperationalError, connection, transaction

from depthwork.practice.audit.models import Event
from depthwork.practice.sources import actions, queries
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import rotation
from depthwork.practice.vault.errors import VaultError
from depthwork.practice.vault.unlocked import opened


class Broken(AssertionError):
    """Something that must never be."""


class History:
    """One history over a practice; `said` is what somebody was told was saved."""

    def __init__(self, cast: Any, source: Source, number: int) -> None:
        self.cast, self.source, self.draw = cast, source, random.Random(number)
        self.said: dict[int, str] = {1: "the first text"}
        self.let_in = False
        self.log: list[str] = []

    def step(self) -> None:
        """One thing that somebody does, or that goes wrong."""
        act = self.draw.choice(
            [self.write] * 4
            + [self.write_late, self.let, self.shut, self.read, self.knock, self.fail, self.fail]
        )
        before = Event.objects.count()
        self.log.append(act.__name__)
        changed = act()
        after = Event.objects.count()
        if changed and after != before + changed:
            raise Broken(f"{act.__name__}: {after - before} rows in the audit, not {changed}")
        if changed == 0 and after != before:
            raise Broken(f"{act.__name__}: nothing was done, and the audit says something was")
        self.hold()

    def save(self, version: int, text: str) -> bool:
        """Save over a version. Whether it was taken."""
        try:
            with transaction.atomic(), opened(self.cast.ana.unlocked):
                actions.change_source(
                    source=Source.objects.get(pk=self.source.pk),
                    by=self.cast.ana.person,
                    version=version,
                    text=text,
                )
        except (Changed, DatabaseError):
            return False
        self.said[version + 1] = text
        return True

    def write(self) -> int:
        return int(self.save(max(self.said), f"words {self.draw.random()}"))

    def write_late(self) -> int:
        """A window that has read an older version: both texts are shown, neither is lost."""
        late = self.draw.randint(0, max(self.said) - 1)
        if self.save(late, "late words"):
            raise Broken(f"version {late + 1} was written twice")
        return 0

    def fail(self) -> int:
        """A write that fails at one of its statements: it is not called saved, and nothing of it stands."""
        at, count = self.draw.randrange(1, 9), 0

        def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal count
            if sql.startswith(("INSERT", "UPDATE", "DELETE")):
                count += 1
                if count == at:
                    raise OperationalError("the disk is full")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(wrapper):
            return int(self.save(max(self.said), f"words {self.draw.random()}"))

    def let(self) -> int | None:
        if self.let_in:
            return 0
        with transaction.atomic(), opened(self.cast.ana.unlocked):
            vault.share(
                owner=self.cast.client.id, compartments=["process_notes"], reader=self.cast.ben.id, purpose="supervision"
            )  # fmt: skip
        self.let_in = True
        return None

    def shut(self) -> int | None:
        if not self.let_in:
            return 0
        with transaction.atomic(), opened(self.cast.ana.unlocked):
            for compartment in vault.take_back(owner=self.cast.client.id, reader=self.cast.ben.id):
                rotation.rotate(owner=self.cast.client.id, compartment=compartment)
        self.cast.ben.unlocked.forget()
        self.let_in = False
        return None

    def _reads(self, who: Any) -> str | None:
        with opened(who.unlocked):
            try:
                return SourceVersion.objects.get(source=self.source, number=max(self.said)).text
            except (VaultError, CourseError):
                return None

    def read(self) -> int:
        self.cast.ben.unlocked.forget()
        found = self._reads(self.cast.ben)
        if (found is not None) != self.let_in:
            raise Broken(
                f"a supervisor who is {'in' if self.let_in else 'out'} reads {'nothing' if found is None else 'on'}"
            )
        return 0

    def knock(self) -> int:
        if self._reads(self.cast.eve) is not None:
            raise Broken("a colleague reads a note")
        return 0

    def hold(self) -> None:
        """What was called saved is there, word for word; one text a version; nothing else."""
        with opened(self.cast.ana.unlocked):
            there = {row.number: row.text for row in SourceVersion.objects.filter(source=self.source)}
            now = queries.version_of(Source.objects.get(pk=self.source.pk)).number
        if there != self.said:
            raise Broken(f"said {sorted(self.said)}, there {sorted(there)}, or another text")
        if now != max(self.said):
            raise Broken("the note shows an older version")


def begin(cast: Any) -> Source:
    """The note that all histories begin with."""
    with opened(cast.ana.unlocked):
        return actions.keep_note(
            session=cast.treatment.sessions.first(), by=cast.ana.person, kind="process_note", text="the first text", provenance="notes"
        )  # fmt: skip


def run(cast: Any, source: Source, numbers: range, *, steps: int = 8) -> int:
    """So many histories, each undone at its end. Gives the steps."""
    done = 0
    for number in numbers:
        with transaction.atomic():
            history = History(cast, source, number)
            try:
                for _ in range(steps):
                    history.step()
                    done += 1
            except (Broken, DatabaseError, transaction.TransactionManagementError) as broken:
                raise Broken(
                    f"history {number}, after {history.log}: {type(broken).__name__} {broken}"
                ) from None
            transaction.set_rollback(True)
        cast.ana.unlocked.forget()
        cast.ben.unlocked.forget()
    return done
