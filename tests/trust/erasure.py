"""What a practice on disk still opens, client by client: run as a process, with the practice's own code.

`python tests/trust/erasure.py shred FOLDER NUMBER` destroys the keys of one client (and prints their id);
`python tests/trust/erasure.py readable FOLDER` prints {client: [values that open, values that do not]}.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def unlocked(folder: Path) -> tuple[Any, Any]:
    """The practice's one person, with open keys."""
    os.environ["DEPTHWORK_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "depthwork.practice.config.settings"
    import django

    django.setup()
    from depthwork.practice.people.hashers import take_root
    from depthwork.practice.people.models import Person
    from depthwork.practice.vault import actions as vault
    from tests.trust.home import WORDS

    person = Person.objects.get()
    assert person.check_password(WORDS)
    root = take_root()
    assert root is not None
    return person, vault.unlock(person=person.id, root=root)


def shred(folder: Path, number: int) -> str:
    """Destroy the keys of the client with this number, in the order of their ids."""
    person, keys = unlocked(folder)
    from depthwork.practice.treatments.models import Client
    from depthwork.practice.vault import actions as vault
    from depthwork.practice.vault.unlocked import opened

    client = Client.objects.order_by("id")[number]
    with opened(keys):
        vault.shred(owner=client.id, by=person.id)
    return str(client.id)


def readable(folder: Path) -> dict[str, list[int]]:
    """Open every sealed value of every client."""
    _person, keys = unlocked(folder)
    from depthwork.practice.treatments.models import Client
    from depthwork.practice.vault.errors import VaultError
    from depthwork.practice.vault.rotation import sealed_fields, sealed_models
    from depthwork.practice.vault.unlocked import opened

    found = {}
    with opened(keys):
        for client in Client.objects.values_list("id", flat=True):
            open_, shut = 0, 0
            for model in sealed_models():
                rows = list(model._default_manager.filter(**model.vault_filter(client)))
                for field in sealed_fields(model):
                    for row in rows:
                        try:
                            open_ += getattr(row, field.name) is not None
                        except VaultError:
                            shut += 1
            found[str(client)] = [open_, shut]
    return found


if __name__ == "__main__":
    if sys.argv[1] == "shred":
        print(shred(Path(sys.argv[2]), int(sys.argv[3])))
    else:
        print(json.dumps(readable(Path(sys.argv[2]))))
