"""Addresses of the handbook."""

from django.urls import path

from cityloop.limits import views

app_name = "limits"

urlpatterns = [
    path("", views.handbook_page, name="handbook"),
    path("import", views.import_page, name="handbook_import"),
    path("import/template", views.template, name="handbook_template"),
    path("export", views.export, name="handbook_export"),
]
