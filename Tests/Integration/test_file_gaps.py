"""Files of a log that are read one after the other: one that is missing in between is an error, and not rows that are lost."""

from __future__ import annotations

import shutil
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

import binlog_file
from connector import EXIT_CONFIG, EXIT_DATA, EXIT_OK, Connector
from servers import Server
from text_blocks import parse


@pytest.fixture
def logs(server: Server, database: str, tmp_path: Path) -> list[Path]:
    """Four files with a row each, copied from the server."""
    folder = tmp_path / "logs"
    folder.mkdir()
    server.execute(f"CREATE TABLE `{database}`.t (id INT)")
    first = server.next_file()
    for number in range(4):
        server.execute(f"INSERT INTO `{database}`.t VALUES ({number})")
        last = server.next_file()
    return [Path(shutil.copy(path, folder)) for path in server.binlog_paths(first, last)[:4]]


def config(*files: Path | str, **fields: Any) -> dict[str, Any]:
    return {"source": "file", "files": [str(file) for file in files], "column_names": "ordinal"} | fields


def values(text: str) -> list[str]:
    return [block.after[0][1] for block in parse(text) if block.after]


def number(path: Path) -> int:
    return int(path.suffix[1:])


@pytest.mark.parametrize("listed", [True, False])
def test_a_missing_file(connector: Connector, logs: list[Path], listed: bool) -> None:
    logs[2].unlink()
    files = [logs[0], logs[1], logs[3]] if listed else [f"{logs[0].parent}/*"]
    result = connector.run(config(*files)).expect(EXIT_DATA)
    end = logs[1].stat().st_size
    assert f"{logs[1].name}:{end}: the log goes on in {logs[2].name}, and the next one of the files is {logs[3].name}" in result.last_line
    assert "allow_gaps" in result.stderr and values(result.text) == ["0", "1"]
    result = connector.run(config(*files, allow_gaps=True)).expect(EXIT_OK)
    assert f"the log goes on in {logs[2].name}" in result.stderr
    assert values(result.text) == ["0", "1", "3"]


def test_what_lies_outside_of_the_range_may_be_missing(connector: Connector, logs: list[Path]) -> None:
    """Before the first file, behind the last one, and between files that the range does not touch."""
    logs[2].unlink()
    pattern = f"{logs[0].parent}/*"
    for fields, found in (({"to_binlog_file": logs[1].name}, ["0", "1"]), ({"from_binlog_file": logs[3].name}, ["3"])):
        result = connector.run(config(pattern, **fields)).expect(EXIT_OK)
        assert values(result.text) == found and "the log goes on" not in result.stderr


def test_renamed_files(connector: Connector, logs: list[Path]) -> None:
    """Another name with the server's number is the same file; without a number nobody knows."""
    renamed = [path.rename(path.with_name(f"db1-backup.{path.suffix[1:]}")) for path in logs]
    assert values(connector.run(config(*renamed)).expect(EXIT_OK).text) == ["0", "1", "2", "3"]
    bare = [path.rename(path.with_name(f"part-{index}")) for index, path in enumerate(renamed)]
    assert "the log goes on in" in connector.run(config(*bare)).expect(EXIT_DATA).last_line
    assert values(connector.run(config(*bare, allow_gaps=True)).expect(EXIT_OK).text) == ["0", "1", "2", "3"]


def ended_by(path: Path, kind: int | None) -> None:
    """Puts STOP in the place of the file's ROTATE, as a server that is shut down, or nothing, as one that died."""
    last = binlog_file.events(path)[-1]
    assert last.kind == binlog_file.ROTATE
    data = path.read_bytes()[:last.start]
    if kind is not None:
        size = binlog_file.HEADER.size + (4 if binlog_file.checksum(path) else 0)
        event = binlog_file.HEADER.pack(last.timestamp, kind, last.server_id, size, len(data) + size, 0)
        data += event + (struct.pack("<I", zlib.crc32(event)) if binlog_file.checksum(path) else b"")
    path.write_bytes(data)


@pytest.mark.parametrize("kind", [binlog_file.STOP, None])
def test_no_rotate_names_the_next_file(connector: Connector, logs: list[Path], kind: int | None) -> None:
    """Then it is the one of the next number."""
    ended_by(logs[1], kind)
    result = connector.run(config(*logs)).expect(EXIT_OK)
    assert values(result.text) == ["0", "1", "2", "3"]
    assert ("the file ends without ROTATE or STOP" in result.stderr) == (kind is None), result.stderr
    result = connector.run(config(logs[0], logs[1], logs[3])).expect(EXIT_DATA)
    assert f"the log goes on in the file number {number(logs[2])}" in result.last_line


def test_a_checkpoint_before_the_files(connector: Connector, logs: list[Path], tmp_path: Path) -> None:
    """What was read may be taken away, and what was not may not be missing."""
    place: dict[str, Any] = {"checkpoint_file": str(tmp_path / "checkpoint.json"), "output_mode": "parquet",
                             "parquet_output_dir": str(connector.output)}
    connector.run(config(logs[0], **place)).expect(EXIT_OK)
    result = connector.run(config(logs[2], logs[3], **place)).expect(EXIT_CONFIG)
    assert f"the file behind {logs[0].name}" in result.last_line and "allow_gaps" in result.last_line
    connector.run(config(logs[1], **place)).expect(EXIT_OK)
    connector.run(config(logs[3], allow_gaps=True, **place)).expect(EXIT_OK)
    assert [path.stem for path in connector.files()] == [logs[0].name, logs[1].name, logs[3].name]
