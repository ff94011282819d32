"""The whole policy: each permission, and the predicates of which one must hold. Denial wins over all of them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from depthwork.practice.people.models import Role
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.predicates import (
    Predicate,
    anyone,
    covers,
    in_practice,
    is_clinician,
    is_clinician_or_supervisor,
    is_manager,
    is_researcher,
    is_some_client,
    is_staff,
    is_this_client,
    keeps_office,
    supervises,
    treated_before,
    treats,
)

POLICY: dict[P, tuple[Predicate, ...]] = {
    P.OPEN_PUBLIC_PAGE: (anyone,),
    P.USE_OWN_ACCOUNT: (in_practice,),
    P.SEE_TODAY: (is_staff,),
    P.SEE_CASELOAD: (is_staff,),
    P.SEE_PRACTICE: (is_staff,),
    P.SEARCH: (is_clinician_or_supervisor,),
    P.MANAGE_PRACTICE: (is_manager,),
    P.READ_AUDIT: (is_manager, is_clinician),
    P.WORK_INBOX: (is_manager, is_clinician),
    P.ADMIT_CLIENT: (is_clinician,),
    P.READ_EVIDENCE: (in_practice,),
    P.BRING_TRIALS: (is_staff,),
    P.BRING_ITEM_TEXT: (is_manager, is_clinician),
    P.SEE_PRACTICE_SUM: (is_clinician_or_supervisor,),
    P.SEE_ADMINISTRATION: (treats, covers, supervises, treated_before, keeps_office),
    P.EDIT_ADMINISTRATION: (treats, keeps_office),
    P.READ_RECORD: (treats, covers, supervises, treated_before),
    P.WRITE_RECORD: (treats,),
    P.READ_PROCESS_NOTES: (treats, supervises),
    P.WRITE_PROCESS_NOTES: (treats,),
    P.MARK_HOURS: (treats, supervises),
    P.COMMENT_HOURS: (treats, supervises),
    P.SHARE_CLIENT: (treats,),
    P.TAKE_OVER: (is_clinician,),  # and the proposal is to them: `treatments.handing`
    P.EXPORT_CLIENT: (treats,),
    P.BURN_NOTES: (treats,),
    P.SHRED_CLIENT: (treats,),
    P.ASK_MEASURES: (treats,),
    P.READ_MEASURES: (treats, covers, supervises, treated_before),
    P.ANSWER_ALERT: (treats, covers),
    P.EDIT_COVERAGE: (treats, keeps_office),
    P.USE_OWN_PLACE: (is_this_client, is_some_client),
    P.EXPORT_RESEARCH: (is_researcher, is_clinician),
    P.READ_API: (in_practice,),
    P.MAKE_TOKENS: (is_staff,),
}

# What each role is for, as the people page says it.
ROLES: dict[str, str | Promise] = {
    Role.CLINICIAN: _("Treats clients; opens the record and process notes of their own clients only."),
    Role.SUPERVISOR: _("Reads, marks and comments what was shared, for as long as it is shared."),
    Role.MANAGER: _(
        "Runs the practice: people, appointments, coverage, audit, backup. Opens no record and no process note."
    ),
    Role.CLIENT: _("Has a place of their own: forms, goals, consents, appointments."),
    Role.RESEARCHER: _(
        "Exports what agreed clients allowed, de-identified, where their clinician let them be counted in; opens no chart."
    ),
}
