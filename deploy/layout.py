"""Where the embedded PostgreSQL lives, and who owns it.

Whoever runs us owns the cluster, except root: PostgreSQL refuses root, so then a system account owns it, in a system
state folder, since that account could not enter a closed home.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.console import Trouble
from deploy.packages import ADMIN_PATH

SYSTEM_ACCOUNT = "cityloop-db"
STATE_ROOT = Path("/var/lib/cityloop")
SHORT_ROOT = Path("/tmp")
# The kernel's limit of a socket's path is 107 bytes, and PostgreSQL's name in the folder is part of it.
SOCKET_LIMIT = 107 - len("/.s.PGSQL.5432")


@dataclass(frozen=True)
class Owner:
    """The unprivileged account that the server runs as."""

    uid: int
    gid: int
    name: str

    @property
    def is_me(self) -> bool:
        """No change of account is needed."""
        return self.uid == os.geteuid()


@dataclass(frozen=True)
class Layout:
    """The folders of one cluster."""

    home: Path
    sockets: Path
    owner: Owner

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "postgres.log"


def cluster_id(var: Path) -> str:
    """The name of this state folder's cluster, made once; it stays when the folder is moved."""
    note = var / "cluster-id"
    if not note.exists():
        note.write_text(secrets.token_hex(5), encoding="ascii")
    return note.read_text(encoding="ascii").strip()


def choose_layout(var: Path, name: str, *, by_root: bool, owner: Owner, roots: tuple[Path, Path]) -> Layout:
    """Where the cluster of this state folder lies.

    Args:
        name: the cluster's id.
        roots: the system state folder for root, and the folder for sockets whose path would be too long otherwise.
    """
    state_root, short_root = roots
    home = state_root / name if by_root else var / "postgres"
    sockets = home / "run"
    if len(os.fsencode(sockets)) > SOCKET_LIMIT:
        short = hashlib.sha256(os.fsencode(home)).hexdigest()[:10]
        sockets = short_root / f"cityloop-{owner.uid}-{short}"
    return Layout(home, sockets, owner)


def get_owner(account: str = SYSTEM_ACCOUNT) -> Owner:
    """The account that will own the cluster; for root it is made when it does not exist.

    Raises:
        Trouble: it cannot be made.
    """
    if os.geteuid() != 0:
        uid = os.geteuid()
        try:
            name = pwd.getpwuid(uid).pw_name
        except KeyError:
            raise Trouble(
                f"This account (number {uid}) has no name, and PostgreSQL wants one.",
                "work as an account that the machine knows.",
            ) from None
        return Owner(uid, os.getegid(), name)
    try:
        entry = pwd.getpwnam(account)
    except KeyError:
        _make_account(account)
        entry = pwd.getpwnam(account)
    return Owner(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _make_account(account: str) -> None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:{ADMIN_PATH}") or "useradd"
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(STATE_ROOT)]
    command += ["--shell", "/usr/sbin/nologin", account]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        failed = found.stderr.strip() if found.returncode else ""
    except OSError as error:
        failed = str(error)
    if failed:
        raise Trouble(
            f"The system account {account} for the database could not be made: {failed}",
            f"make it by hand ({' '.join(command)}), or start as an ordinary account.",
        )


def make_folders(layout: Layout, var: Path) -> None:
    """Make the cluster's folders, each closed to everybody but its owner.

    Raises:
        Trouble: they cannot be made, or a stranger's folder lies where the sockets should be.
    """
    try:
        if not layout.owner.is_me:
            layout.home.parent.mkdir(parents=True, exist_ok=True)
            layout.home.parent.chmod(0o711)
        for folder in (layout.home, layout.sockets):
            _make_private(folder, layout.owner)
        if not layout.owner.is_me:
            # For whoever finds this folder later: whose it is.
            (layout.home / "state-folder").write_text(f"{var}\n", encoding="utf-8")
    except OSError as error:
        raise Trouble(
            f"The database's folder {layout.home} cannot be made: {error}",
            "work as the account that owns it, or name another state folder by CITYLOOP_VAR.",
        ) from None


def _make_private(folder: Path, owner: Owner) -> None:
    if not folder.is_symlink() and not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
        if not owner.is_me:
            os.chown(folder, owner.uid, owner.gid)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != owner.uid:
        raise Trouble(
            f"{folder} belongs to another account.",
            "remove it if you know it, or name another state folder by CITYLOOP_VAR.",
        )
    if found.st_mode & 0o077:
        folder.chmod(0o700)
