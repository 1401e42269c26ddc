"""Binlog files as the source: a run that keeps its place reads what was added since, and nothing twice."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import checkpoints
from connector import EXIT_CONFIG, EXIT_OK, Connector, Result
from layouts import Layout, over_layouts
from output_files import compare, paths, rows_in
from servers import Position, Server
from workloads import Log, orders


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "state" / "checkpoint.json"


class Archive:
    """A folder of binlog files that grows."""

    def __init__(self, server: Server, connector: Connector) -> None:
        self.folder = connector.folder / "archive"
        self.folder.mkdir()
        self._server, self._connector = server, connector

    def add(self, file: str, size: int | None = None) -> None:
        """Adds a file, or only its first bytes, as a copy made too early has them."""
        content = self._server.binlog_path(file).read_bytes()
        (self.folder / file).write_bytes(content[:size])

    def run(self, **fields: Any) -> Result:
        config = {"source": "file", "files": [str(self.folder / "*")], "output_mode": "parquet",
                  "parquet_output_dir": str(self._connector.output)} | fields
        return self._connector.run(config)


@pytest.fixture
def log(server: Server, database: str) -> Log:
    return orders(server, database)


@over_layouts("mariadb-11.8")
def test_a_folder_that_grows(server: Server, connector: Connector, database: str, log: Log, place: Path, layout: Layout) -> None:
    archive = Archive(server, connector)
    middle = log.events[len(log.events) // 2].end
    archive.add(log.start.file, middle)
    archive.run(checkpoint_file=str(place), **layout.fields).expect(EXIT_OK)
    first = len(layout.rows_in(connector.output))
    assert 0 < first < 11
    server.execute(f"INSERT INTO `{database}`.audit VALUES (100, 'x')", "FLUSH BINARY LOGS",
                   f"INSERT INTO `{database}`.audit VALUES (101, 'x')")
    second = server.history()
    server.execute("FLUSH BINARY LOGS")
    archive.add(log.start.file)
    archive.add(second.file)
    archive.run(checkpoint_file=str(place), **layout.fields).expect(EXIT_OK)
    found = layout.rows_in(connector.output)
    whole = connector.folder / "whole"
    archive.run(parquet_output_dir=str(whole), **layout.fields).expect(EXIT_OK)
    compare(found, layout.rows_in(whole)).expect_equal()
    assert len(found) == 13
    before = {path: path.read_bytes() for path in connector.output.rglob("*.parquet")}
    archive.run(checkpoint_file=str(place), **layout.fields).expect(EXIT_OK)
    assert {path: path.read_bytes() for path in connector.output.rglob("*.parquet")} == before


def test_file_of_the_checkpoint_is_gone(server: Server, connector: Connector, database: str, log: Log, place: Path) -> None:
    """Older files than those of the checkpoint are no continuation."""
    server.execute("FLUSH BINARY LOGS", f"INSERT INTO `{database}`.audit VALUES (100, 'x')")
    second = server.history()
    archive = Archive(server, connector)
    archive.add(second.file)
    archive.run(checkpoint_file=str(place)).expect(EXIT_OK)
    assert checkpoints.position(place) == second
    shutil.rmtree(archive.folder)
    archive.folder.mkdir()
    archive.add(log.start.file)
    result = archive.run(checkpoint_file=str(place)).expect(EXIT_CONFIG)
    assert second.file in result.last_line


def test_roll(server: Server, connector: Connector, log: Log) -> None:
    archive = Archive(server, connector)
    archive.add(log.start.file)
    archive.run(parquet_roll_rows=1).expect(EXIT_OK)
    from_files = rows_in(connector.output)
    names = [path.name for path in paths(connector.output)]
    connector.output = connector.folder / "from-server"
    connector.run(connector.parquet(server, Position(log.start.file, 4), log.stop, parquet_roll_rows=1)).expect(EXIT_OK)
    compare(from_files, rows_in(connector.output)).expect_equal()
    assert names == [path.name for path in paths(connector.output)]
