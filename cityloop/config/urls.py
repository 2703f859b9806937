"""Every address of the product. Each app keeps its own list; this page only says where they hang."""

from django.urls import URLPattern, URLResolver, include, path

from cityloop.config.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("", include("cityloop.org.urls")),
    path("notices/", include("cityloop.notify.urls")),
]
