"""Addresses of this room."""

from django.urls import path

from depthwork.practice.coverage.views import money, plans

app_name = "coverage"
urlpatterns = [
    path("clients/<uuid:client_id>/coverage/", plans.coverage, name="coverage"),
    path("clients/<uuid:client_id>/coverage/plan/", plans.add_plan, name="add_plan"),
    path("clients/<uuid:client_id>/coverage/hours/", money.charge_hours, name="charge_hours"),
    path("clients/<uuid:client_id>/coverage/charge/", money.add_charge, name="add_charge"),
    path("clients/<uuid:client_id>/coverage/paper/", money.paper, name="paper"),
    path("clients/<uuid:client_id>/coverage/lacks/", money.look, name="look"),
    path("plans/<uuid:plan_id>/authorisation/", plans.add_authorisation, name="add_authorisation"),
    path("plans/<uuid:plan_id>/verification/", plans.add_verification, name="add_verification"),
    path("plans/<uuid:plan_id>/answer/", plans.read_answer, name="read_answer"),
    path("charges/<uuid:charge_id>/payment/", money.add_payment, name="add_payment"),
    path("coverage/letterhead/", money.letterhead, name="letterhead"),
]
