"""Finding reports by the telephone number of whoever made them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityloop.base.errors import Refused
from cityloop.intake.actions import search_contacts
from cityloop.intake.forms import NumberForm
from cityloop.intake.selectors import MOST_CALLS
from cityloop.org.access import ActorRequest, permission_required


@permission_required("cases.contacts")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contacts(request: ActorRequest) -> HttpResponse:
    """By full number or last four digits. The number is posted, so that it stands in no address and no log."""
    form, found = NumberForm(request.POST or None), None
    if form.is_valid():
        try:
            found = search_contacts(form.cleaned_data["number"], by=request.actor, now=request.now)
        except Refused as refusal:
            form.add_error("number", str(refusal.message))
    context = {"form": form, "found": found, "most": MOST_CALLS}
    return render(request, "intake/contacts.html", context, status=422 if form.errors else 200)
