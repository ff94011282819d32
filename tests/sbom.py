"""The parts list of the program as CycloneDX 1.6: `python -m tests.sbom [FILE]` (`make sbom`, dist/depthwork.cdx.json).

What is pinned in `requirements.txt` and what the program needs to run, each with its version, licence, package URL and
the hashes of the lock, and which needs which. The same lock gives the same bytes: no clock and no random number is in it.
"""

from __future__ import annotations

import importlib.metadata as metadata
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

REPO = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
MOST = 40  # packages that the program needs to run


def plain(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def lock(file: Path | None = None) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name -> version and hashes, as `requirements.txt` pins them."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    name = ""
    for line in (file or REPO / "requirements.txt").read_text().splitlines():
        if pinned := PINNED.match(line):
            name = plain(pinned.group(1))
            found[name] = (pinned.group(2), ())
        if name:
            version, hashes = found[name]
            found[name] = (version, (*hashes, *HASH.findall(line)))
    return found


def project() -> dict[str, Any]:
    """The `[project]` table."""
    return dict(tomllib.loads((REPO / "pyproject.toml").read_text())["project"])


def needed(requirements: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Everything that these need, with what each needs in turn, as installed here."""
    found: dict[str, set[str]] = {}
    waiting = [Requirement(one) for one in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        one = waiting.pop()
        key = plain(one.name), frozenset(one.extras)
        if key in seen:
            continue
        seen.add(key)
        below = found.setdefault(key[0], set())
        for text in metadata.requires(one.name) or ():
            other = Requirement(text)
            wanted = [{"extra": extra} for extra in (*one.extras, "")]
            if other.marker is None or any(other.marker.evaluate(env) for env in wanted):
                below.add(plain(other.name))
                waiting.append(other)
    return {name: tuple(sorted(below)) for name, below in sorted(found.items())}


def runtime(*extras: str) -> dict[str, tuple[str, ...]]:
    """What the program needs to run, with the extras named."""
    told = project()
    return needed(
        [*told["dependencies"], *(one for extra in extras for one in told["optional-dependencies"][extra])]
    )


def _component(name: str, version: str, hashes: tuple[str, ...]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "library", "bom-ref": f"pkg:pypi/{name}@{version}", "name": name, "version": version,
        "purl": f"pkg:pypi/{name}@{version}",
    }  # fmt: skip
    about = metadata.metadata(name)
    licence = about.get("License-Expression") or ""
    if not licence:
        kinds = [
            one.rpartition(" :: ")[2]
            for one in about.get_all("Classifier") or ()
            if one.startswith("License")
        ]
        licence = kinds[0] if kinds else (about.get("License") or "see the package").splitlines()[0]
        made["licenses"] = [{"license": {"name": licence}}] if licence else []
    else:
        made["licenses"] = [{"expression": licence}]
    # A lock holds one hash for each file of a release; here they are listed, and any one of them is the file's.
    made["properties"] = [{"name": "depthwork:lock:sha256", "value": one} for one in sorted(hashes)]
    return made


def parts_list() -> dict[str, Any]:
    """The whole document."""
    told, pinned, graph = project(), lock(), runtime()
    top = f"pkg:pypi/{told['name']}@{told['version']}"
    parts = [_component(name, *pinned[name]) for name in graph]
    ref = {one["name"]: one["bom-ref"] for one in parts}
    body = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": top, "name": told["name"], "version": told["version"], "purl": top,
                "licenses": [{"license": {"id": told["license"]}}],
            },
        },
        "components": parts,
        "dependencies": [
            {"ref": top, "dependsOn": sorted(ref[plain(Requirement(one).name)] for one in told["dependencies"])},
            *({"ref": ref[name], "dependsOn": [ref[one] for one in below]} for name, below in graph.items()),
        ],
    }  # fmt: skip
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(body, sort_keys=True))
    return {"bomFormat": body.pop("bomFormat"), "serialNumber": f"urn:uuid:{number}", **body}


def main() -> None:
    """Write the document."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else REPO / "dist" / "depthwork.cdx.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    made = parts_list()
    file.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(made['components'])} packages: {file}")


if __name__ == "__main__":
    main()
