"""Every address says who may open it."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from ninja.operation import Operation, PathView

from cityloop.config.api import api
from cityloop.org.access import ApiAuth, permission_of
from cityloop.org.permissions import PERMISSIONS, PUBLIC, SIGNED_IN

# Open to everybody on the API, each with its reason.
OPEN_OPERATIONS = {
    "POST session": "signing in",
    "* {path:rest}": "says that there is no such address",
}
# Made by the framework, without rows of ours behind them.
FRAMEWORK = {"openapi-json", "openapi-view", "api-root"}
NAMES = {PUBLIC, SIGNED_IN} | set(PERMISSIONS)


def pages(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every page with its address; the API is walked by its operations."""
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield address, entry
        elif entry.namespace != api.urls_namespace:
            yield from pages(entry, address)


def operations() -> Iterator[tuple[str, Operation]]:
    """Every operation of the API with its methods and address."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            assert isinstance(view, PathView)
            for operation in view.operations:
                methods = "*" if len(operation.methods) > 3 else "|".join(sorted(operation.methods))
                yield f"{methods} {path.strip('/')}", operation


def test_every_page_has_a_permission() -> None:
    found = {address: permission_of(page.callback) for address, page in pages(get_resolver())}
    assert len(found) > 4
    assert not {address: name for address, name in found.items() if name not in NAMES}


def test_every_operation_has_a_permission() -> None:
    found = dict(operations())
    assert len(found) > 4
    for address, operation in found.items():
        guards = list(operation.auth_callbacks)
        if address in OPEN_OPERATIONS:
            assert not guards, f"{address} is not open any more"
            continue
        assert guards, f"{address} asks nobody who he is"
        assert all(isinstance(guard, ApiAuth) and guard.permission in NAMES for guard in guards), address


def test_the_framework_adds_nothing_new() -> None:
    entries, _app, _namespace = api.urls
    names = {entry.name for entry in entries if isinstance(entry, URLPattern)}
    views = [view for router in api._get_bound_routers() for view in router.path_operations.values()]
    known = {view.url_name for view in views} | {operation.view_func.__name__ for _address, operation in operations()}
    assert names - known <= FRAMEWORK
