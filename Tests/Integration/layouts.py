"""The layouts of Parquet files, for tests of what holds in each of them: that every row is there, and once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

import output_files
import partition_files
import table_files


@dataclass(frozen=True)
class Layout:
    """The settings of a layout, its rows as a test compares and replays them, and the last state of a table of `id` and `body`."""

    name: str
    fields: dict[str, Any]
    rows_in: Callable[[Path], list[Any]]
    newest: Callable[[Path, str], dict[int, str]]
    # Below the output folder, of a database and a table.
    folder: str = ""

    @property
    def by_day(self) -> dict[str, Any]:
        """The settings, with the files of each day in a folder of their own."""
        by = self.fields.get("partition_by")
        return self.fields | {"partition_by": f"{by},date" if by else "date"}

    def file(self, output: Path, database: str, table: str, name: str) -> Path:
        return output / self.folder.format(database=database, table=table) / name


def newest_of_changes(folder: Path, table: str) -> dict[int, str]:
    with duckdb.connect() as db:
        found = db.execute(
            "WITH changes AS (SELECT *, CAST(coalesce(after_values, before_values)->>'id' AS BIGINT) AS id,"
            " (regexp_extract(filename, '([^/]+)-[0-9]+[.]parquet$', 1), log_pos, event_row_index) AS place"
            f" FROM read_parquet('{folder}/**/*.parquet', filename = true) WHERE table_name = '{table}')"
            " SELECT id, arg_max(after_values->>'body', place) FROM changes GROUP BY id"
            " HAVING arg_max(dml_type, place) <> 'DELETE'").fetchall()
    return dict(found)


def newest_of_tables(folder: Path, table: str) -> dict[int, str]:
    own = [file for file in table_files.files(folder) if file.table[1] == table]
    return {number: str(row["body"]) for number, row in table_files.newest_by_duckdb(own, "id").items()}


CHANGES = Layout("changes", {}, output_files.rows_in, newest_of_changes)
PARTITIONS = Layout("partitions", {"partition_by": "table"}, partition_files.rows_in, newest_of_changes, "db={database}/tbl={table}")
TABLES = Layout("tables", {"parquet_layout": "tables"}, table_files.rows_in, newest_of_tables, "{database}/{table}")


def over_layouts(*words: str, first: Layout = CHANGES) -> pytest.MarkDecorator:
    """Runs a test over both layouts; in the default tier over that of tables only with the parameters that have these words ("tables"
    is all of them)."""
    tables = pytest.param(TABLES, marks=pytest.mark.soak(*words), id=TABLES.name)
    return pytest.mark.parametrize("layout", [pytest.param(first, id=first.name), tables])
