"""Photos of components and registered objects. Base data know them by number alone; here they are handed out."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cityloop.base.errors import Refused
from cityloop.evidence.delivery import original_response, thumbnail_response
from cityloop.evidence.models import Evidence
from cityloop.grid.policy import access_row
from cityloop.grid.subjects import get_kind
from cityloop.grid.updates.policy import access_proposal
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.actor import Actor


def access_photo(kind: str, code: str, uuid: UUID, *, by: Actor) -> Evidence:
    """A photo of a row that this actor may see; refused as `not_found`."""
    row = access_row(get_kind(kind), code, by=by)
    found = Evidence.objects.filter(pk=uuid).first() if uuid in getattr(row, "photos", ()) else None
    if found is None:
        raise Refused("not_found", _("没有这份材料"))
    return found


@permission_required("grid.browse")
@require_GET
def base_photo(request: ActorRequest, kind: str, code: str, uuid: UUID) -> HttpResponseBase:
    """The photo itself."""
    return original_response(request, access_photo(kind, code, uuid, by=request.actor))


@permission_required("grid.browse")
@require_GET
def base_thumbnail(request: ActorRequest, kind: str, code: str, uuid: UUID) -> HttpResponseBase:
    """Its thumbnail."""
    return thumbnail_response(request, access_photo(kind, code, uuid, by=request.actor))


def access_update_photo(update_id: int, uuid: UUID, *, by: Actor) -> Evidence:
    """A photo of a proposal that this actor may see; refused as `not_found`."""
    found = Evidence.objects.filter(pk=uuid).first() if uuid in access_proposal(update_id, by=by).photos else None
    if found is None:
        raise Refused("not_found", _("没有这份材料"))
    return found


@permission_required("grid.propose")
@require_GET
def update_photo(request: ActorRequest, update_id: int, uuid: UUID) -> HttpResponseBase:
    """A photo of a proposal."""
    return original_response(request, access_update_photo(update_id, uuid, by=request.actor))


@permission_required("grid.propose")
@require_GET
def update_thumbnail(request: ActorRequest, update_id: int, uuid: UUID) -> HttpResponseBase:
    """Its thumbnail."""
    return thumbnail_response(request, access_update_photo(update_id, uuid, by=request.actor))
