"""A sign-in from outside the site: run as a process, it gives a client's record a new key in the practice at FOLDER."""

from __future__ import annotations

import os
import sys


def rotate(folder: str) -> None:
    os.environ["DEPTHWORK_HOME"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "depthwork.practice.config.settings"
    import django

    django.setup()
    from depthwork.practice.people.hashers import take_root
    from depthwork.practice.people.models import Person
    from depthwork.practice.treatments.models import Client
    from depthwork.practice.vault import actions as vault
    from depthwork.practice.vault.rotation import rotate as new_key
    from depthwork.practice.vault.unlocked import opened
    from tests.trust.home import WORDS

    person = Person.objects.get()
    assert person.check_password(WORDS)
    root = take_root()
    assert root is not None
    with opened(vault.unlock(person=person.id, root=root)):
        print(new_key(owner=Client.objects.order_by("id").first().id, compartment="process_notes"))


if __name__ == "__main__":
    rotate(sys.argv[1])
