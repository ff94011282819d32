"""A whole treatment as one parcel: rows by model, files by hash, a manifest that is signed. Sealing it is the vault's.

The format is described in `docs/case-package.md`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from depthwork.interchange.parcel import LARGEST, ParcelError, checked, members_of, packed, sha256, zipped
from depthwork.wording import gettext as _

FORMAT = "depthwork.case"
VERSION = 1
SIGNATURE = "manifest.sig"
Kind = Literal["whole", "deidentified"]
KINDS: tuple[Kind, ...] = ("whole", "deidentified")


class PackageError(ParcelError):
    """A case package that cannot be taken in: what, where, the mend. Never a word of it."""


@dataclass(frozen=True, slots=True)
class CasePackage:
    """What a package holds. `rows` maps a model's label to its rows, each a mapping of plain JSON values.

    `about` is the manifest without its list of files: from whom, of whom, which compartments, on whose word.
    """

    kind: Kind
    about: Mapping[str, Any]
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    pages: Mapping[str, bytes] = field(default_factory=dict)


def write_package(package: CasePackage, *, sign: Callable[[bytes], bytes]) -> bytes:
    """The parcel of a package, the same bytes for the same package and signer.

    Parameters
    ----------
    package : CasePackage
    sign : callable
        Gives the sender's Ed25519 signature over the manifest's bytes.

    Returns
    -------
    bytes
        A zip: ``manifest.json``, ``manifest.sig``, ``rows/<model>.jsonl``, ``files/<sha256>``, ``pages/...``.

    Notes
    -----
    1. Rows keep the order given; keys within a row are sorted.
    2. A file stands once, however many rows name it.

    See also
    --------
    Judged in tests/property/test_round_trips_of_treatments.py.
    """
    members = {f"rows/{model}.jsonl": _lines(rows) for model, rows in package.rows.items() if rows}
    members |= {f"files/{sha256(raw)}": raw for raw in package.files.values()}
    members |= {f"pages/{name}": raw for name, raw in package.pages.items()}
    about = {
        **package.about,
        "format": FORMAT,
        "version": VERSION,
        "kind": package.kind,
        "rows": {model: len(rows) for model, rows in package.rows.items() if rows},
    }
    _first, held = _split(packed(members, about))
    return zipped({**held, SIGNATURE: base64.b64encode(sign(_signed(held["manifest.json"]))) + b"\n"})


def read_package(raw: bytes, *, verify: Callable[[bytes, bytes, bytes], bool]) -> CasePackage:
    """The package in a parcel, after its hashes and its signature were checked.

    Parameters
    ----------
    raw : bytes
    verify : callable
        ``verify(public, message, signature)``: whether an Ed25519 signature holds.

    Raises
    ------
    PackageError
        If it is no package of Depthwork, of a version that this program does not read, cut, altered, signed by
        other keys than it names, or says other numbers of rows than it holds.
    """
    try:
        whole, members = _split(raw)
        signature = base64.b64decode(members.pop(SIGNATURE, b""), validate=False)
        manifest, files = checked(members)
    except PackageError:
        raise
    except (ParcelError, ValueError) as error:
        raise PackageError(str(error)) from None
    if manifest.get("format") != FORMAT:
        raise PackageError(_("this is not a case package of Depthwork; look at which file was chosen"))
    if manifest.get("version") != VERSION:
        raise PackageError(
            _(
                "it is written in version %(there)s of the format; this program reads version %(here)s: bring the program up to date, or ask for version %(here)s"
            )
            % {"there": str(manifest.get("version"))[:8], "here": VERSION}
        )
    if manifest.get("kind") not in KINDS:
        raise PackageError(_("it does not say what kind of package it is; ask for it again"))
    _check_signature(manifest, whole, signature, verify)
    counts = manifest.pop("rows", {})
    rows = {name[5:-6]: _rows(content) for name, content in files.items() if name.startswith("rows/")}
    if {model: len(found) for model, found in rows.items()} != counts:
        raise PackageError(_("it holds another number of rows than it says; ask for the package again"))
    manifest.pop("files")
    return CasePackage(
        kind=manifest["kind"],
        about={k: v for k, v in manifest.items() if k not in ("format", "version", "kind")},
        rows=rows,
        files={name[6:]: content for name, content in files.items() if name.startswith("files/")},
        pages={name[6:]: content for name, content in files.items() if name.startswith("pages/")},
    )


def _check_signature(
    manifest: Mapping[str, Any], whole: bytes, signature: bytes, verify: Callable[[bytes, bytes, bytes], bool]
) -> None:
    try:
        public = base64.b64decode(manifest["from"]["sign_public"])
    except (KeyError, TypeError, ValueError):
        raise PackageError(_("it does not name the keys of who sent it; ask for the package again")) from None
    if not verify(public, _signed(whole), signature):
        raise PackageError(
            _("its signature does not hold: it was altered after it was packed; nothing was taken in")
        )


def _signed(manifest: bytes) -> bytes:
    return b"depthwork/case/1\n" + manifest


def _split(raw: bytes) -> tuple[bytes, dict[str, bytes]]:
    members = members_of(raw, LARGEST)
    return members.get("manifest.json", b""), members


def _lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    made = (
        json.dumps(row, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
        for row in rows
    )
    return "".join(f"{line}\n" for line in made).encode()


def _rows(raw: bytes) -> tuple[dict[str, Any], ...]:
    try:
        found = tuple(json.loads(line) for line in raw.decode().split("\n") if line)
    except (ValueError, RecursionError):
        raise PackageError(_("a row in it cannot be read; ask for the package again")) from None
    if not all(isinstance(row, dict) and isinstance(row.get("id"), str) for row in found):
        raise PackageError(_("a row in it has no id; ask for the package again"))
    return found
