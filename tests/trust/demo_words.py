"""Every text that the demo's people can open, one JSON string a line: run as a process on a filled demo."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def tell(folder: Path) -> None:
    os.environ["DEPTHWORK_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "depthwork.practice.config.settings"
    import django

    django.setup()
    from depthwork.practice.people.demo import DEMO, demo_person
    from depthwork.practice.people.hashers import take_root
    from depthwork.practice.ui.search import cells
    from depthwork.practice.vault import actions as vault
    from depthwork.practice.vault.unlocked import opened

    for login in DEMO.values():
        found = demo_person(login.who)
        if found is None or not found[0].check_password(found[1]):
            continue
        root = take_root()
        assert root is not None
        with opened(vault.unlock(person=found[0].id, root=root)):
            for cell in cells(found[0]):
                print(json.dumps(cell.text))


if __name__ == "__main__":
    tell(Path(sys.argv[1]))
