"""`python3 -m deploy TASK`: what each target of the Makefile calls."""

import sys

# Older Pythons must get this far, to hear it.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        f"CityLoop needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.\n"
        "  Next: name a newer one, for example: make run PYTHON=/usr/bin/python3.11"
    )

from deploy.tasks import main

sys.exit(main(sys.argv[1:]))
