"""Addresses of asking, answering, alerts and the watch."""

from django.urls import path

from depthwork.practice.tracking.views import alerts, measures, own_texts, phone, practice_sum, room

app_name = "tracking"
urlpatterns = [
    # By link, without an account
    path("f/<str:token>/", phone.link, name="link"),
    path("forms/<uuid:request_id>/", phone.form, name="form"),
    path("forms/<uuid:request_id>/save/", phone.form_save, name="form_save"),
    path("forms/<uuid:request_id>/send/", phone.form_send, name="form_send"),
    path("forms/<uuid:request_id>/decline/", phone.form_decline, name="form_decline"),
    path("forms/<uuid:request_id>/clear/", phone.form_clear, name="form_clear"),
    # On the clinician's screen
    path("room/<uuid:request_id>/", room.form, name="room"),
    path("room/<uuid:request_id>/save/", room.save, name="room_save"),
    path("room/<uuid:request_id>/send/", room.send, name="room_send"),
    path("room/<uuid:request_id>/decline/", room.decline, name="room_decline"),
    path("room/<uuid:request_id>/take-back/", room.take_back, name="take_back"),
    # For the clinician
    path("clients/<uuid:client_id>/measures/", measures.measures, name="measures"),
    path("clients/<uuid:client_id>/measures/ask/", measures.ask, name="ask"),
    path("clients/<uuid:client_id>/measures/schedule/", measures.schedule, name="schedule"),
    path("clients/<uuid:client_id>/measures/deputy/", alerts.deputy, name="deputy"),
    path("alerts/<uuid:alert_id>/", alerts.alert, name="alert"),
    path("watch/", alerts.watch, name="watch"),
    path("watch/address/", alerts.address, name="address"),
    path("watch/test/", alerts.test, name="test"),
    path("watch/test/<uuid:test_id>/", alerts.acknowledge, name="acknowledge"),
    path("practice/forms/", own_texts.texts, name="texts"),
    path("practice/forms/<slug:measure_id>/", own_texts.text, name="text"),
    path("practice/sum/", practice_sum.practice_sum, name="practice_sum"),
]
