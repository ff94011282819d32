"""Addresses of disclosure."""

from django.urls import path

from depthwork.practice.disclosure.views import arriving, giving

app_name = "disclosure"
urlpatterns = [
    path("clients/<uuid:client_id>/giving-out/", giving.client, name="client"),
    path("clients/<uuid:client_id>/giving-out/release/", giving.new_release, name="new_release"),
    path("releases/<uuid:release_id>/take-back/", giving.revoke, name="revoke"),
    path("clients/<uuid:client_id>/giving-out/case/", giving.give_case, name="give_case"),
    path("clients/<uuid:client_id>/giving-out/own-copy/", giving.give_access, name="give_access"),
    path("clients/<uuid:client_id>/giving-out/own-copy/look/", giving.look, name="look"),
    path("clients/<uuid:client_id>/giving-out/fhir/", giving.give_fhir, name="give_fhir"),
    path(
        "clients/<uuid:client_id>/giving-out/annotations/", giving.give_annotations, name="give_annotations"
    ),
    path("clients/<uuid:client_id>/giving-out/study/", giving.count_in, name="count_in"),
    path("clients/<uuid:client_id>/giving-out/marks-in/", giving.take_marks_in, name="take_marks_in"),
    path("packs/<uuid:pack_id>/sealed/", giving.pack, name="pack"),
    path("take-in/", arriving.take_in, name="take_in"),
    path("arrivals/<uuid:arrival_id>/", arriving.arrival, name="arrival"),
    path("arrivals/<uuid:arrival_id>/confirm/", arriving.confirm, name="confirm"),
    path("research/", arriving.research, name="research"),
]
