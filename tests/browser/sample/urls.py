"""Addresses of the sample pages; they exist in tests only."""

import json
import time
from types import SimpleNamespace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.i18n import set_language
from PIL import Image

from cityloop.base.errors import Refused
from cityloop.base.pages import see_other
from cityloop.org.actor import Actor, ActorPost
from tests.browser.sample.data import BOXES, STATE, STEPS, row
from tests.browser.sample.geo import map_layers
from tests.browser.sample.photo import photo

SEAT = Actor(7, "张敏", (ActorPost(1, "operator", 1, "市监督中心", "1/", ""),))


def show(request: HttpRequest, name: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    request.user = SimpleNamespace(pk=7, name="张敏", is_authenticated=True)  # type: ignore[assignment]
    request.actor = SEAT  # type: ignore[attr-defined]
    return render(request, f"sample/{name}.html", context or {}, status=status)


def boxes() -> dict[str, Any]:
    groups = [(label, list(rows)) for label, rows in BOXES]
    groups[0][1][0] = ("待受理", len(STATE.waiting), 3)
    return {"groups": groups, "total": len(STATE.waiting)}


def desk(request: HttpRequest) -> HttpResponse:
    return show(request, "desk", {"rows": [row(number) for number in STATE.waiting], **boxes()})


def counts(request: HttpRequest) -> HttpResponse:
    return show(request, "boxes", boxes())


def rows(request: HttpRequest) -> HttpResponse:
    return show(request, "rows", {"rows": [row(number) for number in STATE.waiting]})


def case(request: HttpRequest, number: int) -> HttpResponse:
    time.sleep(STATE.seconds.get(number, 0))
    if number not in STATE.waiting:
        raise Http404
    photos = [
        {"url": f"/photo/{number}-{side}.jpg", "caption": "近景", "taken": "03-01 08:11", "by": "周强"}
        for side in (1, 2)
    ]
    context = {"case": row(number), "steps": STEPS, "before": photos, "after": photos[1:] if number % 2 else []}
    return show(request, "case", context)


def act(request: HttpRequest, number: int) -> HttpResponse:
    time.sleep(STATE.seconds.get("do", 0))
    STATE.sent.append({key: str(value) for key, value in request.POST.items()} | {"case": str(number)})
    if STATE.answer == "broken":
        return HttpResponse("broken", status=500)
    if STATE.answer == "signed_out":
        return HttpResponse(status=204, headers={"HX-Redirect": "/sign-in"})
    if STATE.answer == "refused":
        refusal = Refused("stale", "李伟 已在 08:31 受理了这个问题，您写的意见保留在下面。")
        return show(request, "action", {"case": row(number), "refusal": refusal, "note": request.POST["note"]}, 409)
    STATE.waiting.remove(number)
    done = {"row": f"row-{number}", "message": f"{row(number)['number']} 已受理", "undo": "/case/2"}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"case-done": done})})


def phone(request: HttpRequest) -> HttpResponse:
    return show(request, "phone", {"tasks": [row(number) for number in range(1, 6)]})


def report(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        STATE.sent.append({key: str(value) for key, value in request.POST.items()})
        if STATE.answer == "refused":
            refusal = Refused("invalid", "位置不在您的责任网格内。", {"fields": {"point": "请在图上重新选点"}})
            return show(request, "report", {"refusal": refusal}, 422)
        return see_other(request, "/phone")
    return show(request, "report", {"shots": STATE.evidence})


def evidence(request: HttpRequest, uuid: str) -> HttpResponse:
    fields, files = request.parse_file_upload(request.META, request)
    if STATE.answer == "broken":
        return HttpResponse(status=503)
    width = str(Image.open(files["file"]).width)
    STATE.evidence.append({"id": uuid, "width": width, **{key: str(value) for key, value in fields.items()}})
    return JsonResponse({"id": uuid}, status=201)


def locate(request: HttpRequest) -> HttpResponse:
    grid = {"code": "310101002003", "name": "豫园第三责任网格"}
    found = {"cell_code": "310101002001007", "duty_grid": grid, "street": {"code": "310101002", "name": "豫园街道"}}
    return JsonResponse({**found, "address_hint": "方浜中路 218 号附近"})


def refuse(request: HttpRequest) -> HttpResponse:
    raise Refused("not_yours", "本件由老西门街道办理，您的岗位不能查看。")


def crash(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def page(name: str) -> Any:
    return lambda request: show(request, name, {"steps": STEPS, "case": row(1), "before": [], "after": []})


urlpatterns = [
    path("", desk, name="home"),
    path("boxes", counts),
    path("rows", rows),
    path("case/<int:number>", case),
    path("case/<int:number>/do", act),
    path("photo/<str:name>", photo),
    path("phone", phone),
    path("report", report),
    path("api/v1/evidence/<str:uuid>", evidence),
    path("api/v1/locate", locate),
    path("api/v1/map/layers", map_layers),
    path("page", page("page")),
    path("card", page("card")),
    path("sheet", page("sheet")),
    path("map", page("map")),
    path("refuse", refuse),
    path("crash", crash),
    path("", include("cityloop.org.urls")),
    path("language", set_language, name="set_language"),
]

handler404 = "cityloop.base.views.not_found"
handler500 = "cityloop.base.views.server_error"
