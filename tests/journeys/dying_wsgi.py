"""The product's own application for one test: when asked, its server dies with the answer in its hands.

The answer is computed and its transaction committed; then every process of the server is killed as `kill -9` does it,
before a byte of the answer leaves. Nothing in the product knows of this.
"""

import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

from cityloop.config.wsgi import application as product

HEADER = "HTTP_X_DIE_BEFORE_ANSWERING"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer, unless the request asks the server to die first."""
    answer = product(environ, start_response)
    if environ.get(HEADER) == "1":
        os.killpg(os.getpgrp(), signal.SIGKILL)
    return answer
