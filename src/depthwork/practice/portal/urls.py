"""Addresses of a client's own place."""

from django.urls import path

from depthwork.practice.portal import agreements, clinician, views

app_name = "portal"
urlpatterns = [
    path("place/", views.place, name="place"),
    path("place/safety-plan/", views.safety_plan, name="safety_plan"),
    path("place/code/", views.confirm_code, name="confirm_code"),
    path("place/thought/", views.thought, name="thought"),
    path("place/thoughts/agree/", views.agree, name="agree"),
    path("place/hope/", views.hope, name="hope"),
    path("place/goals/<uuid:goal_id>/", views.rate, name="rate"),
    path("place/forms/<uuid:request_id>/", views.form, name="form"),
    path("place/forms/<uuid:request_id>/save/", views.form_save, name="form_save"),
    path("place/forms/<uuid:request_id>/send/", views.form_send, name="form_send"),
    path("place/forms/<uuid:request_id>/decline/", views.form_decline, name="form_decline"),
    path("place/agreed/<uuid:consent_id>/", agreements.take_back, name="take_back"),
    path("place/join/", views.join, name="join"),
    path("place/join/<str:token>/", views.link, name="link"),
    path("clients/<uuid:client_id>/place/", clinician.for_clinician, name="for_clinician"),
]
