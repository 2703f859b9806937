"""Debian packages that the machine lacks: found by what is missing, installed in one go."""

import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from cityloop.config import machine
from deploy.console import Trouble, run_logged, step
from deploy.options import Options

# Where Debian keeps commands of the administrator; not on everybody's PATH.
ADMIN_PATH = "/usr/local/sbin:/usr/sbin:/sbin"
# A file that keeps the server's package from making and starting a system cluster; it goes again afterwards, so that
# the machine's own later choices are not touched.
CLUSTER_NOTE = "/etc/postgresql-common/createcluster.d/cityloop.conf"


@dataclass(frozen=True)
class Need:
    """One thing the machine must have, and the package that brings it."""

    what: str
    package: str
    is_met: Callable[[], bool]


def has_server() -> bool:
    """A PostgreSQL server new enough, with PostGIS beside it."""
    return any(one.major >= machine.POSTGRES_LEAST and one.has_postgis for one in machine.list_postgres())


def has_gis_libraries() -> bool:
    """The libraries that GeoDjango loads."""
    return bool(ctypes.util.find_library("gdal") and ctypes.util.find_library("geos_c"))


def has_chinese_font() -> bool:
    """A font with Chinese characters, without which PDFs cannot be made and screenshots show boxes."""
    if shutil.which("fc-list") is None:
        return False
    found = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(found.stdout.strip())


def has_venv_module() -> bool:
    """Some Python ≥ 3.11 on this machine can make an environment with pip in it."""
    return can_make_venv(sys.executable) or can_make_venv("/usr/bin/python3")


def can_make_venv(python: str) -> bool:
    """Whether this Python is new enough and has `venv`, `ensurepip` and TLS."""
    code = "import sys, venv, ensurepip, ssl; sys.exit(sys.version_info < (3, 11))"
    try:
        found = subprocess.run([python, "-c", code], capture_output=True, check=False)
    except OSError:
        return False
    return found.returncode == 0


def list_needs(*, server: bool, browser: bool) -> list[Need]:
    """Everything this machine must have.

    Args:
        server: the embedded PostgreSQL is wanted, not one that DATABASE_URL names.
        browser: browser journeys will run.
    """
    needs = [
        Need("venv and pip for Python", "python3-venv", has_venv_module),
        # PostGIS brings the libraries along; beside a server elsewhere they are wanted alone.
        Need("GDAL and GEOS", "postgresql-postgis" if server else "gdal-bin", has_gis_libraries),
        Need("gettext (translations)", "gettext", lambda: shutil.which("msgfmt") is not None),
        Need("a Chinese font (PDF, screenshots)", "fonts-noto-cjk", has_chinese_font),
        Need("fontconfig (PDF, screenshots)", "fontconfig", lambda: shutil.which("fc-list") is not None),
    ]
    if server:
        needs.append(Need("PostgreSQL with PostGIS", "postgresql-postgis", has_server))
    if browser:
        needs.append(Need("Chromium (browser journeys)", "chromium", lambda: machine.find_chromium() is not None))
    return needs


def apt_command(packages: list[str]) -> list[str]:
    """What installs them without a question."""
    return ["apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", *packages]


def install_script(packages: list[str]) -> str:
    """One shell script for root: no system cluster, then the packages."""
    return f"""set -eu
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 PATH="$PATH:{ADMIN_PATH}"
if [ ! -e {CLUSTER_NOTE} ]; then
    mkdir -p "$(dirname {CLUSTER_NOTE})"
    echo 'create_main_cluster = false' > {CLUSTER_NOTE}
    trap 'rm -f {CLUSTER_NOTE}' EXIT
    trap 'exit 130' INT TERM HUP
fi
dpkg --configure -a
apt-get update -o DPkg::Lock::Timeout=300 || echo 'Not all package lists could be renewed.'
{" ".join(apt_command(packages))}
"""


def by_hand(packages: list[str]) -> str:
    """The command for somebody who may install."""
    return "apt-get update && apt-get install -y --no-install-recommends " + " ".join(packages)


def find_root_shell(packages: list[str]) -> list[str]:
    """How this account runs a script as root: directly, or by sudo after one question.

    Raises:
        Trouble: it may not.
    """
    if os.geteuid() == 0:
        return ["sh", "-c"]
    trouble = Trouble(
        "This machine lacks packages and this account may not install them.",
        f"ask whoever may to run, as root:\n{by_hand(packages)}\nand start again.",
    )
    sudo = shutil.which("sudo")
    if sudo is None:
        raise trouble
    if subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode != 0:
        if not sys.stdin.isatty():
            raise trouble
        # The password is asked here, before progress lines begin.
        if subprocess.run([sudo, "-v", "-p", "     Password of %u for sudo: "], check=False).returncode != 0:
            raise trouble
    return [sudo, "sh", "-c"]


def install_missing(options: Options, *, server: bool, browser: bool) -> None:
    """Install what this machine lacks.

    Raises:
        Trouble: this account may not, or the package manager refused.
    """
    missing = [need for need in list_needs(server=server, browser=browser) if not need.is_met()]
    if not missing:
        return
    packages = sorted({need.package for need in missing})
    if shutil.which("apt-get") is None:
        raise Trouble(
            f"This machine lacks {', '.join(need.what for need in missing)}, and it has no apt-get.",
            "install these with its own package manager, or use Debian 12 or newer.",
        )
    shell = find_root_shell(packages)
    title = f"Debian packages: {' '.join(packages)} (once, a minute or two)"
    with step(title) as ticker:
        try:
            run_logged(ticker, [*shell, install_script(packages)], log=options.log("prepare"))
        except subprocess.CalledProcessError as error:
            raise Trouble(
                f"apt-get could not install {' '.join(packages)}.",
                f"read the lines above; then run as root:\n{by_hand(packages)}",
                detail=error.output,
            ) from None
    still = [need.what for need in missing if not need.is_met()]
    if still:
        raise Trouble(
            f"After installing {' '.join(packages)} this is still missing: {', '.join(still)}.",
            "CityLoop wants PostgreSQL 15 or newer with PostGIS 3.3 or newer, as Debian 12 has them.",
        )
