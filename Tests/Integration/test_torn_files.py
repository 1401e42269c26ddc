"""A transaction in files whose end is not there leaves no rows, as the server's own stream would have it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

import checkpoints
from binlog_file import ROTATE, XID, events
from connector import EXIT_OK, Connector
from layouts import CHANGES, TABLES, Layout, over_layouts
from servers import Server


def rows(server: Server, database: str, size: int) -> list[str]:
    return [f"INSERT INTO `{database}`.t VALUES ({number}, REPEAT('x', {size}))" for number in range(100, 120)]


@pytest.fixture(params=[10, 200_000], ids=["small", "large"])
def files(request: pytest.FixtureRequest, server: Server, database: str, tmp_path: Path) -> tuple[Path, Path]:
    """Copies of two files; the first one ends before the end of its last transaction."""
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, body LONGTEXT)")
    first = server.next_file()
    server.execute(f"INSERT INTO `{database}`.t VALUES (1, 'whole')", "BEGIN", *rows(server, database, request.param), "COMMIT")
    second = server.next_file()
    server.execute(f"INSERT INTO `{database}`.t VALUES (2, 'behind')")
    server.execute("FLUSH BINARY LOGS")
    copies = tmp_path / first.file, tmp_path / second.file
    for copy in copies:
        shutil.copyfile(server.binlog_path(copy.name), copy)
    os.truncate(copies[0], [event.start for event in events(copies[0]) if event.kind == XID][-1])
    return copies


def config(connector: Connector, *files: Path, **fields: Any) -> dict[str, Any]:
    return {"source": "file", "files": [str(path) for path in files], "output_mode": "parquet",
            "parquet_output_dir": str(connector.output), "checkpoint_file": str(connector.folder / "checkpoint.json")} | fields


def identifiers(folder: Path, layout: Layout) -> list[int]:
    return [json.loads(row.after)["id"] for row in layout.rows_in(folder) if row.after]


def test_before_the_next_file(connector: Connector, files: tuple[Path, Path]) -> None:
    for layout in (CHANGES, TABLES):
        connector.output = connector.folder / layout.name
        done = connector.run(config(connector, *files, checkpoint_file=str(connector.folder / f"{layout.name}.json"), **layout.fields)).expect(EXIT_OK)
        assert f"the transaction at {files[0].name}:" in done.stderr and "has no end" in done.stderr
        assert identifiers(connector.output, layout) == [1, 2]
    done = connector.run(config(connector, *files, output_mode="stdout")).expect(EXIT_OK)
    assert f"the transaction at {files[0].name}:" in done.stderr and "has no end" in done.stderr
    assert done.text.count("=== DML Event") == 2


@over_layouts("mariadb-11.8")
def test_in_the_last_file(connector: Connector, files: tuple[Path, Path], server: Server, layout: Layout) -> None:
    """The file may grow: then the transaction comes with the next run."""
    last = files[0]
    os.chmod(last, 0o600)
    with last.open("r+b") as file:
        file.seek(21)
        flags = file.read(1)[0]
        file.seek(21)
        file.write(bytes([flags | 1]))
    done = connector.run(config(connector, last, **layout.fields)).expect(EXIT_OK)
    assert "is not complete yet" in done.stderr
    assert identifiers(connector.output, layout) == [1]
    whole = events(server.binlog_path(last.name))
    start = checkpoints.position(connector.folder / "checkpoint.json")
    assert start and start.offset in {event.start for event in whole}
    shutil.copyfile(server.binlog_path(last.name), last)
    connector.run(config(connector, last, **layout.fields)).expect(EXIT_OK)
    assert identifiers(connector.output, layout) == [1, *range(100, 120)]
    assert [event.kind for event in whole if event.end == whole[-1].end] == [ROTATE]
