"""Verbs of the course of a treatment."""

from depthwork.practice.treatments.actions.admission import admit_client, begin_treatment, change_client
from depthwork.practice.treatments.actions.agreement import change_treatment
from depthwork.practice.treatments.actions.alongside import (
    add_adjunct,
    add_goal,
    add_life_event,
    close_goal,
    end_adjunct,
    rate_goal,
)
from depthwork.practice.treatments.actions.attendance import (
    keep_line,
    move_hour,
    number_hours,
    plan_hour,
    plan_series,
    record_attendance,
    skip_remembering,
)
from depthwork.practice.treatments.actions.carrying import carry_out, carry_out_due, settle_keys
from depthwork.practice.treatments.actions.consent import (
    answer_consent,
    confirm_consent,
    revoke_consent,
    wait_for_consents,
)
from depthwork.practice.treatments.actions.ending import correct_ending, end_treatment, reopen_treatment
from depthwork.practice.treatments.actions.followups import (
    agree_follow_up,
    answer_follow_up,
    leave_follow_up,
)
from depthwork.practice.treatments.actions.frame import (
    agree_frame,
    announce_break,
    closed_to_cover,
    in_emergency,
    let_cover_in,
    opens_for_cover,
    tell_break,
    withdraw_break,
)
from depthwork.practice.treatments.actions.handing import (
    cannot_begin,
    cannot_treat,
    close_handovers_to,
    decline_handover,
    end_lapsed_handovers,
    has_lapsed,
    propose_handover,
    take_handover,
    withdraw_handover,
)
from depthwork.practice.treatments.actions.keeping_out import keep_out, let_near
from depthwork.practice.treatments.actions.leaving import ask_who_goes_on, say_last_day, stays_on
from depthwork.practice.treatments.actions.mending import correct, remove
from depthwork.practice.treatments.actions.office import not_in_the_office, show_the_office
from depthwork.practice.treatments.actions.renewing import due as keys_due
from depthwork.practice.treatments.actions.renewing import owners_of, renew, renew_all, unfinished

__all__ = [
    "add_adjunct",
    "add_goal",
    "add_life_event",
    "admit_client",
    "agree_follow_up",
    "agree_frame",
    "announce_break",
    "answer_consent",
    "answer_follow_up",
    "ask_who_goes_on",
    "begin_treatment",
    "cannot_begin",
    "cannot_treat",
    "carry_out",
    "carry_out_due",
    "change_client",
    "change_treatment",
    "close_goal",
    "close_handovers_to",
    "closed_to_cover",
    "confirm_consent",
    "correct",
    "correct_ending",
    "decline_handover",
    "end_adjunct",
    "end_lapsed_handovers",
    "end_treatment",
    "has_lapsed",
    "in_emergency",
    "keep_line",
    "keep_out",
    "keys_due",
    "leave_follow_up",
    "let_cover_in",
    "let_near",
    "move_hour",
    "not_in_the_office",
    "number_hours",
    "opens_for_cover",
    "owners_of",
    "plan_hour",
    "plan_series",
    "propose_handover",
    "rate_goal",
    "record_attendance",
    "remove",
    "renew",
    "renew_all",
    "reopen_treatment",
    "revoke_consent",
    "say_last_day",
    "settle_keys",
    "show_the_office",
    "skip_remembering",
    "stays_on",
    "take_handover",
    "tell_break",
    "unfinished",
    "wait_for_consents",
    "withdraw_break",
    "withdraw_handover",
]
