"""Engines that read Parquet files, each as a function from a file, columns and a condition to rows in the order of `id`.

ClickHouse, Spark and DataFusion run in a process of their own, which answers many questions:

    python parquet_engines.py ENGINE <QUESTIONS >ANSWERS

Both are pickled lists: (file, columns, condition) in, lists of rows out. Files of several schemas, with `*` in their name, are read
together by name. A condition is SQL, or None. A question whose columns are
["skipped"] asks what the condition let the engine leave out: its own counters, or its plan with them.
"""

from __future__ import annotations

import importlib.util
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

Question = tuple[str, list[str], str | None]
Answer = list[tuple[Any, ...]] | dict[str, int] | str
SKIPPED = ["skipped"]
needs_spark = pytest.mark.skipif(importlib.util.find_spec("pyspark") is None or shutil.which("java") is None,
                                 reason="Spark is not here: scripts/python-env --spark, and a Java")


def ask(engine: str, questions: list[Question]) -> list[Answer]:
    done = subprocess.run([sys.executable, __file__, engine], input=pickle.dumps(questions), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-4000:]
    return pickle.loads(done.stdout)


def where(condition: str | None) -> str:
    return f" WHERE {condition}" if condition else ""


def rows_of(table: Any) -> list[tuple[Any, ...]]:
    return list(zip(*table.to_pydict().values(), strict=True))


def clickhouse() -> Callable[[Question], Answer]:
    import chdb.session
    import pyarrow

    session = chdb.session.Session()
    settings = ("SETTINGS session_timezone = 'UTC', input_format_parquet_bloom_filter_push_down = 1, "
                "input_format_parquet_filter_push_down = 1, schema_inference_mode = 'union', use_cache_for_count_from_files = 0")

    def events() -> dict[str, int]:
        found = str(session.query("SELECT event, value FROM system.events WHERE event LIKE '%Parquet%'", "TSV"))
        return {line.split("\t")[0]: int(line.split("\t")[1]) for line in found.splitlines()}

    def answer(question: Question) -> Answer:
        file, columns, condition = question
        if columns == SKIPPED:
            before = events()
            session.query(f"SELECT id FROM file('{file}', Parquet){where(condition)} {settings}", "TSV")
            return {event: value - before.get(event, 0) for event, value in events().items()}
        query = f"SELECT {', '.join(columns)} FROM file('{file}', Parquet){where(condition)} ORDER BY id {settings}"
        found = session.query(f"{query}, output_format_arrow_string_as_string = 0", "Arrow").bytes()
        return rows_of(pyarrow.ipc.open_file(found).read_all())

    return answer


def spark() -> Callable[[Question], Answer]:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.log.level", "OFF")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.adaptive.enabled", "false")
    builder = builder.config("spark.sql.parquet.mergeSchema", "true")
    session = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1").getOrCreate()

    def scanned(plan: Any) -> int:
        metrics = plan.metrics()
        if plan.nodeName().startswith("Scan"):
            return metrics.apply("numOutputRows").value()
        return sum(scanned(plan.children().apply(index)) for index in range(plan.children().size()))

    def answer(question: Question) -> Answer:
        file, columns, condition = question
        if columns == SKIPPED:
            frame = session.sql(f"SELECT * FROM parquet.`{file}`{where(condition)}")
            frame._jdf.collect()
            return {"rows": scanned(frame._jdf.queryExecution().executedPlan())}
        return rows_of(session.sql(f"SELECT {', '.join(columns)} FROM parquet.`{file}`{where(condition)} ORDER BY id").toArrow())

    return answer


def datafusion() -> Callable[[Question], Answer]:
    from datafusion import SessionConfig, SessionContext

    config = SessionConfig().set("datafusion.execution.parquet.pushdown_filters", "true").with_target_partitions(1)

    def answer(question: Question) -> Answer:
        file, columns, condition = question
        context = SessionContext(config)
        context.register_parquet("sample", file)
        if columns == SKIPPED:
            plan = "\n".join(str(row) for row in context.sql(f"EXPLAIN ANALYZE SELECT * FROM sample{where(condition)}").to_pylist())
            return plan
        return rows_of(context.sql(f"SELECT {', '.join(columns)} FROM sample{where(condition)} ORDER BY id").to_arrow_table())

    return answer


ENGINES = {"clickhouse": clickhouse, "spark": spark, "datafusion": datafusion}

if __name__ == "__main__":
    answer = ENGINES[sys.argv[1]]()
    sys.stdout.buffer.write(pickle.dumps([answer(question) for question in pickle.load(sys.stdin.buffer)]))
