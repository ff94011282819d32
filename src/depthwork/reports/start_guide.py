"""The printable start guide: two pages, the same bytes on every machine, in each language of the interface."""

from __future__ import annotations

import json
from importlib.resources import files

# Title, the word between a page and the number of pages, and the size at which the words fill two pages.
HEADS = {
    "en": ("Depthwork, the start", "of", 11.5),
    "de": ("Depthwork, der Anfang", "von", 10.6),
    "es": ("Depthwork, el comienzo", "de", 11.0),
}


def start_guide(language: str = "en") -> bytes:
    """Set the guide as a tagged PDF (PDF/UA-1).

    Parameters
    ----------
    language : str
        "en", "de" or "es"; any other is read in English.

    Returns
    -------
    bytes
        Two A4 pages. The faces are those inside the typesetter; nothing is fetched and no clock is read.
    """
    import typst

    language = language if language in HEADS else "en"
    title, of, size = HEADS[language]
    folder = files(__package__)
    made = typst.compile(
        (folder / "start_guide.typ").read_bytes() + (folder / f"start_guide.{language}.typ").read_bytes(),
        format="pdf",
        sys_inputs={"says": json.dumps({"lang": language, "title": title, "of": of, "size": size})},
        pdf_standards="ua-1",
        ignore_system_fonts=True,
    )
    assert isinstance(made, bytes)
    return made
