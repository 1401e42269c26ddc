"""Memory depends on batches and queues, and not on the size of the log or the number of its files."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from connector import EXIT_OK, Connector
from measure import measure
from servers import Server

ROWS = 500_000
LIMIT_MEGABYTES = 128
FILES = 12
ROWS_IN_A_FILE = 20_000
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


@pytest.mark.parametrize("mode", ["parquet", "json"])
def test_650_000_changes_in_bounded_memory(mysql: Server, connector: Connector, mode: str) -> None:
    mysql.execute("DROP DATABASE IF EXISTS it_memory", "CREATE DATABASE it_memory", TABLE)
    start = mysql.next_file()
    mysql.execute(
        f"SET SESSION cte_max_recursion_depth = {ROWS}", FILL.format(rows=ROWS),
        "UPDATE `it_memory`.parcels SET state = 'sent', price = price + 1 WHERE id % 5 = 0",
        "DELETE FROM `it_memory`.parcels WHERE id % 10 = 3")
    stop = mysql.history()
    mysql.execute("DROP DATABASE it_memory")
    assert stop.file == start.file and stop.offset > 130_000_000, f"the log is smaller than meant: {stop}"
    lines = {"output_mode": "json", "output_dir": str(connector.output)}
    config = connector.parquet(mysql, start, stop, extra_columns=["xid", "seq"]) if mode == "parquet" else connector.config(
        mysql, start, stop, include=["it_memory.*"], operations=["insert", "update", "delete"], **lines)
    run = measure(connector, config, LIMIT_SECONDS)
    run.result.expect(EXIT_OK)
    [path] = connector.files()
    rows = pq.ParquetFile(path).metadata.num_rows if mode == "parquet" else gzip.open(path).read().count(b"\n")
    assert rows == ROWS + ROWS // 5 + ROWS // 10
    print(f"\n  {rows} rows, {stop.offset / 1e6:.0f} MB of log, peak {run.megabytes:.0f} MB")
    assert 0 < run.megabytes < LIMIT_MEGABYTES


def test_many_files_need_no_more_memory_than_one(mysql: Server, connector: Connector, tmp_path: Path) -> None:
    """Each binlog file has an output file, with buffers that must go or serve the next one: a leak was 9 MB a file."""
    mysql.execute("DROP DATABASE IF EXISTS it_memory", "CREATE DATABASE it_memory", TABLE)
    start = mysql.next_file()
    mysql.execute(f"SET SESSION cte_max_recursion_depth = {ROWS_IN_A_FILE}", FILL.format(rows=ROWS_IN_A_FILE))
    stop = mysql.history()
    mysql.execute("FLUSH BINARY LOGS", "DROP DATABASE it_memory")
    assert start.file == stop.file
    for number in range(1, FILES + 1):
        shutil.copyfile(mysql.binlog_path(stop.file), tmp_path / f"copy.{number:06}")

    def megabytes(count: int) -> float:
        fields: dict[str, Any] = {"source": "file", "output_mode": "parquet", "parquet_output_dir": str(connector.output), "allow_gaps": True,
                                  "files": [str(tmp_path / f"copy.{number:06}") for number in range(1, count + 1)]}
        run = measure(connector, fields, LIMIT_SECONDS)
        run.result.expect(EXIT_OK)
        assert len(list(connector.output.glob("*.parquet"))) == count
        return run.megabytes

    few, many = megabytes(2), megabytes(FILES)
    print(f"\n  {few:.0f} MB for 2 files, {many:.0f} MB for {FILES}")
    assert many < few * 1.25
