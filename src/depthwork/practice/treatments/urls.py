"""Addresses of the course of a treatment."""

from django.urls import path

from depthwork.practice.treatments.views import (
    afterwards,
    agreement,
    alongside,
    away,
    clients,
    ending,
    frame,
    hours,
    mending,
)

app_name = "treatments"
urlpatterns = [
    path("clients/new/", clients.new_client, name="new_client"),
    path("clients/<uuid:client_id>/about/", clients.client_page, name="client"),
    path("clients/<uuid:client_id>/about/edit/", clients.edit_client, name="edit_client"),
    path("clients/<uuid:client_id>/treatment/begin/", clients.begin, name="begin"),
    path(
        "clients/<uuid:client_id>/treatment/<uuid:treatment_id>/open/",
        clients.open_a_course,
        name="open_course",
    ),
    path("clients/<uuid:client_id>/treatment/change/", agreement.change, name="change"),
    path("clients/<uuid:client_id>/frame/", frame.frame, name="frame"),
    path("clients/<uuid:client_id>/frame/agree/", frame.agree, name="agree"),
    path("clients/<uuid:client_id>/frame/series/", frame.series, name="series"),
    path("clients/<uuid:client_id>/frame/break/", frame.announce, name="announce"),
    path("clients/<uuid:client_id>/frame/ending/", ending.end, name="end"),
    path("clients/<uuid:client_id>/frame/ending/correct/", ending.correct, name="correct_ending"),
    path("clients/<uuid:client_id>/frame/reopen/", ending.reopen, name="reopen"),
    path("clients/<uuid:client_id>/frame/follow-up/", afterwards.follow_up, name="follow_up"),
    path("clients/<uuid:client_id>/frame/hour/", hours.plan, name="plan"),
    path("clients/<uuid:client_id>/alongside/", alongside.alongside, name="alongside"),
    path("clients/<uuid:client_id>/alongside/goal/", alongside.add_goal, name="add_goal"),
    path("clients/<uuid:client_id>/alongside/work/", alongside.add_adjunct, name="add_adjunct"),
    path("clients/<uuid:client_id>/alongside/event/", alongside.add_event, name="add_event"),
    path("adjuncts/<uuid:adjunct_id>/end/", alongside.end_adjunct, name="end_adjunct"),
    path("goals/<uuid:goal_id>/near/", alongside.rate_goal, name="rate_goal"),
    path("goals/<uuid:goal_id>/close/", alongside.close_goal, name="close_goal"),
    path("goals/<uuid:goal_id>/correct/", mending.edit_goal, name="edit_goal"),
    path("goals/<uuid:goal_id>/take-out/", mending.remove_goal, name="remove_goal"),
    path("adjuncts/<uuid:adjunct_id>/correct/", mending.edit_adjunct, name="edit_adjunct"),
    path("adjuncts/<uuid:adjunct_id>/take-out/", mending.remove_adjunct, name="remove_adjunct"),
    path("events/<uuid:event_id>/correct/", mending.edit_event, name="edit_event"),
    path("events/<uuid:event_id>/take-out/", mending.remove_event, name="remove_event"),
    path("breaks/<uuid:break_id>/told/", away.tell, name="tell_break"),
    path("breaks/<uuid:break_id>/withdraw/", away.withdraw, name="withdraw_break"),
    path("breaks/<uuid:break_id>/let-in/", away.let_in, name="let_cover_in"),
    path("weeks-away/", away.weeks_away, name="weeks_away"),
    path("follow-ups/<uuid:followup_id>/", afterwards.came_back, name="came_back"),
    path("hours/<uuid:session_id>/move/", hours.move, name="move"),
    path("hours/<uuid:session_id>/attendance/", hours.attendance, name="attendance"),
    path("hours.ics", hours.calendar_file, name="calendar"),
]
