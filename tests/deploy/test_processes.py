"""Only our own processes are ended, however pids are used again."""

import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import processes
from deploy.processes import Ledger, Record, find_started, is_alive, parse_started, record

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(SLEEPER, start_new_session=True)
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("name", ["(python3)", "(a) b (c)", "(x y)"])
def test_the_start_is_field_22_whatever_the_name(name: str) -> None:
    fields = " ".join(["S", *(str(number) for number in range(4, 53))])
    assert parse_started(f"77 {name} {fields}") == 22


def test_a_process_is_known_by_its_start(sleeper: subprocess.Popen[bytes]) -> None:
    known = record("server", sleeper.pid)
    assert is_alive(known)
    assert not is_alive(dataclasses.replace(known, started=known.started - 1))
    assert not is_alive(dataclasses.replace(known, boot="another boot"))


def test_an_ended_process_is_not_alive_even_before_it_is_reaped(sleeper: subprocess.Popen[bytes]) -> None:
    known = record("server", sleeper.pid)
    os.kill(sleeper.pid, 9)
    assert processes.wait_until(lambda: not is_alive(known), 5)
    with pytest.raises(ProcessLookupError):
        record("server", sleeper.pid)


def test_left_over_processes_are_stopped_and_strangers_spared(tmp_path: Path) -> None:
    ours = subprocess.Popen(SLEEPER, start_new_session=True)
    stranger = subprocess.Popen(SLEEPER, start_new_session=True)
    try:
        ledger = Ledger(tmp_path / "processes.json")
        ledger.add(record("server", ours.pid))
        # The stranger has a pid that we noted for a process of ours that is long gone.
        ledger.add(dataclasses.replace(record("worker", stranger.pid), started=1))
        ledger.add(Record("gone", 2**22 + 1, 5, processes.boot_id()))
        assert [one.pid for one in ledger.stop_left_over()] == [ours.pid]
        assert find_started(ours.pid) is None
        assert stranger.poll() is None
        assert ledger.read() == []
    finally:
        for process in (ours, stranger):
            process.kill()
            process.wait()


def test_a_process_that_ignores_the_request_is_ended(tmp_path: Path) -> None:
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    )
    stubborn = subprocess.Popen([sys.executable, "-c", code], start_new_session=True, stdout=subprocess.PIPE)
    assert stubborn.stdout is not None
    stubborn.stdout.readline()
    ledger = Ledger(tmp_path / "processes.json")
    ledger.add(record("server", stubborn.pid))
    ledger.stop_left_over(grace_seconds=0.2)
    assert stubborn.wait(5) == -9
    stubborn.stdout.close()


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"pid": 1}]', "{}"])
def test_a_damaged_note_counts_as_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "processes.json"
    path.write_text(text)
    assert Ledger(path).read() == []
