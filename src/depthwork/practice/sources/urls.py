"""Addresses of the sources."""

from django.urls import path

from depthwork.practice.sources.views import bringing, dreams, kept, materials, writing

app_name = "sources"
urlpatterns = [
    path("hours/<uuid:session_id>/note/", writing.process_note, name="process_note"),
    path("hours/<uuid:session_id>/own-note/", writing.own_note, name="countertransference"),
    path("hours/<uuid:session_id>/dream/", dreams.dream, name="dream"),
    path("hours/<uuid:session_id>/material/", materials.material, name="material"),
    path("hours/<uuid:session_id>/transcript/", bringing.add_transcript, name="add_transcript"),
    path("hours/<uuid:session_id>/transcript/speakers/", bringing.speakers, name="speakers"),
    path("hours/<uuid:session_id>/drafts/<slug:kind>/", writing.draft, name="draft"),
    path("hours/<uuid:session_id>/drafts/<slug:kind>/let-go/", writing.let_go, name="let_go"),
    path("sources/<uuid:source_id>/", kept.source, name="source"),
    path("sources/<uuid:source_id>/edit/", kept.edit, name="edit"),
    path("sources/<uuid:source_id>/draft/", writing.source_draft, name="source_draft"),
    path("sources/<uuid:source_id>/versions/<int:number>/", kept.version, name="version"),
    path("sources/<uuid:source_id>/file/", kept.file, name="file"),
    path("sources/<uuid:source_id>/move/", kept.move, name="move"),
    path("sources/<uuid:source_id>/burn/", kept.burn, name="burn"),
]
