"""The tree is the architecture: what import-linter cannot see."""

import tomllib
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent.parent


def floors() -> dict[str, int]:
    """Floor of each app, 0 at the top, read from the one list in pyproject.toml."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = config["tool"]["importlinter"]["contracts"][0]["layers"]
    return {name.strip(" ()"): floor for floor, line in enumerate(layers) for name in line.split("|")}


def test_foreign_keys_point_down() -> None:
    floor = floors()
    for model in apps.get_models():
        if not model.__module__.startswith("cityloop."):
            continue
        own = model._meta.app_label
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if target is None or field.auto_created or not target.__module__.startswith("cityloop."):
                continue
            other = target._meta.app_label
            assert other == own or floor[other] > floor[own], f"{model.__name__}.{field.name} points up or sideways"


def test_no_custom_signals_and_no_generic_foreign_keys() -> None:
    for path in (ROOT / "cityloop").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for word in ("django.dispatch", "db.models.signals", "GenericForeignKey"):
            assert word not in text, f"{path}: {word}"


def test_no_rooms_without_a_name() -> None:
    forbidden = {"utils.py", "helpers.py", "services.py", "managers.py", "signals.py"}
    assert not [path for path in (ROOT / "cityloop").rglob("*.py") if path.name in forbidden]
