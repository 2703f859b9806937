"""Addresses of sign-in and of the administration of units and people."""

from django.urls import path

from cityloop.org import views

app_name = "org"

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("password", views.change_password, name="change_password"),
    path("handler", views.choose_handler, name="choose_handler"),
]
