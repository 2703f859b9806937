"""Publishing flows."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.journal.actions import record
from cityloop.org.actor import Actor
from cityloop.workflow import selectors
from cityloop.workflow.check import Vocabulary, problems
from cityloop.workflow.models import ActiveFlow, FlowVersion
from cityloop.workflow.source import FlowError, build, expand, read


def publish(text: str, options: Mapping[str, str], words: Vocabulary, *, by: Actor, now: datetime) -> FlowVersion:
    """Publish a flow's text as the next version of its kind and make it the one in force.

    Refused as `invalid` with every problem listed when it is unsound. The same text with the same options again is
    the version already in force.
    """
    try:
        data = expand(read(text), options)
        found = problems(build(data), words)
    except FlowError as error:
        found = [str(error)]
    if found:
        raise Refused("invalid", _("流程不能发布: %(problems)s") % {"problems": "; ".join(found)}, {"problems": found})
    kind = data["kind"]
    with transaction.atomic():
        current = ActiveFlow.objects.select_for_update().filter(kind=kind).select_related("version").first()
        if current and current.version.data == data:
            return current.version
        last = FlowVersion.objects.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0
        version = FlowVersion.objects.create(
            kind=kind,
            number=last + 1,
            text=text,
            options=dict(options),
            data=data,
            published_at=now,
            published_by=by.name,
        )
        ActiveFlow.objects.update_or_create(kind=kind, defaults={"version": version})
        record(
            "workflow.published",
            by_id=by.person_id,
            by_name=by.name,
            now=now,
            subject=str(version),
            data={"options": dict(options)},
        )
    selectors.forget()
    return version
