"""Publishing a report: its terms and figures are kept, and can be computed again at any time."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.evaluation.following import follow
from cityloop.evaluation.making import make_report
from cityloop.evaluation.models import Publication
from cityloop.evaluation.report import Report, read_report
from cityloop.evaluation.terms import Terms
from cityloop.journal.actions import record
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand


def publish(terms: Terms, *, by: Actor, now: datetime) -> Publication:
    """Keep the report on these terms. Refused as `invalid` for a moment that is not past yet."""
    demand(by, "evaluation.publish")
    if terms.as_of > now:
        message = _("截至时间还没有到，不能发布")
        raise Refused("invalid", message, {"rule": "as_of", "fields": {"as_of": message}})
    follow()
    with transaction.atomic():
        report = make_report(terms)
        made = Publication.objects.create(
            begins_at=terms.begin,
            ends_at=terms.end,
            as_of=terms.as_of,
            terms=terms.as_json(),
            figures=report.as_json(),
            published_at=now,
            published_by=by.name,
        )
        record("evaluation.published", by_id=by.person_id, by_name=by.name, now=now, subject=str(made), data=made.terms)
    return made


def stored_report(publication: Publication) -> Report:
    """The report as it was published."""
    return read_report(publication.terms, publication.figures)


def recompute(publication: Publication) -> Report:
    """The same report from the facts of today: for the units that it had then, as things stood as of its moment."""
    stored = stored_report(publication)
    return make_report(stored.terms, like=stored)
