"""Real servers, started through scripts/servers, and what the tests ask them.

The tests use instances of their own (`--instance test`), so that a demonstration or a benchmark on the default
instances never shares a binlog with them. MBC_TEST_PORT moves their ports when two checkouts test at once. Workers of
pytest-xdist share no instance: each has its own names and ports.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pymysql

PROJECT = Path(__file__).resolve().parents[2]
SCRIPT = PROJECT / "scripts" / "servers"
NAMES = ("mariadb-10.11", "mariadb-11.8", "mysql-9.7")
# "gw0", "gw1" and so on; empty where one process runs the tests.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
# Below the ports that the system gives to connections: the servers of a worker start when those of others are busy.
FIRST_PORT = int(os.environ.get("MBC_TEST_PORT", "23111")) + len(NAMES) * (1 + int(WORKER[2:]) if WORKER else 0)
START_LIMIT_SECONDS = 300
# The server goes from one to its neighbour only.
GTID_MODES = ("OFF", "OFF_PERMISSIVE", "ON_PERMISSIVE", "ON")
REPLICA_USER = "repl"
REPLICA_PASSWORD = "repl-secret"


class Position(NamedTuple):
    """A place between two events of the binlog."""

    file: str
    offset: int


@dataclass(frozen=True)
class Server:
    """A running server. Equality by value keeps it usable as a fixture parameter."""

    name: str
    version: str
    port: int
    socket_path: Path
    data: Path
    instance: str
    started_here: bool
    host: str = "127.0.0.1"

    @property
    def is_mysql(self) -> bool:
        return self.name.startswith("mysql")

    @property
    def is_mariadb(self) -> bool:
        return not self.is_mysql

    @property
    def version_number(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split("-")[0].split("."))

    def connect(self, **options: Any) -> pymysql.Connection:
        """A root connection over TCP, autocommit, in utf8mb4."""
        settings: dict[str, Any] = dict(host=self.host, port=self.port, user="root", autocommit=True, charset="utf8mb4")
        settings.update(options)
        return pymysql.connect(**settings)

    @contextmanager
    def session(self, **options: Any) -> Iterator[pymysql.cursors.Cursor]:
        connection = self.connect(**options)
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        """Runs the statements in one session and returns the rows of the last one."""
        rows: list[tuple[Any, ...]] = []
        with self.session() as cursor:
            for statement in statements:
                cursor.execute(statement)
                rows = list(cursor.fetchall())
        return rows

    def set_global(self, variable: str, value: str | int) -> None:
        """Sets a variable; gtid_mode step by step."""
        steps: list[str | int] = [value]
        if variable == "gtid_mode":
            now, then = GTID_MODES.index(self.variable(variable)), GTID_MODES.index(str(value))
            steps = [GTID_MODES[mode] for mode in (range(now + 1, then + 1) if now < then else range(now - 1, then - 1, -1))]
        with self.session() as cursor:
            for step in steps:
                cursor.execute(f"SET GLOBAL {variable} = %s", (step,))

    def variable(self, name: str) -> Any:
        return self.execute(f"SELECT @@global.{name}")[0][0]

    @contextmanager
    def settings(self, values: Mapping[str, str | int]) -> Iterator[None]:
        """Global variables set for a while."""
        before = {name: self.variable(name) for name in values}
        try:
            for name, value in values.items():
                self.set_global(name, value)
            yield
        finally:
            for name, value in reversed(before.items()):
                self.set_global(name, value)

    def history(self) -> Position:
        """The end of the binlog now."""
        status = "SHOW BINARY LOG STATUS" if self.is_mysql else "SHOW MASTER STATUS"
        row = self.execute(status)[0]
        return Position(str(row[0]), int(row[1]))

    def next_file(self) -> Position:
        """Rotates, so that what follows stands in a file of its own."""
        self.execute("FLUSH BINARY LOGS")
        return self.history()

    def binlog_path(self, file: str) -> Path:
        return self.data / file

    def binlog_paths(self, first: Position, last: Position) -> list[Path]:
        """The files from one place to the other."""
        names = [str(row[0]) for row in self.execute("SHOW BINARY LOGS")]
        return [self.binlog_path(name) for name in names[names.index(first.file):names.index(last.file) + 1]]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def run_script(*arguments: str) -> str:
    done = subprocess.run([str(SCRIPT), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="surrogateescape",
                          timeout=START_LIMIT_SECONDS)
    if done.returncode != 0:
        raise RuntimeError(f"scripts/servers {' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


def of_worker(name: str, instance: str) -> tuple[str, str, str]:
    """The instance as scripts/servers knows it."""
    return (name, "--instance", f"{instance}-{WORKER}" if WORKER else instance)


def is_running(name: str, instance: str) -> bool:
    """Asked before starting, because only what these tests started may be stopped by them."""
    return " port " in run_script("status", *of_worker(name, instance))


def start(name: str, instance: str = "test", port: int | None = None, *options: str) -> Server:
    """Starts an instance, or finds the running one."""
    was_running = is_running(name, instance)
    port = port or FIRST_PORT + NAMES.index(name)
    more = ("--", *options) if options else ()
    words = run_script("start", *of_worker(name, instance), "--port", str(port), *more).split()
    line = dict(zip(words[1::2], words[2::2], strict=True))
    return Server(name=name, version=line["version"], port=int(line["port"]), socket_path=Path(line["socket"]),
                  data=Path(line["data"]), instance=instance, started_here=not was_running)


def stop(server: Server) -> None:
    run_script("stop", *of_worker(server.name, server.instance))


def reset(name: str, instance: str) -> None:
    run_script("reset", *of_worker(name, instance))
