"""A map without layers, in the shape of /api/v1/map/layers: plain ground, on which a place is marked and picked."""

from django.http import HttpRequest, HttpResponse, JsonResponse


def map_layers(request: HttpRequest) -> HttpResponse:
    extent = [121.476, 31.217, 121.49, 31.229]
    credit = "© OpenStreetMap contributors，示范数据"
    answer = {"attribution": credit, "extent": extent, "base_map": None, "following_seconds": 8}
    return JsonResponse(answer | {"groups": [], "layers": []})
