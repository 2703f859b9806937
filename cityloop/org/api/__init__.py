"""The API of sign-in, units, people and posts."""

from ninja import Router

from cityloop.org.access import ApiAuth
from cityloop.org.api.admin import router as admin
from cityloop.org.api.session import router as session

router = Router(auth=ApiAuth())
router.add_router("", session)
router.add_router("/org", admin)
