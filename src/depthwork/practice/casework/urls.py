"""Addresses of casework."""

from django.urls import path

from depthwork.practice.casework.views import hour, marking, patterns, returning

app_name = "casework"
urlpatterns = [
    path("codes/", marking.codes, name="codes"),
    path("hours/<uuid:session_id>/", hour.hour, name="hour"),
    path("hours/<uuid:session_id>/column/", hour.column, name="column"),
    path("hours/<uuid:session_id>/profile/", hour.profile, name="profile"),
    path("hours/<uuid:session_id>/line/", hour.line, name="line"),
    path("hours/<uuid:session_id>/skip/", hour.skip, name="skip"),
    path("sources/<uuid:source_id>/marks/", marking.make, name="make"),
    path("sources/<uuid:source_id>/undo/", marking.undo, name="undo"),
    path("sources/<uuid:source_id>/reading/", marking.reading, name="reading"),
    path("sources/<uuid:source_id>/alike/", patterns.alike, name="alike"),
    path("sources/<uuid:source_id>/cues/<uuid:cue_id>/accept/", marking.accept, name="accept"),
    path("sources/<uuid:source_id>/cues/<uuid:cue_id>/dismiss/", marking.dismiss, name="dismiss"),
    path("sources/<uuid:source_id>/passages/<uuid:passage_id>/", marking.answer, name="answer"),
    path("marks/<uuid:mark_id>/edit/", marking.edit, name="edit"),
    path("marks/<uuid:mark_id>/remove/", marking.remove, name="remove"),
    path("marks/<uuid:mark_id>/became/", marking.became, name="became"),
    path("treatments/<uuid:treatment_id>/cues/", marking.switch, name="switch"),
    path("clients/<uuid:client_id>/patterns/", patterns.patterns, name="patterns"),
    path("clients/<uuid:client_id>/patterns/defenses/", patterns.defenses, name="defenses"),
    path("clients/<uuid:client_id>/patterns/words/", returning.returning, name="returning"),
    path("clients/<uuid:client_id>/dreams/", patterns.dreams, name="dreams"),
]
