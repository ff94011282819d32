"""Addresses of supervision."""

from django.urls import path

from depthwork.practice.supervision.views import agenda, coding, desk, packs, sharing

app_name = "supervision"
urlpatterns = [
    path("supervision/", desk.desk, name="desk"),
    path("supervision/agenda/", agenda.agenda, name="agenda"),
    path("supervision/<uuid:supervision_id>/", desk.course, name="course"),
    path("supervision/<uuid:supervision_id>/text/<uuid:source_id>/", desk.text, name="text"),
    path("supervision/<uuid:supervision_id>/formulation/", desk.formulation, name="formulation"),
    path("supervision/<uuid:supervision_id>/agenda/", agenda.add, name="add_to_agenda"),
    path("supervision/<uuid:supervision_id>/end/", sharing.end, name="end"),
    path("supervision/agenda/<uuid:item_id>/done/", agenda.done, name="done"),
    path("sources/<uuid:source_id>/comments/", desk.add_comment, name="comment"),
    path("comments/<uuid:comment_id>/withdraw/", desk.withdraw, name="withdraw"),
    path("clients/<uuid:client_id>/supervision/", sharing.client, name="client"),
    path("clients/<uuid:client_id>/supervision/invite/", sharing.invite, name="invite"),
    path("clients/<uuid:client_id>/supervision/keys/<uuid:person_id>/", sharing.keys, name="keys"),
    path("clients/<uuid:client_id>/supervision/coding/", coding.ask, name="ask"),
    path("coding/<uuid:sheet_id>/", coding.sheet, name="sheet"),
    path("coding/<uuid:sheet_id>/mark/", coding.mark, name="mark"),
    path("coding/<uuid:sheet_id>/unmark/", coding.unmark, name="unmark"),
    path("coding/<uuid:sheet_id>/own/", coding.own, name="own"),
    path("coding/<uuid:sheet_id>/seal/", coding.seal, name="seal"),
    path("coding/<uuid:sheet_id>/aside/", coding.aside, name="aside"),
    path("agreement/<uuid:exercise_id>/", coding.agreement, name="agreement"),
    path("agreement/<uuid:exercise_id>/settle/", coding.settle, name="settle"),
    path("clients/<uuid:client_id>/packs/new/", packs.new, name="new_pack"),
    path("packs/<uuid:pack_id>/", packs.review, name="pack"),
    path("packs/<uuid:pack_id>/finish/", packs.finish, name="finish_pack"),
    path("packs/<uuid:pack_id>/pack.pdf", packs.paper, name="pack_pdf"),
    path("packs/<uuid:pack_id>/pack.zip", packs.files, name="pack_files"),
]
