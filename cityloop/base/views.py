"""Pages that say no: the framework's errors and our own refusals, each with one clear sentence and a way back."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself is broken."""
    return _error(request, 400, _("请求无法识别"), _("页面发来的内容不完整，请返回后重新操作。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: not for this person."""
    return _error(request, 403, _("没有权限"), _("您的岗位不能打开这个页面。需要时请联系系统管理员。"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is older than the session, or comes from elsewhere."""
    return _error(request, 403, _("页面已过期"), _("请返回刷新后重新提交；已填写的内容保存在本机，不会丢失。"), "csrf")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not to be seen; a stranger cannot tell."""
    return _error(request, 404, _("没有找到"), _("这个页面不存在，或者不在您的查看范围内。"))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Nothing half-done is left behind: an action is one transaction."""
    return _error(request, 500, _("系统出错了"), _("这次操作没有完成，也没有留下任何改动。请稍后重试。"))


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A rule of ours said no: as a fragment where htmx asked, else as a page."""
    if refusal.code == "not_signed_in" and not request.headers.get("HX-Request"):
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}")
    if request.headers.get("HX-Request"):
        return render(request, "components/refusal.html", {"refusal": refusal}, status=refusal.status)
    return _error(request, refusal.status, _("不能办理"), str(refusal.message), refusal.code)


def _error(request: HttpRequest, status: int, title: str, sentence: str, code: str = "") -> HttpResponse:
    context = {"status": status, "title": title, "sentence": sentence, "code": code}
    return render(request, "error.html", context, status=status)


class AddressMiddleware:
    """Refuses addresses with a NUL in them, which no database keeps, before they come to a query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass a plain request on."""
        if "\x00" not in request.path_info and "%00" not in request.META.get("QUERY_STRING", ""):
            return self.get_response(request)
        refusal = Refused("invalid", _("地址中有无法识别的字符"), {"rule": "address"})
        if request.path_info.startswith("/api/"):
            return JsonResponse(refusal.as_json(), status=refusal.status)
        return refused(request, refusal)


class RefusalMiddleware:
    """Turns a `Refused` that a page lets through into the page that says so. The API has its own shape for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer refusals; leave everything else to Django."""
        return refused(request, error) if isinstance(error, Refused) else None
