"""The SQL that `schema` prints, run in the engines that it is for."""

from __future__ import annotations

import datetime
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from chdb.session import Session as ClickHouse

import object_stores
from conftest import Pool
from connector import EXIT_CONFIG, EXIT_OK, EXIT_OUTPUT, EXIT_USAGE, Connector, Result, binary
from parquet_engines import needs_spark
from servers import Server
from test_typed_tables import TYPES

NAMES = {"duckdb": "DuckDB", "spark": "Spark", "athena": "Athena", "clickhouse": "ClickHouse"}
NOBODY = {"host": "127.0.0.1", "port": 1, "from_binlog_file": "binlog.000001", "from_binlog_position": 4}


def run(connector: Connector, config: dict[str, Any], *arguments: str, env: dict[str, str] | None = None) -> Result:
    with connector.start_command([str(binary()), "schema", str(connector.write(config)), *arguments], env) as running:
        return running.wait()


def schema(connector: Connector, config: dict[str, Any], *arguments: str, env: dict[str, str] | None = None) -> str:
    result = run(connector, config, *arguments, env=env).expect(EXIT_OK)
    assert not result.stderr
    return result.text


def statements(text: str) -> list[str]:
    """The statements of a text without semicolons in literals."""
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return [statement for statement in re.split(r";\n", "\n".join(lines) + "\n") if statement.strip()]


def plain(value: Any) -> Any:
    """A value as the typed layout has it, of one of a driver."""
    match value:
        case datetime.timedelta():
            seconds = abs(value) // datetime.timedelta(seconds=1)
            sign = "-" if value < datetime.timedelta() else ""
            return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{abs(value).microseconds:06}"
        case datetime.datetime() if value.tzinfo:
            return value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        case bytearray():
            return bytes(value)
        case Decimal():
            return value.normalize()
    return value


def current_state(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> list[tuple[Any, ...]]:
    return [tuple(map(plain, row)) for row in connection.execute(f'SELECT * FROM "{database}"."{table}"').fetchall()]


def server_state(server: Server, query: str) -> list[tuple[Any, ...]]:
    with server.session(init_command="SET time_zone = '+00:00'") as cursor:
        cursor.execute(query)
        return [tuple(map(plain, row)) for row in cursor.fetchall()]


# Those whose value has another form in a client: numbers of bits, durations, and shapes.
SELECTED = {"BIT(1)": "{} + 0 = 1", "BIT(2)": "{} + 0", "BIT(63)": "{} + 0", "BIT(64)": "CAST({} + 0 AS DECIMAL(20))",
            "DECIMAL(65,30)": "CAST({} AS CHAR)", "POINT": "ST_AsBinary({})", "GEOMETRY": None}


def write_tables(server: Server, connector: Connector, database: str, partition_by: str | None) -> dict[str, Any]:
    """All types; keys that change, deletes, TRUNCATE, an ALTER to another type and one of the key, names that need quotes."""
    columns = ", ".join(f"c{number} {ddl}" for number, (ddl, *_) in enumerate(TYPES))
    literals = ", ".join(literal for _, literal, *_ in TYPES)
    server.execute(
        f"CREATE TABLE `{database}`.types (id INT PRIMARY KEY, {columns})",
        f"CREATE TABLE `{database}`.orders (id INT, line INT, amount DECIMAL(10,2), note VARCHAR(20), PRIMARY KEY (line, id))",
        f"CREATE TABLE `{database}`.`order ``s \"x\"` (`select` INT PRIMARY KEY, `a b` INT, `q\"``` INT, dt VARCHAR(9), _cdc_op INT)",
        f"CREATE TABLE `{database}`.no_key (a INT, b VARCHAR(9))", f"CREATE TABLE `{database}`.emptied (id INT PRIMARY KEY)",
        f"CREATE TABLE `{database}`.days (d DATE, id INT, PRIMARY KEY (id, d))")
    start = server.next_file()
    orders = f"`{database}`.orders"
    odd = f"`{database}`.`order ``s \"x\"`"
    with server.session(init_command="SET time_zone = '+00:00', sql_mode = ''") as cursor:
        for statement in [
            f"INSERT INTO `{database}`.types VALUES (1, {literals})", f"INSERT INTO `{database}`.types (id) VALUES (2), (3)",
            f"DELETE FROM `{database}`.types WHERE id = 3",
            f"INSERT INTO {orders} VALUES (1, 1, 1.5, 'a'), (2, 1, 2.5, NULL), (3, 1, 3.5, 'c'), (4, 1, NULL, 'd'), (5, 1, 5, 'e')",
            f"UPDATE {orders} SET id = 11 WHERE id = 1", f"UPDATE {orders} SET amount = NULL WHERE id = 2",
            f"DELETE FROM {orders} WHERE id = 5", f"ALTER TABLE {orders} MODIFY amount VARCHAR(30), MODIFY id VARCHAR(9) NOT NULL",
            f"UPDATE {orders} SET amount = 'many' WHERE id = '3'", f"UPDATE {orders} SET id = 'x' WHERE id = '4'",
            f"INSERT INTO {orders} VALUES ('1', 1, 'back', 'a')", f"DELETE FROM {orders} WHERE id = '2'",
            f"INSERT INTO {odd} VALUES (1, 2, 3, 'own', 4), (2, NULL, NULL, NULL, NULL)", f"UPDATE {odd} SET `a b` = 5 WHERE `select` = 1",
            f"INSERT INTO `{database}`.no_key VALUES (1, 'x'), (1, 'x')", f"DELETE FROM `{database}`.no_key LIMIT 1",
            f"INSERT INTO `{database}`.emptied VALUES (1), (2)", f"TRUNCATE `{database}`.emptied",
            f"INSERT INTO `{database}`.emptied VALUES (2), (3)",
            f"INSERT INTO `{database}`.days VALUES ('0000-00-00', 1), ('2024-00-10', 1), ('2024-02-29', 1)",
        ]:
            cursor.execute(statement)
    config = connector.parquet(server, start, server.history(), parquet_layout="tables", partition_by=partition_by,
                               include=[f"{database}.*"])
    connector.run(config).expect(EXIT_OK)
    return config


@pytest.mark.smoke
@pytest.mark.parametrize("partition_by", [None, "date"])
def test_each_engine_reads_what_the_server_has(
        server: Server, connector: Connector, database: str, partition_by: str | None) -> None:
    config = write_tables(server, connector, database, partition_by)
    check_duckdb(schema(connector, config, "--dialect", "duckdb"), server, database)
    check_clickhouse(schema(connector, config, "--dialect", "clickhouse"), database, count_of_changes(connector.output / database))
    whole = schema(connector, config)
    for dialect, name in NAMES.items():
        assert f"-- {name}\n\n" + schema(connector, config, "--dialect", dialect).rstrip("\n") in whole


@pytest.mark.soak
@needs_spark
@pytest.mark.parametrize("partition_by", [None, "date"])
def test_spark_reads_what_the_server_has(
        server: Server, connector: Connector, database: str, partition_by: str | None, tmp_path: Path) -> None:
    config = write_tables(server, connector, database, partition_by)
    text = schema(connector, config, "--dialect", "spark")
    check_spark(text, database, count_of_changes(connector.output / database), tmp_path / "warehouse")


def check_duckdb(text: str, server: Server, database: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for _ in range(2):  # It can be run again.
            connection.execute(text)
        for table in ("orders", "emptied", 'order `s "x"'):
            quoted = table.replace("`", "``")
            expected = server_state(server, f"SELECT * FROM `{database}`.`{quoted}`")
            assert sorted(current_state(connection, database, table.replace('"', '""')), key=str) == sorted(expected, key=str), table
            names = [name for name, *_ in server.execute(f"SHOW COLUMNS FROM `{database}`.`{quoted}`")]
            view = table.replace('"', '""')
            assert connection.sql(f'SELECT * FROM "{database}"."{view}"').columns == names, table
        queries = [SELECTED.get(ddl, "{}") for ddl, *_ in TYPES]
        chosen = ["id", *(query.format(f"c{number}") for number, query in enumerate(queries) if query)]
        expected = server_state(server, f"SELECT {', '.join(chosen)} FROM `{database}`.types ORDER BY id")
        view = ["id", *(f"c{number}" for number, query in enumerate(queries) if query)]
        rows = connection.sql(f'SELECT {", ".join(view)} FROM "{database}".types ORDER BY id').to_arrow_table().to_pylist()
        assert len(rows) == len(expected) == 2
        for row, wanted in zip(rows, expected, strict=True):
            for name, other in zip(view, wanted, strict=True):
                assert plain(row[name]) == other, (name, row[name], other)
        # No value of a key is lost that its type cannot hold.
        days = connection.execute(f'SELECT d, id FROM "{database}".days ORDER BY d').fetchall()
        assert days == [(datetime.date(2024, 2, 29), 1), (None, 1), (None, 1)]
        assert connection.execute(f'SELECT _cdc_op, a, b FROM "{database}".no_key ORDER BY _cdc_seq').fetchall() == [
            ("c", 1, "x"), ("c", 1, "x"), ("d", 1, "x")]


def count_of_changes(folder: Path) -> dict[str, int]:
    with duckdb.connect() as connection:
        return {path.name: connection.execute(f"SELECT count(*) FROM read_parquet('{path}/**/*.parquet', union_by_name = true)")
                .fetchall()[0][0] for path in folder.iterdir()}


def check_clickhouse(text: str, database: str, changes: dict[str, int]) -> None:
    engine = ClickHouse()
    try:
        for statement in statements(text):
            engine.query(statement)

        def select(query: str) -> list[dict[str, Any]]:
            return [json.loads(line) for line in str(engine.query(query, "JSONEachRow")).splitlines()]

        found = {row["name"] for row in select(f"SELECT name FROM system.tables WHERE database = '{database}'")}
        assert found == {"types", "orders", 'order `s "x"', "no_key", "emptied", "days"}
        for folder, count in changes.items():
            name = folder.replace("%22", '"').replace("`", "``")
            (row,) = select(f"SELECT count() AS n FROM `{database}`.`{name}`")
            assert int(row["n"]) == count, name
        assert select(f"SELECT dt, `__cdc_op` AS o, `q\"``` AS q FROM `{database}`.`order ``s \"x\"` ORDER BY _cdc_seq") == [
            {"dt": "own", "o": 4, "q": 3}, {"dt": None, "o": None, "q": None}, {"dt": "own", "o": 4, "q": 3}]
        number = {ddl: f"c{number}" for number, (ddl, *_) in enumerate(TYPES)}
        (row,) = select(f"SELECT toString({number['DATETIME(6)']}) AS a, toString({number['DATE']}) AS b, toString({number['BIGINT UNSIGNED']}) AS c, "
                        f"toString({number['TIMESTAMP(3) NULL']}) AS d, hex({number['BINARY(4)']}) AS e FROM `{database}`.types WHERE id = 1")
        assert row == {"a": "9999-12-31 23:59:59.999999", "b": "9999-12-31", "c": str(2**64 - 1), "d": "2038-01-19 03:14:07.123000",
                       "e": "00FF0000"}
    finally:
        engine.close()


def check_spark(text: str, database: str, changes: dict[str, int], warehouse: Path) -> None:
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config(
        "spark.sql.session.timeZone", "UTC").config("spark.sql.warehouse.dir", str(warehouse)).getOrCreate()
    try:
        for statement in statements(text):
            spark.sql(statement)
        for folder, count in changes.items():
            name = "order__s__x_" if folder.startswith("order ") else folder
            assert spark.sql(f"SELECT count(*) AS n FROM `{database}`.`{name}`").collect()[0]["n"] == count, name
        row = spark.sql(f"SELECT * FROM `{database}`.types WHERE id = 1").collect()[0].asDict()
        for number, (ddl, _, _, value) in enumerate(TYPES):
            if value is not None and not ddl.startswith("TIMESTAMP"):
                assert plain(row[f"c{number}"]) == plain(value), ddl
        assert [row["dt"] for row in spark.sql(f"SELECT dt FROM `{database}`.order__s__x_ ORDER BY _cdc_seq").collect()] == ["own", None, "own"]
        spark.sql(f"DROP DATABASE `{database}` CASCADE")
    finally:
        spark.stop()


def test_an_alter_and_the_way_back(server: Server, connector: Connector, database: str) -> None:
    """The view has the columns of the version that came last, also when it is one that was there before."""
    table = f"`{database}`.t"
    server.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY, a INT)")
    start = server.next_file()
    server.execute(f"INSERT INTO {table} VALUES (1, 1)", f"ALTER TABLE {table} MODIFY a VARCHAR(9), ADD b INT", f"INSERT INTO {table} VALUES (2, '2', 2)",
                   f"ALTER TABLE {table} MODIFY a INT, DROP b", f"INSERT INTO {table} VALUES (3, 3)")
    config = connector.parquet(server, start, server.history(), parquet_layout="tables")
    connector.run(config).expect(EXIT_OK)
    with duckdb.connect() as connection:
        connection.execute(schema(connector, config, "--dialect", "duckdb"))
        assert sorted(connection.execute(f'SELECT * FROM "{database}".t').fetchall()) == [(1, 1), (2, 2), (3, 3)]


def test_lists_and_documents(pool: Pool, connector: Connector) -> None:
    """VECTOR and JSON, and what the view says of a column whose old values cannot be cast."""
    server, table = pool.get("mysql-9.7"), "it_schema_lists.t"
    server.execute("DROP DATABASE IF EXISTS it_schema_lists", "CREATE DATABASE it_schema_lists",
                   f"CREATE TABLE {table} (id INT PRIMARY KEY, v VECTOR(3), j JSON, b VARBINARY(9))")
    start = server.next_file()
    server.execute(f"INSERT INTO {table} VALUES (1, STRING_TO_VECTOR('[1,-2.5,0]'), '{{\"a\": 1}}', x'6162'), (2, NULL, NULL, NULL)",
                   f"ALTER TABLE {table} MODIFY b VARCHAR(9)", f"INSERT INTO {table} (id, b) VALUES (3, 'x')")
    config = connector.parquet(server, start, server.history(), parquet_layout="tables")
    connector.run(config).expect(EXIT_OK)
    text = schema(connector, config, "--dialect", "duckdb")
    assert '-- "b" (BLOB) of rows from before an ALTER to "b__string" is not shown.' in text
    with duckdb.connect() as connection:
        connection.execute(text)
        assert connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() == [
            (1, [1.0, -2.5, 0.0], '{"a":1}', None), (2, None, None, None), (3, None, None, "x")]
    engine = ClickHouse()
    try:
        for statement in statements(schema(connector, config, "--dialect", "clickhouse")):
            engine.query(statement)
        assert [json.loads(line) for line in str(engine.query(f"SELECT v, j, b, b__string FROM {table} ORDER BY id", "JSONEachRow")).splitlines()] == [
            {"v": [1, -2.5, 0], "j": '{"a":1}', "b": "ab", "b__string": None}, {"v": [], "j": None, "b": None, "b__string": None},
            {"v": [], "j": None, "b": None, "b__string": "x"}]
    finally:
        engine.close()


@pytest.mark.parametrize("name", object_stores.NAMES)
def test_objects(pool: Pool, connector: Connector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The documents are found in a store, however many pages they fill."""
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "3")
    server, database = pool.get("mysql-9.7"), "it_schema_objects"
    server.execute(f"DROP DATABASE IF EXISTS `{database}`", f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4")
    tables = ["a b+%é", *(f"t{number}" for number in range(9))]
    start = server.next_file()
    for table in tables:
        server.execute(f"CREATE TABLE `{database}`.`{table}` (id INT PRIMARY KEY)", f"INSERT INTO `{database}`.`{table}` VALUES (1)")
    with object_stores.running(name, tmp_path / name) as store:
        bucket, environment = store.make_bucket(), store.environment()
        for key, value in environment.items():  # ClickHouse looks for them there.
            monkeypatch.setenv(key, value)
        config = connector.parquet(server, start, server.history(), parquet_layout="tables", include=[f"{database}.*"],
                                   parquet_output_dir=f"s3://{bucket}/lake")
        result = run(connector, config, env=environment).expect(EXIT_OUTPUT)
        assert f"no table was written yet to s3://{bucket}/lake" in result.last_line
        connector.run(config, env=environment).expect(EXIT_OK)
        athena = schema(connector, config, "--dialect", "athena", env=environment)
        clickhouse = schema(connector, config, "--dialect", "clickhouse", env=environment)
        assert clickhouse.count(f"S3('{store.endpoint}/{bucket}/lake/{database}/") == len(tables)
        if name == "moto":  # The other one has two spellings of an ETag, and ClickHouse takes objects for changed ones.
            check_objects(clickhouse, database, tables)
    folders = ["a b+%25é", *tables[1:]]
    assert re.findall(r"LOCATION '(.*)';", athena) == [f"s3://{bucket}/lake/{database}/{folder}/" for folder in folders]


def check_objects(text: str, database: str, tables: list[str]) -> None:
    engine = ClickHouse()
    try:
        for statement in statements(text):
            engine.query(statement)
        for table in tables:
            assert str(engine.query(f"SELECT id FROM `{database}`.`{table}`")) == "1\n"
    finally:
        engine.close()


@pytest.mark.parametrize("fields", [{}, {"output_mode": "parquet"}, {"output_mode": "json"}])
def test_another_output(connector: Connector, fields: dict[str, str]) -> None:
    config = NOBODY | fields
    result = run(connector, config).expect(EXIT_CONFIG)
    assert 'set output_mode to "parquet" and parquet_layout to "tables"' in result.last_line and not result.text


def test_nothing_was_written(connector: Connector) -> None:
    config = NOBODY | {"output_mode": "parquet", "parquet_layout": "tables", "parquet_output_dir": "none"}
    result = run(connector, config).expect(EXIT_OUTPUT)
    assert "no table was written yet to none" in result.last_line and not result.text and not (connector.folder / "none").exists()


def test_errors_of_the_configuration_are_those_of_a_stream(connector: Connector) -> None:
    path = connector.write({"host": "x", "nope": 1})
    streamed = connector.run(path).expect(EXIT_CONFIG)
    result = connector.run_arguments("schema", str(path)).expect(EXIT_CONFIG)
    assert [line.split("error", 1)[-1] for line in result.stderr.splitlines()] == [line.split("error", 1)[-1] for line in streamed.stderr.splitlines()]
    connector.run_arguments("schema", str(path), "--dialect", "hive").expect(EXIT_USAGE)
