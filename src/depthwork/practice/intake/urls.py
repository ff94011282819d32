"""Addresses of the first conversations, of consents and of the safety plan."""

from django.urls import path

from depthwork.practice.intake.views import consents, consultation, inbox, public, safety

app_name = "intake"
urlpatterns = [
    path("ask/", public.ask, name="ask"),
    path("ask/<uuid:practice_id>/", public.ask, name="ask_at"),
    path("ask/<uuid:practice_id>/sent/", public.asked, name="asked"),
    path("ask/<uuid:practice_id>/people/", public.people, name="people"),
    path("ways-of-working/", public.formats, name="formats"),
    path("inquiries/", inbox.inbox, name="inbox"),
    path("inquiries/desk/", inbox.desk, name="desk"),
    path("inquiries/my-page/", inbox.my_profile, name="my_profile"),
    path("inquiries/<uuid:inquiry_id>/", inbox.inquiry, name="inquiry"),
    path("inquiries/<uuid:inquiry_id>/who/", inbox.who_fits, name="who_fits"),
    path("inquiries/<uuid:inquiry_id>/refer/", inbox.refer, name="refer"),
    path("inquiries/<uuid:inquiry_id>/meet/", inbox.become, name="become"),
    path("clients/<uuid:client_id>/consultation/", consultation.consultation, name="consultation"),
    path("clients/<uuid:client_id>/consultation/begin/", consultation.begin, name="begin"),
    path("clients/<uuid:client_id>/consultation/facts/", consultation.facts, name="facts"),
    path("clients/<uuid:client_id>/consultation/wishes/", consultation.preferences, name="preferences"),
    path("clients/<uuid:client_id>/consultation/notes/", consultation.notes, name="notes"),
    path("clients/<uuid:client_id>/consultation/acknowledge/", consultation.acknowledge, name="acknowledge"),
    path("clients/<uuid:client_id>/consultation/decide/", consultation.decide, name="decide"),
    path("clients/<uuid:client_id>/consents/", consents.consents, name="consents"),
    path("clients/<uuid:client_id>/consents/<slug:purpose>/", consents.answer, name="consent"),
    path("consents/<uuid:consent_id>/revoke/", consents.revoke, name="revoke"),
    path("clients/<uuid:client_id>/safety-plan/", safety.safety_plan, name="safety_plan"),
    path("clients/<uuid:client_id>/safety-plan/make/", safety.make_safety_plan, name="make_safety_plan"),
]
