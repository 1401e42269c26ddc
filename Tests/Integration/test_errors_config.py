"""A wrong command line or configuration: its error name, its exit code, and all problems in one go."""

from __future__ import annotations

from typing import Any

import pytest

from connector import EXIT_CONFIG, EXIT_OK, EXIT_USAGE, Connector

GOOD: dict[str, Any] = {"host": "127.0.0.1", "port": 1, "user": "repl", "password": "hunter2-secret",
                        "from_binlog_file": "binlog.000001", "from_binlog_position": 4}

CASES: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("InvalidHost", {"host": None}, ()),
    ("InvalidHost", {"host": ""}, ()),
    ("InvalidPort", {"port": None}, ()),
    ("InvalidPort", {"port": 0}, ("1", "65535")),
    ("InvalidPort", {"port": 65536}, ()),
    ("InvalidPort", {"port": -1}, ()),
    ("InvalidBinlogFile", {"from_binlog_file": None}, ()),
    ("InvalidBinlogFile", {"from_binlog_file": ""}, ()),
    ("InvalidBinlogPosition", {"from_binlog_position": None}, ()),
    ("InvalidBinlogPosition", {"from_binlog_position": 3}, ("4",)),
    ("InvalidBinlogPosition", {"from_binlog_position": -4}, ()),
    ("InvalidFilter", {"include": ["*.*"]}, ("*.*",)),
    ("InvalidFilter", {"include": ["orders"]}, ("orders",)),
    ("InvalidFilter", {"exclude": ["a.b.c"]}, ("a.b.c",)),
    ("InvalidFilter", {"include": ["sh*p"]}, ("sh*p",)),
    ("InvalidFilter", {"include": ["shop."]}, ()),
    ("ConflictingPattern", {"include": ["shop.orders"], "exclude": ["shop.orders"]}, ("shop.orders",)),
    ("InvalidValue", {"output_mode": "csv"}, ("output_mode", "parquet")),
    ("InvalidValue", {"compression": "brotli"}, ("compression", "zstd")),
    ("InvalidValue", {"ssl_mode": "on"}, ("ssl_mode", "preferred")),
    ("InvalidValue", {"log_level": "loud"}, ("log_level",)),
    ("InvalidValue", {"parquet_batch_size": 0}, ("parquet_batch_size",)),
    ("InvalidValue", {"pipeline_queue_capacity": 0}, ("pipeline_queue_capacity",)),
    ("InvalidValue", {"server_id": 0}, ("server_id",)),
    ("InvalidValue", {"server_id": 2**32}, ("server_id",)),
    ("InvalidValue", {"parquet_json_type": "bson"}, ("parquet_json_type",)),
    ("InvalidValue", {"events": "some"}, ("events",)),
    ("InvalidValue", {"column_names": "no"}, ("column_names",)),
    ("UnknownKey", {"from_binlog_postion": 4}, ("from_binlog_postion", "from_binlog_position")),
    ("UnknownKey", {"dbname": "shop"}, ("dbname", "database")),
    ("UnknownKey", {"start_position": 4}, ("start_position", "from_binlog_position")),
    ("InvalidFilter", {"include": ["shop.`orders"]}, ("backtick",)),
    ("UnknownKey", {"pasword": "hunter2-secret"}, ("pasword", "password")),
]


def changed(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in (GOOD | fields).items() if value is not None}


@pytest.mark.parametrize(("name", "fields", "words"), CASES, ids=[f"{name}-{fields}" for name, fields, _ in CASES])
def test_each_error(connector: Connector, name: str, fields: dict[str, Any], words: tuple[str, ...]) -> None:
    result = connector.run(changed(fields)).expect(EXIT_CONFIG)
    assert name in result.stderr
    for word in words:
        assert word in result.stderr
    assert "hunter2-secret" not in result.stderr and result.stdout == b""


def test_all_problems_in_one_go(connector: Connector) -> None:
    fields = {"port": 0, "from_binlog_position": 1, "include": ["*.*"], "output_mode": "csv", "hosst": "x"}
    result = connector.run(changed(fields)).expect(EXIT_CONFIG)
    for name in ("InvalidPort", "InvalidBinlogPosition", "InvalidFilter", "InvalidValue", "UnknownKey"):
        assert name in result.stderr


@pytest.mark.parametrize("text", ["", "{", "[]", "{'host': 1}", "{\"host\": \"a\",}", "null"])
def test_no_json_object(connector: Connector, text: str) -> None:
    assert "ParseError" in connector.run(text).expect(EXIT_CONFIG).stderr


def test_missing_file(connector: Connector) -> None:
    result = connector.run(connector.folder / "nowhere.json").expect(EXIT_CONFIG)
    assert "FileNotFound" in result.stderr and "nowhere.json" in result.stderr


@pytest.mark.parametrize("arguments", [(), ("--no-such-option", "x.json"), ("one.json", "two.json"), ("x.json", "--log-file")])
def test_usage(connector: Connector, arguments: tuple[str, ...]) -> None:
    result = connector.run_arguments(*arguments).expect(EXIT_USAGE)
    assert result.stdout == b"" and "mysql-binlog-connector" in result.stderr


def test_help_and_version(connector: Connector) -> None:
    text = " ".join(connector.run_arguments("--help").expect(EXIT_OK).text.split())
    assert "config.json" in text and "stop after the transaction that is being received" in text
    assert connector.run_arguments("--version").expect(EXIT_OK).text.startswith("mysql-binlog-connector")


@pytest.mark.parametrize("path", ["/dev/stdin", "/dev/null"])
def test_a_device_is_no_binlog(connector: Connector, path: str) -> None:
    """A pipe neither: both cannot be read at any place."""
    inspected = connector.run_arguments("inspect", path).expect(EXIT_CONFIG).last_line
    streamed = connector.run({"source": "file", "files": [path]}).expect(EXIT_CONFIG).last_line
    for line in (inspected, streamed):
        assert "InvalidValue" in line and "pipe or a device" in line and "regular file" in line
