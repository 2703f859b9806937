"""The stamp by which cached limits are known to be current."""

from typing import Final

from cityloop.base.stamps import Stamp
from cityloop.limits.models import LimitsVersion

STAMP: Final = Stamp(LimitsVersion)

forget = STAMP.forget
current = STAMP.current
bump = STAMP.bump
