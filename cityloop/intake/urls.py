"""Addresses of intake."""

from django.urls import path

from cityloop.intake.views import contacts, register, seats

app_name = "intake"

urlpatterns = [
    path("register", register.register, name="register"),
    path("register/categories", register.categories, name="categories"),
    path("register/places", register.places, name="places"),
    path("register/standards", register.standards, name="standards"),
    path("register/place", register.place, name="place"),
    path("register/similar", register.similar, name="similar"),
    path("register/caller", register.caller, name="caller"),
    path("register/<slug:number>/do/<slug:do>", register.act, name="act"),
    path("contacts", contacts.contacts, name="contacts"),
    path("seats", seats.seats, name="seats"),
    path("seats/<slug:number>/take", seats.take, name="take"),
]
