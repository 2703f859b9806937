"""Pages of sign-in."""

from typing import cast

from django.conf import settings
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cityloop.base.errors import Refused
from cityloop.org import sign_in as door
from cityloop.org.access import ActorRequest, permission_required, public, signed_in
from cityloop.org.actions import change_password as change_own_password
from cityloop.org.forms import HandlerForm, PasswordForm, SignInForm, add_refusal
from cityloop.org.models import Person

GET_POST = ["GET", "HEAD", "POST"]
before_duties = permission_required("signed_in", before_duties=True)


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(GET_POST)
def sign_in(request: ActorRequest) -> HttpResponse:
    """User name and password; afterwards the page that was asked for, or the person's own."""
    form = SignInForm(request.POST or None)
    if form.is_valid():
        try:
            data = form.cleaned_data
            address = request.META.get("REMOTE_ADDR", "")
            person = door.authenticate(data["username"], data["password"], now=request.now, address=address)
        except Refused as refusal:
            add_refusal(form, refusal)
            return _door(request, form, _("登录"), _("登录"), status=refusal.status)
        door.sign_in(request, person, now=request.now)
        response = HttpResponseRedirect(_next_page(request))
        if person.language:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, person.language, samesite="Lax")
        return response
    return _door(request, form, _("登录"), _("登录"), status=422 if form.is_bound else 200)


@signed_in
@require_POST
def sign_out(request: ActorRequest) -> HttpResponse:
    """End the session."""
    door.sign_out(request, by=request.actor, now=request.now)
    return HttpResponseRedirect(reverse("org:sign_in"))


@before_duties
@never_cache
@sensitive_post_parameters()
@require_http_methods(GET_POST)
def change_password(request: ActorRequest) -> HttpResponse:
    """One's own password; the session goes on under a new key, all others end."""
    form = PasswordForm(request.POST or None)
    person = cast(Person, request.user)
    if form.is_valid():
        data = form.cleaned_data
        try:
            change_own_password(
                person, by=request.actor, now=request.now, old=data["old_password"], new=data["password"]
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            door.renew_session(request, person)
            return HttpResponseRedirect(_next_page(request))
    hint = _("首次登录或密码被重置后，须先修改密码。") if person.must_change_password else ""
    return _door(request, form, _("修改密码"), _("保存"), hint=hint, status=422 if form.errors else 200)


@before_duties
@never_cache
@require_http_methods(GET_POST)
def choose_handler(request: ActorRequest) -> HttpResponse:
    """Who acts through this unit account; events show the name."""
    form = HandlerForm(request.actor, request.POST or None)
    if form.is_valid():
        door.choose_handler(request, cast(Person, request.user), form.cleaned_data["handler"], now=request.now)
        return HttpResponseRedirect(_next_page(request))
    hint = _("这是单位账号，办理记录中将写明经办人。")
    return _door(request, form, _("选择经办人"), _("进入"), hint=hint, status=422 if form.errors else 200)


def _door(
    request: ActorRequest, form: Form, heading: str, button: str, *, hint: str = "", status: int = 200
) -> HttpResponse:
    context = {"form": form, "heading": heading, "button": button, "hint": hint}
    return render(request, "org/door.html", context, status=status)


def _next_page(request: ActorRequest) -> str:
    """The page that was asked for before, if it is one of ours; else the person's own."""
    asked = request.GET.get("next", "")
    if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        return asked
    try:
        return reverse(settings.LOGIN_REDIRECT_URL)
    except NoReverseMatch:
        return "/"
