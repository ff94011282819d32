"""Addresses of the pages that join rooms."""

from django.urls import path

from depthwork.practice.ui import (
    caseload_page,
    checked_page,
    components_page,
    evidence_pages,
    help_pages,
    practice_pages,
    search_page,
    thread_page,
    today_page,
    tour,
)

app_name = "ui"
urlpatterns = [
    path("", today_page.home, name="home"),
    path("today/", today_page.today, name="today"),
    path("caseload/", caseload_page.caseload, name="caseload"),
    path("clients/<uuid:client_id>/", thread_page.thread, name="thread"),
    path("tour/start/", tour.start, name="tour_start"),
    path("tour/onward/", tour.onward, name="tour_onward"),
    path("tour/leave/", tour.leave, name="tour_leave"),
    path("search/", search_page.search_page, name="search"),
    path("practice/", practice_pages.practice, name="practice"),
    path("practice/word/", practice_pages.word, name="word"),
    path("practice/names/", practice_pages.names, name="names"),
    path("practice/invite/", practice_pages.invite, name="invite"),
    path("practice/people/<uuid:person_id>/", practice_pages.member, name="member"),
    path("practice/keys/", practice_pages.keys, name="keys"),
    path("practice/sharing/", practice_pages.sharing, name="sharing"),
    path("practice/audit/", practice_pages.audit, name="audit"),
    path("practice/checked/", checked_page.checked, name="checked"),
    path("practice/will/", practice_pages.will, name="will"),
    path("practice/will/<uuid:person_id>/", practice_pages.will_of, name="will_of"),
    path("evidence/", evidence_pages.evidence, name="evidence"),
    path("evidence/for-clients/", evidence_pages.for_everyone, name="evidence_for_clients"),
    path("evidence/own/", evidence_pages.own, name="evidence_own"),
    path("evidence/download.csv", evidence_pages.download, name="evidence_download"),
    path("evidence/trials/", evidence_pages.bring, name="evidence_bring"),
    path("evidence/trials/<uuid:set_id>/remove/", evidence_pages.remove, name="evidence_remove"),
    path("help/start.pdf", help_pages.start, name="start_guide"),
    path("help/claims/", help_pages.claims, name="claims"),
    path("place/not-protected/", help_pages.not_protected, name="not_protected"),
    path("components/", components_page.components, name="components"),
]
