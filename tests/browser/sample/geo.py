"""A base map of a few invented streets, in the shape of /api/v1/base-map."""

from django.http import HttpRequest, HttpResponse, JsonResponse

WEST, SOUTH = 121.476, 31.217
STREETS = ["方浜中路", "复兴东路", "人民路", "河南南路", "四牌楼路", "光启路 1 弄"]


def _feature(layer: str, name: str, kind: str, geometry: dict[str, object]) -> dict[str, object]:
    return {"type": "Feature", "properties": {"layer": layer, "name": name, "road_class": kind}, "geometry": geometry}


def _line(*points: tuple[float, float]) -> dict[str, object]:
    return {"type": "LineString", "coordinates": points}


def _box(west: float, south: float, size: float) -> dict[str, object]:
    ring = [(west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south)]
    return {"type": "Polygon", "coordinates": [ring]}


def base_map(request: HttpRequest) -> HttpResponse:
    features = []
    for index, name in enumerate(STREETS):
        kind = "primary" if index == 1 else "residential"
        at = index // 2 * 0.003 + 0.002
        ends = ((0.0, at), (0.014, at + 0.0005)) if index % 2 == 0 else ((at, 0.0), (at + 0.0005, 0.012))
        features.append(_feature("streets", name, kind, _line(*((WEST + x, SOUTH + y) for x, y in ends))))
    for index in range(48):
        west, south = WEST + (index % 8 + 2) * 0.001, SOUTH + (index // 8 + 2) * 0.001
        features.append(_feature("cells", str(index), "A", _box(west, south, 0.001)))
    features.append(_feature("duty_grids", "豫园第三责任网格", "", _box(WEST + 0.002, SOUTH + 0.002, 0.005)))
    point = {"type": "Point", "coordinates": (WEST + 0.0078, SOUTH + 0.0058)}
    features.append(_feature("components", "雨水井盖", "0103", point))
    return JsonResponse(
        {"type": "FeatureCollection", "attribution": "© OpenStreetMap contributors，示范数据", "features": features}
    )
