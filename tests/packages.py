"""What tests of case packages share: the client's release, a sealed package, and how many rows stand."""

from __future__ import annotations

from datetime import date

from depthwork.interchange.case_package import CasePackage, write_package
from depthwork.practice.disclosure import actions, carried, making
from depthwork.practice.disclosure.actions.arriving import open_package
from depthwork.practice.disclosure.packing import package_of
from depthwork.practice.vault.purposes import package_identity, sign
from depthwork.practice.vault.unlocked import opened
from tests.moving import ALL

TODAY = date(2026, 11, 17)


def word(cast, *, compartments=ALL, purpose="transfer", **more):
    return actions.give_release(
        client=cast.client, by=cast.ana.person, purpose=purpose, compartments=compartments, to_whom="Dov, Hill House",
        signed_on=TODAY, **more,
    )  # fmt: skip


def sealed_for(cast, reader, **more):
    """A package of Ana's treatment, sealed to a reader's receiving key."""
    with opened(reader.unlocked):
        key = package_identity()[1]
    with opened(cast.ana.unlocked):
        release = word(cast, **more)
        given = making.give_case(
            cast.treatment, compartments=release.compartments, release=release, by=cast.ana.person, on=TODAY
        )
        return given, actions.seal(given.raw, recipients=[key])


def counts():
    return {
        label: carried.model_of(label)._default_manager.count()
        for label in (*carried.TRAVELS, *carried.STAYS)
    }


def repacked(filled, change, *, signer=sign):
    """A package whose members were changed and whose hashes were made anew, signed by whoever does it."""
    with opened(filled.ana.unlocked):
        package = package_of(filled.treatment, compartments=ALL, by=filled.ana.person, made_on=TODAY)
        rows = {label: [dict(row) for row in found] for label, found in package.rows.items()}
        about = {**package.about}
        files = dict(package.files)
        change(rows, about, files)
        return write_package(CasePackage("whole", about, rows, files), sign=signer)


def taken(raw, reader):
    with opened(reader.unlocked):
        return open_package(actions.seal(raw, recipients=[package_identity()[1]]))
