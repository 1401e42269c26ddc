"""The program as a Lambda function: events and responses, errors, deadlines, logs."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import checkpoints
import object_stores
from binlog_file import boundaries
from connector import EXIT_OK, Connector
from conftest import Pool
from lambda_emulator import SCHEDULE_EVENT, TIMEOUT, Function
from output_files import Row, compare, paths, rows_in
from proxy import Proxy
from servers import Position, Server
from workloads import Log, log_since, many_rows, orders

ECHO = {"start", "next"}


@pytest.fixture(scope="session")
def server(pool: Pool) -> Server:
    """One server is enough where only Lambda's side is looked at."""
    return pool.get("mariadb-11.8")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "state" / "checkpoint.json"


@pytest.fixture
def log(server: Server, database: str) -> Log:
    return orders(server, database)


def reference(server: Server, connector: Connector, start: Position, stop: Position, **fields: Any) -> list[Row]:
    """The rows of the same range as one run writes them."""
    folder = connector.folder / "reference"
    connector.run(connector.parquet(server, start, stop, parquet_output_dir=str(folder), **fields), limit=300).expect(EXIT_OK)
    return rows_in(folder)


def position(place: dict[str, Any]) -> Position:
    return Position(place["file"], place["pos"])


def follow(function: Function, event: dict[str, Any] | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """Gives each response to the next invocation, until there is no more."""
    responses = [function.invoke(event).ok]
    while responses[-1]["more"]:
        assert len(responses) < limit
        responses.append(function.invoke(responses[-1]).ok)
    return responses


# ---------------------------------------------------------------------------------------------------------------------
# Events and responses


@pytest.fixture(scope="session", params=["mariadb-10.11", "mariadb-11.8", "mysql-9.7"])
def any_server(request: pytest.FixtureRequest, pool: Pool) -> Server:
    return pool.get(request.param)


@pytest.mark.parametrize("max_rows", [1, 3, 1000])
def test_a_response_is_the_next_event(any_server: Server, connector: Connector, max_rows: int) -> None:
    server, name = any_server, f"it_lambda_loop_{max_rows}"
    server.execute(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    log = orders(server, name)
    with Function(connector.folder, connector.parquet(server, log.start)) as function:
        responses = follow(function, {"max_rows": max_rows})
    *earlier, last = responses
    assert {response["reason"] for response in earlier} <= {"limit"}
    assert (last["reason"], last["lag_ms"], last["more"]) == ("caught_up", 0, False)
    assert position(responses[0]["start"]) == log.start and position(last["next"]) == log.stop
    for one, next_one in zip(responses, responses[1:]):
        assert one["next"] == next_one["start"] and one["max_rows"] == max_rows
        assert one["rows"] >= max_rows and one["files"]
    assert {position(response["next"]).offset for response in responses} <= boundaries(server.binlog_path(log.start.file))
    if max_rows == 1:
        assert len(responses) > 5
    files = [file for response in responses for file in response["files"]]
    assert [(file["uri"], file["bytes"]) for file in files] == [(str(path), path.stat().st_size)
                                                               for path in paths(connector.output)]
    assert [response["rows"] for response in responses] == [sum(file["rows"] for file in response["files"])
                                                            for response in responses]
    compare(rows_in(connector.output), reference(server, connector, log.start, log.stop)).expect_equal()


@pytest.mark.smoke
def test_fields_of_a_response(server: Server, connector: Connector, log: Log) -> None:
    with Function(connector.folder, connector.parquet(server, log.start)) as function:
        response = function.invoke({"start": {"file": log.start.file, "pos": 4}}).ok
    assert response.keys() == {"status", "reason", "more", "start", "next", "rows", "events", "files", "lag_ms", "request_id"}
    assert response["events"] >= len(log.events)
    assert re.fullmatch(r"[0-9a-f-]{36}", response["request_id"])
    assert response["next"]["gtid_set"] == server.execute("SELECT @@global.gtid_binlog_pos")[0][0]
    assert response["next"]["server"]["server_id"] == server.port


def test_caught_up_and_later(server: Server, connector: Connector, database: str, log: Log) -> None:
    with Function(connector.folder, connector.parquet(server, log.start)) as function:
        first = function.invoke().ok
        idle = function.invoke(first).ok
        assert (idle["rows"], idle["files"], idle["next"], idle["more"]) == (0, [], first["next"], False)
        server.execute("FLUSH BINARY LOGS", f"INSERT INTO `{database}`.audit VALUES (77, 'later')")
        later = function.invoke(idle).ok
        assert (later["rows"], later["start"]) == (1, first["next"])
    stop = server.history()
    assert position(later["next"]) == stop
    compare(rows_in(connector.output), reference(server, connector, log.start, stop)).expect_equal()


def test_schedule_with_checkpoint(server: Server, connector: Connector, database: str, log: Log, place: Path) -> None:
    config = connector.parquet(server, log.start, checkpoint_file=str(place))
    with Function(connector.folder, config) as function:
        assert function.invoke(SCHEDULE_EVENT).ok["rows"] == 11
        assert checkpoints.position(place) == log.stop
        server.execute(f"INSERT INTO `{database}`.audit VALUES (78, 'later')")
        assert function.invoke(SCHEDULE_EVENT).ok["rows"] == 1
        assert function.invoke("null").ok["rows"] == 0
        assert function.invoke("{}").ok["rows"] == 0
    stop = server.history()
    assert checkpoints.position(place) == stop
    compare(rows_in(connector.output), reference(server, connector, log.start, stop)).expect_equal()


def test_which_start_goes_first(server: Server, connector: Connector, log: Log, place: Path) -> None:
    """`next` before `start`, before the checkpoint, before the configuration."""
    middles = sorted(offset for offset in boundaries(server.binlog_path(log.start.file))
                     if log.start.offset < offset < log.stop.offset)
    places = [{"file": log.start.file, "pos": offset} for offset in middles]
    with Function(connector.folder, connector.parquet(server, log.start)) as function:
        assert function.invoke({"max_rows": 1, "checkpoint": str(place)}).ok["start"]["pos"] == log.start.offset
        kept = checkpoints.position(place)
        assert kept and kept.offset > log.start.offset
        event: dict[str, Any] = {"max_rows": 1, "checkpoint": str(place)}
        assert function.invoke(event).ok["start"]["pos"] == kept.offset
        event["start"] = places[-2]
        assert function.invoke(event).ok["start"]["pos"] == middles[-2]
        event["next"] = places[-1]
        assert function.invoke(event).ok["start"]["pos"] == middles[-1]
        assert "is passed over" in function.log()


def test_start_by_gtid(any_server: Server, connector: Connector) -> None:
    server, name = any_server, "it_lambda_gtid"
    server.execute(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}", f"CREATE TABLE {name}.t (id INT PRIMARY KEY)")
    variable = "gtid_executed" if server.is_mysql else "gtid_binlog_pos"
    before = str(server.execute(f"SELECT @@global.{variable}")[0][0]).replace("\n", "")
    start = server.history()
    with Function(connector.folder, connector.parquet(server, Position("binlog.000001", 4))) as function:
        idle = function.invoke({"start": {"gtid_set": before}}).ok
        assert (idle["rows"], idle["more"], idle["reason"]) == (0, False, "caught_up")
        server.execute(f"INSERT INTO {name}.t VALUES (1), (2)", f"INSERT INTO {name}.t VALUES (3)")
        first = function.invoke(idle | {"max_rows": 1}).ok
        assert (first["rows"], first["more"]) == (2, True), (idle, first)
        [last] = follow(function, first | {"max_rows": 100})
        assert (last["rows"], position(last["next"])) == (1, server.history())
    compare(rows_in(connector.output), reference(server, connector, start, server.history())).expect_equal()


def test_stops(server: Server, connector: Connector, database: str, log: Log) -> None:
    middle = sorted(offset for offset in boundaries(server.binlog_path(log.start.file))
                    if log.start.offset < offset < log.stop.offset)[4]
    gtids = str(server.execute(f"SELECT BINLOG_GTID_POS('{log.start.file}', {middle})")[0][0])
    time.sleep(1.1)
    now = int(time.time())
    server.execute(f"INSERT INTO `{database}`.audit VALUES (79, 'late')")
    with Function(connector.folder, connector.parquet(server, log.start)) as function:
        for stop, end in (({"file": log.start.file, "pos": middle}, middle), ({"gtid_set": gtids}, middle),
                          ({"timestamp": now}, log.stop.offset)):
            response = function.invoke({"stop": stop}).ok
            assert (response["reason"], response["more"], response["next"]["pos"]) == ("stop_position", False, end), stop
            again = function.invoke(response).ok
            assert (again["reason"], again["rows"], again["next"]["pos"]) == ("stop_position", 0, end), stop
            assert same_stop(again["stop"], stop)


def same_stop(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """A set of GTIDs is the same in any order."""
    return _with_sorted_set(a) == _with_sorted_set(b)


def _with_sorted_set(stop: dict[str, Any]) -> dict[str, Any]:
    return stop | {"gtid_set": sorted(stop.get("gtid_set", "").split(","))}


def test_place_of_another_server(server: Server, pool: Pool, connector: Connector, log: Log) -> None:
    """The same name and position on another server is another place."""
    with Function(connector.folder, connector.parquet(server, log.start)) as function:
        response = function.invoke({"max_rows": 1}).ok
    other = pool.get("mariadb-10.11")
    with Function(connector.folder, connector.parquet(other, log.start)) as function:
        answer = function.invoke(response)
    assert answer.error == "Connector.ConfigurationInvalid"
    assert "another server" in answer.message


@pytest.mark.parametrize(("event", "words"), [
    ('{"max_row": 5}', '"max_row" is not a key'), ('{"start": {"file": "b.000001"}}', "start must have file and pos, or gtid_set"),
    ('{"next": {"file": "b.000001", "pos": 3}}', "next.pos must be an integer, at least 4, is 3"),
    ('{"stop": {"pos": 3, "x": 1}}', 'stop."x" is not a key'), ("[1]", "must be an object"), ("{", "not JSON"),
    ('{"max_seconds": 0, "max_rows": "7"}', "max_rows must be an integer"), ('{"source": "x"}', '"source" is not a key'),
    ('{"start": {"gtid_set": "nonsense"}}', "start.gtid_set is no GTID set"), ('{"checkpoint": "ftp://x"}', "s3://"),
])
def test_wrong_events(server: Server, connector: Connector, log: Log, event: str, words: str) -> None:
    with Function(connector.folder, connector.parquet(server, log.start)) as function:
        answer = function.invoke(event)
        assert answer.error == "Connector.InvalidEvent" and words in answer.message
        assert function.invoke().ok["rows"] == 11


def test_checkpoint_among_the_output(server: Server, connector: Connector, log: Log) -> None:
    """Readers of the folder would take it for Parquet."""
    with Function(connector.folder, connector.parquet(server, log.start)) as function:
        answer = function.invoke({"checkpoint": f"{connector.output}/checkpoint.json"})
        assert answer.error == "Connector.ConfigurationInvalid"
        assert "checkpoint must be outside of parquet_output_dir" in answer.message


# ---------------------------------------------------------------------------------------------------------------------
# What goes wrong


@pytest.mark.parametrize(("config", "words"), [
    ('{"host": ""}', ["InvalidHost", "InvalidPort"]), ("{", ["ParseError"]), (None, ["FileNotFound"]),
    ('{"source": "file", "files": ["config.json"]}', ["source must be"]),
])
def test_wrong_configuration(connector: Connector, config: str | None, words: list[str]) -> None:
    with Function(connector.folder, config) as function:
        answer = function.invoke()
        assert answer.error == "Connector.ConfigurationInvalid"
        assert all(word in answer.message for word in words)
        assert re.search(r"INIT RTDONE\(status: error\)", function.log())


def test_configuration_elsewhere(server: Server, connector: Connector, log: Log) -> None:
    config = connector.parquet(server, log.start)
    del config["password"]
    path = connector.write(config)
    with Function(connector.folder, None, env={"CONNECTOR_CONFIG": str(path), "MYSQL_PWD": "repl-secret"}) as function:
        assert function.invoke().ok["rows"] == 11
    with Function(connector.folder, config) as function:
        answer = function.invoke()
        assert answer.error == "Connector.AccessDenied"
    assert "repl-secret" not in function.log() + answer.text


@pytest.mark.parametrize("store", object_stores.NAMES)
@pytest.mark.smoke
def test_everything_in_a_bucket(server: Server, connector: Connector, log: Log, store: str, tmp_path: Path) -> None:
    """Configuration, files, and the checkpoint that an event names."""
    with object_stores.running(store, tmp_path / "store") as objects:
        bucket = objects.make_bucket()
        config = connector.parquet(server, log.start, parquet_output_dir=f"s3://{bucket}/changes")
        objects.client.put_object(Bucket=bucket, Key="config.json", Body=json.dumps(config).encode())
        environment = objects.environment() | {"CONNECTOR_CONFIG": f"s3://{bucket}/config.json"}
        event = {"checkpoint": f"s3://{bucket}/state.json"}
        with Function(connector.folder, None, env=environment) as function:
            first, second = function.invoke(event).ok, function.invoke(event).ok
        assert (first["rows"], second["rows"]) == (11, 0)
        assert second["start"] == first["next"]
        [file] = first["files"]
        assert file["uri"].startswith(f"s3://{bucket}/changes/")
        assert objects.sizes(bucket)[file["uri"].removeprefix(f"s3://{bucket}/")] == file["bytes"]
        assert objects.read(bucket, "state.json")
        with Function(connector.folder, None, env=environment | {"CONNECTOR_CONFIG": f"s3://{bucket}/none.json"}) as function:
            answer = function.invoke(event)
        assert answer.error == "Connector.ConfigurationInvalid" and f"s3://{bucket}/none.json" in answer.message


def test_server_that_is_away(server: Server, connector: Connector, log: Log) -> None:
    with Proxy(server.host, server.port) as proxy:
        config = connector.parquet(server, log.start) | {"port": proxy.port}
        with Function(connector.folder, config) as function:
            first = function.invoke({"max_rows": 1}).ok
            proxy.hold()
            answer = function.invoke(first)
            assert answer.error == "Connector.ServerUnavailable", answer.text
            proxy.release()
            follow(function, first)
            assert len(function.runtimes()) == 1
    compare(rows_in(connector.output), reference(server, connector, log.start, log.stop)).expect_equal()


def test_output_that_cannot_be_written(server: Server, connector: Connector, log: Log) -> None:
    config = connector.parquet(server, log.start, parquet_output_dir="/proc/nothing")
    with Function(connector.folder, config) as function:
        assert function.invoke().error == "Connector.OutputFailed"
        assert function.invoke().error == "Connector.OutputFailed"
        assert len(function.runtimes()) == 1


# ---------------------------------------------------------------------------------------------------------------------
# Time


class SlowProxy(Proxy):
    """Lets so many bytes through in a second, or none when `stalled` is set."""

    def __init__(self, server: Server, bytes_per_second: float) -> None:
        self._rate = bytes_per_second
        self._free = 0.0
        self.stalled = threading.Event()
        super().__init__(server.host, server.port, self._slow)

    def _slow(self, offset: int, data: bytes) -> bytes:
        """By the clock, so that a busy machine, whose sleeps are long, keeps to the rate as well."""
        while self.stalled.is_set():
            time.sleep(0.01)
        if len(data) > 1000:
            self._free = max(self._free, time.monotonic() - 0.1) + len(data) / self._rate
            time.sleep(max(0.0, self._free - time.monotonic()))
        return data


@pytest.fixture
def slow(server: Server) -> Iterator[SlowProxy]:
    with SlowProxy(server, 400_000) as proxy:
        yield proxy


@pytest.mark.parametrize("kept", [True, False], ids=["checkpoint", "response"])
def test_deadline_under_a_backlog(server: Server, connector: Connector, database: str, slow: SlowProxy, place: Path,
                                  kept: bool) -> None:
    log = many_rows(server, database, 50, 400)
    config = connector.parquet(server, log.start, checkpoint_file=str(place) if kept else None) | {"port": slow.port}
    with Function(connector.folder, config) as function:
        responses = [function.invoke().ok]
        while responses[-1]["more"]:
            answer = function.invoke(None if kept else responses[-1])
            responses.append(answer.ok)
            assert answer.seconds < TIMEOUT
            assert len(responses) < 30
        assert len(function.start_milliseconds()) == 1
    assert len(responses) > 2
    assert {response["reason"] for response in responses[:-1]} == {"deadline"}
    assert all(response["lag_ms"] >= 0 for response in responses)
    compare(rows_in(connector.output), reference(server, connector, log.start, log.stop)).expect_equal()


def test_max_seconds(server: Server, connector: Connector, database: str, slow: SlowProxy) -> None:
    log = many_rows(server, database, 50, 200)
    with Function(connector.folder, connector.parquet(server, log.start) | {"port": slow.port}, timeout=20) as function:
        answer = function.invoke({"max_seconds": 1})
        assert answer.ok["reason"] == "deadline" and answer.seconds < 3


def big_transaction(server: Server, database: str, rows: int) -> None:
    """Rows of 1,000 bytes each that do not compress."""
    with server.session() as cursor:
        cursor.execute("BEGIN")
        for _ in range(rows // 100):
            values = ",".join(["(RANDOM_BYTES(1000))"] * 100)
            cursor.execute(f"INSERT INTO `{database}`.noise (body) VALUES {values}")
        cursor.execute("COMMIT")


@pytest.fixture
def noise(server: Server, database: str) -> Position:
    server.execute(f"CREATE TABLE `{database}`.noise (id INT PRIMARY KEY AUTO_INCREMENT, body BLOB)")
    return server.next_file()


def test_no_progress(server: Server, connector: Connector, database: str, slow: SlowProxy, noise: Position) -> None:
    """A transaction that takes longer than the function may: an error that says so, and nothing is lost."""
    big_transaction(server, database, 3000)
    with Function(connector.folder, connector.parquet(server, noise) | {"port": slow.port}) as function:
        answer = function.invoke()
        assert answer.error == "Connector.NoProgress" and answer.seconds < TIMEOUT
        assert "timeout" in answer.message and "memory" in answer.message and f"{noise.file}:{noise.offset}" in answer.message
        assert not connector.files()
        assert len(function.start_milliseconds()) == 1
    assert not list(connector.output.parent.glob(".*.staging/*")), "unfinished files were left behind"
    with Function(connector.folder, connector.parquet(server, noise) | {"port": slow.port}, timeout=30) as function:
        assert function.invoke().ok["rows"] == 3000


def test_long_transaction_behind_short_ones(server: Server, connector: Connector, database: str, slow: SlowProxy,
                                            noise: Position, place: Path) -> None:
    """It comes behind so many that one invocation can't have all: what came before is kept, and leaves it enough of the time of
    a later one."""
    for _ in range(16):
        big_transaction(server, database, 100)
    big_transaction(server, database, 700)
    config = connector.parquet(server, noise, checkpoint_file=str(place)) | {"port": slow.port}
    with Function(connector.folder, config) as function:
        responses = [function.invoke().ok]
        while responses[-1]["more"]:
            responses.append(function.invoke().ok)
            assert len(responses) < 10
    assert sum(response["rows"] for response in responses) == 2300
    compare(rows_in(connector.output), reference(server, connector, noise, server.history())).expect_equal()


@pytest.mark.parametrize("kept", [True, False], ids=["checkpoint", "response"])
def test_network_that_falls_silent(server: Server, connector: Connector, database: str, slow: SlowProxy, place: Path,
                                   kept: bool) -> None:
    """The invocation answers in time, whatever it had; the next one has the rest."""
    log = many_rows(server, database, 50, 400)
    config = connector.parquet(server, log.start, checkpoint_file=str(place) if kept else None) | {"port": slow.port}
    with Function(connector.folder, config) as function:
        timer = threading.Timer(1.5, slow.stalled.set)
        timer.start()
        answer = function.invoke()
        assert answer.seconds < TIMEOUT
        event = None
        if "errorType" in answer.fields:
            assert answer.error == "Connector.NoProgress"
        elif not kept:
            event = answer.ok
        slow.stalled.clear()
        while (response := function.invoke(event).ok)["more"]:
            event = None if kept else response
        assert len(function.start_milliseconds()) == 1
    compare(rows_in(connector.output), reference(server, connector, log.start, log.stop)).expect_equal()


def test_margin(server: Server, connector: Connector, database: str, slow: SlowProxy) -> None:
    log = many_rows(server, database, 50, 400)
    config = connector.parquet(server, log.start, lambda_margin_seconds=3) | {"port": slow.port}
    with Function(connector.folder, config, timeout=8) as function:
        answer = function.invoke()
        assert answer.ok["reason"] == "deadline" and 4 < answer.seconds < 6.5


def test_cold_start(server: Server, connector: Connector, log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    """From exec to the first request for an event: below 100 ms."""
    starts = []
    for _ in range(5):
        with Function(connector.folder, connector.parquet(server, log.start)) as function:
            function.invoke({"stop": {"file": log.start.file, "pos": log.start.offset}})
            starts += function.start_milliseconds()
    with capsys.disabled():
        print(f"\n  cold starts: {sorted(starts)} ms")
    assert sorted(starts)[2] < 100


# ---------------------------------------------------------------------------------------------------------------------
# Logs


def test_json_log(server: Server, connector: Connector, log: Log) -> None:
    env = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "DEBUG"}
    with Function(connector.folder, connector.parquet(server, log.start, log_level="err"), env=env) as function:
        response = function.invoke().ok
        error = function.invoke({"nonsense": 1})
    lines = [line for line in function.log_objects() if "message" in line]
    assert {line["level"] for line in lines} == {"DEBUG", "INFO", "ERROR"}
    for line in lines:
        assert line.keys() - {"requestId"} == {"timestamp", "level", "message", "scope"}
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["timestamp"])
        assert abs(datetime.fromisoformat(line["timestamp"]).timestamp() - time.time()) < 300
    assert response["request_id"] in {line.get("requestId") for line in lines}
    assert "nonsense" in error.message
    own = [line for line in function.log().splitlines() if re.match(r"(debug|info|warn|err)\(", line)]
    assert not own, own


def test_text_log(server: Server, connector: Connector, log: Log) -> None:
    with Function(connector.folder, connector.parquet(server, log.start), env={"AWS_LAMBDA_LOG_LEVEL": "WARN"}) as function:
        function.invoke({"nonsense": 1})
        text = function.log()
    assert "err(main): " in text and "info(" not in text


def test_metrics(server: Server, connector: Connector, log: Log) -> None:
    with Function(connector.folder, connector.parquet(server, log.start), env={"AWS_LAMBDA_FUNCTION_NAME": "shop"}) as function:
        response = function.invoke().ok
        function.invoke({"nonsense": 1})
    good, bad = function.metrics()
    [directive] = good["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("mysql-binlog-connector", [["FunctionName"]])
    assert {metric["Name"] for metric in directive["Metrics"]} == {"Rows", "Bytes", "LagMs", "Files"}
    assert abs(good["_aws"]["Timestamp"] / 1000 - time.time()) < 300
    assert (good["FunctionName"], good["Rows"], good["Files"], good["LagMs"], good["requestId"]) == (
        "shop", 11, 1, 0, response["request_id"])
    assert good["Bytes"] == response["files"][0]["bytes"]
    assert (bad["Rows"], bad["Bytes"], bad["Files"]) == (0, 0, 0) and "LagMs" not in bad


def test_arguments_mean_the_command_line(connector: Connector) -> None:
    """Only without arguments is the program a runtime."""
    with connector.start_command([str(connector.command(Path("x"))[0]), "--version"],
                                 {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}) as running:
        assert running.wait(10).expect(EXIT_OK).text.startswith("mysql-binlog-connector ")
