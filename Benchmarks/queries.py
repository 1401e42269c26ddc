"""One query over typed tables and over the JSON of the nine columns, in five engines: a sum of a DECIMAL within a range of a DATETIME.

    python queries.py NINE_FOLDER TABLES_FOLDER [--runs N] [--json FILE] [--svg FILE]

NINE_FOLDER has the reference workload's rows in the layout "changes", TABLES_FOLDER in the layout "tables". Both are read by every
engine in turn; what counts is the median. An engine that is not installed is left out, and named.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

FROM, TO = "2024-01-02 00:00:00", "2024-01-04 00:00:00"
GOAL = 5
Query = Callable[[], Decimal]


def duckdb(nine: str, tables: str) -> tuple[Query, Query]:
    import duckdb as engine

    connection = engine.connect()

    def run(sql: str) -> Query:
        return lambda: connection.execute(sql).fetchall()[0][0]

    return (run(f"SELECT sum((after_values->>'amount')::DECIMAL(18,2)) FROM '{nine}' WHERE dml_type = 'INSERT' AND "
                f"(after_values->>'created_at')::TIMESTAMP BETWEEN '{FROM}' AND '{TO}'"),
            run(f"SELECT sum(amount) FROM '{tables}' WHERE _cdc_op = 'c' AND created_at BETWEEN '{FROM}' AND '{TO}'"))


def polars(nine: str, tables: str) -> tuple[Query, Query]:
    import polars as engine

    low, high = engine.lit(FROM).str.to_datetime(), engine.lit(TO).str.to_datetime()

    def typed() -> Decimal:
        rows = engine.scan_parquet(tables).filter((engine.col("_cdc_op") == "c") & engine.col("created_at").is_between(low, high))
        return rows.select(engine.col("amount").sum()).collect().item()

    def untyped() -> Decimal:
        rows = engine.scan_parquet(nine).filter(engine.col("dml_type") == "INSERT").select(
            engine.col("after_values").str.json_path_match("$.created_at").str.to_datetime("%Y-%m-%d %H:%M:%S%.f").alias("created_at"),
            engine.col("after_values").str.json_path_match("$.amount").cast(engine.Decimal(18, 2)).alias("amount"))
        return rows.filter(engine.col("created_at").is_between(low, high)).select(engine.col("amount").sum()).collect().item()

    return untyped, typed


def clickhouse(nine: str, tables: str) -> tuple[Query, Query]:
    from chdb.session import Session

    session = Session()

    def run(sql: str) -> Query:
        return lambda: Decimal(str(session.query(sql, "TSV")).strip())

    return (run(f"SELECT sum(toDecimal64(JSONExtractString(after_values, 'amount'), 2)) FROM file('{nine}', Parquet) WHERE dml_type = 'INSERT' AND "
                f"parseDateTime64BestEffort(JSONExtractString(after_values, 'created_at'), 6, 'UTC') BETWEEN '{FROM}' AND '{TO}'"),
            run(f"SELECT sum(amount) FROM file('{tables}', Parquet) WHERE _cdc_op = 'c' AND created_at BETWEEN "
                f"toDateTime64('{FROM}', 6) AND toDateTime64('{TO}', 6)"))


def spark(nine: str, tables: str) -> tuple[Query, Query]:
    from pyspark.sql import SparkSession

    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.log.level", "OFF").getOrCreate()

    def run(sql: str) -> Query:
        return lambda: session.sql(sql).collect()[0][0]

    return (run(f"SELECT sum(CAST(get_json_object(after_values, '$.amount') AS DECIMAL(18,2))) FROM parquet.`{nine}` WHERE dml_type = 'INSERT' AND "
                f"CAST(get_json_object(after_values, '$.created_at') AS TIMESTAMP_NTZ) BETWEEN TIMESTAMP_NTZ'{FROM}' AND TIMESTAMP_NTZ'{TO}'"),
            run(f"SELECT sum(amount) FROM parquet.`{tables}` WHERE _cdc_op = 'c' AND created_at BETWEEN TIMESTAMP_NTZ'{FROM}' AND TIMESTAMP_NTZ'{TO}'"))


def datafusion(nine: str, tables: str) -> tuple[Query, Query]:
    """Without JSON functions: the values are cut out of the text."""
    from datafusion import SessionContext

    context = SessionContext()
    context.register_parquet("nine", nine)
    context.register_parquet("tables", tables)

    def run(sql: str) -> Query:
        return lambda: context.sql(sql).collect()[0][0][0].as_py()

    def value(key: str) -> str:
        return f"split_part(split_part(after_values, '\"{key}\":\"', 2), '\"', 1)"

    return (run(f"SELECT sum(CAST({value('amount')} AS DECIMAL(18,2))) FROM nine WHERE dml_type = 'INSERT' AND "
                f"CAST({value('created_at')} AS TIMESTAMP) BETWEEN TIMESTAMP '{FROM}' AND TIMESTAMP '{TO}'"),
            run(f"SELECT sum(amount) FROM tables WHERE _cdc_op = 'c' AND created_at BETWEEN TIMESTAMP '{FROM}' AND TIMESTAMP '{TO}'"))


ENGINES = {"DuckDB": duckdb, "Polars": polars, "ClickHouse": clickhouse, "Spark": spark, "DataFusion": datafusion}


def milliseconds(query: Query) -> tuple[float, Decimal]:
    start = time.monotonic()
    result = query()
    return (time.monotonic() - start) * 1000, result


def measure(queries: tuple[Query, Query], runs: int) -> tuple[float, float]:
    """The medians, after two runs of each that do not count; both must find the same."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(runs + 2):
        found = [milliseconds(query) for query in queries]
        if found[0][1] != found[1][1] or not found[0][1]:
            raise RuntimeError(f"{found[0][1]} and {found[1][1]}")
        if number >= 2:
            for series, (elapsed, _) in zip(times, found, strict=True):
                series.append(elapsed)
    return statistics.median(times[0]), statistics.median(times[1])


def draw(found: dict[str, tuple[float, float]], path: Path) -> None:
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot

    chart, axes = pyplot.subplots(figsize=(8, 0.55 * len(found) + 1.2))
    places = range(len(found))
    axes.barh([place - 0.2 for place in places], [old for old, _ in found.values()], 0.4, label="JSON of the nine columns", color="#b5542b")
    axes.barh([place + 0.2 for place in places], [new for _, new in found.values()], 0.4, label="typed table", color="#2a7f62")
    for place, (old, new) in zip(places, found.values(), strict=True):
        axes.text(new, place + 0.2, f"  {new:.0f} ms, {old / new:.1f} times as fast", va="center", fontsize=8)
    axes.set_yticks(list(places), list(found))
    axes.invert_yaxis()
    axes.set_xlabel("milliseconds: a sum over a DECIMAL with a range of a DATETIME, 650,000 rows")
    axes.legend(loc="lower right")
    chart.tight_layout()
    chart.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nine", type=Path)
    parser.add_argument("tables", type=Path)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--svg", type=Path)
    options = parser.parse_args()
    (nine,), (tables,) = options.nine.glob("*.parquet"), (options.tables / "shop" / "orders").glob("*.parquet")
    found = {}
    for name, engine in ENGINES.items():
        try:
            queries = engine(str(nine), str(tables))
        except ImportError as error:
            print(f"{name}: left out, {error}")
            continue
        old, new = found[name] = measure(queries, options.runs)
        mark = "reached" if old / new >= GOAL else "not reached"
        print(f"{name}: {old:.0f} ms over JSON, {new:.0f} over typed columns: {old / new:.1f} times as fast, goal {GOAL}: {mark}", flush=True)
    if options.json:
        options.json.write_text(json.dumps({name: {"json_ms": old, "typed_ms": new} for name, (old, new) in found.items()}, indent=2) + "\n")
    if options.svg:
        draw(found, options.svg)


if __name__ == "__main__":
    main()
