"""Facts about the machine."""

import socket
from pathlib import Path

from cityloop.config import machine

TABLE = """\
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0100007F:1F40 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
"""


def test_only_listeners_on_the_port_count() -> None:
    assert machine.listening_inodes(TABLE.splitlines(), 8000) == {"4711"}
    assert machine.listening_inodes(TABLE.splitlines(), 8001) == set()


def test_who_holds_a_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not machine.is_port_free("127.0.0.1", port)
        holder = machine.find_port_holder(port)
        assert holder is not None
        assert "(pid " in holder
    assert machine.is_port_free("127.0.0.1", port)


def test_installed_servers_come_newest_first(tmp_path: Path) -> None:
    for major, postgis in (("15", True), ("9", False), ("17", False)):
        (tmp_path / "lib" / major / "bin").mkdir(parents=True)
        (tmp_path / "lib" / major / "bin" / "postgres").touch()
        if postgis:
            (tmp_path / "share" / major / "extension").mkdir(parents=True)
            (tmp_path / "share" / major / "extension" / "postgis.control").touch()
    found = machine.list_postgres(tmp_path / "lib", tmp_path / "share")
    assert [(one.major, one.has_postgis) for one in found] == [(17, False), (15, True), (9, False)]


def test_free_space_is_that_of_the_nearest_folder_that_exists(tmp_path: Path) -> None:
    assert machine.free_bytes(tmp_path / "not" / "yet") > 0
