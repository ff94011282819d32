"""Addresses of the pages that join rooms."""

from django.urls import path

from depthwork.practice.ui import caseload_page, components_page, thread_page, today_page, tour

app_name = "ui"
urlpatterns = [
    path("", today_page.home, name="home"),
    path("today/", today_page.today, name="today"),
    path("caseload/", caseload_page.caseload, name="caseload"),
    path("clients/<uuid:client_id>/", thread_page.thread, name="thread"),
    path("tour/start/", tour.start, name="tour_start"),
    path("tour/onward/", tour.onward, name="tour_onward"),
    path("tour/leave/", tour.leave, name="tour_leave"),
    path("components/", components_page.components, name="components"),
]
