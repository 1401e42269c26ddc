"""What independent readers make of a Parquet file, as JSON.

    python parquet_readers.py size FILE AGAIN   the bytes of pyarrow's file AGAIN with the same rows, at gzip level 6 with dictionaries
    python parquet_readers.py typed FILE AGAIN  the same at zstd level 2, in row groups of the same size
    python parquet_readers.py kinds FILE        rows by dml_type, as DuckDB counts them

A program of its own: the largest resident size that the system tells of a child is at least that of the process that started it, so
the benchmark stays small.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def size(path: str, again: str) -> int:
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    pyarrow.parquet.write_table(table, again, compression="gzip", compression_level=6, use_dictionary=True, row_group_size=8192)
    return Path(again).stat().st_size


def typed(path: str, again: str) -> int:
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path, partitioning=None)
    rows = pyarrow.parquet.read_metadata(path).row_group(0).num_rows
    pyarrow.parquet.write_table(table, again, compression="zstd", compression_level=2, use_dictionary=True, row_group_size=rows)
    return Path(again).stat().st_size


def kinds(path: str) -> dict[str, int]:
    import duckdb

    return dict(duckdb.sql(f"SELECT dml_type, count(*) FROM '{path}' GROUP BY 1").fetchall())


if __name__ == "__main__":
    print(json.dumps({"size": size, "typed": typed, "kinds": kinds}[sys.argv[1]](*sys.argv[2:])))
