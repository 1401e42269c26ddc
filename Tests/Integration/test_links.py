"""Links, pipes and other people's files where the program keeps its own; and places where a file must not be."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import checkpoints
import crafted_file
from connector import EXIT_CONFIG, EXIT_OK, EXIT_OUTPUT, Connector, Result
from output_files import compare, rows_in
from servers import Server
from workloads import orders

PRECIOUS = "not yours"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return crafted_file.write(tmp_path, *[part for number in range(20) for part in (
        crafted_file.query(b"BEGIN"), crafted_file.table_map(b"shop", b"t"), crafted_file.insert(b"row %d" % number),
        crafted_file.commit())])


@pytest.fixture
def others(tmp_path: Path) -> Path:
    """Somebody else's folder, with files that look like ours."""
    folder = tmp_path / "others"
    folder.mkdir()
    for name in ("x.1.dead.partial", "dead.claim", "file"):
        (folder / name).write_text(PRECIOUS)
    return folder


def parquet(connector: Connector, log: Path, **fields: Any) -> dict[str, Any]:
    return {"source": "file", "files": [str(log)], "output_mode": "parquet", "parquet_output_dir": str(connector.output)} | fields


def run(connector: Connector, log: Path, *arguments: str, **fields: Any) -> Result:
    return connector.run(parquet(connector, log, **fields), *arguments, limit=15)


def rows(connector: Connector) -> int:
    return sum(pq.read_metadata(path).num_rows for path in connector.files())


def untouched(folder: Path) -> bool:
    return sorted(path.name for path in folder.iterdir()) == ["dead.claim", "file", "x.1.dead.partial"] and all(
        path.read_text() == PRECIOUS for path in folder.iterdir())


# ---------------------------------------------------------------------------------------------------------------------
# The folder in which files grow


def test_link_in_place_of_the_staging_folder(connector: Connector, log: Path, others: Path) -> None:
    """Nothing behind it is removed, and no file grows there."""
    staging = connector.folder / ".parquet.staging"
    staging.symlink_to(others)
    run(connector, log).expect(EXIT_OK)
    assert rows(connector) == 20 and untouched(others) and staging.is_symlink()


MAKERS: dict[str, Callable[[Path, Path], object]] = {
    "pipe": lambda path, others: os.mkfifo(path), "link": lambda path, others: path.symlink_to(others / "file"),
    "folder": lambda path, others: path.mkdir(), "socket": lambda path, others: os.mknod(path, stat.S_IFSOCK | 0o600)}


@pytest.mark.parametrize("what", MAKERS)
def test_no_files_in_the_staging_folder(connector: Connector, log: Path, others: Path, what: str) -> None:
    """Neither claims nor files of a dead process: they are left alone, and nobody waits for them."""
    staging = connector.folder / ".parquet.staging"
    staging.mkdir()
    names = ["dead.claim", "y.2.dead.partial", "z.3.gone.partial"]
    for name in names:
        MAKERS[what](staging / name, others)
    run(connector, log).expect(EXIT_OK)
    assert rows(connector) == 20 and untouched(others)
    assert sorted(path.name for path in staging.iterdir()) == sorted(names)


# ---------------------------------------------------------------------------------------------------------------------
# The checkpoint and the files beside it


@pytest.mark.parametrize("what", MAKERS)
@pytest.mark.parametrize("suffix", [".lock", ".new"])
def test_no_files_beside_the_checkpoint(connector: Connector, log: Path, others: Path, what: str, suffix: str) -> None:
    place = connector.folder / "state.json"
    MAKERS[what](Path(f"{place}{suffix}"), others)
    result = run(connector, log, checkpoint_file=str(place)).expect(EXIT_OUTPUT)
    assert f"{place}{suffix} is a" in result.last_line and "Remove it" in result.last_line
    assert connector.files() == [] and not place.exists() and untouched(others)


def test_second_name_of_a_file(connector: Connector, log: Path, others: Path) -> None:
    """Files that have the names of ours, and others too, are not emptied."""
    place = connector.folder / "state.json"
    for suffix in (".lock", ".new"):
        os.link(others / "file", f"{place}{suffix}")
    run(connector, log, checkpoint_file=str(place)).expect(EXIT_OK)
    assert untouched(others) and checkpoints.read(place)


def test_link_to_the_checkpoint(connector: Connector, log: Path) -> None:
    """The link stays one, and both names have one lock and one content."""
    place, link = connector.folder / "state" / "real.json", connector.folder / "link.json"
    run(connector, log, checkpoint_file=str(place)).expect(EXIT_OK)
    link.symlink_to(place)
    kept = json.loads(place.read_text())
    place.write_text(json.dumps(kept | {"binlog_position": 4}))
    run(connector, log, checkpoint_file=str(link)).expect(EXIT_OK)
    assert link.is_symlink() and not Path(f"{link}.lock").exists()
    assert json.loads(place.read_text())["binlog_position"] == kept["binlog_position"]


@pytest.mark.parametrize("how", ["removed", "replaced", "folder moved"])
def test_lock_file_vanishes(server: Server, connector: Connector, database: str, how: str) -> None:
    """A second run can then have the checkpoint, and the first one publishes nothing more."""
    log = orders(server, database)
    place = connector.folder / "state" / "place.json"
    fields = {"checkpoint_file": str(place), "parquet_roll_rows": 1}
    with connector.start(connector.parquet(server, log.start, **fields)) as first:
        first.wait_until(lambda: checkpoints.has_passed(place, log.stop), "the end of the log")
        lock = Path(f"{place}.lock")
        if how == "folder moved":
            state = place.read_text()
            place.parent.rename(connector.folder / "elsewhere")
            place.parent.mkdir()
            place.write_text(state)
        else:
            lock.unlink()
        if how == "replaced":
            lock.touch()
        before = connector.files()
        server.execute(f"INSERT INTO `{database}`.audit VALUES (100, 'late')", f"INSERT INTO `{database}`.audit VALUES (101, 'late')")
        ended = first.wait(20).expect(EXIT_CONFIG)
    assert str(lock) in ended.last_line and "removed or replaced" in ended.last_line
    assert connector.files() == before
    stop = server.history()
    connector.run(connector.parquet(server, log.start, stop, **fields)).expect(EXIT_OK)
    found = rows_in(connector.output)
    whole = connector.folder / "whole"
    connector.run(connector.parquet(server, log.start, stop, parquet_output_dir=str(whole))).expect(EXIT_OK)
    compare(found, rows_in(whole)).expect_equal()
    assert len(found) == 13


# ---------------------------------------------------------------------------------------------------------------------
# What a checkpoint must be


@pytest.mark.parametrize(("change", "words"), [
    (lambda text: text.replace('"version"', '"gtid_set" : "hello",\n  "version"'), "gtid_set"),
    (lambda text: text.replace('"version"', '"gtid_set" : "1-2",\n  "version"'), "gtid_set"),
    (lambda text: text.replace('"version"', '"binlog_position" : 4,\n  "version"'), '"binlog_position" stands twice'),
    (lambda text: text.replace('"version"', '"\\u0062inlog_file" : "x.000001",\n  "version"'), '"binlog_file" stands twice'),
], ids=["hello", "half a GTID", "two positions", "two files"])
def test_checkpoints_that_are_none(connector: Connector, log: Path, change: Callable[[str], str], words: str) -> None:
    place = connector.folder / "state.json"
    run(connector, log, checkpoint_file=str(place)).expect(EXIT_OK)
    changed = change(place.read_text())
    place.write_text(changed)
    result = run(connector, log, checkpoint_file=str(place)).expect(EXIT_CONFIG)
    assert words in result.last_line and place.read_text() == changed


# ---------------------------------------------------------------------------------------------------------------------
# Files in the output folder


def ways_in(folder: Path) -> dict[str, str]:
    """Paths that lead into the output folder, which may not exist yet."""
    (folder / "link").symlink_to("parquet")
    (folder / "sub").mkdir()
    (folder / "above").symlink_to(".")
    return {"plain": f"{folder}/parquet/x", "link": f"{folder}/link/x", "dots": f"{folder}/sub/../parquet/x",
            "missing folder and dots": f"{folder}/zz/../parquet/x", "relative": "zz/../parquet/x",
            "link above": f"{folder}/above/above/parquet/deep/x", "file link": f"{folder}/parquet/out-link"}


WAYS = ["plain", "link", "dots", "missing folder and dots", "relative", "link above", "file link"]


@pytest.mark.parametrize("option", ["checkpoint_file", "log_file", "--log-file"])
@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_file_in_the_output_folder(connector: Connector, log: Path, option: str, exists: bool, way: str) -> None:
    path = ways_in(connector.folder)[way]
    if not exists and way in ("link", "file link"):
        pytest.skip("a link to a folder that is not there leads nowhere")
    if exists:
        connector.output.mkdir()
        (connector.output / "out-link").symlink_to(connector.folder / "elsewhere")
    before = connector.files()
    arguments = [option, path] if option.startswith("--") else []
    result = run(connector, log, *arguments, **({} if arguments else {option: path})).expect(EXIT_CONFIG)
    assert "must be outside of parquet_output_dir" in result.last_line
    assert connector.files() == before and not (connector.folder / "elsewhere").exists()


def test_output_folder_behind_a_link(connector: Connector, log: Path) -> None:
    """The other way round: the folder is named by the link, and the file by where it leads."""
    real = connector.folder / "real"
    real.mkdir()
    connector.output.symlink_to(real)
    result = run(connector, log, checkpoint_file=str(real / "state.json")).expect(EXIT_CONFIG)
    assert "must be outside of parquet_output_dir" in result.last_line
    run(connector, log, checkpoint_file=str(connector.folder / "real.json"), log_file="real.log").expect(EXIT_OK)
    assert rows(connector) == 20


def test_log_in_place_of_the_checkpoint(connector: Connector, log: Path) -> None:
    place = connector.folder / "state.json"
    result = run(connector, log, checkpoint_file=str(place), log_file="zz/../state.json").expect(EXIT_CONFIG)
    assert "log_file must be another file than checkpoint_file" in result.last_line and not place.exists()


def test_log_file_of_a_failed_configuration(connector: Connector, log: Path) -> None:
    """Other mistakes are told in the log file that the command line names."""
    place = connector.folder / "run.log"
    run(connector, log, "--log-file", str(place), compression="best").expect(EXIT_CONFIG)
    assert "compression must be one of" in place.read_text()
