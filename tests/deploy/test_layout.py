"""Where the embedded database lies."""

import os
from pathlib import Path

import pytest

from deploy.console import Trouble
from deploy.layout import SOCKET_LIMIT, Layout, Owner, choose_layout, cluster_id, make_folders

ROOTS = (Path("/var/lib/cityloop"), Path("/tmp"))
USER = Owner(1000, 1000, "wang")
SYSTEM = Owner(990, 990, "cityloop-db")


def test_an_ordinary_account_keeps_it_in_the_state_folder() -> None:
    layout = choose_layout(Path("/home/wang/cityloop/var"), "ab12", by_root=False, owner=USER, roots=ROOTS)
    assert layout.data == Path("/home/wang/cityloop/var/postgres/data")
    assert layout.sockets == Path("/home/wang/cityloop/var/postgres/run")


def test_for_root_it_lies_where_its_owner_can_go() -> None:
    layout = choose_layout(Path("/srv/closed/cityloop/var"), "ab12", by_root=True, owner=SYSTEM, roots=ROOTS)
    assert layout.home == Path("/var/lib/cityloop/ab12")
    assert layout.sockets == Path("/var/lib/cityloop/ab12/run")


@pytest.mark.parametrize("folder", ["/home/" + "long-name/" * 12 + "var", "/home/" + "城市/" * 14 + "var"])
def test_a_socket_is_never_too_long(folder: str) -> None:
    layout = choose_layout(Path(folder), "ab12", by_root=False, owner=USER, roots=ROOTS)
    assert layout.sockets.parent == Path("/tmp")
    assert len(os.fsencode(layout.sockets)) <= SOCKET_LIMIT
    other = choose_layout(Path(folder + "2"), "ab12", by_root=False, owner=USER, roots=ROOTS)
    assert other.sockets != layout.sockets


def test_the_name_of_a_cluster_stays(tmp_path: Path) -> None:
    assert cluster_id(tmp_path) == cluster_id(tmp_path)


def me() -> Owner:
    return Owner(os.geteuid(), os.getegid(), "me")


def test_folders_are_closed_to_others(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "postgres", tmp_path / "run", me())
    make_folders(layout, tmp_path)
    assert [folder.stat().st_mode & 0o777 for folder in (layout.home, layout.sockets)] == [0o700, 0o700]


def test_a_link_in_place_of_the_sockets_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Trouble, match="belongs to another account"):
        make_folders(Layout(tmp_path / "postgres", tmp_path / "run", me()), tmp_path)
