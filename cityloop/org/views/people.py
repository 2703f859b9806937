"""Pages of people: the list, one account with its posts."""

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.org import actions
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.forms import LastDayForm, PersonForm, PostForm, ResetForm, add_refusal
from cityloop.org.models import Person
from cityloop.org.permissions import has_permission
from cityloop.org.selectors import get_person, get_post, search_people

ON_PAGE = 100


@permission_required("org.view")
@require_GET
def person_list(request: ActorRequest) -> HttpResponse:
    """Accounts by user name, a hundred a page."""
    words, after = request.GET.get("q", ""), request.GET.get("after", "")
    people = search_people(words).filter(username__gt=after).prefetch_related("posts__unit")
    found = list(people.order_by("username")[: ON_PAGE + 1])
    more = found[ON_PAGE - 1].username if len(found) > ON_PAGE else ""
    may = has_permission(request.actor, "org.manage_people")
    context = {"people": found[:ON_PAGE], "q": words, "more": more, "today": city_date(request.now), "may_manage": may}
    return render(request, "org/person_list.html", context)


@permission_required("org.manage_people")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def person_new(request: ActorRequest) -> HttpResponse:
    """A new account."""
    form = PersonForm(None, request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            person = actions.create_person(data.pop("username"), by=request.actor, now=request.now, **data)
            return _to(person)
        except Refused as refusal:
            add_refusal(form, refusal)
    return render(request, "org/person_new.html", {"form": form}, status=422 if form.errors else 200)


@permission_required("org.view")
@require_GET
def person_page(request: ActorRequest, person_id: int) -> HttpResponse:
    """One account."""
    return _person_page(request, get_person(person_id))


@permission_required("org.manage_people")
@require_POST
def person_change(request: ActorRequest, person_id: int) -> HttpResponse:
    """Change name, number, telephone, handlers."""
    person = get_person(person_id)
    form = PersonForm(person, request.POST)
    if form.is_valid():
        try:
            return _to(actions.change_person(person, by=request.actor, now=request.now, **form.cleaned_data))
        except Refused as refusal:
            add_refusal(form, refusal)
    return _person_page(request, get_person(person_id), form=form)


@permission_required("org.reset_password")
@sensitive_post_parameters("password")
@require_POST
def person_reset(request: ActorRequest, person_id: int) -> HttpResponse:
    """A first password; unlocks the account."""
    person, form = get_person(person_id), ResetForm(request.POST)
    if form.is_valid():
        try:
            actions.reset_password(person, by=request.actor, now=request.now, password=form.cleaned_data["password"])
            return _to(person)
        except Refused as refusal:
            add_refusal(form, refusal)
    return _person_page(request, person, reset=form)


@permission_required("org.manage_people")
@require_POST
def person_close(request: ActorRequest, person_id: int) -> HttpResponse:
    """Close the account, or open it again."""
    person = get_person(person_id)
    act = actions.deactivate_person if person.is_active else actions.reactivate_person
    act(person, by=request.actor, now=request.now)
    return _to(person)


@permission_required("org.appoint")
@require_POST
def person_appoint(request: ActorRequest, person_id: int) -> HttpResponse:
    """Give the person a post."""
    person, form = get_person(person_id), PostForm(request.POST)
    if form.is_valid():
        try:
            actions.appoint(person, by=request.actor, now=request.now, **form.cleaned_data)
            return _to(person)
        except Refused as refusal:
            add_refusal(form, refusal)
    return _person_page(request, person, appoint=form)


@permission_required("org.appoint")
@require_POST
def post_end(request: ActorRequest, post_id: int) -> HttpResponse:
    """Let the post end on a day, or at once."""
    post, form = get_post(post_id), LastDayForm(request.POST)
    if not form.is_valid():
        raise Refused("invalid", _("日期无效"), {"fields": {"last_day": _("日期无效")}})
    actions.end_post(post, by=request.actor, now=request.now, last_day=form.cleaned_data["last_day"])
    return _to(post.person)


def _to(person: Person) -> HttpResponse:
    return HttpResponseRedirect(reverse("org:person", args=[person.pk]))


def _person_page(request: ActorRequest, person: Person, **bound: forms.BaseForm) -> HttpResponse:
    actor = request.actor
    context = {
        "person": person,
        "posts": person.posts.select_related("unit").order_by("-valid_from", "-id"),
        "today": city_date(request.now),
        "may_manage": has_permission(actor, "org.manage_people"),
        "may_reset": has_permission(actor, "org.reset_password"),
        "may_appoint": has_permission(actor, "org.appoint"),
        "form": PersonForm(person),
        "reset": ResetForm(),
        "appoint": PostForm(),
        **bound,
    }
    return render(request, "org/person.html", context, status=422 if bound else 200)
