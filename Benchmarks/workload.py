"""The logs that are measured: made on a real MySQL server, kept between runs, copied out of it for offline reading."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "Tests" / "Integration"))

import servers  # noqa: E402
from servers import Position, Server  # noqa: E402

INSTANCE = "benchmark"
PORT = int(os.environ.get("MBC_BENCHMARK_PORT", "33190"))
# The disk is not what is measured: no waiting for it while the logs are made.
OPTIONS = ("--binlog-row-metadata=FULL", "--sync-binlog=0", "--innodb-flush-log-at-trx-commit=0",
           "--max-binlog-size=1G", "--binlog-transaction-dependency-history-size=1000")


@dataclass(frozen=True)
class Log:
    """A part of the server's log in a file of its own: where it lies, and how many rows it changes."""

    start: Position
    stop: Position
    path: Path
    rows: int

    @property
    def bytes(self) -> int:
        return self.path.stat().st_size


class Workloads:
    """Makes each log on first use, below a folder in an ordinary file system, as a server's logs are; they are read from its cache."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server: Server = servers.start("mysql-9.7", INSTANCE, PORT, *OPTIONS)
        self._logs: dict[str, Log] = {}

    def close(self) -> None:
        servers.stop(self.server)
        servers.reset("mysql-9.7", INSTANCE)

    def _record(self, name: str, rows: int, *statements: str) -> Log:
        """Runs the statements in a binlog of their own and keeps a copy of it."""
        if name not in self._logs:
            start = self.server.next_file()
            self.server.execute(f"DROP DATABASE IF EXISTS {name}", *statements)
            stop = self.server.history()
            self.server.execute("FLUSH BINARY LOGS")
            path = self.folder / name / stop.file
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.server.binlog_path(stop.file), path)
            with path.open("rb") as copy:
                os.fsync(copy.fileno())  # Nothing is to be written to the disk while something is measured.
            self._logs[name] = Log(Position(start.file, 4), stop, path, rows)
        return self._logs[name]

    def shop_orders(self) -> Log:
        script = (PROJECT / "Benchmarks" / "shop_orders.sql").read_text()
        lines = (line for line in script.splitlines() if not line.startswith("--"))
        statements = [statement for statement in "\n".join(lines).split(";") if statement.strip()]
        return self._record("shop", 650_000, *statements)

    def small_transactions(self, count: int = 200_000) -> Log:
        """So many transactions of one small row each."""
        return self._record(
            "small", count, "CREATE DATABASE small",
            "CREATE TABLE small.t (id INT PRIMARY KEY, name VARCHAR(40), amount DECIMAL(10, 2))",
            "CREATE PROCEDURE small.fill(n INT) BEGIN DECLARE i INT DEFAULT 0; "
            "WHILE i < n DO INSERT INTO small.t VALUES (i, CONCAT('name ', i), i / 100); SET i = i + 1; END WHILE; END",
            f"CALL small.fill({count})")

    def wide_rows(self, count: int = 20_000) -> Log:
        """Rows of 1,000 columns, in the engine whose rows may be so long."""
        kinds = ("INT", "VARCHAR(40)", "DECIMAL(12, 2)", "DATETIME(6)")
        columns = ", ".join(f"c{n} {kinds[n % 4]}" for n in range(1, 1000))
        values = ("n * 7", "CONCAT('text ', n)", "n / 100", "'2024-01-01 00:00:00.123456' + INTERVAL n SECOND")
        row = ", ".join(values[n % 4] for n in range(1, 1000))
        return self._record(
            "wide", count, "SET SESSION cte_max_recursion_depth = 1000000", "CREATE DATABASE wide",
            f"CREATE TABLE wide.t (id INT PRIMARY KEY, {columns}) ENGINE = MyISAM",
            f"INSERT INTO wide.t WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) "
            f"SELECT n, {row} FROM s")

    def large_values(self, count: int = 3) -> Log:
        """Rows with a text of 60 MB."""
        inserts = [f"INSERT INTO large.t VALUES ({n}, REPEAT('The quick brown fox {n}. ', 2500000))" for n in range(count)]
        return self._record(
            "large", count, "SET GLOBAL max_allowed_packet = 1 << 30", "CREATE DATABASE large",
            "CREATE TABLE large.t (id INT PRIMARY KEY, body LONGTEXT)", *inserts)

    def large_transaction(self, count: int = 1000) -> Log:
        """One transaction of about 1 GB: rows of 1 MB."""
        return self._record(
            "huge", count, "SET SESSION cte_max_recursion_depth = 1000000", "CREATE DATABASE huge",
            "CREATE TABLE huge.t (id INT PRIMARY KEY, body LONGTEXT)",
            f"INSERT INTO huge.t WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) "
            "SELECT n, REPEAT(CONCAT('The quick brown fox ', n, '. '), 40000) FROM s")

    def repeated(self, log: Log, times: int) -> list[Path]:
        """The same log so many times, under names that follow one another: links, which take no room."""
        folder = self.folder / f"repeated-{log.path.parent.name}-{times}"
        folder.mkdir(exist_ok=True)
        paths = [folder / f"binlog.{number:06}" for number in range(1, times + 1)]
        for path in paths:
            if not path.exists():
                os.link(log.path, path)
        return paths
