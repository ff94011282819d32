"""The printable start guide: two pages, the same bytes on every machine."""

from __future__ import annotations

from importlib.resources import files


def start_guide() -> bytes:
    """Set the guide as a tagged PDF (PDF/UA-1).

    Returns
    -------
    bytes
        Two A4 pages. The faces are those inside the typesetter; nothing is fetched and no clock is read.
    """
    import typst

    made = typst.compile(
        (files(__package__) / "start_guide.typ").read_bytes(),
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
    )
    assert isinstance(made, bytes)
    return made
