"""Who may open what, written down a second time and by hand: what the program's own policy is held against.

`doors.txt` names each route with its permission. A route that comes, or asks for another permission than it did, is
written there by a person who means it. Nothing here is taken from `policy/`.
"""

from __future__ import annotations

from pathlib import Path

INVENTORY = Path(__file__).with_name("doors.txt")
ALL = frozenset(
    ["client", "clinician", "another clinician", "supervisor", "manager", "researcher", "superuser",
     "every role elsewhere", "no keys", "api token"]
)  # fmt: skip
# The one with every role is no clinician of anybody, and manages; so does the one of another practice, over there.
MANAGERS = frozenset(["manager", "superuser", "every role elsewhere"])
CLINICIANS = frozenset(
    ["clinician", "another clinician", "superuser", "every role elsewhere", "no keys", "api token"]
)
SUPERVISORS = frozenset(["supervisor", "superuser", "every role elsewhere"])
STAFF = CLINICIANS | SUPERVISORS | MANAGERS
RESEARCHERS = frozenset(["researcher", "superuser", "every role elsewhere"])

# Of the practice: which roles.
PRACTICE = {
    "USE_OWN_ACCOUNT": ALL, "SEE_TODAY": STAFF, "SEE_CASELOAD": STAFF, "SEE_PRACTICE": STAFF,
    "SEARCH": CLINICIANS | SUPERVISORS, "MANAGE_PRACTICE": MANAGERS, "READ_AUDIT": MANAGERS | CLINICIANS,
    "WORK_INBOX": MANAGERS | CLINICIANS, "ADMIT_CLIENT": CLINICIANS, "READ_EVIDENCE": ALL, "BRING_TRIALS": STAFF,
    "BRING_ITEM_TEXT": MANAGERS | CLINICIANS, "SEE_PRACTICE_SUM": CLINICIANS | SUPERVISORS, "USE_OWN_PLACE": frozenset(["client"]),
    "TAKE_OVER": CLINICIANS,  # and of these only the one to whom it was proposed
    "EXPORT_RESEARCH": RESEARCHERS | CLINICIANS, "READ_API": ALL, "MAKE_TOKENS": STAFF,
}  # fmt: skip

# Of one client: whose part in it.
TREATS = frozenset(
    [("clinician", "own"), ("clinician", "ended"), ("no keys", "own"), ("no keys", "ended"), ("api token", "own"),
     ("api token", "ended"), ("another clinician", "same practice")]
)  # fmt: skip
SUPERVISES = frozenset([("supervisor", "own")])  # that of "ended" has ended
OFFICE = frozenset(
    [(role, whose) for role in ("manager", "superuser") for whose in ("own", "same practice", "ended")]
    + [("every role elsewhere", "other practice")]
)
CLIENT = {
    "SEE_ADMINISTRATION": TREATS | SUPERVISES | OFFICE, "EDIT_ADMINISTRATION": TREATS | OFFICE,
    "READ_RECORD": TREATS | SUPERVISES, "WRITE_RECORD": TREATS, "READ_PROCESS_NOTES": TREATS | SUPERVISES,
    "WRITE_PROCESS_NOTES": TREATS, "MARK_HOURS": TREATS | SUPERVISES, "COMMENT_HOURS": TREATS | SUPERVISES,
    "SHARE_CLIENT": TREATS, "EXPORT_CLIENT": TREATS, "BURN_NOTES": TREATS, "SHRED_CLIENT": TREATS, "ASK_MEASURES": TREATS,
    "READ_MEASURES": TREATS | SUPERVISES, "ANSWER_ALERT": TREATS, "EDIT_COVERAGE": TREATS | OFFICE,
}  # fmt: skip
PUBLIC = "OPEN_PUBLIC_PAGE"


def inventory() -> dict[str, str]:
    """Each route and the permission it asks for, as written down."""
    return dict(line.split() for line in INVENTORY.read_text().splitlines() if line)


def may(role: str, permission: str, whose: str | None) -> bool:
    """Whether a role of the walk may do this; `whose` is the kind of client, None where a route names no row."""
    if permission == PUBLIC:
        return True
    if permission in CLIENT:
        return whose is not None and (role, whose) in CLIENT[permission]
    elsewhere = (role == "every role elsewhere") == (whose == "other practice")
    return role in PRACTICE[permission] and (whose is None or elsewhere)
