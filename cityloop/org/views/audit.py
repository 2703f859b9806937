"""The page of the journal, for the audit administrator."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cityloop.base.pages import get_page
from cityloop.base.time import city_midnight
from cityloop.journal import words
from cityloop.journal.selectors import list_entries
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.forms import JournalForm


@permission_required("org.read_journal")
@require_GET
def journal(request: ActorRequest) -> HttpResponse:
    """Entries in words, by kind of act, words and days, newest first."""
    form = JournalForm(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    first, last = data.get("first"), data.get("last")
    entries = list_entries(
        what=data.get("what", ""),
        words=data.get("words", ""),
        since=city_midnight(first) if first else None,
        until=city_midnight(last + timedelta(days=1)) if last else None,
    )
    page = get_page(entries, order=["-id"], after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    rows = [
        {
            "entry": entry,
            "act": words.label_of(entry.what),
            "subject": words.subject_of(entry.what, entry.subject),
            "facts": words.facts_of(entry.what, entry.data),
        }
        for entry in page.rows
    ]
    context = {"form": form, "rows": rows, "page": page}
    return render(request, "org/journal.html", context, status=422 if form.errors else 200)
