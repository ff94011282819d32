"""Addresses of the formulation, and of the pages before and after the hour."""

from django.urls import path

from depthwork.practice.formulation.views import after, before, kept, reading, writing

app_name = "formulation"
urlpatterns = [
    path("clients/<uuid:client_id>/formulation/", reading.formulation, name="formulation"),
    path("clients/<uuid:client_id>/formulation/begin/", writing.begin, name="begin"),
    path("clients/<uuid:client_id>/before/", before.next_hour, name="before_next"),
    path("clients/<uuid:client_id>/before/switch/", before.switch, name="switch_before"),
    path("clients/<uuid:client_id>/kept-lines/", kept.kept_lines_page, name="kept_lines"),
    path("clients/<uuid:client_id>/kept-lines.pdf", kept.kept_lines_pdf, name="kept_lines_pdf"),
    path("formulations/<uuid:formulation_id>/", reading.version, name="version"),
    path("formulations/<uuid:formulation_id>/formulation.pdf", reading.version_pdf, name="version_pdf"),
    path("formulations/<uuid:formulation_id>/changes/", reading.changes, name="changes"),
    path("formulations/<uuid:formulation_id>/write/", writing.write, name="write"),
    path("formulations/<uuid:formulation_id>/headings/", writing.headings, name="headings"),
    path("formulations/<uuid:formulation_id>/add/", writing.add, name="add"),
    path("formulations/<uuid:formulation_id>/keep/", writing.keep, name="keep"),
    path("formulations/<uuid:formulation_id>/lines/", writing.lines, name="lines"),
    path("formulations/<uuid:formulation_id>/expect/", writing.expect, name="expect"),
    path("statements/<uuid:statement_id>/", writing.statement, name="statement"),
    path("statements/<uuid:statement_id>/cite/", writing.cite, name="cite"),
    path("statements/<uuid:statement_id>/inference/", writing.inference, name="inference"),
    path("statements/<uuid:statement_id>/strike/", writing.strike, name="strike"),
    path("citations/<uuid:citation_id>/withdraw/", writing.withdraw, name="withdraw"),
    path("predictions/<uuid:prediction_id>/came/", writing.came, name="came"),
    path("hours/<uuid:session_id>/before/", before.before, name="before"),
    path("hours/<uuid:session_id>/before.pdf", before.before_pdf, name="before_pdf"),
    path("hours/<uuid:session_id>/after/", after.after, name="after"),
    path("practice/formulation-headings/", writing.outline, name="outline"),
]
