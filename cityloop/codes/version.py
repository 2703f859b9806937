"""The stamp by which cached codes are known to be current."""

from typing import Final

from cityloop.base.stamps import Stamp
from cityloop.codes.models import CodesVersion

STAMP: Final = Stamp(CodesVersion)

forget = STAMP.forget
current = STAMP.current
bump = STAMP.bump
