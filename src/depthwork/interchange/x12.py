"""Asking a payer about benefits as files: write an X12 270, read a 271 (005010X279A1). No connection is made.

The reader keeps every segment and says what it means in plain words. It never concludes "covered":
one active benefit says nothing about limits, carve-outs or authorisation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from depthwork.wording import gettext, gettext_noop

VERSION = "005010X279A1"
SERVICE_TYPES = {
    "30": "health benefit plan",
    "MH": "mental health",
    "A4": "psychiatric",
    "A6": "psychotherapy",
    "AI": "substance abuse",
    "98": "office visit",
}
_INFO = {
    "1": "active", "2": "active, full risk", "3": "active, services capitated", "6": "inactive", "7": "inactive, pending eligibility update",
    "A": "coinsurance", "B": "co-payment", "C": "deductible", "D": "benefit description", "E": "exclusions", "F": "limitations",
    "G": "out-of-pocket maximum", "I": "non-covered", "CB": "coverage basis", "R": "other or additional payer", "U": "contact for benefits",
    "MC": "managed care co-ordinator", "P": "benefit disclaimer", "V": "cannot process", "W": "other source of data", "X": "health care facility", "Y": "spend down",
}  # fmt: skip
_LEVEL = {
    "IND": "individual",
    "FAM": "family",
    "EMP": "employee",
    "ESP": "employee and spouse",
    "ECH": "employee and children",
    "CHD": "children",
    "SPC": "spouse and children",
    "SPO": "spouse",
    "DEP": "dependents",
}
_PERIOD = {
    "6": "hour", "7": "day", "13": "24 hours", "21": "years", "22": "service year", "23": "calendar year",
    "24": "year to date", "25": "contract", "26": "episode", "27": "visit", "28": "outlier",
    "29": "remaining", "30": "exceeded", "32": "lifetime", "33": "lifetime remaining", "34": "month",
    "35": "week", "36": "admission",
}  # fmt: skip
_QUANTITY = {
    "VS": "visits",
    "DY": "days",
    "HS": "hours",
    "MN": "months",
    "P6": "services",
    "QA": "quantity approved",
    "FL": "units",
    "99": "quantity used",
    "CA": "covered, actual",
    "CE": "covered, estimated",
    "LA": "lifetime reserve, actual",
    "S7": "age, high",
    "S8": "age, low",
    "YY": "years",
}
_YESNO = {"Y": "yes", "N": "no", "U": "unknown", "W": "not applicable"}
_REJECT = {
    "15": "required data missing", "41": "authorisation or access restrictions", "42": "the payer cannot respond now", "43": "invalid provider identification",
    "45": "invalid provider specialty", "51": "provider not on file", "52": "service dates not within the provider's plan enrolment", "56": "inappropriate date",
    "57": "invalid date of service", "58": "invalid date of birth", "62": "date of service not within allowable period", "63": "date of service in future",
    "64": "invalid subscriber id", "65": "invalid subscriber name", "67": "patient not found", "68": "duplicate subscriber id", "71": "date of birth does not match",
    "72": "invalid subscriber id", "73": "invalid subscriber name", "75": "subscriber not found", "76": "duplicate subscriber id", "78": "subscriber not in group or plan", "79": "invalid participant identification",
}  # fmt: skip


CAUTION = gettext_noop(
    "What a payer answers is not a guarantee of payment. Ask by telephone about limits, authorisation and carve-outs, "
    "and keep name, time and reference."
)


class X12Error(ValueError):
    """A file that is not a 271 of this kind, or an inquiry that cannot be written: where, and the mend."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a 270 asks: about whom, of which payer, by which provider, for which services."""

    payer_name: str
    payer_id: str
    provider_name: str
    provider_npi: str
    member_id: str
    family: str
    given: str
    born: date
    service_date: date
    service_types: tuple[str, ...] = ("30",)
    sender: str = "SENDER"
    receiver: str = "RECEIVER"
    trace: str = "1"
    trace_company: str = "1234567890"
    # The client where somebody else holds the policy: (family, given, born). Then the names above are the holder's.
    dependent: tuple[str, str, date] | None = None


def _clean(text: str, name: str, longest: int) -> str:
    plain = " ".join(text.upper().split())
    if not plain or len(plain) > longest:
        raise X12Error(f"{name} needs 1 to {longest} characters")
    if any(mark in plain for mark in "*~^:") or not plain.isascii():
        raise X12Error(f"{name} may hold plain letters and digits only, no *, ~, ^ or :")
    return plain


def write_270(ask: Inquiry, *, made_at: datetime, control: int, test: bool = True) -> str:
    """An eligibility inquiry as text, one transaction, ISA of fixed width.

    Raises
    ------
    X12Error
        If a name holds a separator, is empty or too long, or no service type is asked.
    """
    if not ask.service_types:
        raise X12Error(gettext("ask for at least one service type; 30 is answered by every medical payer"))
    sender, receiver = _clean(ask.sender, "the sender", 15), _clean(ask.receiver, "the receiver", 15)
    day, clock = made_at.strftime("%Y%m%d"), made_at.strftime("%H%M")
    trace, company = (
        _clean(ask.trace, "the trace number", 50),
        _clean(ask.trace_company, "the trace company", 10),
    )
    body = [
        f"ST*270*{control:04d}*{VERSION}",
        f"BHT*0022*13*{control:08d}*{day}*{clock}",
        "HL*1**20*1",
        f"NM1*PR*2*{_clean(ask.payer_name, 'the payer', 60)}*****PI*{_clean(ask.payer_id, 'the payer id', 80)}",
        "HL*2*1*21*1",
        f"NM1*1P*2*{_clean(ask.provider_name, 'the provider', 60)}*****XX*{_clean(ask.provider_npi, 'the NPI', 10)}",
        *_whom(ask, f"TRN*1*{trace}*{company}"),
        f"DTP*291*D8*{ask.service_date:%Y%m%d}",
        *(f"EQ*{_clean(kind, 'a service type', 3)}" for kind in ask.service_types),
    ]
    body.append(f"SE*{len(body) + 1}*{control:04d}")
    head = f"ISA*00*{'':10}*00*{'':10}*ZZ*{sender:<15}*ZZ*{receiver:<15}*{made_at:%y%m%d}*{clock}*^*00501*{control:09d}*0*{'T' if test else 'P'}*:"
    group = f"GS*HS*{sender}*{receiver}*{day}*{clock}*{control}*X*{VERSION}"
    return "~".join([head, group, *body, f"GE*1*{control}", f"IEA*1*{control:09d}"]) + "~"


def _whom(ask: Inquiry, trace: str) -> list[str]:
    """The holder of the policy, and the client beneath where that is somebody else."""
    holder = f"NM1*IL*1*{_clean(ask.family, 'the family name', 60)}*{_clean(ask.given, 'the given name', 35)}****MI*{_clean(ask.member_id, 'the member id', 80)}"
    if ask.dependent is None:
        return ["HL*3*2*22*0", trace, holder, f"DMG*D8*{ask.born:%Y%m%d}"]
    family, given, born = ask.dependent
    return [
        "HL*3*2*22*1",
        holder,
        f"DMG*D8*{ask.born:%Y%m%d}",
        "HL*4*3*23*0",
        trace,
        f"NM1*03*1*{_clean(family, 'the family name', 60)}*{_clean(given, 'the given name', 35)}",
        f"DMG*D8*{born:%Y%m%d}",
    ]


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment as it stood, its number in the file, and what it says in words."""

    n: int
    elements: tuple[str, ...]
    says: str

    @property
    def id(self) -> str:
        return self.elements[0]

    def at(self, place: int) -> str:
        """An element by its X12 number, empty where it is absent."""
        return self.elements[place] if place < len(self.elements) else ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """One EB segment: what kind, for which services, with which figures. `messages` are the payer's own words."""

    kind: str
    level: str
    services: tuple[str, ...]
    plan: str
    period: str
    amount: Decimal | None
    percent: Decimal | None
    quantity: Decimal | None
    quantity_of: str
    needs_authorisation: str
    in_network: str
    messages: tuple[str, ...]
    n: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A 271 as read. It never says covered; `caution` stands with every showing of it."""

    payer: str
    segments: tuple[Segment, ...]
    benefits: tuple[Benefit, ...]
    rejections: tuple[str, ...]
    warnings: tuple[str, ...]
    caution: str


def read_271(text: str) -> Answer:
    """Read an eligibility answer into plain words; every segment is kept, also unknown ones.

    Raises
    ------
    X12Error
        If the file is empty, has no ISA of the fixed width, holds another transaction, or breaks off.
    """
    raw = text.lstrip("\ufeff \r\n\t")
    if not raw:
        raise X12Error(gettext("the file is empty"))
    if not raw.startswith("ISA") or len(raw) < 106:
        raise X12Error(gettext("the file does not begin with an ISA segment of 106 characters; is it a 271?"))
    element, repeat, end = raw[3], raw[82], raw[105]
    if len({element, repeat, end}) < 3 or element.isalnum():
        raise X12Error(
            gettext(
                "the separators in the ISA segment cannot be told apart; ask the sender for the file again"
            )
        )
    rows = [part.strip("\r\n") for part in raw.split(end)]
    rows = [row for row in rows if row.strip()]
    split = [tuple(row.split(element)) for row in rows]
    kinds = [row[1] for row in split if row[0] == "ST" and len(row) > 1]
    if not kinds:
        raise X12Error(gettext("the file holds no transaction (ST); it breaks off before one begins"))
    if kinds[0] != "271":
        raise X12Error(
            gettext("this is a %(kind)s, not a 271; only eligibility answers are read here")
            % {"kind": kinds[0][:8]}
        )
    if not any(row[0] == "SE" for row in split):
        raise X12Error(gettext("the file breaks off before its end (SE); ask for it again"))
    warnings = _counts(split)
    segments = tuple(Segment(n, row, _words(row, repeat)) for n, row in enumerate(split, start=1))
    payer = next((s.at(3) for s in segments if s.id == "NM1" and s.at(1) == "PR"), "")
    rejections = tuple(s.says for s in segments if s.id == "AAA" and s.at(1) != "Y")
    return Answer(payer, segments, _benefits(segments, repeat), rejections, tuple(warnings), gettext(CAUTION))


def _counts(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Whether the counts that the file gives of itself are right."""
    said: list[str] = []
    starts = [i for i, row in enumerate(rows) if row[0] == "ST"]
    ends = [i for i, row in enumerate(rows) if row[0] == "SE"]
    for start, end in zip(starts, ends, strict=False):
        stated = rows[end][1] if len(rows[end]) > 1 else ""
        if stated != str(end - start + 1):
            held = {"stated": stated[:16], "n": end - start + 1}
            words = gettext("the file says %(stated)s segments and holds %(n)s; something may be missing")
            silent = gettext(
                "the file does not say how many segments it has, and holds %(n)s; something may be missing"
            )
            said.append((words if stated else silent) % held)
    if rows[-1][0] != "IEA":
        said.append(gettext("the closing IEA segment is missing; something may be missing"))
    version = next((row[8] for row in rows if row[0] == "GS" and len(row) > 8), "")
    if version and version != VERSION:
        said.append(
            gettext("the file follows %(version)s, not %(ours)s; read it with care")
            % {"version": version[:16], "ours": VERSION}
        )
    return said


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _services(text: str, repeat: str) -> tuple[str, ...]:
    return tuple(SERVICE_TYPES.get(code, f"service type {code}") for code in text.split(repeat) if code)


def _words(row: tuple[str, ...], repeat: str) -> str:
    def at(place: int) -> str:
        return row[place] if place < len(row) else ""

    if row[0] == "EB":
        return _benefit_words(at, repeat)
    if row[0] == "AAA":
        begins = "Rejected" if at(1) != "Y" else "Valid request, but"
        return f"{begins}: {_REJECT.get(at(3), f'reason {at(3)}')}"
    if row[0] == "MSG":
        return f"The payer writes: {at(1)}"
    if row[0] == "NM1":
        who = {
            "PR": "Payer",
            "1P": "Provider",
            "IL": "Subscriber",
            "03": "Dependent",
            "P3": "Primary care provider",
            "PRP": "Primary payer",
            "SEP": "Secondary payer",
            "VN": "Vendor",
            "X3": "Utilisation management",
            "LR": "Legal representative",
        }.get(at(1), f"Entity {at(1)}")
        return f"{who}: {' '.join(part for part in (at(4), at(3)) if part)}"
    if row[0] == "DTP":
        what = {
            "291": "Plan dates",
            "346": "Plan begins",
            "347": "Plan ends",
            "307": "Eligibility",
            "356": "Eligibility begins",
            "357": "Eligibility ends",
            "472": "Service",
        }.get(at(1), f"Date {at(1)}")
        return f"{what}: {_dates(at(2), at(3))}"
    if row[0] == "HSD":
        return f"Delivery: {at(2)} {_QUANTITY.get(at(1), at(1))} {_PERIOD.get(at(5), '')}".strip()
    if row[0] == "REF":
        return f"Reference {at(1)}: {at(2)}"
    if row[0] == "PER":
        return "Contact: " + " ".join(part for part in row[2:] if part)
    return ""


def _dates(form: str, value: str) -> str:
    def one(text: str) -> str:
        try:
            return datetime.strptime(text, "%Y%m%d").strftime("%d %B %Y").lstrip("0")
        except ValueError:
            return text

    return " to ".join(one(part) for part in value.split("-")) if form == "RD8" else one(value)


def _benefit_words(get: Callable[[int], str], repeat: str) -> str:
    kind = _INFO.get(get(1), f"kind {get(1)}")
    parts = [kind.capitalize()]
    if services := _services(get(3), repeat):
        parts.append("for " + ", ".join(services))
    if get(2):
        parts.append(f"({_LEVEL.get(get(2), get(2))})")
    if get(7):
        parts.append(f"amount {get(7)}")
    if (share := _number(get(8))) is not None:
        parts.append(f"{(share * 100).normalize():f} percent")
    if get(10):
        parts.append(f"{get(10)} {_QUANTITY.get(get(9), get(9))}")
    if get(6):
        parts.append(
            f"per {_PERIOD.get(get(6), get(6))}" if get(6) not in ("29", "30", "33") else _PERIOD[get(6)]
        )
    if get(11):
        parts.append(f"authorisation required: {_YESNO.get(get(11), get(11))}")
    if get(12):
        parts.append(f"in network: {_YESNO.get(get(12), get(12))}")
    return ", ".join(parts).replace(", for", " for").replace(", (", " (")


def _benefits(segments: tuple[Segment, ...], repeat: str) -> tuple[Benefit, ...]:
    found: list[Benefit] = []
    for i, segment in enumerate(segments):
        if segment.id != "EB":
            continue
        messages = []
        for later in segments[i + 1 :]:
            if later.id in ("EB", "HL", "SE", "LS", "NM1"):
                break
            if later.id == "MSG":
                messages.append(later.at(1))
        found.append(
            Benefit(
                kind=_INFO.get(segment.at(1), f"kind {segment.at(1)}"),
                level=_LEVEL.get(segment.at(2), segment.at(2)),
                services=_services(segment.at(3), repeat),
                plan=segment.at(5),
                period=_PERIOD.get(segment.at(6), segment.at(6)),
                amount=_number(segment.at(7)),
                percent=_number(segment.at(8)),
                quantity=_number(segment.at(10)),
                quantity_of=_QUANTITY.get(segment.at(9), segment.at(9)),
                needs_authorisation=_YESNO.get(segment.at(11), ""),
                in_network=_YESNO.get(segment.at(12), ""),
                messages=tuple(messages),
                n=segment.n,
            )
        )
    return tuple(found)
