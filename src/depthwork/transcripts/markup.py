"""XML from strangers: streamed, without entities, DTDs or anything fetched."""

from __future__ import annotations

from typing import Any, Protocol

from depthwork.transcripts.model import TranscriptError
from depthwork.wording import figure, gettext

# The longest real hour has a tenth of these; each costs about two microseconds to read.
_MAX_ELEMENTS = 1_000_000
_MAX_DEPTH = 200


class Listener(Protocol):
    """What a reader does with elements as they pass; nothing is kept but what it keeps."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...


class _Guard:
    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.depth = self.count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.count += 1
        if self.depth > _MAX_DEPTH:
            raise TranscriptError(
                gettext("the XML is nested more than %(most)s deep; save the file again")
                % {"most": _MAX_DEPTH}
            )
        if self.count > _MAX_ELEMENTS:
            raise TranscriptError(
                gettext("the XML has more than %(most)s elements; split the file by hour")
                % {"most": figure(_MAX_ELEMENTS, ",")}
            )
        self.listener.start(tag, attributes)

    def end(self, tag: str) -> None:
        self.depth -= 1
        self.listener.end(tag)

    def data(self, text: str) -> None:
        self.listener.data(text)

    def close(self) -> None: ...


def walk(data: bytes, listener: Listener, *, encoding: str | None = None) -> None:
    """Pass each element of an XML document to the listener.

    Raises
    ------
    TranscriptError
        If the XML is broken, holds a DTD, an entity or a reference to elsewhere, or is a bomb.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    parser: Any = DefusedXMLParser(target=_Guard(listener), encoding=encoding, forbid_dtd=True)
    try:
        parser.feed(data)
        parser.close()
    except DefusedXmlException:
        raise TranscriptError(
            gettext("the XML declares a document type or entities, which no transcript needs; refused unread")
        ) from None
    except ParseError as error:
        line, column = error.position
        raise TranscriptError(
            gettext("line %(line)s, column %(column)s: broken XML; save the file again")
            % {"line": line, "column": column}
        ) from None
    except (LookupError, UnicodeError, ValueError) as error:
        if isinstance(error, TranscriptError):
            raise
        raise TranscriptError(
            gettext("the XML names an encoding that cannot be read; save it as UTF-8")
        ) from None


def local(tag: str) -> str:
    """An element's name without its namespace."""
    return tag.rpartition("}")[2]
