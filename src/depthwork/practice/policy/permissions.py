"""What can be done, as words. One permission guards each route."""

from enum import StrEnum


class Permission(StrEnum):
    """Read as: may this person ... (of this client)?"""

    # Anyone, or anyone signed in
    OPEN_PUBLIC_PAGE = "open a public page"
    USE_OWN_ACCOUNT = "use their own account"
    # The practice
    SEE_TODAY = "see their own day"
    SEE_CASELOAD = "see their caseload"
    SEE_PRACTICE = "see the practice's people, keys and sharing"
    SEARCH = "search what they can open"
    MANAGE_PRACTICE = "manage the practice"
    READ_AUDIT = "read the audit"
    WORK_INBOX = "work through inquiries"
    ADMIT_CLIENT = "admit a client"
    READ_EVIDENCE = "read the evidence"
    BRING_TRIALS = "bring and remove trial data"
    BRING_ITEM_TEXT = "bring and take out the words of a licensed form"
    SEE_PRACTICE_SUM = "see the practice in sum"
    # One client
    SEE_ADMINISTRATION = "see name, contact and appointments"
    EDIT_ADMINISTRATION = "edit name, contact and appointments"
    READ_RECORD = "read the record"
    WRITE_RECORD = "write the record"
    READ_PROCESS_NOTES = "read process notes"
    WRITE_PROCESS_NOTES = "write process notes"
    MARK_HOURS = "mark hours"
    COMMENT_HOURS = "comment as supervisor"
    SHARE_CLIENT = "share a client"
    TAKE_OVER = "take over a treatment"
    EXPORT_CLIENT = "export a client"
    BURN_NOTES = "burn notes"
    SHRED_CLIENT = "destroy a client's keys"
    ASK_MEASURES = "ask measures"
    READ_MEASURES = "read measures"
    ANSWER_ALERT = "answer an alert"
    EDIT_COVERAGE = "edit coverage"
    # The client's own place
    USE_OWN_PLACE = "use the client's own place"
    # Research
    EXPORT_RESEARCH = "export research data"
    READ_API = "read through the API"
    MAKE_TOKENS = "make tokens for the API"
