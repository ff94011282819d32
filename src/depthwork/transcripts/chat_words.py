"""The words of a CHAT line as they were said, and a turn's words as CHAT writes them."""

from __future__ import annotations

from depthwork.transcripts.comments import comments, pauses

# Ends of an utterance, and how they read; the longer ones first.
_ENDS = {
    "+...": "…",
    "+..?": "…?",
    "+!?": "?!",
    "+/.": "-",
    "+/?": "-?",
    "+//.": "-",
    "+//?": "-?",
    "+.": "-",
    '+"/.': ":",
    '+".': ".",
    ".": ".",
    "?": "?",
    "!": "!",
}
_JOINED = {",": ",", ";": ";", ":": ":", "„": ",", "‡": ","}
_STARTS = frozenset({"+<", "++", "+^", "+,", '+"'})
_SAID = {
    "xxx": "[unintelligible]",
    "xx": "[unintelligible]",
    "yyy": "[unintelligible]",
    "www": "[untranscribed]",
}
_FORM_MARKS = """
a b c d f fp g i k l lp n nv o p q s sas si sl t u wp x
"""
_FORMS = frozenset(_FORM_MARKS.split())
# A postcode: this utterance is written with CHAT's compulsory full stop, but was not.
_OPEN = "[+ open]"


def spoken(line: str) -> str:
    """A main line's words: pauses and comments in brackets, CHAT's own signs resolved.

    ``&-um`` reads um, ``&+fo`` reads fo-, ``&=laughs`` (laughs), ``(2.5)`` [pause 2.5s], ``(be)cause``
    because; ``[= text]`` [text], ``[=! text]`` (text). Other codes in square brackets stay: they are
    comments, which tokens skip.
    """
    is_open = _OPEN in line
    tokens = _tokens(line.replace(_OPEN, " "))
    last = max((at for at, token in enumerate(tokens) if not token.startswith("[")), default=-1)
    words: list[str] = []
    for at, token in enumerate(tokens):
        if token in _STARTS:
            continue
        if at == last and token in _ENDS:
            if not is_open:
                _attach(words, _ENDS[token])
        elif token in _JOINED:
            _attach(words, _JOINED[token])
        elif token in (".", "?", "!") and words and words[-1].endswith((")", "]")):
            _attach(words, token)
        else:
            words.append(_said(token))
    return " ".join(word for word in words if word)


def written(text: str) -> str:
    """A turn's text as a main line, from which `spoken` reads the same words back."""
    text = " ".join(text.replace("<", "‹").replace(">", "›").split())
    timed = {start: length for start, _, length in pauses(text)}
    pieces, at = [], 0
    for start, end in comments(text):
        pieces.append(text[at:start])
        inner = " ".join(text[start + 1 : end - 1].replace("[", "(").replace("]", ")").split())
        if start in timed and text[start] == "[" and inner == f"pause {timed[start]:g}s":
            pieces.append(f" ({timed[start]:g}) " if timed[start] % 1 else f" ({timed[start]:g}.) ")
        elif text[start] == "(" and all(word.isalpha() for word in inner.split()) and inner:
            pieces.append(f" &={inner.replace(' ', ':')} ")
        elif inner:
            pieces.append(f" [{'=' if text[start] == '[' else '=!'} {inner}] ")
        at = end
    pieces.append(text[at:])
    line = " ".join("".join(pieces).split())
    if line[-1:] in ("?", "!", ".") and line[-2:-1].isalnum():
        return f"{line[:-1]} {line[-1]}"
    return f"{line} . {_OPEN}"


def _tokens(line: str) -> list[str]:
    """Words, and codes in square brackets whole; angle brackets, which only group, go."""
    tokens, at = [], 0
    while at < len(line):
        opening = line.find("[", at)
        closing = line.find("]", opening) if opening >= 0 else -1
        if closing < 0:
            opening = len(line)
        for word in line[at:opening].split():
            word = word.lstrip("<").rstrip(">") if word not in ("+<",) else word
            if word:
                tokens.append(word)
        if closing >= 0:
            tokens.append(line[opening : closing + 1])
            at = closing + 1
        else:
            at = len(line)
    return tokens


def _said(token: str) -> str:
    if token.startswith("["):
        inner = token[1:-1]
        if inner.startswith("=! "):
            return f"({inner[3:].strip()})"
        return f"[{inner[2:].strip()}]" if inner.startswith("= ") else token
    if token.startswith("&="):
        return f"({token[2:].replace(':', ' ')})" if len(token) > 2 else ""
    if token.startswith(("&-", "&~")):
        return token[2:]
    if token.startswith("&+"):
        return f"{token[2:]}-"
    if token.startswith("(") and token.endswith(")"):
        return _pause(token)
    word, at, form = token.partition("@")
    if at and word and (form in _FORMS or form.startswith(("s:", "z:"))):
        token = word
    if "(" in token and token.count("(") == token.count(")") and len(token) < 60:
        token = token.replace("(", "").replace(")", "")
    return _SAID.get(token, token)


def _pause(token: str) -> str:
    digits = token[1:-1]
    minutes, _, seconds = digits.rpartition(":")
    if set(digits) <= {"."} or not seconds.replace(".", "", 1).isdigit() or not seconds.isascii():
        return token
    if minutes and not (minutes.isascii() and minutes.isdigit()):
        return token
    if len(digits) > 12:
        return token
    return f"[pause {(int(minutes) * 60 if minutes else 0) + float(seconds):g}s]"


def _attach(words: list[str], sign: str) -> None:
    if words:
        words[-1] += sign
    else:
        words.append(sign)
