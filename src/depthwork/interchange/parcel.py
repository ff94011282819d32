"""Several files as one: a zip that is the same bytes for the same files, with a manifest that names each by its hash."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Collection, Mapping
from typing import Any

from depthwork.wording import gettext as _

MANIFEST = "manifest.json"
MOST_FILES = 50_000
LARGEST = 2 * 1024**3  # bytes unpacked
STEEPEST = 200  # unpacked to packed: text shrinks to a twentieth, a bomb to a thousandth
_STEEP = 40  # a member that shrinks further than this need not


class ParcelError(ValueError):
    """A parcel that cannot be taken as it is: what, where, the mend. Never a file's content."""


def as_json(value: Any) -> bytes:
    """JSON that is the same bytes for the same value."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1)
    return text.encode() + b"\n"


def sha256(raw: bytes) -> str:
    """Fingerprint of bytes, in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def packed(files: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """A zip of the files and their manifest, bit for bit the same for the same content.

    Parameters
    ----------
    files : mapping of str to bytes
        Relative names with ``/``; none is called ``manifest.json``.
    about : mapping
        What the manifest says beside the list of files; plain JSON values.

    Returns
    -------
    bytes
        Members in order of name, dated 1980-01-01 (the earliest that a zip knows), so that no clock enters.

    Raises
    ------
    ParcelError
        If a name is absolute, climbs, or is taken by the manifest.
    """
    for name in files:
        _fit(name)
    listed = [
        {"name": name, "bytes": len(files[name]), "sha256": sha256(files[name])} for name in sorted(files)
    ]
    return zipped({MANIFEST: as_json({**about, "files": listed}), **files})


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip without a clock: the manifest first, then by name.

    Where it would shrink so far that `members_of` takes it for a bomb (a recording of silence does), what shrinks most
    is stored as it is: whatever is packed can be opened.
    """
    raw, sizes = _zip(files)
    if sum(map(len, files.values())) <= STEEPEST // 2 * len(raw):
        return raw
    return _zip(files, stored={name for name, size in sizes.items() if len(files[name]) > _STEEP * size})[0]


def _zip(files: Mapping[str, bytes], stored: Collection[str] = ()) -> tuple[bytes, dict[str, int]]:
    """The zip, and how much each member takes in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made:
        for name in sorted(files, key=lambda one: (one != MANIFEST, one)):
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type, member.external_attr, member.create_system = (
                zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED,
                0o600 << 16,
                3,
            )
            made.writestr(member, files[name])
        sizes = {one.filename: one.compress_size for one in made.infolist()}
    return out.getvalue(), sizes


def unpacked(raw: bytes, *, largest: int = LARGEST) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest and the files of a parcel, after every one was held against its hash.

    Raises
    ------
    ParcelError
        If it is no zip, cut short, too large, unpacks to far more than it weighs, has a name that climbs or
        stands twice, lacks its manifest, or holds a file that is missing there, altered, or not listed.
    """
    return checked(members_of(raw, largest))


def checked(members: Mapping[str, bytes]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest and the files of an unzipped parcel, each held against its hash; raises as `unpacked`."""
    files = dict(members)
    if MANIFEST not in files:
        raise ParcelError(_("there is no manifest.json in it; this is not a package of Depthwork"))
    try:
        manifest = json.loads(files.pop(MANIFEST))
        listed = {str(one["name"]): (int(one["bytes"]), str(one["sha256"])) for one in manifest["files"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ParcelError(_("its manifest.json cannot be read; ask for the package again")) from None
    if set(listed) != set(files) or len(listed) != len(manifest["files"]):
        raise ParcelError(_("the files in it are not the ones its manifest lists; ask for the package again"))
    for name, (size, digest) in listed.items():
        if len(files[name]) != size or sha256(files[name]) != digest:
            raise ParcelError(_("a file in it is not as it was packed; ask for the package again"))
    return manifest, files


def members_of(raw: bytes, largest: int) -> dict[str, bytes]:
    """Every file of a zip, unpacked within limits; names that climb or stand twice are refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parcel:
            entries = parcel.infolist()
            names = [entry.filename for entry in entries]
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > largest:
                raise ParcelError(_("it unpacks to more than this machine takes in; ask for it in parts"))
            if sum(entry.file_size for entry in entries) > STEEPEST * max(len(raw), 4096):
                raise ParcelError(_("it unpacks to far more than it weighs; nothing was opened"))
            if len(set(names)) != len(names):
                raise ParcelError(_("a file stands in it twice; ask for the package again"))
            for entry in entries:
                if entry.filename != MANIFEST:
                    _fit(entry.filename)
                if entry.flag_bits & 1:
                    raise ParcelError(
                        _("it is locked by a zip password; the package itself is what is sealed")
                    )
            return {entry.filename: _read(parcel, entry) for entry in entries}
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, ParcelError):
            raise
        raise ParcelError(_("it is cut short or damaged; ask for the package again")) from None
    except Exception as error:  # zlib.error has no common base with the others
        if type(error).__module__ == "zlib":
            raise ParcelError(_("it is cut short or damaged; ask for the package again")) from None
        raise


def _read(parcel: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with parcel.open(entry) as handle:
        raw = handle.read(entry.file_size + 1)
    if len(raw) != entry.file_size:
        raise ParcelError(_("a file in it is longer than it says; nothing was opened"))
    return raw


def _fit(name: str) -> None:
    parts = name.split("/")
    if (
        not name
        or name == MANIFEST
        or "\\" in name
        or "\0" in name
        or any(p in ("", ".", "..") for p in parts)
    ):
        raise ParcelError(_("a file in it has a name that points elsewhere; nothing was opened"))
