"""What the type checker of the front end cannot see."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WEB = ROOT / "web"
SCRIPTS = [path for path in (WEB / "src").rglob("*.ts") if path.name != "texts.ts"]
TEMPLATES = [path for path in (ROOT / "cityloop").rglob("*.html")]
HTMX = re.compile(r"\bhx-(?:get|post|put|delete|patch)=")


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert not [name for name, one in packages.items() if "resolved" in one]
    assert not [name for name, one in packages.items() if "integrity" not in one]


def test_packages_are_pinned() -> None:
    package = json.loads((WEB / "package.json").read_text(encoding="utf-8"))
    wanted = package["dependencies"] | package["devDependencies"]
    assert not [name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)]


def test_the_sprite_has_the_icons_of_the_templates_and_no_other() -> None:
    known = set(json.loads((WEB / "src" / "icons.json").read_text(encoding="utf-8")))
    everywhere: set[str] = set()
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        used = set(re.findall(r"""\{% icon ["']([\w-]+)""", text) + re.findall(r'icon_name="([\w-]+)"', text))
        assert used <= known, f"{path}: {used - known} is missing in web/src/icons.json"
        everywhere |= used
    assert known == everywhere, f"nobody uses {known - everywhere} of web/src/icons.json"


def test_every_sentence_of_the_scripts_is_used() -> None:
    table = (WEB / "src" / "core" / "texts.ts").read_text(encoding="utf-8")
    sentences = re.findall(r"^  '([^']+)': '", table, flags=re.MULTILINE)
    assert sentences
    text = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    assert not [words for words in sentences if f"'{words}'" not in text]


def test_no_chinese_outside_the_table_of_sentences() -> None:
    """Chinese in a script is a key of texts.ts, or it would never be translated."""
    table = (WEB / "src" / "core" / "texts.ts").read_text(encoding="utf-8")
    for path in SCRIPTS:
        code = re.sub(r"//.*|/\*[\s\S]*?\*/", "", path.read_text(encoding="utf-8"))
        for words in re.findall(r"'([^'\n]*[\u4e00-\u9fff][^'\n]*)'", code):
            assert f"'{words}': '" in table, f"{path.name}: {words}"


def test_pages_load_nothing_from_elsewhere_and_carry_no_script_of_their_own() -> None:
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|hx-on", text), f"{path}: script inside a page"


def test_templates_inherit_no_attribute_of_htmx() -> None:
    """Inheritance is off: a target on a parent would silently do nothing."""
    for path in TEMPLATES:
        for tag in re.findall(r"<[a-z][^<>]*\bhx-(?:target|swap)=[^<>]*>", path.read_text(encoding="utf-8")):
            assert HTMX.search(tag), f"{path}: {tag[:120]} has no request of its own"
