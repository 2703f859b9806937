"""What every phone page has: the tabs at the thumb."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from cityloop.org.access import ActorRequest
from cityloop.org.permissions import has_permission


def show(request: ActorRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A page; `context["tab"]` names the tab that it stands under. Who has no tasks has no tab for them."""
    shown = {**context, "is_inspector": has_permission(request.actor, "patrol.tasks")}
    return render(request, f"patrol/{template}.html", shown, status=status)
