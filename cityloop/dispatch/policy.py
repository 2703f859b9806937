"""Which unit is a person's own."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.org.actor import Actor


def units_of(actor: Actor) -> Mapping[int, str]:
    """The units for which the actor holds a unit's post, by id, in the order of his posts."""
    return {post.unit_id: post.unit_name for post in actor.posts if post.kind == "unit" and post.unit_id is not None}


def access_unit(unit_id: int, *, by: Actor) -> int:
    """The unit, if it is the actor's own; refused as `not_found` otherwise: a stranger cannot tell."""
    if unit_id not in units_of(by):
        raise Refused("not_found", _("没有这个单位, 或不是您的单位"))
    return unit_id
