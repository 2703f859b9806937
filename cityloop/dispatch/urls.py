"""Addresses of dispatch."""

from django.urls import path

from cityloop.dispatch import views

app_name = "dispatch"

urlpatterns = [
    path("recommend/<slug:number>", views.recommended, name="recommend"),
    path("load/<int:unit_id>", views.unit_load, name="unit_load"),
    path("unit", views.own_unit, name="unit"),
    path("unit/<int:unit_id>", views.own_unit, name="unit_of"),
    path("duties", views.duties, name="duties"),
    path("duties/export", views.duties_export, name="duties_export"),
]
