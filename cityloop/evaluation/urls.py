"""Addresses of evaluation."""

from django.urls import path

from cityloop.evaluation import views

app_name = "evaluation"

urlpatterns = [
    path("monthly/", views.monthly, name="monthly"),
    path("monthly/export", views.export, name="export"),
    path("monthly/cases", views.cases, name="cases"),
    path("monthly/cases/export", views.cases_export, name="cases_export"),
    path("own-unit", views.own_unit, name="own_unit"),
    path("monthly/publish", views.publish, name="publish"),
]
