"""Which centres a person takes calls for, and which he leads."""

from cityloop.org.actor import Actor


def centres_of(actor: Actor, kind: str) -> list[int]:
    """The ids of the units in which the actor may act as `kind`."""
    return [post.unit_id for post in actor.posts_as(kind) if post.unit_id is not None]
