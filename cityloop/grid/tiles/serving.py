"""`/tiles/…`: one tile of one layer, drawn, or as it was drawn before under the same key."""

from typing import Final, cast

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.translation import gettext as _

from cityloop.base import tiles
from cityloop.base.errors import Refused
from cityloop.base.maps import Layer, Wanted, get_layer
from cityloop.org.access import ActorRequest, ApiAuth
from cityloop.org.permissions import SIGNED_IN, has_permission

MOST_WORDS: Final = 40  # of a filter


def read_filter(layer: Layer, text: str) -> tuple[str, ...]:
    """The words of `?of=`, sorted; refused as `invalid` if the layer does not know one."""
    words = tuple(sorted({part.strip() for part in text.split(",") if part.strip()}))
    unknown = [word[:40] for word in words if not (layer.may_filter and layer.may_filter(word))]
    if unknown or len(words) > MOST_WORDS:
        raise Refused("invalid", _("此图层不能这样筛选"), {"fields": {"of": unknown[:10] or len(words)}})
    return words


class TileView:
    """The view of one tile. Whoever may not see a layer is told what he is told of one that is not there."""

    permission = SIGNED_IN  # and the layer's own

    def __init__(self) -> None:
        self.auth = ApiAuth(self.permission)

    def __call__(self, request: HttpRequest, layer: str, z: int, x: int, y: int) -> HttpResponse:
        """The tile; refusals in the API's shape, since a program asks."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        try:
            return self._answer(cast(ActorRequest, request), layer, (z, x, y))
        except Refused as no:
            return JsonResponse(no.as_json(), status=no.status)

    def _answer(self, request: ActorRequest, name: str, address: tuple[int, int, int]) -> HttpResponse:
        actor = self.auth(request)
        layer = get_layer(name, lambda permission: has_permission(actor, permission))
        tile = tiles.read_tile(*address, least=layer.min_zoom, most=layer.max_zoom)
        of = read_filter(layer, request.GET.get("of", ""))
        wanted = Wanted(tile, actor, request.now, of)
        scope, stamp = layer.scope(actor), layer.stamp(request.now)
        seconds = 0
        if request.GET.get("v") == tiles.version_of(stamp, scope):
            seconds = tiles.FOR_A_WHILE if scope or layer.restricted else tiles.FOR_GOOD
        key = tiles.digest(layer.name, tile, of, scope, stamp)
        return tiles.answer(request, key, seconds=seconds, make=lambda: layer.draw(wanted))


tile = TileView()
