"""A run that keeps its place goes on where the last one ended, and nowhere else."""

from __future__ import annotations

import json
import signal
import stat
import time
from pathlib import Path
from typing import Any

import pytest

import checkpoints
import servers
from binlog_file import boundaries
from connector import EXIT_CONFIG, EXIT_OK, Connector
from conftest import Pool
from layouts import Layout, over_layouts
from live_load import LiveLoad, Mix
from output_files import compare, paths, rows_in
from servers import Position, Server
from text_blocks import parse
from workloads import Log, orders


@pytest.fixture
def log(server: Server, database: str) -> Log:
    return orders(server, database)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "state" / "checkpoint.json"


def gtids(server: Server, position: Position) -> str:
    """What the server itself says of the transactions before a position at the end of its log."""
    if server.is_mysql:
        return str(server.execute("SELECT @@global.gtid_executed")[0][0]).replace("\n", "").replace(" ", "")
    return str(server.execute(f"SELECT BINLOG_GTID_POS('{position.file}', {position.offset})")[0][0])


def uuid(server: Server) -> str | None:
    name = "server_uuid" if server.is_mysql else "server_uid"
    found = server.execute(f"SHOW GLOBAL VARIABLES LIKE '{name}'")
    # MariaDB does not know it without a network card.
    return str(found[0][1]) if found and found[0][1] != "unknown" else None


def test_contents(server: Server, connector: Connector, log: Log, place: Path) -> None:
    connector.run(connector.parquet(server, log.start, log.stop, checkpoint_file=str(place))).expect(EXIT_OK)
    checkpoint = checkpoints.read(place)
    assert checkpoint and checkpoint.position == log.stop
    assert sorted((checkpoint.gtid_set or "").replace(" ", "").split(",")) == sorted(gtids(server, log.stop).split(","))
    assert checkpoint.fields["server"].get("uuid") == uuid(server)
    assert checkpoint.fields["server"]["server_id"] == server.port
    [path] = paths(connector.output)
    [file] = checkpoint.fields["files"]
    assert (file["path"], file["rows"], file["bytes"]) == (str(path), 11, path.stat().st_size)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert {other.name for other in place.parent.iterdir()} == {place.name, f"{place.name}.lock"}


@pytest.mark.smoke
@over_layouts("mariadb-11.8")
def test_two_runs_are_one(server: Server, connector: Connector, log: Log, layout: Layout) -> None:
    """At every transaction of the log: a run up to it, and one after it with the same start in its configuration."""
    connector.run(connector.parquet(server, log.start, log.stop, **layout.fields)).expect(EXIT_OK)
    expected = layout.rows_in(connector.output)
    middles = sorted(offset for offset in boundaries(server.binlog_path(log.start.file))
                     if log.start.offset < offset < log.stop.offset)
    assert len(middles) > 5
    for number, middle in enumerate(middles):
        connector.output = connector.folder / f"parquet-{number}"
        fields = {"checkpoint_file": str(connector.folder / f"checkpoint-{number}.json")} | layout.fields
        connector.run(connector.parquet(server, log.start, Position(log.start.file, middle), **fields)).expect(EXIT_OK)
        first = {path: path.read_bytes() for path in connector.output.rglob("*.parquet")}
        connector.run(connector.parquet(server, log.start, log.stop, **fields)).expect(EXIT_OK)
        compare(layout.rows_in(connector.output), expected).expect_equal()
        assert all(path.read_bytes() == earlier for path, earlier in first.items()), "a file of the first run was changed"


def test_names(server: Server, connector: Connector, database: str, log: Log, place: Path) -> None:
    """The file that starts with its binlog file has just its name; what comes later in it has its start in the name."""
    fields = {"checkpoint_file": str(place)}
    beginning = Position(log.start.file, 4)
    connector.run(connector.parquet(server, beginning, log.stop, **fields)).expect(EXIT_OK)
    insert = f"INSERT INTO `{database}`.audit VALUES ({{}}, 'later')"
    server.execute(insert.format(100), "FLUSH BINARY LOGS", insert.format(101))
    stop = server.history()
    connector.run(connector.parquet(server, beginning, stop, **fields)).expect(EXIT_OK)
    assert [path.name for path in paths(connector.output)] == [
        f"{log.start.file}.parquet", f"{log.start.file}-{log.stop.offset:010}.parquet", f"{stop.file}.parquet"]


def test_it_beats_the_start_of_the_configuration(server: Server, connector: Connector, log: Log, place: Path) -> None:
    """Whatever from_* says, a file that the server never had too."""
    fields = {"checkpoint_file": str(place)}
    connector.run(connector.parquet(server, log.start, log.stop, **fields)).expect(EXIT_OK)
    before = rows_in(connector.output)
    server.execute("FLUSH BINARY LOGS")
    stop = server.history()
    result = connector.run(connector.parquet(server, Position("binlog.000001", 4), stop, **fields)).expect(EXIT_OK)
    assert f"{log.stop.file}:{log.stop.offset}" in result.stderr
    assert rows_in(connector.output) == before


def test_nothing_left_to_do(server: Server, connector: Connector, log: Log, place: Path) -> None:
    config = connector.write(connector.parquet(server, log.start, log.stop, checkpoint_file=str(place)))
    connector.run(config).expect(EXIT_OK)
    before = {path: path.read_bytes() for path in [*paths(connector.output), place]}
    connector.run(config).expect(EXIT_OK)
    assert {path: path.read_bytes() for path in [*paths(connector.output), place]} == before


def test_text_mode(server: Server, connector: Connector, database: str, log: Log, place: Path) -> None:
    config = connector.write(connector.config(server, log.start, checkpoint_file=str(place)))
    with connector.start(config) as running:
        running.wait_until(lambda: checkpoints.has_passed(place, log.stop), "the checkpoint at the end", limit=15)
        assert len(parse(running.stdout().decode())) == 11
        running.send(signal.SIGTERM)
        running.wait(10).expect(EXIT_OK)
    server.execute(f"INSERT INTO `{database}`.audit VALUES (77, 'later')")
    stop = server.history()
    text = connector.run(connector.config(server, log.start, stop, checkpoint_file=str(place))).expect(EXIT_OK).text
    assert [block.after and block.after[0][1] for block in parse(text)] == ["77"]
    assert checkpoints.position(place) == stop


# ---------------------------------------------------------------------------------------------------------------------
# Refused


@pytest.fixture
def kept(server: Server, connector: Connector, log: Log, place: Path) -> dict[str, Any]:
    """The fields of a good checkpoint."""
    connector.run(connector.parquet(server, log.start, log.stop, checkpoint_file=str(place))).expect(EXIT_OK)
    checkpoint = checkpoints.read(place)
    assert checkpoint
    return checkpoint.fields


def refused(server: Server, connector: Connector, log: Log, place: Path, *words: str) -> None:
    """A run with the checkpoint ends with 78, names it, and leaves it and the output alone."""
    files = {path: path.read_bytes() for path in [*paths(connector.output), place]}
    result = connector.run(connector.parquet(server, log.start, log.stop, checkpoint_file=str(place))).expect(EXIT_CONFIG)
    for word in (str(place), *words):
        assert word in result.last_line, result.last_line
    assert {path: path.read_bytes() for path in [*paths(connector.output), place]} == files


@pytest.mark.parametrize("gtid_set", [None, "", "foreign"])
def test_of_another_server(server: Server, connector: Connector, log: Log, place: Path, kept: dict[str, Any],
                           gtid_set: str | None) -> None:
    """Of a server that shares no transaction with this one."""
    other = "11111111-2222-3333-4444-555555555555"
    if gtid_set:
        gtid_set = f"{other}:1-5" if server.is_mysql else "77-77-5"
    kept["server"] |= {"uuid": other, "server_id": 4711}
    place.write_text(json.dumps(kept | {"gtid_set": gtid_set}))
    refused(server, connector, log, place, other, "move the output away", "remove the checkpoint")


def test_of_transactions_that_its_server_lost(server: Server, connector: Connector, log: Log, place: Path, kept: dict[str, Any]) -> None:
    """Without the output of the old log, and not only the checkpoint, out of the way, rows would come twice."""
    lost = str(kept["gtid_set"]).replace("-", "-1", 1) if server.is_mariadb else "11111111-2222-3333-4444-555555555555:1-5"
    place.write_text(json.dumps(kept | {"gtid_set": lost}))
    refused(server, connector, log, place, "it is of this server, which now lacks transactions", "move the output away")


def test_of_the_other_kind_of_server(server: Server, connector: Connector, log: Log, place: Path, pool: Pool) -> None:
    other = pool.get("mariadb-11.8" if server.is_mysql else "mysql-9.7")
    start = other.history()
    other.execute("CREATE DATABASE IF NOT EXISTS it_other", "DROP DATABASE it_other")
    connector.run(connector.parquet(other, start, other.history(), checkpoint_file=str(place))).expect(EXIT_OK)
    refused(server, connector, log, place, "remove the checkpoint")


def test_malformed(server: Server, connector: Connector, log: Log, place: Path, kept: dict[str, Any]) -> None:
    whole = json.dumps(kept)
    for text in ("", "{", "[]", "null", "17", "{}", "\x00\x01", '{"version": 99}', whole[:40], whole[:-1]):
        place.write_text(text)
        refused(server, connector, log, place)
    for change in ({"version": 99}, {"binlog_position": -1}, {"binlog_position": "4"}, {"binlog_file": None}):
        place.write_text(json.dumps(kept | change))
        refused(server, connector, log, place)


def test_in_use(server: Server, connector: Connector, log: Log, place: Path) -> None:
    with connector.start(connector.parquet(server, log.start, checkpoint_file=str(place), parquet_roll_rows=1)) as running:
        running.wait_until(place.exists, "the checkpoint")
        running.wait_until(lambda: checkpoints.has_passed(place, log.stop), "the end of the log", limit=15)
        refused(server, connector, log, place, "another run")
        running.send(signal.SIGTERM)
        running.wait(10).expect(EXIT_OK)
    connector.run(connector.parquet(server, log.start, log.stop, checkpoint_file=str(place))).expect(EXIT_OK)


# ---------------------------------------------------------------------------------------------------------------------
# Where it may stand


def test_never_inside_a_transaction(server: Server, connector: Connector, database: str, place: Path, seed: str,
                                    capsys: pytest.CaptureFixture[str]) -> None:
    """Under a load with transactions of several statements, of many chunks, and of many to a chunk, by a reader in a hurry."""
    start = server.next_file()
    mix = Mix(big_share=0.05, big_bytes=900_000, flush_share=0.02, pause_seconds=0.005)
    fields = {"checkpoint_file": str(place), "parquet_roll_rows": 20, "parquet_batch_size": 10}
    with checkpoints.Watcher(place) as watcher, connector.start(connector.parquet(server, start, **fields)) as running:
        with LiveLoad(server, database, f"{seed}/{server.name}", mix):
            time.sleep(3)
        stop = server.history()
        running.wait_until(lambda: rolled_to(place, stop), "the end of the log", limit=20)
        running.send(signal.SIGTERM)
        running.wait(10).expect(EXIT_OK)
    assert watcher.seen == sorted(watcher.seen, key=lambda position: (int(position.file.rsplit(".", 1)[1]), position.offset))
    for file in {position.file for position in watcher.seen}:
        offsets = {position.offset for position in watcher.seen if position.file == file}
        assert offsets <= boundaries(server.binlog_path(file)), f"{file}: {offsets - boundaries(server.binlog_path(file))}"
    with capsys.disabled():
        print(f"\n  {server.name}: {len(watcher.seen)} checkpoints seen, all between transactions, MBC_SEED={seed}")
    assert len(watcher.seen) > 20


def rolled_to(place: Path, stop: Position) -> bool:
    """Whether all but the last rows are safe."""
    found = checkpoints.position(place)
    return found is not None and found.file == stop.file


def test_moves_on_without_rows(pool: Pool, tmp_path: Path) -> None:
    """A filter that lets nothing through must not leave the checkpoint behind until the log is purged. All servers at once."""
    started = []
    for name in servers.NAMES:
        server, folder = pool.get(name), tmp_path / name
        folder.mkdir()
        connector, place = Connector(folder), folder / "checkpoint.json"
        config = connector.parquet(server, server.history(), checkpoint_file=str(place), include=["nowhere.*"])
        started.append((server, place, connector.start(config), connector))
    try:
        for server, *_ in started:
            server.execute("DROP DATABASE IF EXISTS it_idle", "CREATE DATABASE it_idle", "CREATE TABLE it_idle.t (id INT)",
                           "INSERT INTO it_idle.t VALUES (1), (2)")
        for server, place, running, connector in started:
            stop = server.history()
            running.wait_until(lambda: checkpoints.has_passed(place, stop), f"the checkpoint of {server.name}", limit=14)
            assert paths(connector.output) == []
    finally:
        for server, _, running, _ in started:
            running.kill()
            server.execute("DROP DATABASE it_idle")
