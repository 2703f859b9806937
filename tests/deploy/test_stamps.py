"""A step is skipped only while everything it read and left is as it was."""

from pathlib import Path

import pytest

from deploy.stamps import Stamp, digest


def test_digest_sees_names_contents_and_words(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one")
    first = digest([tmp_path, "3.11"])
    assert digest([tmp_path, "3.11"]) == first
    assert digest([tmp_path, "3.12"]) != first
    (tmp_path / "a").write_text("two")
    second = digest([tmp_path, "3.11"])
    assert second != first
    (tmp_path / "a").rename(tmp_path / "b")
    assert digest([tmp_path, "3.11"]) not in {first, second}


def test_digest_leaves_out_what_is_built(tmp_path: Path) -> None:
    (tmp_path / "src").write_text("source")
    before = digest([tmp_path])
    (tmp_path / "node_modules" / "x").mkdir(parents=True)
    (tmp_path / "node_modules" / "x" / "index.js").write_text("built")
    assert digest([tmp_path]) == before


def test_digest_of_nothing_is_that_of_a_missing_file(tmp_path: Path) -> None:
    assert digest([tmp_path / "missing"]) == digest([])


@pytest.mark.parametrize("change", ["none", "digest", "output", "stamp"])
def test_a_stamp_is_fresh_only_when_nothing_changed(tmp_path: Path, change: str) -> None:
    output = tmp_path / "built"
    output.touch()
    path = tmp_path / "stamps" / "web"
    Stamp(path, "abc", (output,)).write()
    if change == "output":
        output.unlink()
    if change == "stamp":
        path.unlink()
    now = Stamp(path, "abd" if change == "digest" else "abc", (output,))
    assert now.is_fresh() is (change == "none")
