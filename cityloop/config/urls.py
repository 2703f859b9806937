"""Every address of the product. Each app keeps its own list; this page only says where they hang."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from cityloop.cases.views.desk import home
from cityloop.config.api import api
from cityloop.grid.views.map import map_page
from cityloop.org.access import public

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("api/v1/", api.urls),
    path("", include("cityloop.org.urls")),
    path("", include("cityloop.cases.urls")),
    path("notices/", include("cityloop.notify.urls")),
    path("map/", map_page, name="map"),
    path("base/", include("cityloop.grid.urls")),
    path("handbook/", include("cityloop.limits.urls")),
    path("intake/", include("cityloop.intake.urls")),
    path("tiles/", include("cityloop.grid.tiles.urls")),
    path("dispatch/", include("cityloop.dispatch.urls")),
    path("m/", include("cityloop.patrol.urls")),
    path("evaluation/", include("cityloop.evaluation.urls")),
    path("language", public(set_language), name="set_language"),
]

handler400 = "cityloop.base.views.bad_request"
handler403 = "cityloop.base.views.forbidden"
handler404 = "cityloop.base.views.not_found"
handler500 = "cityloop.base.views.server_error"
