"""Addresses of sign-in and of the administration of units and people."""

from django.urls import path

from cityloop.org.views import audit, book, door, people, units

app_name = "org"

urlpatterns = [
    path("sign-in", door.sign_in, name="sign_in"),
    path("sign-out", door.sign_out, name="sign_out"),
    path("password", door.change_password, name="change_password"),
    path("handler", door.choose_handler, name="choose_handler"),
    path("org/import", book.import_page, name="import"),
    path("org/import/template", book.template, name="template"),
    path("org/export", book.export, name="export"),
    path("org/units", units.unit_list, name="units"),
    path("org/units/new", units.unit_new, name="unit_new"),
    path("org/units/<int:unit_id>", units.unit_page, name="unit"),
    path("org/units/<int:unit_id>/change", units.unit_change, name="unit_change"),
    path("org/units/<int:unit_id>/retire", units.unit_retire, name="unit_retire"),
    path("org/people", people.person_list, name="people"),
    path("org/people/new", people.person_new, name="person_new"),
    path("org/people/<int:person_id>", people.person_page, name="person"),
    path("org/people/<int:person_id>/change", people.person_change, name="person_change"),
    path("org/people/<int:person_id>/password", people.person_reset, name="person_reset"),
    path("org/people/<int:person_id>/close", people.person_close, name="person_close"),
    path("org/people/<int:person_id>/posts", people.person_appoint, name="person_appoint"),
    path("journal", audit.journal, name="journal"),
    path("org/posts/<int:post_id>/end", people.post_end, name="post_end"),
]
