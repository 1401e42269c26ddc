"""Memory depends on batches and queues, and not on the size of the log."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from connector import EXIT_OK, Connector, binary
from servers import Position, Server

ROWS = 500_000
LIMIT_MEGABYTES = 256
LIMIT_SECONDS = 120

TABLE = """
CREATE TABLE `it_memory`.parcels (
  id BIGINT UNSIGNED NOT NULL PRIMARY KEY, customer INT NOT NULL, state ENUM('new', 'sent', 'lost') NOT NULL,
  price DECIMAL(12, 2) NOT NULL, weight DOUBLE, packed DATETIME(6) NOT NULL, seen TIMESTAMP(3) NULL,
  remark VARCHAR(200), labels SET('a', 'b', 'c'), bits BIT(8), document JSON)
"""
FILL = """
INSERT INTO `it_memory`.parcels
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows})
SELECT n, n * 31 % 9973, 1 + n % 3, n / 7, IF(n % 4 = 0, NULL, SQRT(n)), '2024-01-01' + INTERVAL n SECOND,
       '2024-06-01' + INTERVAL n SECOND, CONCAT('parcel number ', n, ' ', SHA2(n, 256)), n % 8, n % 256,
       JSON_OBJECT('barcode', SHA2(n + 1, 224), 'pieces', n % 10, 'fragile', n % 2 = 0)
FROM numbers
"""


@dataclass(frozen=True)
class Run:
    """What the system says of a finished process."""

    code: int
    megabytes: float
    stderr: str


def peak(process: subprocess.Popen[bytes]) -> float:
    """The peak so far in megabytes. What `wait4` tells counts the memory of the test process before its exec, too."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except FileNotFoundError:
        return 0
    return max((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:")), default=0)


def measure(connector: Connector, server: Server, start: Position, stop: Position) -> Run:
    """Runs to the end, and looks at the peak every few milliseconds."""
    config = connector.folder / "memory.json"
    config.write_text(json.dumps(connector.parquet(server, start, stop)))
    errors = connector.folder / "memory.err"
    with errors.open("w") as stderr:
        process = subprocess.Popen([binary(), config], stdout=subprocess.DEVNULL, stderr=stderr)
    deadline = time.monotonic() + LIMIT_SECONDS
    megabytes = 0.0
    while process.poll() is None:
        megabytes = max(megabytes, peak(process))
        if time.monotonic() > deadline:
            process.kill()
            process.wait()
            pytest.fail(f"still running after {LIMIT_SECONDS} s: {errors.read_text()[-2000:]}")
        time.sleep(0.005)
    return Run(process.returncode, megabytes, errors.read_text())


def test_650_000_changes_in_bounded_memory(mysql: Server, connector: Connector) -> None:
    mysql.execute("DROP DATABASE IF EXISTS it_memory", "CREATE DATABASE it_memory", TABLE)
    start = mysql.next_file()
    mysql.execute(
        f"SET SESSION cte_max_recursion_depth = {ROWS}", FILL.format(rows=ROWS),
        "UPDATE `it_memory`.parcels SET state = 'sent', price = price + 1 WHERE id % 5 = 0",
        "DELETE FROM `it_memory`.parcels WHERE id % 10 = 3")
    stop = mysql.history()
    mysql.execute("DROP DATABASE it_memory")
    assert stop.file == start.file and stop.offset > 130_000_000, f"the log is smaller than meant: {stop}"
    run = measure(connector, mysql, start, stop)
    assert run.code == EXIT_OK, run.stderr[-2000:]
    rows = sum(pq.ParquetFile(path).metadata.num_rows for path in connector.output.glob("*.parquet"))
    assert rows == ROWS + ROWS // 5 + ROWS // 10
    print(f"\n  {rows} rows, {stop.offset / 1e6:.0f} MB of log, peak {run.megabytes:.0f} MB")
    assert 0 < run.megabytes < LIMIT_MEGABYTES
