"""What is built from sources: the front end, the translations, and the folder of static files."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from deploy.console import Command, Trouble, run_logged, step
from deploy.environment import child_env
from deploy.options import Options
from deploy.stamps import Stamp, digest


def _run(options: Options, title: str, commands: Sequence[Command], *, cwd: Path, next_step: str) -> None:
    with step(title) as ticker:
        for command in commands:
            try:
                run_logged(ticker, command, log=options.log("prepare"), cwd=cwd, env=child_env(options))
            except subprocess.CalledProcessError as error:
                words = " ".join(Path(word).name for word in map(str, command[:4]))
                raise Trouble(f"{words!r} failed.", next_step, detail=error.output) from None


def has_script(options: Options, name: str) -> bool:
    """The front end has this script in its package.json."""
    package = options.root / "web" / "package.json"
    return package.exists() and name in json.loads(package.read_text(encoding="utf-8")).get("scripts", {})


def install_web(options: Options) -> None:
    """Install the front end's packages as locked."""
    web = options.root / "web"
    lock = [web / "package.json", web / "package-lock.json", options.root / "requirements" / "build.txt"]
    modules = Stamp(web / "node_modules" / ".cityloop", digest(lock))
    if not modules.is_fresh():
        _run(
            options,
            "Front-end packages (once, about half a minute)",
            [[options.tool("npm"), "ci", "--no-audit", "--no-fund"]],
            cwd=web,
            next_step="see whether this machine reaches its npm registry, then start again.",
        )
        modules.write()


def build_web(options: Options) -> None:
    """Install the front end's packages and build `web/dist`."""
    if not has_script(options, "build"):
        return
    install_web(options)
    web = options.root / "web"
    built = Stamp(options.stamps / "web", digest([web]), (web / "dist",))
    if not built.is_fresh():
        _run(
            options,
            "Front end",
            [[options.tool("npm"), "run", "build"]],
            cwd=web,
            next_step="mend the sources in web/.",
        )
        built.write()


def list_catalogues(options: Options) -> list[Path]:
    """The translations' sources."""
    return sorted((options.root / "cityloop").glob("**/locale/*/LC_MESSAGES/*.po"))


def compile_translations(options: Options) -> None:
    """Compile the catalogues beside their sources."""
    sources = list_catalogues(options)
    compiled = tuple(path.with_suffix(".mo") for path in sources)
    stamp = Stamp(options.stamps / "locale", digest(sources), compiled)
    if not sources or stamp.is_fresh():
        return
    commands: list[Command] = [
        ["msgfmt", "--check-format", "-o", target, source] for source, target in zip(sources, compiled, strict=True)
    ]
    _run(options, "Translations", commands, cwd=options.root, next_step="mend the catalogue that is named above.")
    stamp.write()


def collect_static(options: Options) -> None:
    """Gather every static file under its lasting name."""
    folders = sorted((options.root / "cityloop").glob("*/static"))
    inputs = [*folders, options.root / "requirements" / "dev.txt", options.root / "cityloop" / "config" / "settings.py"]
    dist = options.root / "web" / "dist"
    # `dist` is skipped among sources, so its files are named here one by one.
    inputs += sorted(path for path in dist.rglob("*") if path.is_file())
    stamp = Stamp(options.stamps / "static", digest(inputs), (options.var / "static",))
    if stamp.is_fresh():
        return
    command: Command = [options.tool("cityloop"), "collectstatic", "--noinput", "--clear", "--verbosity", "0"]
    _run(options, "Static files", [command], cwd=options.root, next_step="read the lines above.")
    stamp.write()
