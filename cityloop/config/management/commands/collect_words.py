"""`cityloop collect-words`: bring the English catalogue up to date with the sources."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

# Beside gettext's own functions: `mark` and `speak` of `base/words`, which the pure engines use.
KEYWORDS = ("mark", "speak")
PASSED_OVER = ("var", "node_modules", "web", "tests", "bench", "deploy", "demo", "requirements")


class Command(makemessages.Command):
    """`makemessages` without guesses (no fuzzy entries) and without noise (no line numbers, sorted, no dates)."""

    help = "Collect the Chinese message ids into cityloop/locale/en; new ones come without a translation."
    xgettext_options = [*makemessages.Command.xgettext_options, *(f"--keyword={name}" for name in KEYWORDS)]
    msgmerge_options = ["-q", "--backup=none", "--update", "--no-fuzzy-matching", "--sort-output"]

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect; English is the one translation that the product ships."""
        options["locale"] = options["locale"] or ["en"]
        options["ignore_patterns"] = [*options["ignore_patterns"], *PASSED_OVER]
        options |= {"add_location": "file", "no_wrap": True, "no_obsolete": True, "verbosity": 0}
        super().handle(*args, **options)

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Merge, then drop the date, which would change with every run."""
        super().write_po_file(potfile, locale)
        path = Path(settings.LOCALE_PATHS[0]) / locale / "LC_MESSAGES" / f"{self.domain}.po"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r'^"POT-Creation-Date:.*\n', "", text, flags=re.MULTILINE), encoding="utf-8")
