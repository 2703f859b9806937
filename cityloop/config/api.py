"""The API under /api/v1/: each app's router hangs here, and every refusal leaves in one shape."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError

from cityloop.base.errors import Refused
from cityloop.cases.api import router as cases_router
from cityloop.cases.tiles.api import router as heat_router
from cityloop.codes.api import router as codes_router
from cityloop.config.complaints import complaint
from cityloop.dispatch.api import router as dispatch_router
from cityloop.evaluation.api import router as evaluation_router
from cityloop.evidence.api import router as evidence_router
from cityloop.grid.api import router as grid_router
from cityloop.grid.base_api import router as base_data_router
from cityloop.grid.base_places_api import router as base_places_router
from cityloop.grid.cells.api import router as cells_router
from cityloop.grid.ownership_api import router as ownership_router
from cityloop.grid.places_api import router as places_router
from cityloop.grid.tiles.api import router as map_router
from cityloop.grid.updates.api import router as updates_router
from cityloop.intake.api import router as intake_router
from cityloop.limits.api import router as limits_router
from cityloop.notify.api import router as notify_router
from cityloop.org.access import ApiAuth
from cityloop.org.api import router as org_router

api = NinjaAPI(title="CityLoop", version="1", urls_namespace="api", docs_url="/docs")

# What the framework itself refuses, in our codes.
CODES = {400: "invalid", 401: "not_signed_in", 403: "not_yours", 404: "not_found", 413: "too_large", 429: "too_many"}
WORDS = {
    "invalid": gettext_lazy("请求内容无法读取，应为 JSON"),
    "not_signed_in": gettext_lazy("请先登录"),
    "not_yours": gettext_lazy("没有权限"),
    "not_found": gettext_lazy("没有找到"),
    "too_large": gettext_lazy("请求内容过大"),
    "too_many": gettext_lazy("请求过于频繁，请稍后再试"),
}


def refuse(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A refusal in its one shape."""
    return api.create_response(request, refusal.as_json(), status=refusal.status)


@api.exception_handler(Refused)
def on_refused(request: HttpRequest, error: Exception) -> HttpResponse:
    """A rule of ours said no."""
    assert isinstance(error, Refused)
    return refuse(request, error)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: Exception) -> HttpResponse:
    """The body or the query is not of the documented form; each field says why."""
    assert isinstance(error, ValidationError)
    fields = {_field(problem): complaint(problem) for problem in error.errors}
    return refuse(request, Refused("invalid", _("输入不符合要求"), {"fields": fields}))


def _field(problem: dict[str, Any]) -> str:
    """`body.data.note` from the framework's location, without the name of the handler's own parameter."""
    where = [str(part) for part in problem.get("loc", ())]
    return ".".join(where[2:] or where[-1:])


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, error: Exception) -> HttpResponse:
    """Not there, or not to be seen."""
    return refuse(request, Refused("not_found", _("没有找到")))


@api.exception_handler(PermissionDenied)
def on_denied(request: HttpRequest, error: Exception) -> HttpResponse:
    """Django's own word for no."""
    return refuse(request, Refused("not_yours", _("没有权限")))


@api.exception_handler(RequestDataTooBig)
def on_too_large(request: HttpRequest, error: Exception) -> HttpResponse:
    """More bytes than a request may have."""
    return refuse(request, Refused("too_large", _("请求内容过大")))


@api.exception_handler(HttpError)
def on_framework(request: HttpRequest, error: Exception) -> HttpResponse:
    """The framework's own refusals: an unreadable body, a missing sign-in."""
    assert isinstance(error, HttpError)
    code = CODES.get(error.status_code, "invalid")
    return refuse(request, Refused(code, str(WORDS[code])))


beyond = Router()


@beyond.api_operation(
    ["GET", "POST", "PUT", "PATCH", "DELETE"], "/{path:rest}", include_in_schema=False, auth=None, url_name="nowhere"
)
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """An address that the API does not have."""
    raise Http404


# Where each app's operations hang. `beyond` answers what none of them has, so it stays last.
ROUTERS: tuple[tuple[str, Router], ...] = (
    ("org", org_router),
    ("limits", limits_router),
    ("notify", notify_router),
    ("evidence", evidence_router),
    ("cases", cases_router),
    ("evaluation", evaluation_router),
    ("grid", grid_router),
    ("ownership", ownership_router),
    ("cells", cells_router),
    ("map", map_router),
    ("grid", places_router),
    ("grid", base_places_router),
    ("base data", base_data_router),
    ("map", heat_router),
    ("online update", updates_router),
    ("intake", intake_router),
    ("dispatch", dispatch_router),
)
for tag, router in ROUTERS:
    api.add_router("", router, tags=[tag])
api.add_router("", codes_router, tags=["codes"], auth=ApiAuth())  # codes stands beside org and cannot ask it itself
api.add_router("", beyond)
