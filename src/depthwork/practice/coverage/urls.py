"""Addresses of this room."""

from django.urls import path

from depthwork.practice.coverage.views import money, papers, plans, translation

app_name = "coverage"
urlpatterns = [
    path("clients/<uuid:client_id>/coverage/", plans.coverage, name="coverage"),
    path("clients/<uuid:client_id>/coverage/plan/", plans.add_plan, name="add_plan"),
    path("clients/<uuid:client_id>/coverage/hours/", money.charge_hours, name="charge_hours"),
    path("clients/<uuid:client_id>/coverage/charge/", money.add_charge, name="add_charge"),
    path("clients/<uuid:client_id>/coverage/papers/", papers.papers, name="papers"),
    path("clients/<uuid:client_id>/coverage/paper/", papers.paper, name="paper"),
    path("clients/<uuid:client_id>/coverage/paper/<slug:kind>/", papers.paper, name="paper_of"),
    path("clients/<uuid:client_id>/coverage/lacks/", papers.look, name="look"),
    path("clients/<uuid:client_id>/coverage/record/<slug:kind>/", papers.record_paper, name="record_paper"),
    path("clients/<uuid:client_id>/coverage/words/", translation.payer_plan, name="payer_plan"),
    path("clients/<uuid:client_id>/coverage/estimates/", translation.estimates, name="estimates"),
    path("estimates/<uuid:estimate_id>/paper/", papers.estimate_paper, name="estimate_paper"),
    path("estimates/<uuid:estimate_id>/given/", translation.estimate_given, name="estimate_given"),
    path("letters/<uuid:letter_id>/paper/", papers.letter_paper, name="letter_paper"),
    path("plans/<uuid:plan_id>/", plans.change_plan, name="change_plan"),
    path("plans/<uuid:plan_id>/authorisation/", plans.add_authorisation, name="add_authorisation"),
    path("plans/<uuid:plan_id>/verification/", plans.add_verification, name="add_verification"),
    path("plans/<uuid:plan_id>/ask/", plans.ask, name="ask"),
    path("plans/<uuid:plan_id>/answer/", plans.read_answer, name="read_answer"),
    path("verifications/<uuid:verification_id>/", plans.kept_answer, name="kept_answer"),
    path("plans/<uuid:plan_id>/letter/", translation.letter, name="letter"),
    path("authorisations/<uuid:authorisation_id>/", plans.change_authorisation, name="change_authorisation"),
    path("charges/<uuid:charge_id>/", money.change_charge, name="change_charge"),
    path("charges/<uuid:charge_id>/out/", money.take_out_charge, name="take_out_charge"),
    path("charges/<uuid:charge_id>/payment/", money.add_payment, name="add_payment"),
    path("coverage/letterhead/", money.letterhead, name="letterhead"),
    path("coverage/office/", money.office, name="office"),
]
