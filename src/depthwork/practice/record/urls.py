"""Addresses of the record."""

from django.urls import path

from depthwork.practice.record import views

app_name = "record"
urlpatterns = [
    path("clients/<uuid:client_id>/record/", views.record, name="record"),
    path("clients/<uuid:client_id>/record/plan/", views.plan, name="plan"),
    path("clients/<uuid:client_id>/record/new/", views.between, name="between"),
    path("hours/<uuid:session_id>/progress-note/", views.hour, name="hour"),
    path("progress-notes/<uuid:note_id>/", views.note, name="note"),
    path("progress-notes/<uuid:note_id>/addendum/", views.add, name="add"),
    path("progress-notes/<uuid:note_id>/let-go/", views.let_go, name="let_go"),
]
