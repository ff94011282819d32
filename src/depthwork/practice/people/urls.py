"""Addresses of the door. Their rules stand in `policy/mounted.py`, since policy knows people and not the reverse."""

from django.urls import path

from depthwork.practice.people import views

app_name = "people"
urlpatterns = [
    path("unlock/", views.unlock, name="unlock"),
    path("lock/", views.lock, name="lock"),
    path("language/", views.choose_language, name="language"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("recover/", views.recover, name="recover"),
    path("recover/second-factor/", views.factor_lost, name="factor_lost"),
    path("recovery-code/", views.recovery, name="recovery"),
    path("join/", views.join, name="join"),
    path("join/<str:token>/", views.link, name="link"),
    path("demo/sign-in/<slug:who>/", views.demo_sign_in, name="demo_sign_in"),
]
