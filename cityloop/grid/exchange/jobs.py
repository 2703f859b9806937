"""The slow steps of an import as jobs. They carry its id; whose import it is stands in its row."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from cityloop.base.errors import Refused
from cityloop.grid.exchange import imports
from cityloop.grid.models import DataImport, ImportState
from cityloop.org.actor import SYSTEM, get_actor

QUEUE = "imports"


def defer(job: DataImport) -> None:
    """Have a worker do what the import waits for."""
    task = check_import if job.state == ImportState.CHECKING else apply_import
    task.defer(import_id=job.pk)


@app.task(name=imports.CHECK, queue=QUEUE)
def check_import(import_id: int) -> None:
    """Check the import, unless somebody gave it up meanwhile."""
    job = DataImport.objects.filter(pk=import_id, state=ImportState.CHECKING).first()
    if job is not None:
        _guarded(job, lambda: imports.run_check(job, now=timezone.now()))


@app.task(name=imports.APPLY, queue=QUEUE)
def apply_import(import_id: int) -> None:
    """Apply the import in the name of who asked for it, unless it is done or given up."""
    job = DataImport.objects.select_related("person").filter(pk=import_id, state=ImportState.APPLYING).first()
    if job is None:
        return
    now = timezone.now()
    by = get_actor(job.person, now=now) if job.person else SYSTEM
    _guarded(job, lambda: imports.run_apply(job, by=by, now=now))


def _guarded(job: DataImport, do: Callable[[], object]) -> None:
    """Do it; what goes wrong is said in the import's row, so that its page can."""
    try:
        do()
    except Refused as no:
        imports.refuse(job, str(no.message), now=timezone.now())
    except Exception:
        imports.refuse(job, _("出现意外错误，未写入任何数据；管理员可在日志中查看原因"), now=timezone.now())
        raise
